"""Middle drag: move the paper under the hand."""

from __future__ import annotations

from app.gestures.base import Pointer
from app.views.roll.state import RollState


class Pan:
    """Scrolls the geometry; changes no note."""

    def __init__(self, roll: RollState, at: Pointer) -> None:
        self._geometry = roll.geometry
        self._from = (at.x, at.y)
        self._view = (roll.geometry.left, roll.geometry.top)

    def move(self, at: Pointer) -> None:
        """The paper follows the hand."""
        dx, dy = at.x - self._from[0], at.y - self._from[1]
        self._geometry.scroll_to(self._view[0] - dx / self._geometry.scale, self._view[1] - dy)

    def release(self, at: Pointer) -> None:
        """Stay here."""

    def cancel(self) -> None:
        """Back to where it was."""
        self._geometry.scroll_to(*self._view)
