"""Drag the middle of a note: move everything selected, or copy it with Shift or Ctrl. A click only selects."""

from __future__ import annotations

import numpy as np

from app.gestures.base import Pointer, step_for
from app.i18n import tr
from app.views.roll.grid import called
from app.views.roll.note_table import PITCH, START
from app.views.roll.state import Preview, RollState
from engine.commands import edit


class Move:
    """Offsets a preview of the selection; commits once, on release.

    Args:
        roll: what is edited.
        at: the press, over the note `index`.
        index: the note under the hand; it becomes selected, sounds, and lends its length to the next drawn note.
    """

    def __init__(self, roll: RollState, at: Pointer, index: int) -> None:
        self._roll = roll
        self._press = at
        self._index = index
        self._before = roll.selected
        self._was_selected = bool(roll.mask[index])
        self._copies = at.shift or at.ctrl
        self._dragged = False
        self._offset = (0, 0)
        if not self._was_selected:
            roll.select([index], "add" if self._copies else "only")
        roll.adopt(index)
        self._start, self._pitch = (int(roll.table.columns[row, index]) for row in (START, PITCH))
        roll.sound(self._pitch, roll.default_velocity)
        self._moving = roll.selected
        self._base = roll.table.columns[:, self._moving]

    def move(self, at: Pointer) -> None:
        """Everything selected follows, in whole steps of the grid, inside what MIDI can say."""
        if not self._dragged and at.far_from(self._press):
            self._dragged = True
            if not self._copies:
                self._moving = self._roll.loose()
                self._base = self._roll.table.columns[:, self._moving]
        if not self._dragged or not len(self._moving):
            return
        starts, pitches = self._base[START], self._base[PITCH]
        ticks = at.tick - self._press.tick
        step = step_for(self._roll, at)
        ticks = round(ticks / step) * step if step else round(ticks)
        offset = (
            max(ticks, -int(starts.min())),
            int(np.clip(at.pitch - self._press.pitch, -pitches.min(), 127 - pitches.max())),
        )
        if offset == self._offset:
            return
        if offset[1] != self._offset[1]:
            self._roll.sound(self._pitch + offset[1], self._roll.default_velocity)
        self._offset = offset
        shown = self._base.copy()
        shown[START] += offset[0]
        shown[PITCH] += offset[1]
        self._tell()
        hide = self._moving[:0] if self._copies else self._moving
        self._roll.set_preview(Preview(hide, shown))

    def _tell(self) -> None:
        """Say where the note under the hand is by now."""
        bar, beat = self._roll.bars.place(self._start + self._offset[0])
        name = called(self._roll, self._pitch + self._offset[1])
        self._roll.say(tr("{name}, bar {bar} beat {beat}").format(name=name, bar=bar, beat=beat))

    def release(self, at: Pointer) -> None:
        """One undo step, or none if nothing moved."""
        roll, (ticks, semitones) = self._roll, self._offset
        if not self._dragged:
            self._click()
        elif self._offset == (0, 0):
            roll.set_preview(Preview())
        elif self._copies:
            made = tuple(note.moved(ticks, semitones) for note in roll.notes())
            roll.commit(tr("Copy notes"), edit.add_notes(roll.score, roll.track, made))
        else:
            roll.commit(tr("Move notes"), edit.move_notes(roll.score, roll.track, roll.notes(), ticks, semitones))

    def cancel(self) -> None:
        """Nothing moved, and the selection is what it was."""
        self._roll.set_preview(Preview())
        self._roll.select(self._before)

    def _click(self) -> None:
        if not self._copies:
            self._roll.select([self._index])
        elif self._was_selected:  # Shift or Ctrl and click takes a note out again
            self._roll.select([self._index], "toggle")
