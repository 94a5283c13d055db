"""From tunes and scores to two-bar windows of melody tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.score import Score, Track
from engine.training.abc import WHOLE, AbcNote, Tune

SIXTEENTH = WHOLE // 16


@dataclass(frozen=True)
class Piece:
    """The windows of one tune.

    Attributes:
        title, book: where it comes from.
        windows: tokens, uint8 [n, 32], all of one kind of bar, in order of the tune.
    """

    title: str
    book: str
    windows: NDArray[np.uint8]


def from_tune(tune: Tune) -> Piece | None:
    """Windows at every bar of a tune; of 2/4 tunes, two bars make one and windows start at even bars.

    Only full bars with something in them count: a pickup or a bar cut by a repeat starts a new run. None if the
    meter is not 4/4, 2/2, 2/4, 6/8 or 3/4, changes inside the tune, or nothing is left.
    """
    if not tune.steady or tune.meter not in {(4, 4), (2, 2), (2, 4), (6, 8), (3, 4)}:
        return None
    per_window_bar = 2 if tune.meter == (2, 4) else 1
    compound = tune.meter in {(6, 8), (3, 4)}
    windows = []
    for run in _runs(tune):
        for first in range(0, len(run) - 2 * per_window_bar + 1, per_window_bar):
            windows.append(_tokens(run[first : first + 2 * per_window_bar], tune.bar_length, compound))
    if not windows:
        return None
    return Piece(tune.title, tune.book, np.array(windows, dtype=np.uint8))


def _runs(tune: Tune) -> Iterator[list[list[AbcNote]]]:
    """Stretches of full bars that hold at least one note."""
    run: list[list[AbcNote]] = []
    for bar in tune.bars:
        full = sum(note.length for note in bar) == tune.bar_length
        if full and any(note.pitch is not None for note in bar):
            run.append(bar)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _tokens(bars: list[list[AbcNote]], bar_length: int, compound: bool) -> NDArray[np.uint8]:
    """One window; tied notes of one pitch are joined, also across the bar line."""
    rows: list[list[int]] = []
    tied = False
    for index, bar in enumerate(bars):
        for note in bar:
            at = index * bar_length + note.onset
            if note.pitch is None:
                tied = False
            elif tied and rows[-1][2] == note.pitch and rows[-1][1] == at:
                rows[-1][1] = at + note.length
                tied = note.tied
            else:
                rows.append([at, at + note.length, note.pitch])
                tied = note.tied
    steps = [(at // SIXTEENTH, -(-end // SIXTEENTH), pitch) for at, end, pitch in rows]
    return melody.encode_steps(steps, compound)


def from_score(score: Score, book: str = "") -> list[Piece]:
    """Windows of every melodic track of a score, in its own meter; the highest note wins where several sound.

    A window is kept when it has at least four onsets and starts with less than a bar of silence.
    """
    pieces = []
    for track in score.tracks:
        if track.notes and not track.drums:
            windows = list(_track_windows(score, track))
            if windows:
                pieces.append(Piece(score.name or track.name, book, np.array(windows, dtype=np.uint8)))
    return pieces


def _track_windows(score: Score, track: Track) -> Iterator[NDArray[np.uint8]]:
    meter = score.meters[0]
    compound = (meter.numerator, meter.denominator) in {(6, 8), (3, 4)}
    if not compound and score.ticks_per_quarter * 4 % score.bar_ticks(meter):
        return  # 5/4, 9/8 and the like have no two-bar grid of ours
    bar = melody.steps_per_bar(compound) * score.ticks_per_quarter // 4
    starts = track.columns[0]
    for at in range(0, track.end - bar, bar):
        low, high = np.searchsorted(starts, [at, at + 2 * bar])
        tokens = melody.from_notes(track.notes[low:high], score.ticks_per_quarter, at, compound)
        onsets = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
        if onsets.sum() >= 4 and onsets[: melody.BAR_SLOTS].any():
            yield tokens
