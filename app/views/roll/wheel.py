"""The wheel: scroll, zoom, or change the loudness of the note under it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

from app.gestures.base import Pointer, hit
from app.i18n import tr
from app.views.roll.state import RollState
from engine.commands import edit

NOTCH = 120  # Qt's eighths of a degree per click of a wheel
LINE = 48  # pixels one click scrolls
ZOOM = 1.18  # factor of one click
LOUDER = 4  # velocity steps of one click


def wheel(roll: RollState, at: Pointer, event: QWheelEvent) -> None:
    """Plain: up and down. Shift: sideways. Ctrl: time zoom about the mouse. Alt: velocity on a note, else row zoom."""
    pixels, turns = event.pixelDelta(), event.angleDelta()
    keys = event.modifiers()
    turn = (turns.y() or turns.x()) / NOTCH  # Alt and Shift may swap the axes on the way here
    geometry = roll.geometry
    if not turn and pixels.isNull():
        return
    if keys & Qt.KeyboardModifier.ControlModifier:
        geometry.zoom_time(ZOOM**turn, at.x)
    elif keys & Qt.KeyboardModifier.AltModifier:
        found = hit(roll, at)
        if found is not None:
            louder(roll, found.index, round(turn * LOUDER) or (1 if turn > 0 else -1))
        else:
            geometry.zoom_rows((turn > 0) - (turn < 0), at.y)
    elif keys & Qt.KeyboardModifier.ShiftModifier:
        geometry.scroll_by(dx=-turn * 2 * LINE)
    elif not pixels.isNull():  # a trackpad says pixels, in both directions
        geometry.scroll_by(-pixels.x(), -pixels.y())
    else:
        geometry.scroll_by(-turns.x() / NOTCH * LINE, -turns.y() / NOTCH * LINE)


def louder(roll: RollState, index: int, by: int) -> None:
    """Change the velocity of a note, and of everything selected with it."""
    if not roll.mask[index]:
        roll.select([index])
    roll.commit(tr("Change velocity"), edit.shift_velocity(roll.score, roll.track, roll.notes(), by))
    roll.adopt(int(roll.selected[0]))
    roll.sound(int(roll.table.columns[1, roll.selected[0]]))
