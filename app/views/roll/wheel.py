"""The wheel: scroll, zoom, or change the loudness of the note under it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QNativeGestureEvent, QWheelEvent

from app.gestures.base import Pointer
from app.i18n import tr
from app.views.roll.state import RollState
from engine.commands import edit

NOTCH = 120  # Qt's eighths of a degree per click of a wheel
LINE = 48  # pixels one click scrolls
ZOOM = 1.18  # factor of one click
LOUDER = 4  # velocity steps of one click


def wheel(roll: RollState, at: Pointer, event: QWheelEvent, under: int | None = None) -> None:
    """Plain: up and down. Shift: sideways. Ctrl: time zoom about the mouse. Alt: velocity on a note, else row zoom.

    Args:
        roll: what is scrolled or edited.
        at: where the mouse is.
        event: how far the wheel was turned, and which keys are held.
        under: index of the note under the mouse; None without one, as on the ruler.
    """
    pixels, turns = event.pixelDelta(), event.angleDelta()
    keys = event.modifiers()
    turn = (turns.y() or turns.x()) / NOTCH  # Alt and Shift may swap the axes on the way here
    geometry = roll.geometry
    if not turn and pixels.isNull():
        return
    if keys & Qt.KeyboardModifier.ControlModifier:
        geometry.zoom_time(ZOOM**turn, at.x)
    elif keys & Qt.KeyboardModifier.AltModifier:
        if under is not None:
            if not roll.mask[under]:
                roll.select([under])
            louder(roll, round(turn * LOUDER) or (1 if turn > 0 else -1))
        else:
            geometry.zoom_rows((turn > 0) - (turn < 0), min(at.y, geometry.height))
    elif keys & Qt.KeyboardModifier.ShiftModifier:
        geometry.scroll_by(dx=-turn * 2 * LINE)
    elif not pixels.isNull():  # a trackpad says pixels, in both directions
        geometry.scroll_by(-pixels.x(), -pixels.y())
    else:
        geometry.scroll_by(-turns.x() / NOTCH * LINE, -turns.y() / NOTCH * LINE)


def louder(roll: RollState, by: int) -> None:
    """Change the velocity of everything selected; the notches of one hand are one undo step."""
    chosen = roll.loose()
    if not len(chosen):
        return
    goes_on = np.array_equal(roll.table.columns[:, chosen], roll.spun)
    made = edit.shift_velocity(roll.score, roll.track, roll.notes(chosen), by)
    roll.commit(tr("Change velocity"), made, goes_on=goes_on)
    roll.spun = roll.table.columns[:, roll.selected]
    roll.adopt(int(roll.selected[0]))
    roll.sound(int(roll.table.columns[1, roll.selected[0]]))
    roll.say(tr("Velocity {value}").format(value=roll.default_velocity))


def pinch(roll: RollState, event: QNativeGestureEvent) -> bool:
    """Two fingers on a trackpad zoom time about the place between them; False for any other gesture."""
    if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
        return False
    roll.geometry.zoom_time(max(0.2, 1 + event.value()), event.position().x())
    return True
