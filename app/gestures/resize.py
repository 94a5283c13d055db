"""Drag either edge of a note: its end or its onset moves, and those of everything selected with it."""

from __future__ import annotations

import numpy as np

from app.gestures.base import Pointer, step_for
from app.i18n import tr
from app.views.roll.note_table import LENGTH, START
from app.views.roll.state import Preview, RollState
from engine.commands import edit


class Resize:
    """The edge under the hand lands on the grid; the others change by as many ticks.

    Args:
        roll: what is edited.
        at: the press.
        index: the note whose edge was pressed.
        edge: "left" or "right".
    """

    def __init__(self, roll: RollState, at: Pointer, index: int, edge: str) -> None:
        self._roll = roll
        self._press = at
        self._left = edge == "left"
        self._before = roll.selected
        if not roll.mask[index]:
            roll.select([index])
        roll.adopt(index)
        self._sized = roll.selected
        self._base = roll.table.columns[:, self._sized]
        start, length = (int(roll.table.columns[row, index]) for row in (START, LENGTH))
        self._edge = start if self._left else start + length
        self._grabbed = (start, length)
        self._ticks, self._least = 0, 1
        self._dragged = False

    def move(self, at: Pointer) -> None:
        """The edge follows, never shorter than one step of the grid (one tick without snap)."""
        if not self._dragged and at.far_from(self._press):
            self._dragged = True
            self._sized = self._roll.loose()
            self._base = self._roll.table.columns[:, self._sized]
        if not self._dragged or not len(self._sized):
            return
        step = step_for(self._roll, at)
        place = at.tick + self._edge - self._press.tick
        ticks = self._roll.bars.snap(max(0.0, place), step) - self._edge
        length = self._grabbed[1]
        self._least = max(1, step)
        least = min(length, self._least)
        ticks = min(ticks, length - least) if self._left else max(ticks, least - length)
        if ticks == self._ticks:
            return
        self._ticks = ticks
        self._roll.set_preview(Preview(self._sized, self._shown()))

    def _shown(self) -> np.ndarray:
        shown = self._base.copy()
        if self._left:
            ends = shown[START] + shown[LENGTH]
            shown[START] = np.clip(shown[START] + self._ticks, 0, ends - self._shortest())
            shown[LENGTH] = ends - shown[START]
        else:
            shown[LENGTH] = np.maximum(self._shortest(), shown[LENGTH] + self._ticks)
        return shown

    def _shortest(self) -> np.ndarray:
        return np.minimum(self._base[LENGTH], self._least)

    def release(self, at: Pointer) -> None:
        """One undo step; the new length is that of the next drawn note."""
        roll = self._roll
        if not self._ticks:
            roll.set_preview(Preview())
            return
        self._roll.default_length = self._grabbed[1] + (-self._ticks if self._left else self._ticks)
        change = edit.resize_starts if self._left else edit.resize_notes
        roll.commit(tr("Resize notes"), change(roll.score, roll.track, roll.notes(), self._ticks, self._least))

    def cancel(self) -> None:
        """Every length as it was."""
        self._roll.set_preview(Preview())
        self._roll.select(self._before)
