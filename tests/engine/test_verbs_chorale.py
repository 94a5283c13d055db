"""Harmonize, fill and rewrite on a real piece in four voices: what is given stays, and all comes back to its tracks."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.codecs.chorale import CHORALE, read_as_voice, read_steps
from engine.commands.ask_verb import ask_verb, asked, ideas
from engine.commands.place import place_idea
from engine.errors import UserError
from engine.events import Event, IdeaSketched, IdeasReady
from engine.jobs.job import silent
from engine.models import orderless_nade
from engine.models.parts.blocked_gibbs import schedule
from engine.models.registry import row
from engine.models.shelf import Shelf
from engine.score import Note, Origin, Score, Track
from engine.session import Session, SessionPaths
from engine.verbs import fill, harmonize, rewrite
from engine.verbs.idea import Idea
from engine.verbs.verb import Asked, Passage
from tests.engine.made_up import corpus
from tests.engine.test_verbs import small_bundle

Q, BAR, NAME = 480, 1920, "orderless_nade"
NAMES = ("Oboe", "Violin", "Viola", "Cello")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("bundles")
    small_bundle(row(NAME), folder)
    return Shelf([folder])


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """An untrained network settles on nothing anyway."""
    monkeypatch.setattr(orderless_nade, "schedule", lambda open_, rounds, *more: schedule(open_, min(6, rounds), *more))


def quartet(bars: int = 8, at: int = BAR) -> Score:
    """Four tracks from bar 2 on, a little off the grid and played softly."""
    windows = corpus("chorale", bars // 4, seed=4).numpy().astype(np.uint8)
    lines: list[list[Note]] = [[], [], [], []]
    for index, window in enumerate(windows):
        for line, voice in zip(lines, CHORALE.write(window, Q), strict=True):
            line += [Note(at + index * 4 * BAR + n.start + 7, n.pitch, n.length - 20, 50) for n in voice.notes]
    return Score(tuple(Track.of(line, name, 40 + n) for n, (line, name) in enumerate(zip(lines, NAMES, strict=True))))


def about(shelf: Shelf, verb: str, options: Any, score: Score, track: int = 0, **more: Any) -> Asked:
    texture = verb != "harmonize" or options.voice == harmonize.AS_WRITTEN
    passage = Passage(score, BAR, track, texture, **more)
    window = CHORALE.read(passage.tracks, Q, BAR)
    return asked(shelf, verb, NAME, options, [window], passage=passage)


def alone(score: Score, track: int = 0) -> Score:
    return replace(score, tracks=(score.tracks[track],))


def names(score: Score) -> list[str]:
    return [track.name for track in score.tracks]


def sounding(idea: Idea, voice: int, first: int = 0, end: int = 10**9) -> list[Note]:
    return [n for n in idea.voices[voice].notes if first <= n.start < end]


def test_a_harmony_goes_to_tracks_of_its_own_and_mine_stays(shelf: Shelf) -> None:
    score = alone(quartet())
    mine, *found = ideas(about(shelf, "harmonize", harmonize.Options(), score), "harmonize", silent)
    assert place_idea(score, mine, 0, 0, 0).score == score, "mine is there already"
    assert len(found) == 3 and len({idea.voices for idea in found}) == 3
    assert [idea.remark.split(";")[0] for idea in found][::2] == ["surprise 0.0", "surprise 0.9"]
    for idea in found:
        assert idea.voices[0] == mine.voices[0] and idea.written == (1, 2, 3) and idea.at == BAR
        assert ";" in idea.remark and idea.remark.startswith("surprise")
        made = place_idea(score, idea, 0, 0, 0).score
        assert names(made) == ["Oboe", "Alto", "Tenor", "Bass"] and made.tracks[0] == score.tracks[0]
        assert all(track.columns[0].min() >= BAR and track.end <= 5 * BAR for track in made.tracks[1:])


def test_a_harmony_ends_with_the_melody(shelf: Shelf) -> None:
    score = alone(quartet())
    short = score.with_track(0, score.tracks[0].with_notes(n for n in score.tracks[0].notes if n.end <= 2.5 * BAR))
    _, idea = ideas(about(shelf, "harmonize", harmonize.Options(count=1), short), "harmonize", silent)
    assert idea.ticks == 2 * BAR, "two bars are sung, from bar 2 on"
    made = place_idea(short, idea, 0, 0, 0).score
    assert len(made.tracks) == 4 and max(track.end for track in made.tracks) <= 3 * BAR


@pytest.mark.parametrize("voice", ["alto", "tenor", "bass"])
def test_any_voice_may_be_mine(shelf: Shelf, voice: str) -> None:
    number = harmonize.GIVEN.index(voice) - 1
    score = quartet()
    wanted = harmonize.Options(count=1, voice=voice)
    mine, idea = ideas(about(shelf, "harmonize", wanted, score, number), "harmonize", silent)
    assert idea.written == tuple(v for v in range(4) if v != number)
    expected = [n.pitch for n in score.tracks[number].notes if n.start < 5 * BAR]
    assert [n.pitch for n in idea.voices[number].notes] == expected and mine.remark == ""


def test_all_that_is_written_may_be_given(shelf: Shelf) -> None:
    score = quartet()
    outer = replace(score, tracks=(score.tracks[0], score.tracks[3]))
    wanted = harmonize.Options(count=1, voice=harmonize.AS_WRITTEN)
    _, idea = ideas(about(shelf, "harmonize", wanted, outer), "harmonize", silent)
    made = place_idea(outer, idea, 0, 0, 0).score
    assert made.tracks[:2] == outer.tracks and len(made.tracks) == 4
    with pytest.raises(UserError, match="All four voices"):
        ideas(about(shelf, "harmonize", wanted, score), "harmonize", silent)


def test_longer_passages_are_harmonized_window_by_window(shelf: Shelf) -> None:
    score = alone(quartet(12))
    mine, idea = ideas(about(shelf, "harmonize", harmonize.Options(count=1, bars=9), score), "harmonize", silent)
    assert idea.ticks == 9 * BAR and idea.voices[0] == mine.voices[0]
    assert [n.pitch for n in idea.voices[0].notes] == [n.pitch for n in score.tracks[0].notes if n.start < 10 * BAR]
    for voice in idea.voices:
        ends = [n.end for n in voice.notes]
        assert all(a <= b.start for a, b in zip(ends, voice.notes[1:], strict=False))
    _, four = ideas(about(shelf, "harmonize", harmonize.Options(count=1), score), "harmonize", silent)
    seam = 4 * BAR
    early = [[n for n in v.notes if n.end < seam] for v in idea.voices]
    assert early == [[n for n in v.notes if n.end < seam] for v in four.voices], "what was written is not written anew"
    many = harmonize.Options(count=1, bars=64)
    assert ideas(about(shelf, "harmonize", many, score), "harmonize", silent)[1].ticks == 12 * BAR, "where mine ends"


def test_a_melody_of_another_height_moves_as_a_whole(shelf: Shelf) -> None:
    low = alone(quartet())
    low = replace(low, tracks=(low.tracks[0].with_notes(n.moved(0, -24) for n in low.tracks[0].notes),))
    mine, idea = ideas(about(shelf, "harmonize", harmonize.Options(count=1), low), "harmonize", silent)
    expected = [n.pitch + 24 for n in low.tracks[0].notes if n.start < 5 * BAR]
    assert [n.pitch for n in idea.voices[0].notes] == expected and mine.remark == "heard 2 octaves higher"
    wide = [Track.of([Note(0, 40, Q), Note(Q, 96, Q), Note(Q, 60, Q)])]
    tokens, _ = read_as_voice(wide, Q, 0, 0)
    assert len(CHORALE.write(tokens, Q)[0].notes) == 2, "and always fits"


def test_silence_in_mine_is_harmonized_or_told(shelf: Shelf) -> None:
    score = alone(quartet())
    gap = score.tracks[0].with_notes(n for n in score.tracks[0].notes if not 2 * BAR <= n.start < 3 * BAR)
    _, idea = ideas(about(shelf, "harmonize", harmonize.Options(count=1), Score((gap,))), "harmonize", silent)
    assert not sounding(idea, 0, BAR, 2 * BAR) and sounding(idea, 0, 2 * BAR)
    late = score.tracks[0].with_notes(n.moved(8 * BAR) for n in score.tracks[0].notes)
    with pytest.raises(UserError, match="Nothing sounds"):
        about(shelf, "harmonize", harmonize.Options(), Score((late,)))


def test_everyone_is_a_row_for_each_system(shelf: Shelf) -> None:
    wanted = harmonize.Options(count=2, everyone=True)
    found = ideas(about(shelf, "harmonize", wanted, alone(quartet())), "harmonize", silent)
    assert [idea.row for idea in found] == ["", *2 * [row(NAME).title]], "those that are trained"


def test_a_marked_stretch_of_one_voice_is_filled_and_nothing_else_moves(shelf: Shelf) -> None:
    score = quartet()
    marked = (2 * BAR, 3 * BAR)
    wanted = fill.Options(count=2, voice="tenor")
    mine, *found = ideas(about(shelf, "fill", wanted, score, marked=marked), "fill", silent)
    assert place_idea(score, mine, 0, 0, 0).score == score
    assert len({idea.voices for idea in found}) == 2
    for idea in found:
        made = place_idea(score, idea, 0, 0, 0).score
        assert names(made) == list(NAMES), "it goes to the track it came from, whatever that is called"
        assert [made.tracks[n] for n in (0, 1, 3)] == [score.tracks[n] for n in (0, 1, 3)]
        outside = [[n for n in s.tracks[2].notes if not marked[0] <= n.start < marked[1]] for s in (made, score)]
        assert [(n.start, n.pitch) for n in outside[0]] == [(n.start, n.pitch) for n in outside[1]]
        assert any(n.origin is Origin.GENERATED for n in made.tracks[2].notes)


def test_a_note_that_begins_in_the_hole_sounds_on_behind_it(shelf: Shelf) -> None:
    score = quartet()
    cut = (2 * BAR, 2 * BAR + Q // 2)  # half of a quarter note in every voice
    _, idea = ideas(about(shelf, "fill", fill.Options(count=1), score, marked=cut), "fill", silent)
    made = place_idea(score, idea, 0, 0, 0).score
    tokens = read_steps(made.tracks, Q, BAR, 64)
    assert (tokens[:, 18:] == read_steps(score.tracks, Q, BAR, 64)[:, 18:]).all()


def test_gaps_are_filled_and_what_is_there_stays_note_for_note(shelf: Shelf) -> None:
    score = quartet()
    bass = score.tracks[3]
    open_bass = bass.with_notes(n for n in bass.notes if not 2 * BAR <= n.start < 3 * BAR)
    holed = score.with_track(3, open_bass)
    _, idea = ideas(about(shelf, "fill", fill.Options(count=1, where="the gaps"), holed), "fill", silent)
    assert idea.written == (3,)
    made = place_idea(holed, idea, 0, 0, 0).score
    assert set(open_bass.notes) <= set(made.tracks[3].notes) and len(made.tracks[3]) > len(open_bass)
    assert made.tracks[:3] == holed.tracks[:3]
    with pytest.raises(UserError, match="no gap"):
        ideas(about(shelf, "fill", fill.Options(where="the gaps"), score), "fill", silent)


def test_locked_notes_stay(shelf: Shelf) -> None:
    score = quartet()
    held = tuple(n for n in score.tracks[1].notes if 3 * BAR <= n.start < 4 * BAR)
    wanted = rewrite.Options(count=1, where="everything", rounds=20, temperature=1.2)
    _, idea = ideas(about(shelf, "rewrite", wanted, score, locked=held), "rewrite", silent)
    assert "% changed" in idea.remark
    made = place_idea(score, idea, 0, 0, 0).score
    assert set(held) <= set(made.tracks[1].notes) and names(made) == list(NAMES)


def test_the_voices_are_seen_while_they_settle(shelf: Shelf) -> None:
    seen: list[Idea] = []
    wanted = rewrite.Options(count=1, rounds=5)
    ideas(replace(about(shelf, "rewrite", wanted, quartet()), sketch=seen.append), "rewrite", silent)
    assert len(seen) == 5 and all(idea.at == BAR and len(idea.voices) == 4 for idea in seen)


def test_what_was_finished_survives_a_stop(tmp_path: Path) -> None:
    small_bundle(row(NAME), tmp_path)
    session = Session(SessionPaths(tmp_path), audio=False)
    heard: list[Event] = []
    sketched, ended = threading.Event(), threading.Event()

    def hear(event: Event) -> None:
        heard.append(event)
        if isinstance(event, IdeaSketched) and event.idea.caption == "2":
            session.work.cancel(job)
            sketched.set()
        if isinstance(event, IdeasReady):
            ended.set()

    session.events.subscribe(hear)
    wanted = harmonize.Options(count=16, temperature=1.0)
    one = about(session.shelf, "harmonize", wanted, alone(quartet()))
    torch.manual_seed(0)
    job = 1
    job = ask_verb(session, one, "harmonize")
    assert sketched.wait(60) and ended.wait(60)
    session.close()
    ready = [event for event in heard if isinstance(event, IdeasReady)]
    assert len(ready) == 1 and [idea.caption for idea in ready[0].ideas] == ["1"]
