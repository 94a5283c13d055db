"""Chords as edits: put, moved, found in the music without touching what the composer wrote, and played."""

from __future__ import annotations

import pytest

from engine.commands.accompany import BASS, STYLES, TRACK, bass_of, heard, play_chords, voiced
from engine.commands.chords import (
    bar_spans,
    chords_end,
    chords_of_key,
    degree,
    find_chords,
    move_chord,
    remove_chords,
    set_chord,
    sounding_spans,
)
from engine.commands.document import Document
from engine.commands.history import History
from engine.errors import UserError
from engine.events import Events
from engine.score import Chord, Key, Meter, Note, Quality, Score, Track
from engine.score.chord_naming import chord_of, plain_chord
from engine.score.chords import parse_chord

BAR = 1920


def _music(*names: str) -> Score:
    """A bar of each chord, its tones one after the other, then held."""
    notes = []
    for bar, name in enumerate(names):
        for i, step in enumerate(parse_chord(name).classes):
            notes.append(Note(bar * BAR + i * 240, 60 + step, BAR - i * 240))
    return Score((Track.of(notes, "Melody"),))


def test_chords_are_put_moved_and_taken_away() -> None:
    score = set_chord(set_chord(Score(), Chord(BAR, 7)), Chord(0, 0))
    assert score.chords == (Chord(0, 0), Chord(BAR, 7))
    assert set_chord(score, Chord(0, 5)).chords[0].root == 5
    assert move_chord(score, BAR, 960).chords == (Chord(0, 0), Chord(960, 7))
    assert move_chord(score, BAR, 0).chords == (Chord(0, 7),)
    assert move_chord(score, 77, 0) == score
    assert remove_chords(score, {0}).chords == (Chord(BAR, 7),)


def test_each_is_one_step_of_undo() -> None:
    history = History(Document(_music("C", "F")), Events())
    history.do("Find chords", score=find_chords(history.document.score))
    history.do("Play chords", score=play_chords(history.document.score).score)
    assert [track.name for track in history.document.score.tracks] == ["Melody", TRACK]
    history.undo()
    assert len(history.document.score.tracks) == 1 and len(history.document.score.chords) == 2
    history.undo()
    assert history.document.score.chords == ()


def test_bars_reach_the_end_through_changes_of_meter() -> None:
    score = Score(meters=(Meter(0, 3, 4), Meter(2400, 6, 8)))
    assert bar_spans(score, 0) == [(0, 1440)]
    assert bar_spans(score, 4000) == [(0, 1440), (1440, 2400), (2400, 3840), (3840, 5280)]
    assert chords_end(set_chord(score, Chord(2400, 0))) == 3840
    assert chords_end(Score()) == BAR


def test_a_chord_lasts_until_the_next_and_none_is_silence() -> None:
    score = Score(chords=(Chord(480, 0), Chord(BAR, quality=Quality.NONE), Chord(2 * BAR, 7)))
    assert sounding_spans(score) == [(Chord(480, 0), 480, BAR), (Chord(2 * BAR, 7), 2 * BAR, 3 * BAR)]


def test_chords_are_found_and_mine_stay() -> None:
    score = _music("C", "Am", "F", "G", "G", "C")
    found = find_chords(score)
    assert [chord.name() for chord in found.chords] == ["C", "Am", "F", "G", "C"], "what lasts on is not said again"
    assert [chord.tick // BAR for chord in found.chords] == [0, 1, 2, 3, 5]
    mine = set_chord(score, Chord(BAR + 960, 9, Quality.MINOR_SEVENTH))
    kept = find_chords(mine)
    assert kept.chords[1] == mine.chords[0] and kept.chords[0] == Chord(0, 0) and len(kept.chords) == 5
    assert find_chords(found) == found


def test_chords_are_found_in_some_bars_only() -> None:
    score = _music("C", "Am", "F", "G")
    assert [c.tick for c in find_chords(score, (BAR + 480, 2 * BAR)).chords] == [BAR]


def test_chords_may_change_within_a_bar() -> None:
    halves = Score((Track.of([Note(at, pitch, 960) for at, pitches in ((0, (60, 64, 67)), (960, (65, 69, 72)),
                                                                        (BAR, (67, 71, 74)), (BAR + 960, (60, 64, 67)))
                              for pitch in pitches]),))  # fmt: skip
    assert [c.tick for c in find_chords(halves, every="half").chords] == [0, 960, BAR, BAR + 960]
    assert all(c.tick % 480 == 0 for c in find_chords(halves, every="beat").chords)


def test_what_the_notes_plainly_are_is_said() -> None:
    assert chord_of((60, 64, 67, 70)) == Chord(0, 0, Quality.SEVENTH) and chord_of((60, 62, 67)) is None
    assert chord_of((57, 60, 64, 67), 5) == Chord(5, 9, Quality.MINOR_SEVENTH)
    assert chord_of((60, 64, 67, 69)) == Chord(0, 0, Quality.SIXTH), "the lowest note decides"
    assert chord_of((64, 67, 72)) == Chord(0, 0) and chord_of(()) is chord_of((60, 61)) is None
    block = [(0, 480, pitch) for pitch in (43, 53, 59, 62)]
    assert plain_chord(block, 0, 480) == Chord(0, 7, Quality.SEVENTH)
    assert plain_chord([*block, (0, 240, 69), (240, 480, 72)], 0, 480) == Chord(0, 7, Quality.SEVENTH), "under a melody"
    assert plain_chord([(0, 480, 41), (0, 480, 57), (0, 480, 60), (0, 480, 74)], 0, 480) == Chord(0, 5)
    line = [(120 * i, 120 * i + 120, pitch) for i, pitch in enumerate((60, 64, 67, 69))]
    assert plain_chord(line, 0, 480) is None, "a line alone leaves room for doubt"


def test_drums_are_no_music_for_chords() -> None:
    with pytest.raises(UserError, match="no music"):
        find_chords(Score((Track.of([Note(0, 36, 480)], drums=True),)))


@pytest.mark.parametrize("style", STYLES)
def test_chords_are_played_on_a_track_of_their_own(style: str) -> None:
    score = Score((_music("C", "F").tracks[0],), chords=(Chord(0, 0), Chord(BAR, 5, Quality.SEVENTH, 9)))
    played = play_chords(score, style)
    track = played.score.tracks[played.track]
    assert track.name == TRACK and played.score.tracks[0] == score.tracks[0]
    for chord, start, end in sounding_spans(score):
        inside = [note for note in track.notes if start <= note.start < end]
        assert {note.pitch % 12 for note in inside} == set(chord.classes)
        assert inside[0].pitch == bass_of(chord) and BASS[0] <= inside[0].pitch <= BASS[1]
        assert all(note.end <= end for note in inside)
    again = play_chords(played.score, style)
    assert again.score == played.score and again.track == played.track


def test_locked_notes_of_the_accompaniment_stay() -> None:
    locked = Note(0, 60, 480, locked=True)
    score = Score((_music("F").tracks[0], Track.of([locked, Note(960, 61, 480)], TRACK)), chords=(Chord(0, 5),))
    notes = play_chords(score).score.tracks[1].notes
    assert locked in notes and all(note.pitch != 61 for note in notes)


def test_nothing_to_play_is_said() -> None:
    for score in (Score(), Score(chords=(Chord(0, quality=Quality.NONE),))):
        with pytest.raises(UserError, match="no chords"):
            play_chords(score)


def test_voices_move_little() -> None:
    hand = voiced(parse_chord("C"))
    for name in ("Am", "F", "G7", "C", "F#m7b5", "B7", "Em", "G9", "C5", "Caug"):
        after = voiced(parse_chord(name), hand)
        assert {pitch % 12 for pitch in after} <= set(parse_chord(name).classes) and list(after) == sorted(after)
        assert max(min(abs(pitch - old) for old in hand) for pitch in after) <= 4
        hand = after
    assert voiced(Chord(0, quality=Quality.NONE)) == heard(Chord(0, quality=Quality.NONE)) == ()


def test_the_chords_of_a_key_come_first() -> None:
    assert [chord.name() for chord in chords_of_key(Key(0))][:7] == ["C", "G", "F", "Am", "Dm", "Em", "Bdim"]
    minor = Key(0, 0, True)
    assert [degree(chord, minor) for chord in chords_of_key(minor)][:8] == [
        "i", "V", "iv", "VI", "III", "VII", "ii°", "V7",
    ]  # fmt: skip
    assert degree(parse_chord("F#m7b5"), Key(0)) == "#ivø7" and degree(parse_chord("Bb"), Key(0)) == "bVII"
    assert degree(Chord(0, quality=Quality.NONE), Key(0)) == ""
