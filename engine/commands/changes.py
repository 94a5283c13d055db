"""What all edits of notes share: finding the notes meant, and putting a changed track back together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.score import Note, Score
from engine.score.columns import Columns, keys_of, to_columns, to_notes


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
        rest: columns of all other notes of the track.
        places: which of the named notes they are.
    """

    score: Score
    track: int
    picked: Columns
    rest: Columns
    places: NDArray[np.int64]

    def become(self, after: Columns) -> Edit:
        """The edit that puts other notes in the place of those picked.

        The new ones win: of two notes that begin together on one pitch the old one goes.
        """
        if np.array_equal(self.picked, after):
            return Edit(self.score, to_notes(after))
        new = np.sort(keys_of(after))
        rest = self.rest[:, ~_among(keys_of(self.rest), new)]
        track = self.score.tracks[self.track].with_columns(np.concatenate([rest, after], axis=1))
        notes = to_notes(track.columns[:, _among(keys_of(track.columns), new)])
        return Edit(self.score.with_track(self.track, track), notes)


def choose(score: Score, track: int, notes: Iterable[Note]) -> Chosen:
    """Find notes of a track, named by value; those that are not there are passed over."""
    whole, named = score.tracks[track].columns, to_columns(notes)
    if not whole.shape[1]:
        return Chosen(score, track, whole, whole, np.empty(0, dtype=np.int64))
    rows = np.minimum(np.searchsorted(keys_of(whole), keys_of(named)), whole.shape[1] - 1)
    _, first = np.unique(rows, return_index=True)  # a note named twice is one note
    there = (whole[:, rows] == named).all(axis=0)
    places = np.sort(first[there[first]])
    mask = np.ones(whole.shape[1], dtype=bool)
    mask[rows[places]] = False
    return Chosen(score, track, whole[:, rows[places]], whole[:, mask], places)


def _among(keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which keys are among some sorted ones."""
    if not len(wanted):
        return np.zeros(len(keys), dtype=bool)
    return wanted[np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)] == keys
