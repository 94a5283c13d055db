"""The dials beside the map: what the melody should have more or less of, how bold, which draw, which meter."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.gestures.steer import SteerGesture
from app.i18n import tr
from app.icons import icon
from app.panels.sliders.table import SliderTable
from app.panels.sliders.words import attribute_words, read_amount, read_surprise
from app.theme import GRID, Theme
from app.views.slider_row import SliderRow
from engine.commands.document import Steering
from engine.errors import UserError
from engine.evaluation import attributes_table
from engine.events import DocumentChanged, Event, Failed, MapReady, SliderLearnt
from engine.models.registry import row as row_of

if TYPE_CHECKING:
    from engine.session import Session

FIRST = ("density", "height")  # shown at once; the others are behind a button
REACH = 3.0  # an attribute slider goes from -3 to 3, in standard deviations of the corpus
HIGHEST_SEED = 999_999
SETTLE_MS = 450  # arrow keys and seed clicks this close together are one undo step


class SlidersPanel(QScrollArea):
    """What the melody should have more or less of, surprise, seed and meter: heard while they move, one undo step when
    let go.

    The sliders are those of the model on the map: the first few are shown, the others behind a button, with those the
    composer taught.

    Args:
        session: what is steered.
        theme: colours.

    Signals: `cancelled` when Escape took a movement back (ghost notes should go).
    """

    cancelled = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, theme
        self._gesture = SteerGesture(session, self)
        self._label = ""
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._release)
        self.setAccessibleName(tr("Sliders"))
        self.rows: dict[str, SliderRow] = {}
        self._names: tuple[str, ...] = ()
        self._build()
        self._lay_rows(FIRST)
        self.set_theme(theme)
        self.setEnabled(session.map is not None)
        self._show(session.steering)

    # ------------------------------------------------------------------------------------------------------ making

    def _build(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its sliders have it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._inside.setProperty("role", "panel")
        self._first, self._others = QVBoxLayout(), QWidget()
        self._rest = QVBoxLayout(self._others)
        for box in (self._first, self._rest):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(GRID)
        self.more, self.table = QPushButton(), QPushButton(tr("What each moves"))
        self.table.setToolTip(tr("Measured: what each slider moves, and what it drags along"))
        self.more.clicked.connect(lambda: self._unfold(self._others.isHidden()))
        self.table.clicked.connect(self.show_table)
        buttons = QHBoxLayout()
        for button in (self.more, self.table):
            button.setProperty("role", "quiet")
            buttons.addWidget(button)
        buttons.insertStretch(1, 1)
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(GRID * 3 // 2, GRID, GRID * 3 // 2, GRID)
        column.setSpacing(GRID)
        column.addLayout(self._first)
        column.addWidget(self._others)
        column.addLayout(buttons)
        column.addWidget(self._surprise_row())
        column.addLayout(self._seed_and_meter())
        column.addStretch(1)
        self._unfold(False)
        self.setWidget(self._inside)

    def _lay_rows(self, names: tuple[str, ...]) -> None:
        """One row for each slider there is now, from scratch: another model has others."""
        for name in self._names:
            row = self.rows.pop(name)
            row.slider.setObjectName("")
            row.hide()
            row.deleteLater()
        self._names = names
        for index, name in enumerate(names):
            (self._first if index < len(FIRST) else self._rest).addWidget(self._attribute_row(name))
        stops = [*(self.rows[name].slider for name in names), self.more, self.table, self.rows["surprise"].slider]
        for stop in stops:
            stop.setObjectName("first in the panel" if stop is stops[0] else "")
        for before, after in pairwise(stops):  # rows made later would come last, and take the Tab key in a circle
            QWidget.setTabOrder(before, after)
        self.more.setVisible(len(names) > len(FIRST))
        self._unfold(not self._others.isHidden() and len(names) > len(FIRST))

    def _unfold(self, open_: bool) -> None:
        self._others.setVisible(open_)
        hidden = max(0, len(self._names) - len(FIRST))
        self.more.setText(tr("Fewer sliders") if open_ else tr("{n} more sliders").format(n=hidden))

    def _attribute_row(self, name: str) -> SliderRow:
        title, less, more = attribute_words(name)
        row = SliderRow(title, (less, more), (-REACH, REACH, 0.0), lambda v: read_amount(v, less, more), self._theme)
        row.moved.connect(lambda value: self._move(self._with_slider(name, value), title.lower(), row))
        return self._wired(name, row)

    def show_table(self) -> None:
        """What each slider moves and drags along, as it was measured."""
        model = self._session.steering.model
        try:
            about = self._session.shelf.bundle(model).header.get("evaluation", {})
        except UserError as error:
            self._session.events.emit(Failed(error))
            return
        title = row_of(model).title
        self._sheet = SliderTable(title, attributes_table.read(about.get("figures", {})), self._theme, self)
        self._sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._sheet.open()

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
        return replace(steering, sliders={**steering.sliders, name: rounded}, crossfade=None)

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
        for row in self.rows.values():
            row.slider.let_go()
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
            self._follow_map()
        elif isinstance(event, SliderLearnt):
            if self._session.ask.keep_slider(event, self):
                self._unfold(True)
        elif isinstance(event, DocumentChanged):
            if self._gesture.active:  # something else was done meanwhile: keeping this would take that back
                self._cancel()
            elif event.steering:
                self._follow_map()
                self._show(self._session.steering)

    def _follow_map(self) -> None:
        """The sliders of the map's model, and those the composer taught."""
        latent, steering = self._session.map, self._session.steering
        if latent is None or latent.model != steering.model:
            return
        names = (*latent.sliders, *(name for name in steering.learnt if name not in latent.sliders))
        if names != self._names:
            self._lay_rows(names)
            self._show(steering)

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
