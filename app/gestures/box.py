"""Drag on empty paper: select what the box touches. A click there selects nothing, or turns to the voice under it."""

from __future__ import annotations

import numpy as np

from app.gestures.base import Pointer
from app.views.roll.state import Overlay, RollState


class Box:
    """Selects live while it is drawn; with Shift or Ctrl it adds to what was selected."""

    def __init__(self, roll: RollState, at: Pointer) -> None:
        self._roll = roll
        self._press = at
        self._before = roll.selected
        self._adds = at.shift or at.ctrl
        self._dragged = False

    def move(self, at: Pointer) -> None:
        """The box reaches from the press to here."""
        self._dragged = self._dragged or at.far_from(self._press)
        if not self._dragged:
            return
        left, right = sorted((self._press.tick, at.tick))
        low, high = sorted((self._press.pitch, at.pitch))
        self._roll.set_overlay(Overlay("box", left, right, low, high))
        found = self._roll.table.between(left, right, low, high)
        if self._adds:
            found = np.concatenate([self._before, found])
        self._roll.select(found)

    def release(self, at: Pointer) -> None:
        """Keep the selection."""
        self._roll.set_overlay(None)
        if self._dragged:
            self._roll.say(self._roll.count_text())
            return
        if not self._adds:
            self._roll.select(())
        voice = self._roll.others.at(at.tick, at.pitch)
        if voice is not None:
            self._roll.set_track(int(self._roll.others.owners[voice]))

    def cancel(self) -> None:
        """Back to what was selected."""
        self._roll.set_overlay(None)
        self._roll.select(self._before)
