"""Piano rolls: what goes in comes out, but for what a roll cannot say."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codecs import roll
from engine.codecs.codec import Tokens
from engine.codecs.roll import ROLL
from engine.errors import UserError
from engine.score import Key, Meter, Note, Origin, Score, Track

TPQ = 480
STEP = TPQ // 4


def stride(bars: int, bar_steps: int = 8, pickup: int = 0) -> Track:
    """An oom-pah bass under a syncopated tune; the bass note of bar k is k semitones over E1."""
    notes = [Note(0, 70, pickup * STEP)] if pickup else []
    for bar in range(bars):
        at = (pickup + bar * bar_steps) * STEP
        notes += [Note(at, 28 + bar % 12, 2 * STEP), Note(at + 2 * STEP, 55, 2 * STEP)]
        notes += [Note(at + offset * STEP, 72 + offset, STEP) for offset in (1, 3, 4, 6)]
    return Track.of(notes)


def written(tokens: Tokens) -> Track:
    (voice,) = ROLL.write(tokens, TPQ)
    assert (voice.name, voice.program) == ("Piano", 0)
    return Track(voice.notes)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 62), st.integers(0, 87), st.integers(1, 20)), min_size=1, max_size=40))
def test_any_roll_comes_back_from_its_notes(runs: list[tuple[int, int, int]]) -> None:
    window = np.zeros(ROLL.shape, dtype=np.uint8)
    for at, key, length in runs:
        window[at : at + length, key] = 1
    assert (ROLL.read([written(window)], TPQ) == window).all()


def test_notes_fill_every_cell_they_touch() -> None:
    track = Track.of(
        [Note(4 * STEP, 60, 2 * STEP), Note(8 * STEP + 20, 64, STEP // 2), Note(12 * STEP, 67, 5 * STEP // 2)]
    )
    window = ROLL.read([track], TPQ)
    assert np.flatnonzero(window[:, 60 - 21]).tolist() == [4, 5]
    assert np.flatnonzero(window[:, 64 - 21]).tolist() == [8]
    assert np.flatnonzero(window[:, 67 - 21]).tolist() == [12, 13, 14]
    assert window.sum() == 6


def test_a_note_struck_again_becomes_one_long_note() -> None:
    track = Track.of([Note(0, 60, STEP), Note(STEP, 60, STEP), Note(3 * STEP, 60, STEP)])
    found = [(note.start, note.end) for note in written(ROLL.read([track], TPQ)).notes]
    assert found == [(0, 2 * STEP), (3 * STEP, 4 * STEP)]


def test_all_instruments_but_the_drums_are_heard_and_folded_onto_the_piano() -> None:
    tracks = [
        Track.of([Note(0, 60, STEP)]),
        Track.of([Note(0, 5, STEP), Note(0, 127, STEP)], program=40),
        Track.of([Note(0, 38, STEP)], drums=True),
    ]
    window = ROLL.read(tracks, TPQ)
    assert (np.flatnonzero(window[0]) + roll.LOWEST).tolist() == [29, 60, 103]


def test_the_window_begins_where_it_is_told() -> None:
    track = stride(24)
    later = ROLL.read([track], TPQ, at_tick=16 * STEP)
    assert later[0, 28 + 2 - 21] == 1
    assert ROLL.span_ticks(TPQ) == 64 * STEP == ROLL.span_ticks(TPQ, compound=True)
    held = Track.of([Note(0, 60, 100 * STEP)])  # begun before, sounding on
    assert ROLL.read([held], TPQ, at_tick=16 * STEP)[:, 60 - 21].all()


def test_bars_without_a_note_are_the_composers_mistake() -> None:
    with pytest.raises(UserError, match="Nothing sounds"):
        ROLL.read([Track.of([Note(0, 38, STEP)], drums=True)], TPQ)
    with pytest.raises(UserError):
        ROLL.read([stride(4)], TPQ, at_tick=1000 * STEP)


def test_written_notes_are_generated() -> None:
    (voice,) = ROLL.write(ROLL.read([stride(8)], TPQ), TPQ)
    assert {note.origin for note in voice.notes} == {Origin.GENERATED}


def score(track: Track, meter: tuple[int, int] = (2, 4), keys: tuple[Key, ...] = ()) -> Score:
    return Score(tracks=(track,), meters=(Meter(0, *meter),), keys=keys, ticks_per_quarter=TPQ)


def basses(windows: list[Tokens]) -> list[int]:
    """The bass note on the first sixteenth of each window, -1 if none."""
    return [int(window[0].argmax()) + 21 if window[0].any() else -1 for window in windows]


def test_windows_of_two_four_are_eight_notated_bars_every_second_one() -> None:
    found = list(ROLL.windows(score(stride(12))))
    assert basses(found) == [28, 30, 32]
    assert all(window.shape == (64, 88) and window.dtype == np.uint8 for window in found)


def test_a_change_of_key_tells_how_long_the_pickup_is() -> None:
    track = stride(16, pickup=2)
    change = (Key(0, 2), Key((2 + 4 * 8) * STEP, 1))  # after the pickup and four bars
    assert min(basses(list(ROLL.windows(score(track))))) >= 60  # begun off the bar line: no bass there
    in_c = [28 - 2, 30 - 2, 32 + 5, 34 + 5, 36 + 5]  # two bars of each before the change from D to G
    assert basses(list(ROLL.windows(score(track, keys=change)))) == in_c


def test_other_meters_and_silence_give_no_windows() -> None:
    assert list(ROLL.windows(score(stride(16, bar_steps=12), meter=(3, 4)))) == []
    alone = Track.of([Note(0, 60, STEP), Note(80 * STEP, 60, STEP)])
    assert list(ROLL.windows(score(alone))) == []
    assert len(list(ROLL.windows(score(stride(16), meter=(4, 4))))) == 5


def test_the_same_music_in_any_key_has_one_shape() -> None:
    window = ROLL.read([stride(8)], TPQ)
    higher = ROLL.read([stride(8).with_notes(note.moved(semitones=3) for note in stride(8).notes)], TPQ)
    other = window.copy()
    other[63, 80] ^= 1
    shapes = ROLL.shape_of(np.array([window, higher, other]))
    assert shapes.dtype == np.uint8 and len(shapes) == 3
    assert (shapes[0] == shapes[1]).all()
    assert (shapes[0] != shapes[2]).any()


@pytest.mark.parametrize("fifths", range(-7, 8))
def test_training_windows_are_in_c(fifths: int) -> None:
    tonic = 7 * fifths % 12
    track = stride(8).with_notes(note.moved(semitones=tonic) for note in stride(8).notes)
    (window,) = list(ROLL.windows(score(track, keys=(Key(0, fifths),))))[:1]
    plain = ROLL.read([stride(8)], TPQ)
    moved = int(window[0].argmax()) - int(plain[0].argmax())
    assert moved in (0, 12) and (np.roll(plain, moved, axis=1) == window).all()


def test_training_moves_nothing_more() -> None:
    windows = ROLL.read([stride(8)], TPQ)[None]
    assert (ROLL.transpose_randomly(windows, np.random.default_rng(1)) == windows).all()


def test_onsets_are_where_runs_begin() -> None:
    window = ROLL.read([stride(8)], TPQ)
    assert roll.onsets(window).sum() == len(roll.runs(window)) == len(written(window).notes)
    assert dataclasses.is_dataclass(ROLL.write(window, TPQ)[0])
