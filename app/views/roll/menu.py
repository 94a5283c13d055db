"""The context menu of the roll and the choice of its grid."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

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
    """Commands for what is selected; deletes itself when closed."""
    menu = QMenu(editor)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    some = bool(editor.selected_notes)
    for title, call, needs in (
        (tr("Cut"), editor.cut, True),
        (tr("Copy"), editor.copy, True),
        (tr("Paste"), editor.paste, False),
        (tr("Duplicate"), editor.duplicate, True),
        (tr("Delete"), editor.delete_selection, True),
        ("", None, False),
        (tr("Quantise"), editor.quantize, False),
        (tr("Humanise…"), editor.ask_humanize, False),
        (tr("Split"), editor.split, True),
        (tr("Join"), editor.join, True),
        (tr("Legato"), editor.legato, True),
        (tr("Octave up"), partial(editor.transpose, 12), True),
        (tr("Octave down"), partial(editor.transpose, -12), True),
        (tr("Unlock") if editor.locked else tr("Lock"), editor.toggle_lock, True),
        *([(tr("Make it mine"), editor.accept, True)] if editor.made_selected else []),
        ("", None, False),
        (tr("Loop the selection"), editor.loop_selection, True),
        (tr("Zoom to the selection"), editor.zoom_selection, True),
        (tr("Select all"), editor.select_all, False),
    ):
        if call is None:
            menu.addSeparator()
            continue
        action = menu.addAction(title)
        action.setEnabled(some or not needs)
        action.triggered.connect(lambda checked=False, call=call: call())
    return menu
