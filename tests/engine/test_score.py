"""Notes, tracks and scores are values that are always in order."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.score import Key, Meter, Note, Origin, Score, Tempo, Track
from engine.score.columns import is_tidy, tidy_columns, to_columns, to_notes
from engine.score.note import MAX_TICK
from tests.engine.score_strategies import crowded, notes, scores, tracks


@pytest.mark.parametrize(
    "wrong", [(-1, 60, 1), (0, 128, 1), (0, 60, 0), (0, 60, 1, 0), (0, 60, 1, 128), (MAX_TICK, 60, 1)]
)
def test_a_note_is_possible(wrong: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        Note(*wrong)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Tempo(0, 0),
        lambda: Tempo(-1),
        lambda: Meter(0, 3, 5),
        lambda: Meter(0, 0, 4),
        lambda: Key(0, 8),
        lambda: Score(ticks_per_quarter=0),
        lambda: Track(program=128),
    ],
)
def test_marks_and_resolutions_are_possible(make: object) -> None:
    with pytest.raises(ValueError):
        make()  # type: ignore[operator]


@given(st.lists(st.one_of(notes, crowded), max_size=40))
def test_columns_say_the_same_as_notes(some: list[Note]) -> None:
    assert to_notes(to_columns(some)) == tuple(some)


def _tidy_by_hand(some: list[Note]) -> list[Note]:
    kept: dict[tuple[int, int], Note] = {}
    for note in sorted(some, key=lambda n: (n.start, n.pitch, n.length, n.velocity, n.origin is Origin.MINE)):
        kept[note.start, note.pitch] = note
    out = []
    for (start, pitch), note in sorted(kept.items()):
        later = min((s for s, p in kept if p == pitch and s > start), default=MAX_TICK)
        out.append(replace(note, length=min(note.length, later - start)))
    return out


@given(st.lists(st.one_of(crowded, notes), max_size=40))
def test_a_track_is_tidy(some: list[Note]) -> None:
    track = Track.of(some)
    assert is_tidy(track.columns)
    assert list(track.notes) == _tidy_by_hand(some)
    assert track == Track(tuple(some)) == Track.from_columns(to_columns(some))
    assert track.with_notes(reversed(track.notes)) == track
    assert is_tidy(tidy_columns(to_columns(some)))


@given(tracks)
def test_a_track_is_a_value(track: Track) -> None:
    same = Track.from_columns(track.columns.copy(), track.name, track.program, track.drums)
    assert same == track and hash(same) == hash(track)
    assert same.notes == track.notes and len(same) == len(track.notes)
    assert pickle.loads(pickle.dumps(same)) == track
    assert replace(same, name="other") != track or track.name == "other"
    assert same.called(program=(track.program + 1) % 128) != track
    assert same.end == max((note.end for note in track.notes), default=0)
    with pytest.raises(ValueError):
        track.columns[:] = 0


def test_notes_are_made_only_when_asked_for() -> None:
    track = Track.from_columns(to_columns([Note(0, 60, 10)]))
    assert "notes" not in vars(track)
    assert track.notes == (Note(0, 60, 10),)
    assert not hasattr(track, "nothing")


def test_names_hold_what_a_file_can_carry() -> None:
    assert Track(name=" Lead\x00\n ").name == "Lead"
    assert Score(name="Für \ud800Elise 🎹 \u200d").name.startswith("Für Elise 🎹")


@given(scores)
def test_a_score_is_in_order(score: Score) -> None:
    for marks in (score.tempos, score.meters, score.keys):
        at = [mark.tick for mark in marks]
        assert at == sorted(set(at))
    assert score.tempos[0].tick == 0 == score.meters[0].tick
    assert replace(score) == score
    assert score.note_count == sum(len(track.notes) for track in score.tracks)


@given(scores, st.floats(0, 1e6))
def test_seconds_and_ticks_agree(score: Score, tick: float) -> None:
    assert score.tick_at(score.seconds_at(tick)) == pytest.approx(tick, rel=1e-6, abs=1e-3)


def test_of_two_tempos_on_one_tick_the_later_given_counts() -> None:
    score = Score(tempos=(Tempo(0, 1), Tempo(0, 2))).marked(Tempo(10, 3)).marked(Tempo(10, 4))
    assert score.tempos == (Tempo(0, 2), Tempo(10, 4))
    assert score.marked(Meter(0, 3, 4)).meters == (Meter(0, 3, 4),)
    assert score.marked(Key(5, -3, True)).keys[0].name == "C minor"


def test_bars_of_a_piece_with_a_meter_change() -> None:
    track = Track.of([Note(0, 60, 480 * 4 * 2 + 480 * 3 * 2 + 1)])
    score = Score((track,), meters=(Meter(0), Meter(480 * 8, 3, 4)))
    assert score.bars() == [(0, 2), (480 * 8, 3)]
    assert score.meter_at(480 * 8 - 1) == Meter(0)


def test_key_names() -> None:
    assert [Key(0, f).name for f in (-7, 0, 7)] == ["Cb major", "C major", "C# major"]
    assert [Key(0, f, True).name for f in (-7, 0, 7)] == ["Ab minor", "A minor", "A# minor"]


def test_a_hundred_thousand_notes_are_quick_to_build() -> None:
    columns = np.stack([np.arange(100_000) * 10, np.full(100_000, 60), np.full(100_000, 10),
                        np.full(100_000, 80), np.zeros(100_000, int)])  # fmt: skip
    assert len(to_notes(columns)) == 100_000
    assert Track.from_columns(columns).end == 1_000_000
