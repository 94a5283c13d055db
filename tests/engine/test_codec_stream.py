"""Events in free time: what is played comes back, whatever the resolution; hands, keys and windows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.codecs import stream
from engine.codecs.stream import EVENTS, HAND, LADDER, LEFT, PITCH, RIGHT, STREAM, TIME, VELOCITY
from engine.corpus import dataset
from engine.corpus.windows import from_score
from engine.errors import UserError
from engine.score import Note, Score, Track
from engine.score.score import Key, Meter
from tests.engine.made_up import corpus

Q = 480


def piano(right: list[Note], left: list[Note], **more: object) -> Score:
    return Score((Track.of(right, "up"), Track.of(left, "down")), ticks_per_quarter=Q, **more)  # type: ignore[arg-type]


def scale(n: int, first: int = 60, step: int = Q // 4) -> list[Note]:
    white = (0, 2, 4, 5, 7, 9, 11)
    return [Note(k * step, first + white[k % 7], step, 60 + k % 40) for k in range(n)]


def test_the_ladder_rises_and_is_found_again() -> None:
    assert len(LADDER) <= 256 and (np.diff(LADDER) > 0).all()
    assert (stream.rung(LADDER.astype(float)) == np.arange(len(LADDER))).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 900), st.integers(0, 127), st.integers(1, 127)),
                min_size=1, max_size=EVENTS), st.sampled_from([96, 120, 384, 480, 960]))  # fmt: skip
def test_a_performance_survives(rows: list[tuple[int, int, int, int]], resolution: int) -> None:
    """Timing to a hundredth of a second at 120 quarters a minute, and rounding does not add up."""
    at, played = 0.0, []
    for number, (step, length, pitch, velocity) in enumerate(rows):
        at += step if step < 288 else 0  # farther apart, steps are coarser
        played.append((at, min(length, 288), pitch, velocity, number % 2))
    tokens = stream.encode(np.array(played, dtype=float))
    back = sorted((note, hand) for hand, voice in enumerate(STREAM.write(tokens, resolution)) for note in voice.notes)
    tick = 96 / resolution
    assert len(back) == len(played)
    for (note, hand), row in zip(back, sorted(played, key=lambda r: (r[0], r[2])), strict=False):
        assert abs(note.start * tick - row[0]) <= 1 + tick
        assert 1 <= note.velocity <= 127 and hand in (RIGHT, LEFT)


def test_what_is_read_is_written() -> None:
    right = [Note(7, 64, 200, 71), Note(7, 67, 111, 50), Note(1003, 72, 33, 127)]
    left = [Note(0, 40, 950, 30)]
    voices = STREAM.write(STREAM.read(piano(right, left).tracks, Q), Q)
    assert [voice.name for voice in voices] == ["Right hand", "Left hand"]
    for mine, found in zip((right, left), voices, strict=True):
        for a, b in zip(mine, found.notes, strict=True):
            assert (a.pitch, a.velocity) == (b.pitch, b.velocity)
            assert abs(a.start - b.start) <= 5 and abs(a.length - b.length) <= 20


def test_silence_before_the_first_note_stays() -> None:
    tokens = STREAM.read((Track.of([Note(3 * Q, 60, Q)]),), Q, Q)
    assert LADDER[tokens[0, TIME]] == 2 * 96 and STREAM.write(tokens, Q)[0].notes[0].start == 2 * Q
    with pytest.raises(UserError, match="Nothing is played"):
        STREAM.read((Track.of([Note(3 * Q, 60, Q)]),), Q, 4 * Q)


def test_of_too_many_notes_the_last_are_read() -> None:
    thick = [Note(k * 30, 40 + k % 50, 30) for k in range(120)]
    tokens = STREAM.read((Track.of(thick),), Q)
    assert stream.sounds(tokens).all() and tokens[-1, PITCH] == thick[-1].pitch
    assert abs(stream.onsets(tokens)[-1] - thick[-1].start / 5) <= 1


def test_hands() -> None:
    chords = [Note(k * Q, p, Q) for k in range(4) for p in (36, 48, 64, 72)]
    (_, left) = STREAM.write(STREAM.read((Track.of(chords),), Q), Q)
    assert {n.pitch for n in left.notes} == {36, 48}
    line = [Note(k * Q, 50 - k, Q) for k in range(4)]
    assert not STREAM.write(STREAM.read((Track.of(line),), Q), Q)[1].notes, "one line is one hand"
    choir = tuple(Track.of([Note(0, pitch, Q)]) for pitch in (48, 72, 55, 67))
    assert {n.pitch for n in STREAM.write(STREAM.read(choir, Q), Q)[1].notes} == {48, 55}
    drums = Track.of([Note(0, 36, Q)], drums=True)
    assert not any(n.pitch == 36 for v in STREAM.write(STREAM.read((*choir, drums), Q), Q) for n in v.notes)


def test_windows_begin_with_bars_and_stand_in_c() -> None:
    """A scale of D, told by its signature or by ear."""
    notes = scale(200, 62)
    for keys in ((Key(0, 2),), ()):
        score = piano(notes, [], keys=keys)
        windows = list(STREAM.windows(score))
        assert len(windows) == 12  # of the thirteenth bar on, fewer than a quarter of a window is left
        assert all(window[0, PITCH] % 12 in (0, 2, 4, 5, 7, 9, 11) for window in windows)
        pitches = np.concatenate([w[stream.sounds(w)][:, PITCH] for w in windows])
        assert np.isin(pitches % 12, (0, 2, 4, 5, 7, 9, 11)).all()
    waltz = list(STREAM.windows(piano(notes, [], meters=(Meter(0, 3, 4),))))
    assert len(waltz) > 12 and waltz[1][0, PITCH] != waltz[0][0, PITCH]


def test_the_same_music_in_another_key_and_touch_is_the_same() -> None:
    window = STREAM.read((Track.of(scale(60)),), Q)
    other = window.copy()
    there = stream.sounds(other)
    other[there, PITCH] += 5
    other[there, VELOCITY] = 99
    other[there, HAND] = 1
    assert (STREAM.shape_of(window[None]) == STREAM.shape_of(other[None])).all()
    other[3, TIME] += 1
    assert (STREAM.shape_of(window[None]) != STREAM.shape_of(other[None])).any()


def test_cells_are_the_notes_that_begin_there() -> None:
    window = STREAM.read((Track.of(scale(20)),), Q)
    mask = STREAM.cells(window, 4, 8)
    assert mask.shape == STREAM.shape and mask.all(1).sum() == mask.any(1).sum() == 4 and mask[4:8].all()


def test_lengths_in_ticks() -> None:
    window = STREAM.read((Track.of(scale(10)),), Q)
    assert STREAM.ticks(window, Q) == 3 * Q  # ten sixteenths
    assert STREAM.ticks(np.zeros(STREAM.shape, dtype=np.uint8), Q) == Q


def test_a_corpus_is_built() -> None:
    rng = np.random.default_rng(1)
    pieces = []
    for number in range(12):
        notes = [Note(k * 120, 60 + int(rng.integers(0, 12)), 120) for k in range(200)]
        (piece,) = from_score(Score((Track.of(notes),), ticks_per_quarter=Q, name=f"piece {number}"), STREAM)
        pieces.append(piece)
    made = dataset.build(pieces, STREAM)
    assert made.train.windows.shape[1:] == STREAM.shape and made.held_out.tune_count
    assert STREAM.transpose_randomly(made.train.windows, rng) is made.train.windows


def test_made_up_music_is_music_of_this_codec() -> None:
    windows = corpus("stream", 6).numpy().astype(np.uint8)
    assert windows.shape == (6, *STREAM.shape) and stream.sounds(windows).all()
    for window in windows:
        assert sum(len(voice.notes) for voice in STREAM.write(window, Q)) == EVENTS
