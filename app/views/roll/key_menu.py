"""The button that says which key one writes in, and its menu: highlight, fold, another key."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from app.i18n import tr
from engine.score import Key

if TYPE_CHECKING:
    from app.views.roll.editor import RollEditor

MAJOR_FIFTHS = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)  # C, D flat, D ... B
MINOR_FIFTHS = (-3, 4, -1, -6, 1, -4, 3, -2, 5, 0, -5, 2)  # C, C sharp, D ... B


def key_title(key: Key) -> str:
    """A key as musicians write it: "F♯ minor"."""
    tonic = key.name.split()[0].replace("#", "♯").replace("b", "♭")
    return (tr("{tonic} minor") if key.minor else tr("{tonic} major")).format(tonic=tonic)


class KeyButton(QToolButton):
    """Shows the key in force; opens the menu.

    Args:
        editor: whose scale is meant.
        switches: actions for highlight and folds, put on top of the menu.
    """

    def __init__(self, editor: RollEditor, switches: Iterable[QAction]) -> None:
        super().__init__()
        self._editor, self._scale = editor, editor.state.scale
        self.setObjectName("key_button")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tr("The key one writes in: highlight it, fold the roll to it, choose another"))
        menu = QMenu(self)
        menu.addActions(list(switches))
        menu.addSeparator()
        self._own = menu.addAction("")
        self._own.setCheckable(True)
        self._own.triggered.connect(lambda: editor.set_key(None))
        self._keys: dict[Key, QAction] = {}
        for title, minor, circle in ((tr("Major"), False, MAJOR_FIFTHS), (tr("Minor"), True, MINOR_FIFTHS)):
            inside = menu.addMenu(title)
            for fifths in circle:
                self._add(inside, Key(0, fifths, minor))
        menu.addSeparator()
        self._write = menu.addAction("")
        self._write.triggered.connect(editor.write_key)
        menu.aboutToShow.connect(self.refresh)
        self.setMenu(menu)
        self._scale.changed.connect(self.refresh)
        self.refresh()

    def _add(self, menu: QMenu, key: Key) -> None:
        action = menu.addAction(key_title(key))
        action.setCheckable(True)
        action.triggered.connect(partial(self._editor.set_key, key))
        self._keys[key] = action

    def refresh(self) -> None:
        """Show the key in force, and what is done with it."""
        scale = self._scale
        written = scale.written_at(self._editor.playhead)
        self._own.setText(
            tr("The piece's own ({key})").format(key=key_title(written) if written else tr("none written"))
        )
        self._own.setChecked(scale.chosen is None)
        for key, action in self._keys.items():
            action.setChecked(key == scale.chosen)
        bar, _ = self._editor.state.bars.place(int(self._editor.playhead))
        where = tr("from bar {bar} on").format(bar=bar) if bar > 1 else tr("from the beginning")
        self._write.setText(tr("Write {key} into the piece, {where}").format(key=key_title(scale.key), where=where))
        self.setText(key_title(scale.key) + " ▾")
        self.setAccessibleName(tr("Key: {key}").format(key=key_title(scale.key)))
        self.setChecked(scale.highlight or bool(scale.fold))
