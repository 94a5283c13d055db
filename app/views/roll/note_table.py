"""The notes of a track as sorted arrays: what is seen, what is under the mouse, what is where. A cache, not a state."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.score import Track
from engine.score.columns import Columns, keys_of, no_columns

START, PITCH, LENGTH, VELOCITY, MARKS = range(5)

Indices = NDArray[np.int64]


def without(values: Indices, taken: Indices) -> Indices:
    """Values that are not among some rising ones. Numpy's own (setdiff1d, isin) import numpy.ma: 40 ms of the start."""
    if not len(taken):
        return values
    at = np.minimum(np.searchsorted(taken, values), len(taken) - 1)
    return values[taken[at] != values]


class NoteTable:
    """Columns sorted by start, with the running latest end that makes culling exact for long notes too.

    Args:
        columns: shape [5, n], sorted by start.
        owners: track index per note, for tables that merge tracks.
    """

    def __init__(self, columns: Columns, owners: Indices | None = None) -> None:
        self.columns = columns
        self.owners = owners if owners is not None else np.zeros(columns.shape[1], np.int64)
        self.ends = columns[START] + columns[LENGTH]
        self._latest = np.maximum.accumulate(self.ends) if len(self.ends) else self.ends
        self._keys: Indices | None = None

    @classmethod
    def of_tracks(cls, tracks: Iterable[tuple[int, Track]]) -> NoteTable:
        """One table of several (index, track)."""
        parts = [(index, track.columns) for index, track in tracks if len(track)]
        if not parts:
            return cls(no_columns())
        columns = np.concatenate([part for _, part in parts], axis=1)
        owners = np.concatenate([np.full(part.shape[1], index) for index, part in parts])
        order = np.argsort(columns[START], kind="stable")
        return cls(columns[:, order], owners[order])

    def __len__(self) -> int:
        return self.columns.shape[1]

    @property
    def keys(self) -> Indices:
        """Start * 128 + pitch of every note: rising, and unique in a tidy track."""
        if self._keys is None:
            self._keys = keys_of(self.columns)
        return self._keys

    def find(self, keys: Indices) -> Indices:
        """Indices, rising, of the notes with these keys, which rise too; those that are gone are left out."""
        if not len(self) or not len(keys):
            return np.zeros(0, np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self) - 1)
        found = at[self.keys[at] == keys]
        return found[np.diff(found, prepend=-1) > 0]

    def between(self, left: float, right: float, low: int = 0, high: int = 127) -> Indices:
        """Indices, rising, of the notes that sound somewhere in left..right (ticks) and low..high (pitches)."""
        # whole ticks: numpy would turn the whole column into floats to compare it with one
        first = int(np.searchsorted(self._latest, math.floor(left), "right"))
        last = int(np.searchsorted(self.columns[START], math.ceil(right), "left"))
        if first >= last:
            return np.zeros(0, np.int64)
        inside = self.ends[first:last] > left
        if low > 0 or high < 127:
            pitch = self.columns[PITCH, first:last]
            inside &= (pitch >= low) & (pitch <= high)
        return np.flatnonzero(inside) + first

    def take(self, indices: Indices) -> Columns:
        """Columns of rising indices; a view, not a copy, where they are consecutive."""
        if len(indices) and indices[-1] - indices[0] + 1 == len(indices):
            return self.columns[:, indices[0] : indices[-1] + 1]
        return self.columns[:, indices]

    def at(self, tick: float, pitch: int, slack: float = 0.0) -> int | None:
        """Index of the note under a place, the later one where they touch; else the nearest within `slack` ticks."""
        found = self.between(tick, tick + 1e-6, pitch, pitch)
        if not len(found) and slack:
            near = self.between(tick - slack, tick + slack, pitch, pitch)
            gaps = np.maximum(self.columns[START, near] - tick, tick - self.ends[near])
            found = near[np.argsort(-gaps)]
        return int(found[-1]) if len(found) else None
