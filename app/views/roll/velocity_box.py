"""A small box over a note that takes its velocity as a number."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QSpinBox, QWidget

from app.i18n import tr

WIDTH, HEIGHT = 68, 26


class VelocityBox(QSpinBox):
    """Opens at a note; Enter or a click elsewhere keeps the number, Escape does not."""

    chosen = Signal(int, int)  # index of the note, velocity

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._roll = parent
        self._index = -1
        self.setRange(1, 127)
        self.setFixedSize(WIDTH, HEIGHT)
        self.setAccessibleName(tr("Velocity"))
        self.setToolTip(tr("Velocity, 1 to 127"))
        self.hide()
        self.lineEdit().returnPressed.connect(self.keep)

    def open(self, index: int, velocity: int, note: QRect) -> None:
        """Ask for the velocity of the note at this index, painted at `note` in the parent's pixels."""
        self._index = index
        self.setValue(velocity)
        area = self._roll.rect()
        left = min(max(0, note.left()), area.width() - WIDTH)
        below = note.bottom() + 4
        self.move(left, below if below + HEIGHT < area.height() else max(0, note.top() - HEIGHT - 4))
        self.show()
        self.setFocus()
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.keep()

    def keep(self) -> None:
        """Take the number and close; nothing if it is closed."""
        if self._index >= 0:
            index, velocity = self._index, self.value()
            self._close()
            self.chosen.emit(index, velocity)

    def _close(self) -> None:
        self._index = -1
        self.hide()
        self._roll.setFocus()
