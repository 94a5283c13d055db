"""One dial of a model: its name, how far it is turned, a lock; for units of a dictionary a switch as well."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.i18n import tr
from app.icons import icon
from app.theme import GRID, Theme
from app.views.slider_row import STEPS, CentreSlider

ON, OFF = 1.0, 0.0
SWITCH = 26  # px that a switch takes


@dataclass(frozen=True)
class DialSpec:
    """What a dial is.

    Attributes:
        dial: its number.
        name: what it is called.
        low, high, rest: its range, and where it stands in the middle.
        switch: it can be switched on and off.
        hint: what is known of it.
    """

    dial: int
    name: str
    low: float
    high: float
    rest: float
    switch: bool = False
    hint: str = ""


class DialRow(QWidget):
    """A slider between two figures of the training music.

    Signals: `moved(dial, value)` while it is turned; `dropped` when it was let go; `locked(dial, on)`.
    """

    moved = Signal(int, float)
    dropped = Signal()
    locked = Signal(int, bool)

    def __init__(self, spec: DialSpec, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._value = spec.rest
        self._name, self._figure = QLabel(spec.name), QLabel()
        self._figure.setProperty("role", "dim")
        self._figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._figure.setFixedWidth(self._figure.fontMetrics().horizontalAdvance("\N{MINUS SIGN}00.00"))
        self._name.setToolTip(spec.hint)
        self.slider = CentreSlider(self._steps(spec.rest), theme)
        self.slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.slider.setAccessibleName(tr("Dial {name}").format(name=spec.name))
        self.slider.setToolTip(tr("Drag to turn it; a double click puts it back"))
        self.slider.valueChanged.connect(lambda steps: self._turn(self._at(steps)))
        self.slider.sliderReleased.connect(self.dropped)
        self.slider.resting.connect(self._put_back)
        self.lock = QToolButton()
        self.lock.setCheckable(True)
        self.lock.setIconSize(QSize(14, 14))
        self.lock.setToolTip(tr("Leave it where it is when a new label is drawn"))
        self.lock.setAccessibleName(tr("Lock dial {name}").format(name=spec.name))
        self.lock.toggled.connect(lambda on: self.locked.emit(spec.dial, on))
        self.lock.toggled.connect(lambda on: self._draw_lock())
        self.switch = QCheckBox() if spec.switch else None
        line = self._line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID // 2)
        if self.switch is not None:
            self.switch.setAccessibleName(tr("Switch {name} on").format(name=spec.name))
            self.switch.toggled.connect(lambda on: self._turn(ON if on else OFF))
            self.switch.setFixedWidth(SWITCH - GRID // 2)
            line.addWidget(self.switch)
        line.addWidget(self._name)
        line.addWidget(self.slider, 1)
        line.addWidget(self._figure)
        line.addWidget(self.lock)
        self.set_theme(theme)
        self._say()

    def show_value(self, value: float) -> None:
        """Stand there without telling anyone; a hand on it is not pulled away."""
        if self.slider.isSliderDown():
            return
        self._value = value
        self._stand()

    def line_up(self, name_width: int, switches: bool) -> None:
        """All sliders begin at one place, below rows with a switch as well."""
        self._name.setFixedWidth(name_width)
        if switches and self.switch is None:
            self._line.insertSpacing(0, SWITCH)

    @property
    def name_width(self) -> int:
        """What its name needs, px."""
        return self._name.sizeHint().width()

    @property
    def value(self) -> float:
        """How far it is turned; this may be beyond the ends of the slider."""
        return self._value

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.slider.set_theme(theme)
        self._draw_lock()

    def _draw_lock(self) -> None:
        shut, theme = self.lock.isChecked(), self._theme
        self.lock.setIcon(icon("lock" if shut else "lock_open", theme, theme.accent if shut else theme.text_dim))

    def _turn(self, value: float) -> None:
        self._value = value
        if not self.slider.isSliderDown():
            self._stand()
        self._say()
        self.moved.emit(self.spec.dial, value)

    def _stand(self) -> None:
        for part, put in ((self.slider, self._show_slider), (self.switch, self._show_switch)):
            if part is not None:
                part.blockSignals(True)
                put()
                part.blockSignals(False)
        self._say()

    def _show_slider(self) -> None:
        self.slider.setValue(self._steps(self._value))

    def _show_switch(self) -> None:
        if self.switch is not None:
            self.switch.setChecked(self._value > (ON + OFF) / 2)

    def _put_back(self) -> None:
        self._turn(self.spec.rest)
        self.dropped.emit()

    def _say(self) -> None:
        self._figure.setText(f"{self._value:.2f}".replace("-", "\N{MINUS SIGN}"))

    def _steps(self, value: float) -> int:
        span = max(self.spec.high - self.spec.low, 1e-9)
        return round(min(1.0, max(0.0, (value - self.spec.low) / span)) * STEPS)

    def _at(self, steps: int) -> float:
        return self.spec.low + (self.spec.high - self.spec.low) * steps / STEPS
