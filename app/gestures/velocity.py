"""The velocity lane: drag over the heads to set them, Ctrl-drag for a straight ramp. Only a selection changes."""

from __future__ import annotations

import numpy as np

from app.gestures.base import Pointer
from app.i18n import tr
from app.views.roll.note_table import START, VELOCITY
from app.views.roll.state import Overlay, Preview, RollState
from engine.commands import edit

REACH = 5  # pixels beside a head that still take it


class SetVelocity:
    """Draws velocities with a free hand or, `ramp`, along a line from press to release.

    `Pointer.pitch` is the velocity under the mouse, 1..127, as the lane maps its height.

    Args:
        roll: what is edited.
        at: the press.
        ramp: straight line instead of free hand.
    """

    def __init__(self, roll: RollState, at: Pointer, ramp: bool) -> None:
        self._roll = roll
        self._press = self._last = at
        self._ramp = ramp
        self._only = roll.loose(roll.selected if roll.mask.any() else np.arange(len(roll.table)))
        self._starts = roll.table.columns[START, self._only]
        self._now = roll.table.columns[VELOCITY, self._only].copy()
        self._touched = np.zeros(len(self._only), bool)
        self.move(at)

    def move(self, at: Pointer) -> None:
        """Heads between the last place and this one take the line between the two."""
        start = self._press if self._ramp else self._last
        if self._ramp:
            self._touched[:] = False
        reach = REACH / self._roll.geometry.scale
        left, right = sorted((start.tick, at.tick))
        met = (self._starts >= left - reach) & (self._starts <= right + reach)
        if not self._ramp and at is self._press and met.any():  # a click means the nearest onset alone
            near = np.abs(self._starts - at.tick)
            met &= near == near.min()
        span = at.tick - start.tick
        part = np.clip((self._starts[met] - start.tick) / span, 0, 1) if span else np.ones(int(met.sum()))
        self._now[met] = np.clip(np.rint(start.pitch + (at.pitch - start.pitch) * part), 1, 127)
        self._touched |= met
        self._last = at
        if self._ramp:
            self._roll.set_overlay(Overlay("ramp", start.tick, at.tick, start.pitch, at.pitch))
        self._show()

    def _show(self) -> None:
        hide = self._only[self._touched]
        shown = self._roll.table.columns[:, hide].copy()
        shown[VELOCITY] = self._now[self._touched]
        self._roll.set_preview(Preview(hide, shown))

    def release(self, at: Pointer) -> None:
        """One undo step; the selection stays what it was."""
        roll = self._roll
        roll.set_overlay(None)
        indices = self._only[self._touched]
        chosen, values = roll.notes(), tuple(self._now[self._touched].tolist())
        if len(indices):
            before = roll.notes(indices)
            roll.commit(tr("Set velocity"), edit.set_velocity(roll.score, roll.track, before, values), select=chosen)
        else:
            roll.set_preview(Preview())

    def cancel(self) -> None:
        """As loud as before."""
        self._roll.set_overlay(None)
        self._roll.set_preview(Preview())
