"""The chord lane: drag a chord to another beat, or a copy of it with Shift or Ctrl. A click only takes it in hand."""

from __future__ import annotations

from app.gestures.base import Pointer
from app.i18n import tr
from app.views.roll.chords import Moving
from app.views.roll.state import RollState


class MoveChord:
    """Shows where a chord would be let go; commits once, on release.

    It snaps to beats; Alt takes the grid of the roll instead, for chords between them.

    Args:
        roll: what is edited.
        at: the press.
        tick: where the chord under the hand begins.
    """

    def __init__(self, roll: RollState, at: Pointer, tick: int) -> None:
        self._roll = roll
        self._press = at
        self._tick = tick
        self._copies = at.shift or at.ctrl
        self._to = tick
        roll.chords.go_to(tick, listen=True)

    def move(self, at: Pointer) -> None:
        """The chord follows in whole beats."""
        roll = self._roll
        if not at.far_from(self._press) and roll.chords.moving is None:
            return
        tick = max(0.0, self._tick + at.tick - self._press.tick)
        to = roll.bars.snap(tick, roll.step) if at.alt else roll.bars.near_beat(tick)
        if to != self._to or roll.chords.moving is None:
            self._to = to
            bar, beat = roll.bars.place(to)
            roll.say(tr("Bar {bar} beat {beat}").format(bar=bar, beat=beat))
            roll.chords.set_moving(Moving(self._tick, to, self._copies))

    def release(self, at: Pointer) -> None:
        """One undo step, or none if nothing moved."""
        moved = self._roll.chords.moving is not None
        self._roll.chords.set_moving(None)
        if moved:
            self._roll.chords.move(self._tick, self._to, self._copies)

    def cancel(self) -> None:
        """Where it was."""
        self._roll.chords.set_moving(None)
