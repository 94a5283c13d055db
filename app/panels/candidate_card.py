"""One candidate: its number, its melody drawn small, a star to keep it and a button to use it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.gestures.carry import far_enough
from app.i18n import tr
from app.icons import icon
from app.theme import RADIUS, Theme, mix
from app.views.mini_roll import Frame, MiniRoll
from engine.score import Note

KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)


class CandidateCard(QWidget):
    """A melody to hear before it is chosen; empty until one is shown.

    Signals: `rested` and `left` (the mouse), `picked` (click, Space or a digit: hear it), `chosen` (double click,
    Return or the button: use it), `dragged` (the hand takes it away), `starred(bool)`.
    """

    rested = Signal()
    left = Signal()
    picked = Signal()
    chosen = Signal()
    dragged = Signal()
    starred = Signal(bool)

    def __init__(self, number: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number, self._theme, self._picked = number, theme, False
        self._pressed: QPoint | None = None  # where the button went down
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.roll = MiniRoll(theme)
        self._name = QLabel(str(number))
        self._name.setProperty("role", "dim")
        self.star, self.use = QToolButton(), QPushButton(tr("Use"))
        self.star.setCheckable(True)
        self.star.setIconSize(QSize(14, 14))
        self.star.setToolTip(tr("Keep it when new ones are made"))
        self.star.setAccessibleName(tr("Keep candidate {n}").format(n=number))
        self.use.setProperty("role", "quiet")
        self.use.setToolTip(tr("Write it into the piece"))
        self.use.setAccessibleName(tr("Use candidate {n}").format(n=number))
        self.star.toggled.connect(self.starred)
        self.star.toggled.connect(self._draw_star)
        self.use.clicked.connect(self.chosen)
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._name)
        head.addStretch(1)
        head.addWidget(self.star)
        head.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 4, 6)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.roll, 1)
        self.set_theme(theme)
        self.clear()

    @property
    def full(self) -> bool:
        """There is a melody on it."""
        return bool(self.roll.notes)

    def show_melody(self, notes: tuple[Note, ...], frame: Frame, kept: bool) -> None:
        """Put a melody on the card."""
        self.roll.set_notes(notes, frame)
        self.setAccessibleName(tr("Candidate {n}: {count} notes").format(n=self._number, count=len(notes)))
        self.setToolTip(tr("Click to hear it, double-click to use it, drag it onto the piece or out of the window"))
        self.star.blockSignals(True)
        self.star.setChecked(kept)
        self.star.blockSignals(False)
        self._draw_star()
        self._set_full(True)

    def clear(self) -> None:
        """An empty place."""
        self.roll.set_notes((), Frame())
        self.setAccessibleName(tr("Candidate {n}: empty").format(n=self._number))
        self.setToolTip("")
        self._set_full(False)

    def set_picked(self, picked: bool) -> None:
        """Mark it as the one that was heard last."""
        if picked != self._picked:
            self._picked = picked
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.roll.set_theme(theme)
        self._draw_star()
        self.update()

    def _set_full(self, full: bool) -> None:
        for part in (self.star, self.use, self.roll, self._name):
            part.setVisible(full)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if full else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if full else Qt.CursorShape.ArrowCursor)
        self.update()

    def _draw_star(self) -> None:
        kept = self.star.isChecked()
        theme = self._theme
        self.star.setIcon(icon("star_kept" if kept else "star", theme, theme.accent if kept else theme.text_dim))

    def sizeHint(self) -> QSize:
        return QSize(160, 84)

    def minimumSizeHint(self) -> QSize:
        return QSize(88, 64)

    def enterEvent(self, event: QEnterEvent) -> None:
        if self.full:
            self.rested.emit()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.left.emit()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.full and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self.picked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pressed, held = self._pressed, bool(event.buttons() & Qt.MouseButton.LeftButton)
        if self.full and held and pressed is not None and far_enough(pressed, event.position().toPoint()):
            self._pressed = None
            self.dragged.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.full and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit()

    def event(self, event: QEvent) -> bool:
        """Enter and digits are meant for the cards, not for the transport and the tools."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self.full and event.key() in KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.full and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised card, or the outline of a free place."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if not self.full:
            painter.setPen(QPen(theme.line_strong, 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            lit = self._picked or self.hasFocus()
            painter.setPen(QPen(theme.accent if lit else theme.line_strong, 2 if lit else 1))
            painter.setBrush(mix(theme.raised, theme.accent, 0.06) if self.underMouse() else theme.raised)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
