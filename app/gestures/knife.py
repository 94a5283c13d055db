"""The knife: click a note to split it there; drag down through several to split them all at one place."""

from __future__ import annotations

from app.gestures.base import Pointer, step_for
from app.i18n import tr
from app.views.roll.state import Overlay, RollState
from engine.commands import edit


class Knife:
    """A vertical cut at the grid line nearest to the hand, through the rows from the press to the release."""

    def __init__(self, roll: RollState, at: Pointer) -> None:
        self._roll = roll
        self._press = at
        self.move(at)

    def move(self, at: Pointer) -> None:
        """The cut follows the hand."""
        tick = self._roll.bars.snap(at.tick, step_for(self._roll, at))
        low, high = sorted((self._press.pitch, at.pitch))
        self._roll.set_overlay(Overlay("cut", tick, tick, low, high))

    def release(self, at: Pointer) -> None:
        """One undo step, if the cut meets the inside of a note."""
        roll, cut = self._roll, self._roll.overlay
        roll.set_overlay(None)
        if cut is None:
            return
        tick = int(cut.left)
        met = roll.table.between(tick, tick + 1, cut.low, cut.high)
        met = roll.loose(met[roll.table.columns[0, met] < tick])
        if len(met):
            roll.commit(tr("Split notes"), edit.split_at(roll.score, roll.track, roll.notes(met), tick))

    def cancel(self) -> None:
        """No cut."""
        self._roll.set_overlay(None)
