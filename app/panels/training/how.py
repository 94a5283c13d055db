"""How long and how a network learns, and the network itself: the options of a training as forms, most of it folded."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.models.verb_form import line
from app.panels.options_form import OptionsForm
from app.panels.training.survey_lists import Fold
from app.theme import GRID, Theme, pad_spin_boxes
from app.training.choices import LENGTH, TITLES, changes, recipe
from engine.options import changed

if TYPE_CHECKING:
    from engine.models.row import Row
    from engine.training.options import TrainOptions

CHIPS = {"auto": "The fastest there is", "cuda": "NVIDIA GPU", "mps": "Apple GPU", "cpu": "CPU"}
PROPOSED = ("steps", "minutes", "learning_rate")  # what depends on the music and on what it begins with


class HowItLearns(QWidget):
    """The options of a training.

    Args:
        theme: colours.

    Signals: `changed` when one was; `failed` with an error when the network's own options cannot be read.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row: Row | None = None
        self._proposed: dict[str, Any] = {}
        self._network_before: Any = None
        self.length: OptionsForm | None = None
        self.learning: OptionsForm | None = None
        self.network: OptionsForm | None = None
        self.more: Fold | None = None
        self.inner: Fold | None = None
        self.time = line("")
        self.fixed = line(tr("The network has the size of the one it begins with."), "dim")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._column.addWidget(self.time)
        self._column.addWidget(self.fixed)

    # ------------------------------------------------------------------------------------------------------- answers

    @property
    def options(self) -> TrainOptions:
        """As the forms stand."""
        assert self.length is not None and self.learning is not None
        rest: TrainOptions = self.learning.options
        return dataclasses.replace(rest, **{name: getattr(self.length.options, name) for name in LENGTH})

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from the recipe."""
        assert self._row is not None
        return changes(self.options, recipe(self._row))

    @property
    def as_proposed(self) -> bool:
        """It learns as long as was proposed."""
        return all(getattr(self.options, name) == self._proposed[name] for name in LENGTH)

    @property
    def network_changes(self) -> dict[str, Any]:
        """What differs from the options of the recipe's network."""
        open_ = self.network is not None and self.inner is not None and self.inner.isEnabled()
        return changes(self.network.options, self._network_before) if self.network is not None and open_ else {}

    # ------------------------------------------------------------------------------------------------------- showing

    def show_model(self, row: Row, options: TrainOptions) -> None:
        """The options of another model, as they are proposed."""
        self._row = row
        for old in (self.length, self.more, self.inner):
            if old is not None:
                self._column.removeWidget(old)
                old.hide()
                old.deleteLater()
        rest = {field.name for field in dataclasses.fields(options)} - set(LENGTH)
        usual = recipe(row)
        self.length = OptionsForm(options, hidden=rest, titles=TITLES, usual=usual)
        self.learning = OptionsForm(options, {"device": CHIPS}, hidden=LENGTH, titles=TITLES, usual=usual)
        for label in self.length.findChildren(QLabel):
            if label.buddy() is not None:  # fields stand below those of the sheet
                label.setMinimumWidth(self.fontMetrics().horizontalAdvance(tr("Begin with")))
        self.network = self._network_before = None
        learning = self.learning
        self.more = Fold(tr("How it learns"), lambda: learning, self._theme)
        self.inner = Fold(tr("The network itself"), self._read_network, self._theme)
        for form in (self.length, self.learning):
            form.changed.connect(self._tell)
        self._column.insertWidget(0, self.length)
        self._column.insertWidget(2, self.more)
        self._column.insertWidget(3, self.inner)
        for form in (self.length, self.learning):
            pad_spin_boxes(form)
            refuse_drops(form)
        wrap(learning)
        self._proposed = {name: getattr(self.options, name) for name in PROPOSED}
        self._rest()

    def propose(self, options: TrainOptions) -> None:
        """Other numbers seem sensible now; those that the composer has changed stay."""
        now = self.options
        for name in PROPOSED:
            if getattr(now, name) == self._proposed[name]:
                self._put(name, getattr(options, name))
                self._proposed[name] = getattr(self.options, name)
        self._rest()

    def fix_network(self, fixed: bool) -> None:
        """Whether the network is that of what it begins with, and cannot be chosen."""
        assert self.inner is not None
        if fixed and self.inner.out:
            self.inner.turn()
        self.inner.setEnabled(not fixed)
        self.inner.button.setToolTip(self.fixed.text() if fixed else "")
        self.fixed.setVisible(fixed)

    def _put(self, name: str, value: float) -> None:
        for form in (self.length, self.learning):
            box = form.editors.get(name) if form is not None else None
            if isinstance(box, QSpinBox | QDoubleSpinBox):
                box.blockSignals(True)
                box.setValue(value)  # type: ignore[arg-type]
                box.blockSignals(False)

    def _tell(self) -> None:
        self._rest()
        self.changed.emit()

    def _rest(self) -> None:
        """Steps do not count where the clock does."""
        assert self.length is not None
        box, by_clock = self.length.editors["steps"], self.options.minutes > 0
        box.setEnabled(not by_clock)
        box.setToolTip(tr("The minutes decide. At 0 minutes, these steps do.") if by_clock else "")

    def _read_network(self) -> QWidget:
        """The options of the network; they are in its own file, which is read only now."""
        assert self._row is not None
        try:
            self._network_before = changed(self._row.load_module().Options(), self._row.recipe.network)
        except Exception as error:
            self.failed.emit(error)
            return QWidget()
        self.network = OptionsForm(self._network_before, usual=self._network_before)
        wrap(self.network)
        self.network.changed.connect(self._tell)
        pad_spin_boxes(self.network)
        refuse_drops(self.network)
        return self.network


def wrap(form: OptionsForm) -> None:
    """Where there is little room, fields stand below their titles."""
    rows = form.layout()
    assert isinstance(rows, QFormLayout)
    rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)


def refuse_drops(inside: QWidget) -> None:
    """No text box takes what is dropped: a folder is the sheet's, wherever it is let go."""
    for edit in inside.findChildren(QLineEdit):
        edit.setAcceptDrops(False)
