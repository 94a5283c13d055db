"""A slider that speaks in words: its two ends named, its value read out, a double click puts it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from app.theme import GRID, Theme, mix

STEPS = 600  # of the whole way: finer than a pixel
HANDLE = 7.0
GROOVE = 4.0


class CentreSlider(QSlider):
    """A horizontal slider filled from its resting place, which a double click (or Home) returns to.

    Signals: `resting` when it was put back; `cancelled` on Escape; `left` when the keyboard went elsewhere.
    Everything else is QSlider's own.
    """

    resting = Signal()
    cancelled = Signal()
    left = Signal()

    def __init__(self, rest: int, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rest, self._theme, self._away = rest, theme, False
        self._marks: tuple[int, ...] = ()
        self.setRange(0, STEPS)
        self.setSingleStep(STEPS // 60)
        self.setPageStep(STEPS // 6)
        self.setValue(rest)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def set_away(self, away: bool) -> None:
        """Paint it pale: what it steers is at none of its places at the moment."""
        if away != self._away:
            self._away = away
            self.update()

    def set_marks(self, marks: tuple[int, ...]) -> None:
        """Steps between the ends that hold the hand a little, as the resting place does."""
        if marks != self._marks:
            self._marks = marks
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, 24)

    # The handle goes to the mouse at once: no paging towards it, as a plain QSlider does.
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.resting.emit()
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():  # a panel that scrolls past must not turn what lies under the mouse
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.let_go()
            self.cancelled.emit()
        elif event.key() == Qt.Key.Key_Home:
            self.resting.emit()
        else:
            super().keyPressEvent(event)

    def let_go(self) -> None:
        """Whatever the hand does until it presses again, it moves nothing. Nobody is told that it was dropped."""
        blocked = self.blockSignals(True)  # letting go would be heard as a wish to keep it
        self.setSliderDown(False)
        self.blockSignals(blocked)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def _follow(self, event: QMouseEvent) -> None:
        way = max(1.0, self.width() - 2 * HANDLE - 2)
        value = (event.position().x() - HANDLE - 1) / way * STEPS
        for notch in (self._rest, *self._marks):
            if abs(value - notch) * way / STEPS < 4 and 0 < notch < STEPS:  # a soft notch of 4 px
                value = notch
        self.setValue(round(min(max(value, 0), STEPS)))

    def _x(self, value: float) -> float:
        return HANDLE + 1 + (self.width() - 2 * HANDLE - 2) * value / STEPS

    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove, filling from the resting place, notch, handle."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, here = self.height() / 2, self._x(self.value())
        live = theme.accent if self.isEnabled() and not self._away else theme.line_strong
        painter.setBrush(theme.line_strong if theme.dark else mix(theme.line, theme.line_strong, 0.45))
        painter.drawRoundedRect(QRectF(1, middle - GROOVE / 2, self.width() - 2, GROOVE), 2, 2)
        rest = self._x(self._rest)
        painter.setBrush(live)
        painter.drawRect(QRectF(min(rest, here), middle - GROOVE / 2, abs(here - rest), GROOVE))
        painter.setBrush(theme.text_dim)
        for notch in (self._rest, *self._marks):
            if 0 < notch < STEPS:
                painter.drawRoundedRect(QRectF(self._x(notch) - 1, middle - 5, 2, 10), 1, 1)
        painter.setBrush(live)
        painter.setPen(QPen(theme.panel, 2))
        painter.drawEllipse(QPointF(here, middle), HANDLE, HANDLE)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 1.5))
            painter.drawEllipse(QPointF(here, middle), HANDLE + 0.5, HANDLE + 0.5)


class SliderRow(QWidget):
    """A named slider from one word to another.

    Args:
        name: what it steers, e.g. Density.
        words: what its two ends are called.
        low, high, rest: its range, and where it rests.
        read: the value in words.
        theme: colours.

    Signals: `moved(value)` while it moves; `dropped` when it was let go; `cancelled` on Escape.
    """

    moved = Signal(float)
    dropped = Signal()
    cancelled = Signal()

    def __init__(
        self,
        name: str,
        words: tuple[str, str],
        span: tuple[float, float, float],
        read: Callable[[float], str],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._rest = span
        self._read = read
        self.slider = CentreSlider(self._steps(self._rest), theme)
        self._name, self._value = QLabel(name), QLabel()
        ends = QLabel(words[0]), QLabel(words[1])
        self._name.setBuddy(self.slider)
        for label in (self._value, *ends):
            label.setProperty("role", "dim")
        self.slider.setAccessibleName(name)
        self.slider.setAccessibleDescription(f"{words[0]} – {words[1]}")
        head = QHBoxLayout()
        head.setSpacing(GRID)
        for widget, stretch in ((ends[0], 0), (None, 1), (self._name, 0), (self._value, 0), (None, 1), (ends[1], 0)):
            if widget is None:
                head.addStretch(stretch)
            else:
                head.addWidget(widget, stretch, Qt.AlignmentFlag.AlignBaseline)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.slider)
        self.slider.valueChanged.connect(self._changed)
        self.slider.sliderReleased.connect(self.dropped)
        self.slider.resting.connect(self._put_back)
        self.slider.cancelled.connect(self.cancelled)
        self._say()

    @property
    def value(self) -> float:
        """Where it stands, in its own unit."""
        return self._low + (self._high - self._low) * self.slider.value() / STEPS

    @property
    def readout(self) -> str:
        """The value as it is read out."""
        return self._value.text()

    def show_value(self, value: float) -> None:
        """Stand there without telling anyone (the document changed); a hand on it is not pulled away."""
        if self.slider.isSliderDown() or self._steps(value) == self.slider.value():
            return
        self.slider.blockSignals(True)
        self.slider.setValue(self._steps(value))
        self.slider.blockSignals(False)
        self._say()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.slider.set_theme(theme)

    def _steps(self, value: float) -> int:
        return round((value - self._low) / (self._high - self._low) * STEPS)

    def _put_back(self) -> None:
        self.slider.setSliderDown(True)
        self.slider.setValue(self._steps(self._rest))
        self.slider.setSliderDown(False)

    def _changed(self) -> None:
        self._say()
        self.moved.emit(self.value)

    def _say(self) -> None:
        self._value.setText(self._read(self.value))
