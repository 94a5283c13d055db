"""Notes that are not written yet, and what they dirty on the paper: a morphing melody, the sketch of a verb at work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app.views.roll.note_table import LENGTH, PITCH, START, NoteTable
from engine.score.columns import Columns, to_columns

if TYPE_CHECKING:
    from engine.verbs.idea import Idea


class Area(NamedTuple):
    """A rectangle of the paper, in ticks and pitches."""

    left: int
    right: int
    low: int = 0
    high: int = 127


@dataclass(frozen=True, eq=False)
class Sketch:
    """An idea that is taking shape.

    Attributes:
        columns: its notes at their places in the piece, sorted by start.
        span: ticks between which it writes.
        here: it writes to the track that is edited, whose notes step back.
    """

    columns: Columns
    span: tuple[int, int]
    here: bool

    def area(self, table: NoteTable) -> Area | None:
        """Where it is painted."""
        return joined([area_of(self.columns), replaced_area(table, self.span) if self.here else None])


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


def sketch_of(idea: Idea, edited: str, nameless_here: bool) -> Sketch | None:
    """An idea at its place in the piece; None if it has none yet.

    Args:
        idea: in the resolution of the piece.
        edited: name of the track that is edited.
        nameless_here: whether its nameless voices would go there.
    """
    if idea.at is None:
        return None
    first, end = idea.fresh or (0, idea.ticks)
    voices = [voice for number, voice in enumerate(idea.voices) if idea.written is None or number in idea.written]
    columns = to_columns([note for voice in voices for note in voice.notes])
    columns = columns[:, (columns[START] >= first) & (columns[START] < end)] if idea.fresh else columns
    columns[START] += idea.at
    here = any(voice.name.casefold() == edited.casefold() if voice.name else nameless_here for voice in voices)
    order = np.argsort(columns[START], kind="stable")
    return Sketch(columns[:, order], (idea.at + first, idea.at + end), here)
