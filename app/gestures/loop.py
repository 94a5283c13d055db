"""The ruler: a click moves the playhead, a drag sets the loop, a drag at an end of the loop moves that end."""

from __future__ import annotations

from app.gestures.base import EDGE, Pointer, step_for
from app.views.roll.state import RollState


class RulerDrag:
    """Changes no note, so it is no undo step. The loop snaps to beats unless the grid is finer or Alt is held."""

    def __init__(self, roll: RollState, at: Pointer) -> None:
        self._roll = roll
        self._press = at
        self._before = roll.loop
        self._dragged = False
        self._anchor = at.tick
        if roll.loop:
            start, end = roll.loop
            for edge, other in ((start, end), (end, start)):
                if abs(roll.geometry.x_of(edge) - at.x) <= EDGE:
                    self._anchor = other

    def move(self, at: Pointer) -> None:
        """The loop reaches from its other end to here."""
        self._dragged = self._dragged or at.far_from(self._press)
        if not self._dragged:
            return
        roll, step = self._roll, step_for(self._roll, at)
        start, end = sorted((self._anchor, at.tick))
        first, last = roll.bars.snap(start, step), roll.bars.snap(end, step)
        if last > first:
            roll.set_loop((first, last))

    def release(self, at: Pointer) -> None:
        """A click seeks."""
        if not self._dragged:
            self._roll.seek_requested.emit(self._roll.bars.snap(at.tick, step_for(self._roll, at)))

    def cancel(self) -> None:
        """The loop as it was."""
        self._roll.set_loop(self._before)
