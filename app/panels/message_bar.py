"""One line inside the window that says something without stopping anyone: an error, a notice, an offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.elided import breakable
from app.theme import Theme, mix

NOTICE_MS = 8000  # a notice leaves by itself; errors and offers stay until answered


@dataclass(frozen=True)
class Message:
    """What the bar can show; see `MessageBar.say` and `MessageBar.offer`."""

    text: str
    kind: str = "info"
    details: str = ""
    stay: bool = False
    choices: tuple[tuple[str, Callable[[], None]], ...] = ()
    question: bool = False


class MessageBar(QWidget):
    """Hidden until it has something to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: Message | None = None
        self._waiting: list[Message] = []
        self._sign = QLabel()
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons: list[QPushButton] = []
        self._close = QToolButton()
        self._close.setAccessibleName(tr("Dismiss"))
        self._close.setToolTip(tr("Dismiss"))
        self._close.clicked.connect(self.dismiss)
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
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    def say(self, text: str, kind: str = "info", details: str = "", stay: bool | None = None) -> None:
        """Show a line.

        Args:
            text: what to say.
            kind: info, warning or error.
            details: more lines, shown by a button.
            stay: until dismissed; by default errors, warnings and lines with details do.
        """
        self._take(Message(text, kind, details, bool(kind != "info" or details) if stay is None else stay))

    def offer(
        self, text: str, choices: list[tuple[str, Callable[[], None]]], question: bool = True, stay: bool = False
    ) -> None:
        """Ask without stopping: each choice is a button that also closes the bar.

        Args:
            text: what is offered.
            choices: titles of the buttons and what they do.
            question: stays until it is answered, and no other line pushes it away.
            stay: stays until it is answered or another line takes its place.
        """
        self._take(Message(text, stay=question or stay, choices=tuple(choices), question=question))

    def _take(self, message: Message) -> None:
        """Show it now, unless a question waits for its answer: then errors go before it, the rest after it."""
        asked = self._shown
        if asked is not None and asked.question:
            if message.kind != "error":
                self._waiting.append(message)
                return
            self._waiting.insert(0, asked)
        self._show(message)

    def dismiss(self) -> None:
        """Close the bar, or show what waits."""
        self._shown = None
        self.hide()
        if self._waiting:
            self._show(self._waiting.pop(0))

    def _show(self, message: Message) -> None:
        self._clear()
        self._shown = message
        self.label.setText(breakable(message.text))
        self.setAccessibleName(message.text)
        self.details.setPlainText(message.details)
        if message.details:
            self._add(tr("Details"), lambda: self.details.setVisible(not self.details.isVisible()))
        for title, chosen in message.choices:
            self._add(title, self._closing(chosen))
        self.set_theme(self._theme)
        self.show()
        if not message.stay:
            self._timer.start(NOTICE_MS)

    def _closing(self, chosen: Callable[[], None]) -> Callable[[], None]:
        def press() -> None:
            self.dismiss()
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
            button.hide()
            button.deleteLater()
        self._buttons = []

    @property
    def buttons(self) -> list[QPushButton]:
        """What can be pressed, in order."""
        return self._buttons

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        colour = self._colour()
        name = "info" if colour == theme.accent else "warning"
        self._sign.setPixmap(icon(name, theme, colour).pixmap(QSize(18, 18), self.devicePixelRatioF()))
        self._close.setIcon(icon("close", theme))
        self.update()

    def _colour(self) -> QColor:
        kind = self._shown.kind if self._shown is not None else "info"
        return {"error": self._theme.danger, "warning": self._theme.warning}.get(kind, self._theme.accent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet tint of the kind's colour and a hairline."""
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), mix(theme.panel, self._colour(), 0.10))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.line)
