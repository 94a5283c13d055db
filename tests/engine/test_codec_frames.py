"""Frames: what sounds at every eighth, in C for training, and back as four voices that lose no note."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codecs.bits import packed, unpacked
from engine.codecs.chorale import VOICES
from engine.codecs.frames import FRAMES, shared_out
from engine.codecs.roll import ROLL, runs
from engine.errors import UserError
from engine.score import Key, Meter, Note, Origin, Score, Track
from tests.engine.made_up import corpus

TPQ = 480
EIGHTH = TPQ // 2


def hymn(bars: int, tonic: int = 0) -> tuple[Track, ...]:
    """Four voices in halves: C, F, G, C and so on, moved up by some semitones."""
    chords = [(48, 55, 64, 72), (53, 57, 65, 72), (43, 59, 62, 74), (48, 55, 64, 67)]
    lines = []
    for voice in range(4):
        notes = [Note(at * 4 * EIGHTH, chords[at % 4][voice] + tonic, 4 * EIGHTH) for at in range(2 * bars)]
        lines.append(Track.of(notes))
    return tuple(lines)


def written(window: np.ndarray) -> list[Track]:
    voices = FRAMES.write(window, TPQ)
    assert [voice.name for voice in voices] == list(VOICES)
    return [Track.of(voice.notes) for voice in voices]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 62), st.integers(0, 87), st.integers(1, 20)), min_size=1, max_size=40))
def test_any_frames_come_back_from_their_notes(cells: list[tuple[int, int, int]]) -> None:
    window = np.zeros(FRAMES.shape, dtype=np.uint8)
    for at, key, length in cells:
        window[at : at + length, key] = 1
    assert (FRAMES.read(written(window), TPQ) == window).all()


def test_four_voices_keep_their_order() -> None:
    window = FRAMES.read(hymn(8), TPQ)
    assert window.sum(1).tolist() == [4] * 64
    for line, track in zip(shared_out(runs(window)), sorted(hymn(8), key=lambda t: -t.columns[1].mean()), strict=True):
        assert [run[2] for run in line] == [
            p for i, p in enumerate(track.columns[1]) if not i or p != _before(track, i)
        ]
    assert {note.origin for voice in FRAMES.write(window, TPQ) for note in voice.notes} == {Origin.GENERATED}


def _before(track: Track, index: int) -> int:
    return int(track.columns[1][index - 1])


def test_more_than_four_keys_double_up_inside() -> None:
    window = np.zeros(FRAMES.shape, dtype=np.uint8)
    window[:8, [27, 39, 43, 46, 51, 63]] = 1
    assert [len(voice.notes) for voice in FRAMES.write(window, TPQ)] == [1, 3, 1, 1]


def test_what_is_over_before_the_next_eighth_is_not_seen() -> None:
    notes = [Note(0, 60, EIGHTH // 2), Note(EIGHTH // 2, 62, EIGHTH // 2), Note(EIGHTH + 20, 64, EIGHTH)]
    window = FRAMES.read([Track.of(notes)], TPQ)
    assert [(int(t), int(k) + 21) for t, k in np.argwhere(window)] == [(0, 60), (1, 64)]
    with pytest.raises(UserError, match="Nothing sounds"):
        FRAMES.read([Track.of([Note(EIGHTH // 2, 62, EIGHTH // 2)])], TPQ)


@pytest.mark.parametrize("fifths", [-4, 0, 3])
def test_training_windows_are_in_c_and_begin_at_every_bar(fifths: int) -> None:
    tonic = 7 * fifths % 12
    tonic -= 12 if tonic > 5 else 0
    score = Score(hymn(10, tonic), keys=(Key(0, fifths),), ticks_per_quarter=TPQ)
    found = list(FRAMES.windows(score))
    assert len(found) == 3 and (found[0] == FRAMES.read(hymn(10), TPQ)).all()
    assert list(FRAMES.windows(Score(hymn(10), meters=(Meter(0, 3, 4),), ticks_per_quarter=TPQ))) == []


def test_cells_are_counted_in_sixteenths() -> None:
    mask = FRAMES.cells(np.zeros(FRAMES.shape, np.uint8), 3, 5)
    assert np.flatnonzero(mask.all(1)).tolist() == [1, 2] == np.flatnonzero(mask.any(1)).tolist()


def test_bits_keep_rolls_and_leave_the_rest_alone() -> None:
    windows = corpus("frames", 5).numpy().astype(np.uint8)
    kept = packed(windows, FRAMES)
    assert kept.nbytes * 8 == windows.nbytes and (unpacked(kept, FRAMES) == windows).all()
    assert (unpacked(windows, ROLL) == windows).all()
