"""Keys that the roll hears itself while it has the focus; shortcuts of the window come first and never get here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from app.views.roll.editor import RollEditor

Keys = dict[tuple[Qt.Key, Qt.KeyboardModifier], Callable[[], object]]


def roll_keys(editor: RollEditor) -> Keys:
    """Key and modifiers -> command. Space is not among them: it plays, everywhere."""
    key, plain, shift = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    alt, ctrl = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
    keys: Keys = {
        (key.Key_Up, plain): partial(editor.transpose, 1),
        (key.Key_Down, plain): partial(editor.transpose, -1),
        (key.Key_Up, shift): partial(editor.transpose, 12),
        (key.Key_Down, shift): partial(editor.transpose, -12),
        (key.Key_Up, alt): partial(editor.transpose_in_scale, 1),
        (key.Key_Down, alt): partial(editor.transpose_in_scale, -1),
        (key.Key_Right, plain): partial(editor.step, 1),
        (key.Key_Left, plain): partial(editor.step, -1),
        (key.Key_Right, ctrl): partial(editor.step_bar, 1),
        (key.Key_Left, ctrl): partial(editor.step_bar, -1),
        (key.Key_End, plain): editor.to_end,
        (key.Key_Up, ctrl): partial(editor.louder, 1),
        (key.Key_Down, ctrl): partial(editor.louder, -1),
        (key.Key_PageUp, plain): partial(editor.scroll_page, -1),
        (key.Key_PageDown, plain): partial(editor.scroll_page, 1),
        (key.Key_W, plain): editor.write_note,
        (key.Key_Insert, plain): editor.write_note,
        (key.Key_Right, shift): partial(editor.lengthen, 1),
        (key.Key_Left, shift): partial(editor.lengthen, -1),
        (key.Key_Tab, plain): partial(editor.next_note, 1),
        (key.Key_Backtab, shift): partial(editor.next_note, -1),
        (key.Key_Tab, ctrl): partial(editor.roll.leave, True),
        (key.Key_Backtab, ctrl | shift): partial(editor.roll.leave, False),
        (key.Key_Escape, plain): editor.escape,
        (key.Key_Delete, plain): editor.delete_selection,
        (key.Key_Backspace, plain): editor.delete_selection,
        (key.Key_V, plain): lambda: editor.set_velocity_visible(not editor.velocity_visible),
    }
    for (name, held), call in list(keys.items()):  # arrows and Delete of the number pad carry a flag of their own
        keys[name, held | Qt.KeyboardModifier.KeypadModifier] = call
    return keys
