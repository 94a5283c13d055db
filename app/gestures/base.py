"""What every gesture over the roll is: pressed, moved, then released (one undo step) or cancelled (no trace)."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from app.views.roll.state import RollState

MAC = sys.platform == "darwin"
CLICK = 4  # pixels the hand may shake before a click becomes a drag
EDGE = 7  # pixels at either end of a note that resize it


@dataclass(frozen=True)
class Pointer:
    """Where the mouse is and which keys are held.

    Attributes:
        x, y: pixels in the roll.
        tick, pitch: what is there.
        shift, ctrl, alt: modifiers; `alt` suspends the snap everywhere. On macOS `ctrl` is the command key: held
            when a drag begins it means what Ctrl means elsewhere, held later it suspends the snap like Alt.
    """

    x: float
    y: float
    tick: float
    pitch: int
    shift: bool = False
    ctrl: bool = False
    alt: bool = False

    @classmethod
    def of(
        cls,
        at: QPointF,
        keys: Qt.KeyboardModifier,
        tick: float,
        pitch: int,
        begun: Qt.KeyboardModifier | None = None,
        mac: bool = MAC,
    ) -> Pointer:
        """The pointer of a mouse event at a place and with modifiers.

        Args:
            at: pixels.
            keys: modifiers held now.
            tick: what is there.
            pitch: likewise.
            begun: modifiers held when the drag began that is under way; None without one.
            mac: whether the command key suspends the snap.
        """
        key = Qt.KeyboardModifier
        shift, ctrl, alt = (bool(keys & one) for one in (key.ShiftModifier, key.ControlModifier, key.AltModifier))
        late = begun is not None and not begun & key.ControlModifier
        return cls(at.x(), at.y(), tick, pitch, shift, ctrl, alt or (mac and ctrl and late))

    def far_from(self, other: Pointer) -> bool:
        """Whether the hand meant to drag, not to click."""
        return max(abs(self.x - other.x), abs(self.y - other.y)) >= CLICK


class Gesture(Protocol):
    """One hand movement. Made by the press; the view calls the rest and paints what the gesture previews."""

    def move(self, at: Pointer) -> None:
        """The mouse is elsewhere."""

    def release(self, at: Pointer) -> None:
        """The button was let go: commit at most one undo step."""

    def cancel(self) -> None:
        """Escape, or the score changed underneath: leave everything as it was before the press."""


@dataclass(frozen=True)
class Hit:
    """A note under the mouse and which part of it: "body", "left" or "right"."""

    index: int
    part: str


def hit(roll: RollState, at: Pointer) -> Hit | None:
    """The note under a pointer. Short notes keep a body: their edges shrink to a quarter of the width."""
    slack = 2.5 / roll.geometry.scale
    index = roll.table.at(at.tick, at.pitch, slack)
    if index is None:
        return None
    start, length = int(roll.table.columns[0, index]), int(roll.table.columns[2, index])
    left, right = roll.geometry.x_of(start), roll.geometry.x_of(start + length)
    edge = min(EDGE, (right - left) / 4)
    if at.x >= right - edge:
        return Hit(index, "right")
    if at.x <= left + edge:
        return Hit(index, "left")
    return Hit(index, "body")


def step_for(roll: RollState, at: Pointer) -> int:
    """Ticks of the grid under these modifiers; 0 while Alt suspends it."""
    return 0 if at.alt else roll.step
