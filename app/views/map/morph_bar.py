"""The way from the first pin to the last: a slider with both melodies at its ends, and a notch for each between."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.theme import GRID, RADIUS, Theme, font
from app.views.mini_roll import Frame, paint_melody
from app.views.slider_row import STEPS, CentreSlider
from engine.codecs.codec import Codec
from engine.commands.document import Pin
from engine.score import Note

BADGE = 9.0


class PinButton(QAbstractButton):
    """A pin's melody drawn small with its letter; a click goes there."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._notes: tuple[Note, ...] = ()
        self._frame = Frame()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("No pin yet"))

    def show_pin(self, label: str, notes: tuple[Note, ...], frame: Frame) -> None:
        """Show one pin."""
        self._notes, self._frame = notes, frame
        self.setText(label)
        self.setAccessibleName(tr("Go to pin {label}").format(label=label))
        self.setToolTip(tr("Go to pin {label}: the very notes come back").format(label=label))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(76, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A small framed roll, and the letter in its corner."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(theme.pin if lit else theme.line_strong, 1))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        paint_melody(painter, box.adjusted(2 * BADGE + 9, 5, -5, -5), self._notes, self._frame, theme.mine)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.pin)
        badge = QRectF(box.left() + 4, box.center().y() - BADGE, 2 * BADGE, 2 * BADGE)
        painter.drawEllipse(badge)
        painter.setPen(theme.window if theme.dark else theme.raised)
        painter.setFont(font(0.88, bold=True))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, self.text())


class MorphBar(QWidget):
    """From pin to pin, through the model's space or step by step from one to the next.

    Attributes:
        ends: letters of the first and the last pin.

    Signals: `moved(t)` with t in 0..1, `dropped`, `cancelled`, `left` (by the keyboard), and `way_chosen` when one
    of the two ways was clicked (True: step by step).
    """

    moved = Signal(float)
    way_chosen = Signal(bool)
    dropped = Signal()
    cancelled = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first, self.second = PinButton(theme), PinButton(theme)
        self.slider = CentreSlider(0, theme)
        self.slider.setAccessibleName(tr("From one pin to the other"))
        self.ends = ("A", "B")
        self._hint = QLabel(tr("Double-click the map to pin A, then B, and morph from one to the other."))
        self._hint.setProperty("role", "dim")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        bar = QWidget()
        line = QHBoxLayout(bar)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        line.addWidget(self.first)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.slider)
        middle.addLayout(self._make_ways())
        line.addLayout(middle, 1)
        line.addWidget(self.second)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._hint)
        self._stack.addWidget(bar)
        self.setFixedHeight(6 * GRID)
        self.slider.valueChanged.connect(lambda value: self.moved.emit(value / STEPS))
        self.slider.sliderReleased.connect(self.dropped)
        self.slider.cancelled.connect(self.cancelled)
        self.slider.left.connect(self.left)
        self.first.clicked.connect(lambda: self._go(0))
        self.second.clicked.connect(lambda: self._go(STEPS))
        self.slider.resting.connect(lambda: self._go(0))

    def _make_ways(self) -> QHBoxLayout:
        """The switch between the two ways, so that both can be heard at one place."""
        self._ways = QButtonGroup(self)
        line = QHBoxLayout()
        line.setSpacing(0)
        line.addStretch(1)
        for crossfades, text, hint in (
            (False, tr("morph"), tr("Through the model's space: what lies between is music of its own")),
            (
                True,
                tr("crossfade"),
                tr("Step by step: each is taken from one pin or the next, and no model is asked"),
            ),
        ):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(hint)
            button.setCheckable(True)
            button.setChecked(not crossfades)
            button.setProperty("role", "way")
            self._ways.addButton(button, int(crossfades))
            line.addWidget(button)
        line.addStretch(1)
        self._ways.idClicked.connect(lambda chosen: self.way_chosen.emit(bool(chosen)))
        return line

    @property
    def crossfades(self) -> bool:
        """The way is step by step, not through the model's space."""
        return self._ways.checkedId() == 1

    def show_way(self, crossfades: bool) -> None:
        """Show how the melody under the puck came about."""
        self._ways.button(int(crossfades)).setChecked(True)

    def _go(self, value: int) -> None:
        self.slider.setSliderDown(True)
        if self.slider.value() == value:
            self.moved.emit(value / STEPS)  # the puck may have wandered off the way meanwhile
        self.slider.setValue(value)
        self.slider.setSliderDown(False)

    @property
    def held(self) -> bool:
        """A hand is on it."""
        return self.slider.isSliderDown()

    def let_go(self) -> None:
        """A hand that is still on it moves nothing any more."""
        self.slider.let_go()

    @property
    def ready(self) -> bool:
        """There are pins to go between."""
        return self._stack.currentIndex() == 1

    def show_pins(self, pins: tuple[Pin, ...], codec: Codec, ticks_per_quarter: int, compound: bool) -> None:
        """Show the way through the pins, in the bars of a codec; with fewer than two, say how to make them."""
        ready = len(pins) >= 2
        self._stack.setCurrentIndex(int(ready))
        if not ready:
            return
        self.ends = pins[0].label, pins[-1].label
        first, last = self.ends
        self.slider.setAccessibleName(tr("From {first} to {last}").format(first=first, last=last))
        words = tr("Drag from {first} to {last}: at a pin, its very notes")
        self.slider.setToolTip(words.format(first=first, last=last))
        legs = len(pins) - 1
        self.slider.set_marks(tuple(round(place * STEPS / legs) for place in range(1, legs)))
        for button, pin in zip((self.first, self.second), (pins[0], pins[-1]), strict=True):
            frame = Frame.window(codec, ticks_per_quarter, compound)
            if max((note.end for note in pin.notes), default=0) > frame.ticks:  # pinned while the bars were longer
                frame = Frame.window(codec, ticks_per_quarter, False)
            button.show_pin(pin.label, pin.notes, frame)

    def show_place(self, t: float | None) -> None:
        """Stand at t without telling anyone; None: the puck is off the way."""
        self.slider.set_away(t is None)
        if not self.held and t is not None:
            self.slider.blockSignals(True)
            self.slider.setValue(round(t * STEPS))
            self.slider.blockSignals(False)
            self.slider.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        for part in (self.first, self.second, self.slider):
            part.set_theme(theme)
