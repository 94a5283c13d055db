"""The dials beside the map: what the melody should have more or less of, how bold, which draw, which meter."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.gestures.steer import SteerGesture
from app.i18n import tr
from app.icons import icon
from app.theme import GRID, Theme
from app.views.slider_row import SliderRow
from engine.commands.document import Steering
from engine.events import DocumentChanged, Event, MapReady
from engine.latent.attributes import AXES

if TYPE_CHECKING:
    from engine.session import Session

REACH = 3.0  # an attribute slider goes from -3 to 3, in standard deviations of the corpus
HIGHEST_SEED = 999_999
SETTLE_MS = 450  # arrow keys and seed clicks this close together are one undo step


def attribute_words(name: str) -> tuple[str, str, str]:
    """Title, lower end and upper end of an attribute, in musical words."""
    less, more = AXES.get(name, ("less", "more"))
    return tr(name.capitalize()), tr(less), tr(more)


def read_amount(value: float, less: str, more: str) -> str:
    """An attribute slider's value in words."""
    if abs(value) < 0.05:
        return tr("as it is")
    word = more if value > 0 else less
    how = abs(value)
    phrase = tr("a little {word}") if how < 0.8 else tr("{word}") if how < 2 else tr("much {word}")
    return f"{phrase.format(word=word)}  {value:+.1f}".replace("-", "\N{MINUS SIGN}")


def read_surprise(value: float) -> str:
    """The temperature in words."""
    if value < 0.01:
        return tr("the most likely")
    return f"{round(100 * value)} %"


class SlidersPanel(QWidget):
    """Density, height, surprise, seed and meter: heard while they move, one undo step when let go.

    Args:
        session: what is steered.
        theme: colours.
        attributes: the attribute sliders the model declares, by name.

    Signals: `cancelled` when Escape took a movement back (ghost notes should go).
    """

    cancelled = Signal()

    def __init__(
        self,
        session: Session,
        theme: Theme,
        attributes: tuple[str, ...] = tuple(AXES),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._gesture = SteerGesture(session, self)
        self._label = ""
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._release)
        self.setAccessibleName(tr("Sliders"))
        self.rows: dict[str, SliderRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3 // 2, GRID, GRID * 3 // 2, GRID)
        column.setSpacing(GRID)
        for name in attributes:
            column.addWidget(self._attribute_row(name))
        column.addWidget(self._surprise_row())
        column.addLayout(self._seed_and_meter())
        column.addStretch(1)
        self.set_theme(theme)
        self.setEnabled(session.map is not None)
        self._show(session.steering)

    # ------------------------------------------------------------------------------------------------------ making

    def _attribute_row(self, name: str) -> SliderRow:
        title, less, more = attribute_words(name)
        row = SliderRow(title, (less, more), (-REACH, REACH, 0.0), lambda v: read_amount(v, less, more), self._theme)
        row.moved.connect(lambda value: self._move(self._with_slider(name, value), title.lower(), row))
        return self._wired(name, row)

    def _surprise_row(self) -> SliderRow:
        words = tr("conventional"), tr("surprising")
        row = SliderRow(tr("Surprise"), words, (0.0, 1.0, 0.0), read_surprise, self._theme)
        row.moved.connect(
            lambda value: self._move(replace(self._gesture.steering, temperature=value), tr("surprise"), row)
        )
        return self._wired("surprise", row)

    def _wired(self, name: str, row: SliderRow) -> SliderRow:
        row.dropped.connect(self._release)
        row.cancelled.connect(self._cancel)
        row.slider.left.connect(self._settled)
        self.rows[name] = row
        return row

    def _seed_and_meter(self) -> QHBoxLayout:
        self.seed = QSpinBox(minimum=1, maximum=HIGHEST_SEED)
        self.seed.setAccessibleName(tr("Seed"))
        self.seed.setToolTip(tr("The same seed makes the same music"))
        self.seed.setKeyboardTracking(False)
        self.seed.valueChanged.connect(
            lambda seed: self._move(replace(self._gesture.steering, seed=seed), tr("seed"), None)
        )
        self.dice = QToolButton()
        self.dice.setAccessibleName(tr("Another seed"))
        self.dice.setToolTip(tr("Throw the dice: another seed"))
        self.dice.clicked.connect(lambda: self.seed.setValue(random.randint(1, HIGHEST_SEED)))
        self.seed.editingFinished.connect(self._settled)
        self.meters = QButtonGroup(self)
        line = QHBoxLayout()
        line.setSpacing(GRID // 2)
        seed_label = QLabel(tr("Seed"))
        seed_label.setBuddy(self.seed)
        for widget in (seed_label, self.seed, self.dice):
            line.addWidget(widget)
        line.addStretch(1)
        for compound, text, hint in (
            (False, "4/4", tr("Even beats: each divides in two")),
            (True, "6/8", tr("Swaying beats: each divides in three")),
        ):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setToolTip(hint)
            button.setAccessibleName(tr("Meter {text}").format(text=text))
            self.meters.addButton(button, int(compound))
            line.addWidget(button)
        self.meters.idClicked.connect(self._choose_meter)
        return line

    # ------------------------------------------------------------------------------------------------------ acting

    def _with_slider(self, name: str, value: float) -> Steering:
        steering = self._gesture.steering
        rounded = 0.0 if abs(value) < 1e-6 else value
        return replace(steering, sliders={**steering.sliders, name: rounded})

    def _move(self, steering: Steering, label: str, row: SliderRow | None) -> None:
        if self._gesture.active and label != self._label:
            self._release()  # another dial: another step
        self._label = label
        self._gesture.move(steering)
        self._show(self._gesture.steering)  # a step kept just now has put the dials back to the document
        if row is None or not row.slider.isSliderDown():
            self._settle.start()

    def _release(self) -> None:
        self._settle.stop()
        self._gesture.release(self._label)

    def _cancel(self) -> None:
        self._settle.stop()
        if self._gesture.cancel():
            self.cancelled.emit()
        self._show(self._session.steering)

    def _settled(self) -> None:
        """What waits for a moment of quiet is kept now: the hand went elsewhere."""
        if self._settle.isActive():
            self._release()

    def _throw(self) -> None:
        self.seed.setValue(random.randint(1, HIGHEST_SEED))
        self._settled()

    def _choose_meter(self, compound: int) -> None:
        self._move(replace(self._gesture.steering, compound=bool(compound)), tr("meter"), None)
        self._release()

    # ----------------------------------------------------------------------------------------------------- showing

    def on_event(self, event: Event) -> None:
        """Follow the document (undo moves the sliders back), and wake when the map is there."""
        if isinstance(event, MapReady):
            self.setEnabled(True)
        elif isinstance(event, DocumentChanged):
            if self._gesture.active:  # something else was done meanwhile: keeping this would take that back
                self._cancel()
            elif event.steering:
                self._show(self._session.steering)

    def _show(self, steering: Steering) -> None:
        for name, row in self.rows.items():
            row.show_value(steering.temperature if name == "surprise" else steering.sliders.get(name, 0.0))
        self.seed.blockSignals(True)
        self.seed.setValue(steering.seed)
        self.seed.blockSignals(False)
        button = self.meters.button(int(steering.compound))
        if button is not None:
            button.setChecked(True)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for row in self.rows.values():
            row.set_theme(theme)
        self.dice.setIcon(icon("dice", theme, theme.text_dim))
