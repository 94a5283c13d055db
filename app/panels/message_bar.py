"""One line inside the window that says something without stopping anyone: an error, a notice, an offer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.theme import Theme, mix

NOTICE_MS = 8000  # a notice leaves by itself; errors and offers stay until answered


class MessageBar(QWidget):
    """Hidden until it has something to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind = "info"
        self._sign = QLabel()
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons: list[QPushButton] = []
        self._close = QToolButton()
        self._close.setAccessibleName(tr("Dismiss"))
        self._close.setToolTip(tr("Dismiss"))
        self._close.clicked.connect(self.hide)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setMaximumHeight(140)
        self.details.setAccessibleName(tr("Details"))
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addWidget(self._sign)
        self._row.addWidget(self.label, 1)
        self._row.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 6)
        column.addLayout(self._row)
        column.addWidget(self.details)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str, kind: str = "info", details: str = "", stay: bool | None = None) -> None:
        """Show a line.

        Args:
            text: what to say.
            kind: info, warning or error.
            details: more lines, shown by a button.
            stay: until dismissed; by default errors, warnings and lines with details do.
        """
        self._clear()
        self._kind = kind
        self.label.setText(text)
        self.setAccessibleName(text)
        self.details.setPlainText(details)
        if details:
            self._add(tr("Details"), lambda: self.details.setVisible(not self.details.isVisible()))
        self.set_theme(self._theme)
        self.show()
        if not (kind != "info" or details if stay is None else stay):
            self._timer.start(NOTICE_MS)

    def offer(self, text: str, choices: list[tuple[str, Callable[[], None]]]) -> None:
        """Ask without stopping: each choice is a button that also closes the bar."""
        self.say(text, stay=True)
        for title, chosen in choices:
            self._add(title, self._closing(chosen))

    def _closing(self, chosen: Callable[[], None]) -> Callable[[], None]:
        def press() -> None:
            self.hide()
            chosen()

        return press

    def _add(self, title: str, pressed: Callable[[], None]) -> None:
        button = QPushButton(title)
        button.clicked.connect(pressed)
        self._row.insertWidget(self._row.count() - 1, button)
        self._buttons.append(button)

    def _clear(self) -> None:
        self._timer.stop()
        self.details.hide()
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = []

    @property
    def buttons(self) -> list[QPushButton]:
        """What can be pressed, in order."""
        return self._buttons

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        colour = {"error": theme.danger, "warning": theme.warning}.get(self._kind, theme.accent)
        name = "info" if self._kind == "info" else "warning"
        self._sign.setPixmap(icon(name, theme, colour).pixmap(QSize(18, 18), self.devicePixelRatioF()))
        self._close.setIcon(icon("close", theme))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet tint of the kind's colour and a hairline."""
        theme = self._theme
        colour = {"error": theme.danger, "warning": theme.warning}.get(self._kind, theme.accent)
        painter = QPainter(self)
        painter.fillRect(self.rect(), mix(theme.panel, colour, 0.10))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.line)
