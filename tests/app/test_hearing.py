"""Mute and solo: of the ear only, never of the document."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from engine.audio.hearing import Hearing
from engine.score import Note, Score, Track


def two_tracks() -> Score:
    return Score(tracks=(Track.of([Note(0, 60, 480)], "Tune", 73), Track.of([Note(0, 40, 480)], "Bass", 32)))


def sounding(score: Score, hearing: Hearing) -> list[int]:
    return [note.pitch for track in hearing.of(score).tracks for note in track.notes]


def test_mute_silences_and_solo_outdoes_it() -> None:
    score, all_heard = two_tracks(), Hearing()
    assert all_heard.of(score) is score
    assert sounding(score, all_heard.with_mute(0)) == [40]
    assert sounding(score, all_heard.with_solo(0)) == [60]
    assert sounding(score, all_heard.with_mute(0).with_solo(0)) == [60]
    assert sounding(score, all_heard.with_mute(0).with_mute(0)) == [60, 40]
    kept = all_heard.with_mute(0).of(score).tracks[0]
    assert (kept.name, kept.program) == ("Tune", 73)


def test_buttons_mute_for_the_ear_only(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    session, given = window.session, []
    play = session.player.set_score
    session.player.set_score = lambda score: (given.append(score), play(score))  # type: ignore[method-assign, func-returns-value]
    document = session.document
    actions = window.menus.actions
    actions["track.mute"].trigger()
    assert session.document is document and not session.dirty
    assert not given[-1].tracks[0].notes and given[-1].tracks[1].notes
    assert actions["track.mute"].isChecked()
    assert "silent" in window.tracks.chooser.itemText(0)
    window.tracks.choose(1)
    assert not actions["track.mute"].isChecked()
    session.history.do("edit", score=session.score)
    window.tracks.mute()
    window.tracks.mute()
    assert not given[-1].tracks[0].notes, "an edit elsewhere does not bring it back"
    actions["track.solo"].trigger()
    assert [bool(track.notes) for track in given[-1].tracks] == [False, True]
    window.tracks.remove()
    assert session.hearing == Hearing(), "who is who is no longer certain"
    window.tracks.mute()
    session.new()
    assert session.hearing == Hearing()
