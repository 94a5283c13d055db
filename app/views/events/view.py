"""The table that shows the list of notes: its own keys come before the window's while it has the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView

Key = Qt.Key
EDITS, DELETES = (Key.Key_F2, Key.Key_Return, Key.Key_Enter), (Key.Key_Delete, Key.Key_Backspace)
OWN = (*EDITS, *DELETES, Key.Key_Home, Key.Key_End)


class EventView(QTableView):
    """F2, Enter or a digit edits the cell, Delete removes the selected notes, Home and End go along the line."""

    delete_asked = Signal()

    def event(self, event: QEvent) -> bool:
        """Claim the keys that mean something here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._mine(event):
            event.accept()
            return True
        return super().event(event)

    def _mine(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        digit = event.text().isdigit() and bool(self.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable)
        return digit or event.key() in OWN

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() == QTableView.State.EditingState:
            event.accept()  # what the editor let through, such as the Enter that ends it
        elif event.key() in EDITS and self.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(self.currentIndex())
        elif event.key() in DELETES:
            self.delete_asked.emit()
        else:
            super().keyPressEvent(event)
