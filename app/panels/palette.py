"""Find a command by typing: every action of the studio, with its keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.actions import Action
from app.finding import search
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
        self.setProperty("role", "sheet")
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(tr("What do you want to do?"))
        self.edit.setAccessibleName(tr("Find a command"))
        self.edit.textChanged.connect(self.show_found)
        self.edit.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.itemClicked.connect(lambda item, column: self.run_chosen())
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
        first: QTreeWidgetItem | None = None
        for action in search(words):
            item = QTreeWidgetItem([tr(action.title).rstrip("…"), keys_of(action).split("   ")[0]])
            item.setData(0, Qt.ItemDataRole.UserRole, action)
            item.setForeground(1, self.palette().placeholderText())
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if not self._usable(action):
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            elif first is None:
                first = item
            self.list.addTopLevelItem(item)
        if first is not None:
            self.list.setCurrentItem(first)

    def run_chosen(self) -> None:
        """Close, then do what is chosen."""
        item = self.list.currentItem()
        self.close()
        if item is not None:
            self._run(item.data(0, Qt.ItemDataRole.UserRole))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run_chosen()
                return True
        return False
