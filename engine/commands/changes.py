"""What all edits of notes share: finding the notes meant, and putting a changed track back together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.score import Note, Score
from engine.score.columns import Columns, is_locked, keys_of, to_columns, to_notes
from engine.score.note import MAX_TICK


@dataclass(frozen=True)
class Edit:
    """What an edit gives: the score after it, and the notes it made or touched, for the view to select."""

    score: Score
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Chosen:
    """The notes that an edit means.

    Attributes:
        score: the piece before the edit.
        track: which track.
        picked: columns of those that are there, in the order they were named.
        rest: columns of all other notes of the track, among them those that are locked.
        places: which of the named notes they are.
    """

    score: Score
    track: int
    picked: Columns
    rest: Columns
    places: NDArray[np.int64]

    def become(self, after: Columns) -> Edit:
        """The edit that puts other notes in the place of those picked.

        The new ones win: of two notes that begin together on one pitch the old one goes. Only locked ones stay: what
        would begin inside of one on its pitch is not written, what reaches into one is cut.
        """
        if np.array_equal(self.picked, after):
            return Edit(self.score, to_notes(after))
        after = _beside(after, self.rest[:, is_locked(self.rest)])
        new = np.sort(keys_of(after))
        rest = self.rest[:, ~_among(keys_of(self.rest), new)]
        track = self.score.tracks[self.track].with_columns(np.concatenate([rest, after], axis=1))
        notes = to_notes(track.columns[:, _among(keys_of(track.columns), new)])
        return Edit(self.score.with_track(self.track, track), notes)


def choose(score: Score, track: int, notes: Iterable[Note], locked: bool = False) -> Chosen:
    """Find notes of a track, named by value; those that are not there, or are locked, are passed over.

    Args:
        score: the piece.
        track: which track.
        notes: of it.
        locked: locked ones are meant as well.
    """
    whole, named = score.tracks[track].columns, to_columns(notes)
    if not whole.shape[1]:
        return Chosen(score, track, whole, whole, np.empty(0, dtype=np.int64))
    rows = np.minimum(np.searchsorted(keys_of(whole), keys_of(named)), whole.shape[1] - 1)
    _, first = np.unique(rows, return_index=True)  # a note named twice is one note
    there = (whole[:, rows] == named).all(axis=0)
    if not locked:
        there &= ~is_locked(named)
    places = np.sort(first[there[first]])
    mask = np.ones(whole.shape[1], dtype=bool)
    mask[rows[places]] = False
    return Chosen(score, track, whole[:, rows[places]], whole[:, mask], places)


def _beside(new: Columns, locked: Columns) -> Columns:
    """Notes without those that would begin inside of a locked one on its pitch."""
    if not locked.shape[1] or not new.shape[1]:
        return new
    row = np.int64(MAX_TICK) + 1  # ticks of a pitch, all pitches one after the other
    starts = np.sort(locked[1] * row + locked[0])
    ends = np.sort(locked[1] * row + locked[0] + locked[2])  # they do not overlap: in the same order
    begun = np.searchsorted(starts, new[1] * row + new[0], side="right")
    return new[:, (begun == 0) | (ends[begun - 1] <= new[1] * row + new[0])]


def _among(keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which keys are among some sorted ones."""
    if not len(wanted):
        return np.zeros(len(keys), dtype=bool)
    return wanted[np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)] == keys
