"""Find a command by typing: every action of the studio, with its keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.actions import Action, search
from app.i18n import tr
from app.panels.help_sheet import keys_of


class CommandPalette(QDialog):
    """Opens over the window; Enter runs the chosen command, Escape closes.

    Args:
        usable: whether an action can be used now; others are shown pale.
        run: does it.
    """

    def __init__(self, usable: Callable[[Action], bool], run: Callable[[Action], None], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._usable, self._run = usable, run
        self.setAccessibleName(tr("Find a command"))
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(tr("What do you want to do?"))
        self.edit.setAccessibleName(tr("Find a command"))
        self.edit.textChanged.connect(self.show_found)
        self.edit.installEventFilter(self)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(lambda item: self.run_chosen())
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.edit)
        column.addWidget(self.list)
        self.show_found("")

    def open_over(self, window: QWidget) -> None:
        """Show it at the top middle of the window."""
        self.resize(min(560, window.width() - 32), min(420, window.height() - 96))
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + 64)
        self.show()
        self.edit.setFocus()

    def show_found(self, words: str) -> None:
        """List what fits."""
        self.list.clear()
        for action in search(words):
            keys = keys_of(action).split("   ")[0]
            item = QListWidgetItem(f"{tr(action.title).rstrip('…')}{f'    {keys}' if keys else ''}")
            item.setData(Qt.ItemDataRole.UserRole, action)
            if not self._usable(action):
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        usable = (i for i in range(self.list.count()) if self.list.item(i).flags() & Qt.ItemFlag.ItemIsEnabled)
        self.list.setCurrentRow(next(usable, -1))

    def run_chosen(self) -> None:
        """Close, then do what is chosen."""
        item = self.list.currentItem()
        self.close()
        if item is not None:
            self._run(item.data(Qt.ItemDataRole.UserRole))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run_chosen()
                return True
        return False
