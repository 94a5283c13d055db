"""One hearing of a network that learns: when it was, and small cards side by side, the same dice in the same place."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QStyle, QStyleOptionViewItem, QToolButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.ideas.cards import IdeaList
from app.panels.ideas.paint import IdeaDelegate
from app.panels.ideas.results import Result
from app.panels.models.verb_form import line
from app.theme import GRID, Theme
from engine.training.hearings import Hearing

LEARNING = "learning"  # in the place of a verb's name
HEAD = 20  # px of the words
LEAST, MOST = 48, 300  # px of a card across
LOW, HIGH = 44, 92  # px of a card upwards
Index = QModelIndex | QPersistentModelIndex


class _Painter(IdeaDelegate):
    """Only the music: there is no room for words."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One card."""
        row = index.row()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(option.rect).adjusted(1, 1, -1, -1)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        self._frame(painter, card, row == self.over, self._view.currentIndex() == index, focused)
        roll = card.adjusted(6, 4, -6, -4)
        self._roll(painter, roll, row)
        if self.sounding is not None and self.sounding[0] == row:
            x = roll.left() + roll.width() * self.sounding[1]
            painter.fillRect(QRectF(x - 0.75, roll.top() - 2, 1.5, roll.height() + 4), self._theme.playhead)
        painter.restore()


class SampleList(IdeaList):
    """The cards; as wide as all of them side by side. Space plays one, too: here one does nothing else but listen."""

    def __init__(self, result: Result, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(result, range(len(result.ideas)), False, theme, parent)
        self.painter = _Painter(self.ideas, theme, self)
        self.setItemDelegate(self.painter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFlow(QListView.Flow.LeftToRight)

    def fit(self, width: int) -> int:
        """Share a width; returns the height of the cards."""
        each = width // max(1, self.ideas.rowCount())
        across = max(LEAST, min(MOST, each - GRID))
        height = max(LOW, min(HIGH, round(across * 0.6)))
        self.painter.card = QSize(across, height)
        self.setGridSize(QSize(across + GRID, height))
        return height

    def resizeEvent(self, event: QResizeEvent) -> None:
        QListView.resizeEvent(self, event)  # the row says how large the cards are

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint()).row()
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.go_to(index)
            self.heard.emit(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint()).row()
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.chosen.emit(index)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _plays(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _plays(event):
            self.heard.emit(max(0, self.current))
        elif event.key() != Qt.Key.Key_Asterisk:  # no stars here
            super().keyPressEvent(event)


def _plays(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_Space and not event.modifiers()


class SampleRow(QWidget):
    """One hearing. Signals: `path_asked` to hear all of it, one after the other, or to stop."""

    path_asked = Signal()

    def __init__(self, system: str, hearing: Hearing, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._sounds = theme, False
        heard = hearing.heard
        result = Result.of(LEARNING, system, heard.samples, heard.ticks_per_quarter, False)
        self.cards = SampleList(result, theme)
        clock = time.strftime("%H:%M", time.localtime(hearing.when))
        self.words = tr("step {n}, {clock}").format(n=heard.step, clock=clock)
        self.cards.setAccessibleName(self.words)
        self.hear = QToolButton()
        self.hear.setIconSize(QSize(12, 12))
        self.hear.setFixedSize(HEAD, HEAD)
        self.hear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hear.setAccessibleName(tr("Hear all of {when}").format(when=self.words))
        self.hear.setToolTip(tr("Hear the whole row, one after the other"))
        self.hear.clicked.connect(self.path_asked)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(2)
        head.addWidget(line(self.words, "head", wrap=False))
        head.addWidget(self.hear)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.cards, 1)
        self.setFixedHeight(HEAD + LOW)
        self.show_path(False)

    def fit(self, width: int) -> None:
        """Share a width, and be as high as that makes the cards.

        The width is that of the page and not the row's own, which changes when a scroll bar comes or goes, which it
        does when the height changes.
        """
        self.setFixedHeight(HEAD + self.cards.fit(width))

    def show_path(self, sounds: bool) -> None:
        """The row is being heard as a whole, or not."""
        self._sounds = sounds
        self.hear.setIcon(icon("stop" if sounds else "play", self._theme))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.cards.set_theme(theme)
        self.show_path(self._sounds)
