"""Evaluate: models side by side, between real music and music spoilt in a known way, as a table and as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.panels.evaluate.choice import Choice
from app.panels.evaluate.plots import Bars, Field
from app.panels.evaluate.table import BEST, ComparisonTable, better
from app.panels.models.verb_form import line
from app.theme import GRID, Theme
from engine.evaluation.comparison_columns import FIRST, SECOND, THIRD
from engine.events import ComparisonGrown, Event, JobChanged
from engine.models.registry import find

if TYPE_CHECKING:
    from engine.evaluation.comparison_table import Column, Comparison
    from engine.models.shelf import Entry
    from engine.session import Session

SORTED_BY = "distance"
WIDTH, HEIGHT = 1180, 600  # px, when it first comes up
PICTURES = 320  # px
NARROW = 820  # px; below, there is only room for the table
EMPTY = (
    "How good is a model, beside the others and beside real music? Tick some models and press Compare. Each writes "
    "melodies, and the same is measured of all: whether they are like real ones, whether all kinds of them come, and "
    "whether they are copied. Real tunes, shuffled ones and Markov chains stand in the same table: a figure means "
    "something only beside those."
)
KEY = (
    "{star} best of the models. {down} lower is better, {up} higher is better; the others should be as real music has."
)


class EvaluatePanel(QWidget):
    """Choose models, have them measured, read the table.

    Args:
        session: whose models.
        theme: colours.

    Signals: `csv_asked` by its button; `compared` when there are figures; `failed` with what could not be begun.
    """

    csv_asked = Signal()
    compared = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.comparison: Comparison | None = None
        self.figure, self._sorted_by, self._job = SORTED_BY, SORTED_BY, 0
        self.setAccessibleName(tr("Evaluate"))
        self.choice, self.table = Choice(), ComparisonTable(theme)
        self.bars, self.field = Bars(theme), Field(theme)
        self.empty, self.about, self.words = line(tr(EMPTY), "dim"), line("", "dim"), line("", "dim")
        self.which, self.figures, self.tabs = QComboBox(), QComboBox(), QTabWidget()
        self.copy, self.csv = QPushButton(tr("Copy")), QPushButton(tr("Export CSV…"))
        self._fill_boxes()
        self._lay_out()
        self._connect()
        self._show()

    def _fill_boxes(self) -> None:
        groups = (
            (tr("What matters first"), FIRST),
            (tr("Order and variety"), SECOND),
            (tr("What the notes are like"), THIRD),
        )
        for title, names in (*groups, (tr("All figures"), (*FIRST, *SECOND, *THIRD))):
            self.which.addItem(title, names)
        self.which.setAccessibleName(tr("Which figures"))
        self.figures.setAccessibleName(tr("Figure that is drawn, and by which the table is sorted"))
        for button, hint in (
            (self.copy, tr("Copies the table, to be pasted into a spreadsheet or a text (Ctrl+C in the table)")),
            (self.csv, tr("Writes all figures into a file for a spreadsheet")),
        ):
            button.setToolTip(hint)

    def _lay_out(self) -> None:
        self.split = QSplitter()
        self.split.setChildrenCollapsible(False)
        for part, stretch in ((self._middle(), 1), (self._side(), 0)):
            self.split.addWidget(part)
            self.split.setStretchFactor(self.split.count() - 1, stretch)
        self.split.setSizes([2 * PICTURES, PICTURES])
        rule = QFrame()
        rule.setFrameShape(QFrame.Shape.VLine)
        rule.setProperty("role", "line")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.choice)
        row.addWidget(rule)
        row.addWidget(self.split, 1)

    def _middle(self) -> QWidget:
        """The table, and what is said of it."""
        top = QHBoxLayout()
        top.setSpacing(GRID // 2)
        top.addWidget(self.which)
        top.addStretch(1)
        top.addWidget(self.copy)
        top.addWidget(self.csv)
        middle = QWidget()
        self._stretch = column = QVBoxLayout(middle)
        column.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty)
        column.addWidget(self.about)
        column.addStretch(0)
        return middle

    def _side(self) -> QWidget:
        """One figure in words and pictures."""
        for title, picture in ((tr("Bars"), self.bars), (tr("Precision and recall"), self.field)):
            self.tabs.addTab(_scrolled(picture, title), title)
        self.pictures = QWidget()
        side = QVBoxLayout(self.pictures)
        side.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        side.setSpacing(6)
        side.addWidget(self.figures)
        side.addWidget(self.words)
        side.addWidget(self.tabs, 1)
        return self.pictures

    def _connect(self) -> None:
        self.choice.wanted.connect(self._begin)
        self.choice.stop_asked.connect(lambda: self._session.cancel(self._job))
        self.table.chosen.connect(self.choose)
        self.table.sorted.connect(self.sort)
        self.which.currentIndexChanged.connect(lambda index: self._show())
        self.figures.activated.connect(lambda index: self.sort(self.figures.itemData(index)))
        self.copy.clicked.connect(self.copy_table)
        self.csv.clicked.connect(self.csv_asked)
        self.table.copy_asked.connect(self.copy_table)

    def sizeHint(self) -> QSize:
        """A table of twenty rows."""
        return QSize(WIDTH, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.pictures.setVisible(self._there and self.width() >= NARROW)

    # ------------------------------------------------------------------------------------------------------- hearing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.refill)

    def refill(self) -> None:
        """Look again which models there are."""
        if self.isVisible():
            self.show_entries(self._session.shelf.entries())

    def show_entries(self, entries: list[Entry]) -> None:
        """The models that can be compared: trained ones that write music of their own."""
        from engine.evaluation.drawn import comparable

        shelf = self._session.shelf
        fitting = [entry for entry in entries if entry.path is not None and comparable(entry.row)]
        self.choice.show_entries((entry, shelf.is_own(entry.path)) for entry in fitting)

    def on_event(self, event: Event) -> None:
        """Follow the comparison that was asked for last."""
        if isinstance(event, ComparisonGrown) and event.job_id == self._job:
            self.comparison = event.comparison
            self._show()
            self.compared.emit()
        elif isinstance(event, JobChanged) and event.job_id == self._job:
            self.choice.show_job(event)
            self._say_about()
        elif isinstance(event, JobChanged) and event.state == "done":
            QTimer.singleShot(0, self, self.refill)  # it may have been a training

    def _begin(self) -> None:
        choice = self.choice
        try:
            self._job = self._session.ask.compare(choice.names, *choice.terms)
        except Exception as error:
            self.failed.emit(error)

    # ------------------------------------------------------------------------------------------------------- showing

    def choose(self, figure: str) -> None:
        """Draw and explain a figure."""
        self.figure = figure
        self._show_figure()

    def sort(self, figure: str) -> None:
        """Put the best rows of a figure first, and draw it."""
        self.figure = self._sorted_by = figure
        self._show()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The figures in the table: those of the chosen group that anything has."""
        if self.comparison is None:
            return ()
        names = self.which.currentData()
        there = {name for found in self.comparison.lines for name in found.figures}
        return tuple(column for column in self.comparison.columns if column.name in names and column.name in there)

    @property
    def _there(self) -> bool:
        return self.comparison is not None and bool(self.comparison.lines)

    def _show(self) -> None:
        there = self._there
        for widget in (self.table, self.copy, self.csv, self.which):
            widget.setVisible(there)
        self.pictures.setVisible(there and self.width() >= NARROW)
        self.empty.setVisible(not there)
        self._stretch.setStretch(self._stretch.count() - 1, 0 if there else 1)
        if there:
            columns = self.columns
            known = {column.name for column in columns}
            if self._sorted_by not in known and columns:
                self._sorted_by = columns[0].name
            if self.figure not in known and columns:
                self.figure = columns[0].name
            assert self.comparison is not None
            self.table.show_comparison(self.comparison, columns, self._sorted_by)
            self._show_figure()
        self._say_about()

    def _show_figure(self) -> None:
        found, columns = self.table.rows.comparison, self.columns
        column = next((column for column in columns if column.name == self.figure), None)
        if found is None or column is None:
            return
        self.figures.blockSignals(True)
        self.figures.clear()
        for other in columns:
            self.figures.addItem(tr(other.title), other.name)
        self.figures.setCurrentIndex(columns.index(column))
        self.figures.blockSignals(False)
        self.words.setText(f"{tr(column.text)} {better(column)}")
        self.bars.show_figure(found, self.table.rows.rows, column)
        self.field.show_rows(*self.table.rows.of_one_corpus(self.table.row_at()))

    def _say_about(self) -> None:
        found = self.comparison
        if found is None or not found.lines:
            self.about.setVisible(False)
            return
        down, up = "\N{DOWNWARDS ARROW}", "\N{UPWARDS ARROW}"
        said = [tr(KEY).format(star=BEST, down=down, up=up), found.reference]
        for name, why in found.left_out.items():
            known = find(name)
            said.append(tr("Left out: {name}. {why}").format(name=known.title if known else name, why=why))
        self.about.setText(" ".join(said))
        self.about.setVisible(True)

    def copy_table(self) -> None:
        """The table as it stands onto the clipboard, a row a line, columns apart by tabs."""
        QGuiApplication.clipboard().setText(self.table.rows.as_text())

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        for part in (self.table, self.bars, self.field):
            part.set_theme(theme)


def _scrolled(inside: QWidget, title: str) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName(title)
    inside.setProperty("role", "panel")
    return area
