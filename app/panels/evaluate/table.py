"""Models by figures: real and spoilt music among them, the best of each figure marked with a star."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QFont, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.i18n import tr
from app.theme import Theme
from engine.evaluation.comparison_table import HIGHER, LOWER, MODEL, MUSIC, Column, Comparison, Line

BEST = "\N{BLACK STAR}"
ARROWS = {LOWER: "\N{DOWNWARDS ARROW}", HIGHER: "\N{UPWARDS ARROW}"}  # which way is better
NAME_WIDTH, LEAST_WIDTH, ROW = 188, 76, 25  # px
COPY = QKeySequence.StandardKey.Copy
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Heading:
    """The line above the rows of one corpus."""

    words: str


def better(column: Column) -> str:
    """Which figures of a column are good, in words."""
    return {LOWER: tr("Lower is better."), HIGHER: tr("Higher is better.")}.get(
        column.better, tr("Best is what real music has.")
    )


def real_figure(comparison: Comparison, corpus: str, name: str) -> float | None:
    """What real music of a corpus has; held-out tunes before others."""
    found = [line.figures[name] for line in comparison.lines if _counts(line, corpus, MUSIC, name)]
    return found[0] if found else None


def best_of(comparison: Comparison, corpus: str, column: Column) -> set[str]:
    """Names of the models with the best figure of a column; none where only one was measured."""
    real = real_figure(comparison, corpus, column.name)
    values = {
        line.name: line.figures[column.name] for line in comparison.lines if _counts(line, corpus, MODEL, column.name)
    }
    if len(values) < 2 or (column.better not in ARROWS and real is None):
        return set()
    sign = {LOWER: 1.0, HIGHER: -1.0}.get(column.better)
    cost = {name: sign * v if sign is not None else abs(v - (real or 0.0)) for name, v in values.items()}
    least = min(cost.values())
    return {name for name, value in cost.items() if math.isclose(value, least, abs_tol=1e-12)}


def _counts(line: Line, corpus: str, kind: str, name: str) -> bool:
    value = line.figures.get(name, math.nan)
    return line.corpus == corpus and line.kind == kind and not math.isnan(value)


class ComparisonModel(QAbstractTableModel):
    """A comparison as a table: the head of a row says who, the columns are the figures chosen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.comparison: Comparison | None = None
        self.columns: tuple[Column, ...] = ()
        self.rows: list[Line | Heading] = []
        self.sorted_by = ""
        self._best: dict[tuple[str, str], set[str]] = {}  # corpus and figure -> names

    def show_comparison(self, comparison: Comparison, columns: tuple[Column, ...], sorted_by: str) -> None:
        """Show a comparison with some of its columns, from the best row to the worst by one of its figures."""
        self.beginResetModel()
        self.comparison = comparison.sorted_by(sorted_by) if comparison.lines else comparison
        self.columns, self.sorted_by, self.rows = columns, sorted_by, []
        corpora = list(dict.fromkeys(line.corpus for line in self.comparison.lines))
        for corpus in corpora:
            if len(corpora) > 1:
                self.rows.append(Heading(self.comparison.corpora.get(corpus, corpus)))
            self.rows += [line for line in self.comparison.lines if line.corpus == corpus]
        self._best = {(c, column.name): best_of(comparison, c, column) for c in corpora for column in columns}
        self.endResetModel()

    def is_best(self, line: Line, column: Column) -> bool:
        """Whether no other model of its corpus has a better figure."""
        return line.kind == MODEL and line.name in self._best.get((line.corpus, column.name), set())

    def as_text(self) -> str:
        """The table to be pasted elsewhere: a row a line, columns apart by tabs."""
        said = ["\t".join(["", *(tr(column.title) for column in self.columns)])]
        for row in self.rows:
            figures = row.figures if isinstance(row, Line) else {}
            cells = [c.written(figures[c.name]) if c.name in figures else "" for c in self.columns]
            said.append("\t".join([row.title if isinstance(row, Line) else row.words, *cells]))
        return "\n".join(said)

    def of_one_corpus(self, row: Line | None) -> tuple[list[Line], str]:
        """All rows held against the same music as one row (as the first), and its title where there are several."""
        assert self.comparison is not None
        corpora = list(dict.fromkeys(line.corpus for line in self.comparison.lines))
        corpus = row.corpus if row is not None else corpora[0]
        title = self.comparison.corpora.get(corpus, corpus) if len(corpora) > 1 else ""
        return [line for line in self.comparison.lines if line.corpus == corpus], title

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self.comparison is None else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Who, down the side; names of figures along the top, with an arrow that says which way is better."""
        if orientation == Qt.Orientation.Vertical:
            return self._who(self.rows[section], role) if section < len(self.rows) else None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            sign = "\N{BLACK DOWN-POINTING SMALL TRIANGLE} " if column.name == self.sorted_by else ""
            return f"{sign}{tr(column.title)} {ARROWS.get(column.better, '')}".strip()
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return f"{tr(column.text)}\n{better(column)}"
        return None

    def _who(self, row: Line | Heading, role: int) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if isinstance(row, Heading):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.ToolTipRole:
            drawn = tr("{n} melodies, {how}").format(n=row.n, how=row.how)
            return "\n".join(part for part in (row.title, drawn, row.note) if part)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QBrush(self.theme.text if row.kind == MODEL else self.theme.text_dim)
        return self._font(row, -1) if role == Qt.ItemDataRole.FontRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says and how."""
        row = self.rows[index.row()]
        if isinstance(row, Heading):
            return self._heading(row, role) if not index.column() else None
        column = self.columns[index.column()]
        written = column.written(row.figures.get(column.name))
        best = self.is_best(row, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{BEST} {written}" if best else written
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            words = f"{row.title}, {tr(column.title)}: {written}"
            return tr("{words}, the best").format(words=words) if best else words
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QBrush(self.theme.text if row.kind == MODEL else self.theme.text_dim)
        return self._font(row, index.column()) if role == Qt.ItemDataRole.FontRole else None

    def _heading(self, row: Heading, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return row.words
        return QBrush(self.theme.text_dim) if role == Qt.ItemDataRole.ForegroundRole else None

    def _font(self, line: Line, column: int) -> QFont:
        parent = self.parent()
        font = QFont(parent.font()) if isinstance(parent, QWidget) else QFont()
        font.setItalic(line.kind != MODEL)
        font.setBold(column >= 0 and self.is_best(line, self.columns[column]))
        return font


class ComparisonTable(QTableView):
    """The table. Signals: `chosen` with the name of the figure whose column was entered, `sorted` by its header.

    Copying means the whole table here, before the notes that are selected in the roll: `copy_asked`.
    """

    chosen = Signal(str)
    sorted = Signal(str)
    copy_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = ComparisonModel(theme, self)
        self.setModel(self.rows)
        self.setAccessibleName(tr("Models and their figures"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        who = self.verticalHeader()
        who.setDefaultSectionSize(ROW)
        who.setFixedWidth(NAME_WIDTH)
        who.setHighlightSections(False)
        who.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setCornerButtonEnabled(False)
        head = self.horizontalHeader()
        head.setSectionsClickable(True)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.sectionClicked.connect(lambda section: self._emit(self.sorted, section))
        self.selectionModel().currentChanged.connect(lambda now, before: self._emit(self.chosen, now.column()))

    def event(self, event: QEvent) -> bool:
        """Claim the key that copies: the window has a command of the same."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.matches(COPY):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(COPY):
            self.copy_asked.emit()
        else:
            super().keyPressEvent(event)

    def show_comparison(self, comparison: Comparison, columns: tuple[Column, ...], sorted_by: str) -> None:
        """Show it; where the keyboard was and what is in sight stay."""
        place, across = self.currentIndex(), self.horizontalScrollBar().value()
        self.selectionModel().blockSignals(True)
        self.rows.show_comparison(comparison, columns, sorted_by)
        self.clearSpans()
        for number, row in enumerate(self.rows.rows):
            if isinstance(row, Heading):
                self.setSpan(number, 0, 1, len(columns))
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for section in range(len(columns)):
            self.setColumnWidth(section, max(LEAST_WIDTH, head.sectionSizeHint(section) + 12))
        if place.isValid() and place.row() < self.rows.rowCount() and place.column() < len(columns):
            self.setCurrentIndex(self.rows.index(place.row(), place.column()))
        self.selectionModel().blockSignals(False)
        self.horizontalScrollBar().setValue(across)

    def row_at(self) -> Line | None:
        """The row that the keyboard is in."""
        index = self.currentIndex()
        row = self.rows.rows[index.row()] if index.isValid() else None
        return row if isinstance(row, Line) else None

    def set_theme(self, theme: Theme) -> None:
        """Redraw in another theme."""
        self.rows.theme = theme
        self.viewport().update()

    def _emit(self, signal: Any, section: int) -> None:
        if 0 <= section < len(self.rows.columns):
            signal.emit(self.rows.columns[section].name)
