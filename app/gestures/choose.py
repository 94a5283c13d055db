"""Which gesture a press begins: tool, button, keys held and what is under the mouse decide it, and the cursor."""

from __future__ import annotations

from app.gestures.base import Gesture, Pointer, hit
from app.gestures.box import Box
from app.gestures.drag import Move
from app.gestures.draw import Draw, Paint
from app.gestures.erase import Erase
from app.gestures.knife import Knife
from app.gestures.pan import Pan
from app.gestures.resize import Resize
from app.views.roll.state import RollState


def begin_left(roll: RollState, at: Pointer, tool: str) -> Gesture:
    """What the left button begins with a tool."""
    if tool == "knife":
        return Knife(roll, at)
    found = hit(roll, at)
    if found is not None:
        if found.part == "body" or at.shift or at.ctrl:
            return Move(roll, at, found.index)
        return Resize(roll, at, found.index, found.part)
    if tool == "select" or at.ctrl:
        return Box(roll, at)
    return Paint(roll, at) if at.shift else Draw(roll, at)


def begin_right(roll: RollState, at: Pointer, tool: str) -> Gesture:
    """What the right button begins: the pencil deletes at once, the others when dragged.

    A click that meets nothing to delete asks for the menu.
    """
    return Erase(roll, at, at_once=tool == "pencil")


def begin_middle(roll: RollState, at: Pointer) -> Gesture:
    """What the middle button begins."""
    return Pan(roll, at)


def intent(roll: RollState, at: Pointer, tool: str) -> str:
    """What a left press here would do, for the cursor: "cut", "move", "copy", "resize", "box", "paint" or "draw"."""
    if tool == "knife":
        return "cut"
    found = hit(roll, at)
    if found is not None:
        if at.shift or at.ctrl:
            return "copy"
        return "move" if found.part == "body" else "resize"
    if tool == "select" or at.ctrl:
        return "box"
    return "paint" if at.shift else "draw"
