"""What a morphing melody dirties on the paper: a drag on the map repaints only that."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from app.views.note_table import LENGTH, PITCH, START, NoteTable
from engine.score.columns import Columns


class Area(NamedTuple):
    """A rectangle of the paper, in ticks and pitches."""

    left: int
    right: int
    low: int = 0
    high: int = 127


def replaced_area(table: NoteTable, target: tuple[int, int]) -> Area:
    """The bars that a morph writes, up to the end of the longest note that it replaces."""
    first, last = np.searchsorted(table.columns[START], target)
    return Area(target[0], max(target[1], int(table.ends[first:last].max(initial=0))))


def area_of(columns: Columns) -> Area | None:
    """Where some notes are; None if there is none."""
    if not columns.shape[1]:
        return None
    start, pitch = columns[START], columns[PITCH]
    return Area(int(start.min()), int((start + columns[LENGTH]).max()), int(pitch.min()), int(pitch.max()))


def joined(areas: list[Area | None]) -> Area | None:
    """The smallest area that holds all that there are."""
    parts = [area for area in areas if area is not None]
    if not parts:
        return None
    left, right, low, high = zip(*parts, strict=True)
    return Area(min(left), max(right), min(low), max(high))
