"""Edits in time: quantise, split, join, legato, duplicate, copy and paste, and replacing a span."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.commands.changes import Edit, choose
from engine.commands.measures import bars_around
from engine.score import Note, Score
from engine.score.columns import Columns, is_locked, no_columns, to_columns, to_notes, unlocked
from engine.score.note import MAX_TICK


@dataclass(frozen=True)
class Clip:
    """Copied notes, the first of which starts at tick 0, and their resolution (0: that of any piece)."""

    notes: tuple[Note, ...]
    ticks_per_quarter: int = 0

    @property
    def length(self) -> int:
        """Ticks from the first onset to the last end."""
        return max((note.end for note in self.notes), default=0)


def quantize(
    score: Score, track: int, notes: Iterable[Note], grid: int, strength: float = 1.0, swing: float = 0.0
) -> Edit:
    """Move onsets to a grid, which begins anew at every bar line; lengths stay.

    Args:
        score: the piece.
        track: which track.
        notes: of it.
        grid: ticks between two lines, >= 1.
        strength: 0..1, the part of the way that is moved.
        swing: 0..1, how late every other line is; at 1 it comes a third of a step late, as in triplets.
    """
    if grid < 1:
        raise ValueError(f"a grid needs at least one tick, got {grid}")
    chosen = choose(score, track, notes)
    start = chosen.picked[0]
    bar, following = bars_around(score, start)
    offbeat = grid + round(swing * grid / 3)
    lines = bar + (start - bar) // (2 * grid) * (2 * grid) + np.array([[0], [offbeat], [2 * grid]])
    lines = np.minimum(lines, following)
    nearest = np.take_along_axis(lines, np.abs(lines - start).argmin(axis=0)[None, :], axis=0)[0]
    moved = chosen.picked.copy()
    moved[0] = np.minimum(start + np.rint((nearest - start) * strength).astype(np.int64), MAX_TICK - moved[2])
    return chosen.become(moved)


def split_at(score: Score, track: int, notes: Iterable[Note], tick: int) -> Edit:
    """Cut those notes in two that sound before and after a tick."""
    chosen = choose(score, track, notes)
    start, end = chosen.picked[0], chosen.picked[0] + chosen.picked[2]
    across = (start < tick) & (end > tick)
    left, right = chosen.picked.copy(), chosen.picked[:, across].copy()
    left[2][across] = tick - start[across]
    right[0], right[2] = tick, end[across] - tick
    return chosen.become(np.concatenate([left, right], axis=1))


def join(score: Score, track: int, notes: Iterable[Note]) -> Edit:
    """Make one note of all those on one pitch, from the first onset to the last end, as loud as the first."""
    chosen = choose(score, track, notes)
    joined = []
    for pitch in np.unique(chosen.picked[1]):
        same = chosen.picked[:, chosen.picked[1] == pitch]
        one = same[:, same[0].argmin()].copy()
        one[2] = (same[0] + same[2]).max() - one[0]
        joined.append(one)
    return chosen.become(np.stack(joined, axis=1) if joined else no_columns())


def legato(score: Score, track: int, notes: Iterable[Note]) -> Edit:
    """Let every note last until the next onset among them; the last ones stay as they are."""
    chosen = choose(score, track, notes)
    start = chosen.picked[0]
    onsets = np.unique(start)
    following = np.append(onsets[1:], -1)[np.searchsorted(onsets, start)]
    tied = chosen.picked.copy()
    tied[2] = np.where(following > 0, following - start, tied[2])
    return chosen.become(tied)


def copy(notes: Iterable[Note], score: Score | None = None) -> Clip:
    """Notes to be pasted elsewhere; from `score`, also into a piece of another resolution."""
    columns = _from_zero(to_columns(notes))
    return Clip(to_notes(columns), score.ticks_per_quarter if score else 0)


def paste(score: Score, track: int, clip: Clip, tick: int) -> Edit:
    """Put copied notes into a track so that the first starts at `tick`."""
    columns = to_columns(clip.notes)
    if clip.ticks_per_quarter and clip.ticks_per_quarter != score.ticks_per_quarter:
        factor = score.ticks_per_quarter / clip.ticks_per_quarter
        ends = np.rint((columns[0] + columns[2]) * factor).astype(np.int64)
        columns[0] = np.rint(columns[0] * factor)
        columns[2] = np.maximum(1, ends - columns[0])
    columns[0] += max(0, tick)
    columns = columns[:, columns[0] + columns[2] <= MAX_TICK]
    return choose(score, track, ()).become(columns)


def duplicate(score: Score, track: int, notes: Iterable[Note], ticks: int = 0) -> Edit:
    """Repeat notes right after their last end, or `ticks` after themselves."""
    picked = choose(score, track, notes, locked=True).picked
    if not picked.shape[1]:
        return Edit(score, ())
    clip = Clip(to_notes(_from_zero(picked)))
    return paste(score, track, clip, int(picked[0].min()) + (ticks or clip.length))


def replace_span(score: Score, track: int, start: int, end: int, notes: Iterable[Note]) -> Edit:
    """Put notes in the place of all that start in a span; what hangs into it is cut at its start.

    Locked notes stay. A melody makes way for them in time, anything with chords in it only on their pitches.

    Args:
        score: the piece.
        track: which track.
        start: first tick of the span.
        end: tick after the span.
        notes: at their places in the piece, not in the span.
    """
    columns = score.tracks[track].columns
    locked = is_locked(columns)
    kept = columns[:, (columns[0] < start) | (columns[0] >= end) | locked].copy()
    before = (kept[0] < start) & ~is_locked(kept)
    kept[2] = np.where(before, np.minimum(kept[2], start - kept[0]), kept[2])
    cleared = score.with_track(track, score.tracks[track].with_columns(kept))
    new = unlocked(to_columns(notes))
    return choose(cleared, track, ()).become(_around(new, columns[:, locked]) if locked.any() else new)


def _around(new: Columns, locked: Columns) -> Columns:
    """A melody without what would sound together with locked notes of its track; chords as they are."""
    new = new[:, np.argsort(new[0], kind="stable")]
    if not new.shape[1] or (new[0, 1:] < (new[0] + new[2])[:-1]).any():
        return new
    latest = np.maximum.accumulate(locked[0] + locked[2])
    following = np.searchsorted(locked[0], new[0], side="right")
    free = (following == 0) | (latest[following - 1] <= new[0])
    ends = np.append(locked[0], MAX_TICK)[following]
    new[2] = np.minimum(new[2], ends - new[0])
    return new[:, free]


def _from_zero(columns: Columns) -> Columns:
    """The same notes, the first starting at tick 0, none of them locked."""
    columns = unlocked(columns.copy())
    if columns.shape[1]:
        columns[0] -= columns[0].min()
    return columns
