"""Which models are set side by side, on how many melodies of each: the left part of the Evaluate panel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.panels.jobs import STEPS, state_words
from app.panels.models.verb_form import line
from app.theme import GRID
from engine.corpus.corpora import CORPORA
from engine.events import JobChanged
from engine.models.registry import listed

if TYPE_CHECKING:
    from engine.models.shelf import Entry

FEWEST, USUAL, MOST = 100, 400, 4_000  # melodies of each row
WIDTH = 240  # px
NAME = Qt.ItemDataRole.UserRole


class Choice(QWidget):
    """The models with a box to tick each, how many melodies, and one button that begins or stops.

    Signals: `wanted` by its button, `stop_asked` while it works.
    """

    wanted = Signal()
    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.running = False
        self.models = QTreeWidget()
        self.models.setHeaderHidden(True)
        self.models.setIndentation(14)
        self.models.setUniformRowHeights(True)
        self.models.setAccessibleName(tr("Models to compare"))
        self.models.itemChanged.connect(self._refresh)
        self.every, self.none = (QPushButton(title) for title in (tr("All"), tr("None")))
        for button, on in ((self.every, True), (self.none, False)):
            button.setProperty("role", "quiet")
            button.clicked.connect(lambda pressed, on=on: self.tick_all(on))
        self.every.setAccessibleName(tr("Tick all models"))
        self.none.setAccessibleName(tr("Tick no model"))
        self.count, self.bars, self.seed, self.against = QSpinBox(), QComboBox(), QSpinBox(), QComboBox()
        self.count.setRange(FEWEST, MOST)
        self.count.setSingleStep(100)
        self.count.setValue(USUAL)
        self.count.setToolTip(tr("Two-bar melodies of each model. More take longer, and lie less."))
        self.bars.addItem(tr("4/4 and 2/4"), False)
        self.bars.addItem(tr("6/8 and 3/4"), True)
        self._fill_against()
        self.seed.setRange(0, 9_999)
        self.seed.setValue(1)
        self.seed.setToolTip(tr("The same seed draws the same melodies"))
        self.go = QPushButton()
        self.go.clicked.connect(lambda: (self.stop_asked if self.running else self.wanted).emit())
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, STEPS)
        self.progress.setAccessibleName(tr("Progress"))
        self.words = line("", "dim")
        self._lay_out()
        self.show_job(None)

    def _fill_against(self) -> None:
        """Real music that the models are held against; titles may be long: they are cut, not the panel widened."""
        self.against.addItem(tr("Their own music"), "")
        for corpus in CORPORA.values():
            self.against.addItem(tr(corpus.title), corpus.name)
        self.against.setToolTip(
            tr("Each is held against what it learnt from; one that learnt from a folder needs a collection here.")
        )
        self.against.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.against.setMinimumContentsLength(8)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(line(tr("Models"), "head", wrap=False), 1)
        top.addWidget(self.every)
        top.addWidget(self.none)
        form = QGridLayout()
        form.setHorizontalSpacing(6)
        form.setVerticalSpacing(4)
        form.setColumnStretch(1, 1)
        fields = (
            (tr("Melodies"), self.count, 0, 0, 1),
            (tr("Seed"), self.seed, 0, 2, 1),
            (tr("Bars"), self.bars, 1, 0, 3),
            (tr("Against"), self.against, 2, 0, 3),
        )
        for title, field, row, place, wide in fields:
            form.addWidget(line(title, wrap=False), row, place)
            form.addWidget(field, row, place + 1, 1, wide)
            field.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID // 2, GRID, GRID)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.models, 1)
        column.addLayout(form)
        column.addWidget(self.go)
        column.addWidget(self.progress)
        column.addWidget(self.words)
        self.setFixedWidth(WIDTH)

    def show_entries(self, entries: Iterable[tuple[Entry, bool]]) -> None:
        """Fill the list.

        Args:
            entries: trained models in the order of their groups, and whether each is the composer's own.
        """
        ticked = set(self.names)
        known = {item.data(0, NAME) for item in self._items()}
        groups: dict[str, QTreeWidgetItem] = {}
        with QSignalBlocker(self.models):
            self.models.clear()
            for entry, own in entries:
                group = groups.get(entry.row.group)
                if group is None:
                    group = groups[entry.row.group] = QTreeWidgetItem(self.models, [tr(entry.row.group)])
                    group.setFlags(group.flags() | Qt.ItemFlag.ItemIsAutoTristate | Qt.ItemFlag.ItemIsUserCheckable)
                name = entry.row.name
                mine = own and not entry.row.own  # one that stands before the shipped one, under its name
                title = tr("{model} (mine)").format(model=entry.row.title) if mine else listed(entry.row)
                item = QTreeWidgetItem(group, [title])
                item.setData(0, NAME, name)
                item.setToolTip(0, tr(entry.row.promise))
                on = name in ticked if name in known else False
                item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.models.expandAll()
        self._refresh()

    @property
    def names(self) -> tuple[str, ...]:
        """The models that are ticked."""
        return tuple(item.data(0, NAME) for item in self._items() if item.checkState(0) == Qt.CheckState.Checked)

    @property
    def terms(self) -> tuple[int, int, bool, str]:
        """How many melodies of each, the seed, whether bars have 12 sixteenths, and what all are held against."""
        return self.count.value(), self.seed.value(), bool(self.bars.currentData()), str(self.against.currentData())

    def tick(self, names: Iterable[str]) -> None:
        """Tick these models and no others."""
        wanted = set(names)
        with QSignalBlocker(self.models):
            for item in self._items():
                on = item.data(0, NAME) in wanted
                item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.models.viewport().update()
        self._refresh()

    def tick_all(self, on: bool) -> None:
        """Tick every model, or none."""
        self.tick(item.data(0, NAME) for item in self._items() if on)

    def show_job(self, job: JobChanged | None) -> None:
        """How far the comparison is; None: there is none."""
        self.running = job is not None and job.state in ("queued", "running")
        self.progress.setVisible(self.running)
        self.words.setVisible(job is not None and job.state != "done")
        if job is not None:
            self.progress.setValue(round(job.fraction * STEPS))
            self.words.setText(state_words(job))
        self._refresh()

    def _items(self) -> list[QTreeWidgetItem]:
        groups = (self.models.topLevelItem(n) for n in range(self.models.topLevelItemCount()))
        rows = (group.child(n) for group in groups if group is not None for n in range(group.childCount()))
        return [item for item in rows if item is not None]

    def _refresh(self) -> None:
        self.go.setText(tr("Stop") if self.running else tr("Compare"))
        self.go.setProperty("role", "" if self.running else "primary")
        self.go.style().polish(self.go)
        self.go.setEnabled(self.running or bool(self.names))
        self.go.setToolTip("" if self.go.isEnabled() else tr("Tick some models first."))
        for field in (self.models, self.every, self.none, self.count, self.bars, self.seed, self.against):
            field.setEnabled(not self.running)
