"""The context menu of the roll and the choice of its grid."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton

from app.actions import ACTIONS
from app.i18n import tr

if TYPE_CHECKING:
    from app.views.roll.editor import RollEditor


def grid_title(name: str) -> str:
    """A grid as the menu calls it."""
    if name == "off":
        return tr("Off")
    return tr("{part} triplet").format(part=name[:-1]) if name.endswith("T") else name


def fill_grid_menu(button: QToolButton, editor: RollEditor) -> None:
    """Let a button choose the grid and show which is chosen."""
    menu = QMenu(button)
    group = QActionGroup(menu)
    for name in editor.grids:
        action = menu.addAction(grid_title(name))
        action.setCheckable(True)
        action.setChecked(name == editor.grid)
        action.triggered.connect(partial(editor.set_grid, name))
        action.setData(name)
        group.addAction(action)

    def show(name: str) -> None:
        button.setText((name if name != "off" else tr("Off")) + " ▾")
        for action in group.actions():
            action.setChecked(action.data() == name)

    button.setMenu(menu)
    editor.grid_changed.connect(show)
    show(editor.grid)


def note_menu(editor: RollEditor) -> QMenu:
    """Commands for what is selected, with their keys; deletes itself when closed."""
    menu = QMenu(editor)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    some = bool(editor.selected_notes)
    keys = {action.id: action.keys[0] for action in ACTIONS if action.keys}
    for name, title, call, needs in (
        ("edit.cut", tr("Cut"), editor.cut, True),
        ("edit.copy", tr("Copy"), editor.copy, True),
        ("edit.paste", tr("Paste"), editor.paste, False),
        ("edit.duplicate", tr("Duplicate"), editor.duplicate, True),
        ("edit.delete", tr("Delete"), editor.delete_selection, True),
        ("", "", None, False),
        ("notes.quantize", tr("Quantise"), editor.quantize, False),
        ("notes.humanize", tr("Humanise…"), editor.ask_humanize, False),
        ("notes.split", tr("Split"), editor.split, True),
        ("notes.join", tr("Join"), editor.join, True),
        ("notes.legato", tr("Legato"), editor.legato, True),
        ("notes.octave_up", tr("Octave up"), partial(editor.transpose, 12), True),
        ("notes.octave_down", tr("Octave down"), partial(editor.transpose, -12), True),
        ("notes.lock", tr("Unlock") if editor.locked else tr("Lock"), editor.toggle_lock, True),
        *([("notes.accept", tr("Make it mine"), editor.accept, True)] if editor.made_selected else []),
        ("", "", None, False),
        ("play.loop_selection", tr("Loop the selection"), editor.loop_selection, True),
        ("view.zoom_selection", tr("Zoom to the selection"), editor.zoom_selection, True),
        ("edit.select_all", tr("Select all"), editor.select_all, False),
    ):
        if call is None:
            menu.addSeparator()
            continue
        shown = QKeySequence(keys[name]).toString(QKeySequence.SequenceFormat.NativeText)
        action = menu.addAction(f"{title}\t{shown}")
        action.setEnabled(some or not needs)
        action.triggered.connect(lambda checked=False, call=call: call())
    return menu
