"""The small table of a training: this network, real music and a Markov chain, measured alike."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.elided import ElidedLabel
from app.panels.evaluate.table import ARROWS, better
from app.theme import Theme
from engine.evaluation import words
from engine.evaluation.comparison_columns import COLUMNS
from engine.evaluation.comparison_table import Column
from engine.training.hearings import Hearing
from engine.training.progress import Line

ROW = 24  # px
SAID = {"this one": "this one", "real music": "real", "Markov chain": "chain"}  # the engine's names, shorter
KNOWN: Mapping[str, Column] = {column.name: column for column in COLUMNS}


def figure_words(name: str) -> tuple[str, str]:
    """What a figure is called, with an arrow that says which way is better; and what it means."""
    column = KNOWN.get(name)
    if column is None:
        return tr(words.meaning(name)), ""
    title = f"{tr(column.title)} {ARROWS.get(column.better, '')}".strip()
    return title[:1].upper() + title[1:], f"{tr(column.text)}\n{better(column)}"


def figure_written(name: str, value: float) -> str:
    """Its number as it is read."""
    column = KNOWN.get(name)
    return column.written(value) if column is not None else words.written(name, value)


class TrainingTable(QWidget):
    """A row for each figure, a column for each of the three."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.says, self.table = ElidedLabel(), QTableWidget()
        self.says.setProperty("role", "dim")
        table = self.table
        table.setAccessibleName(tr("What it makes, measured"))
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW)
        table.horizontalHeader().setHighlightSections(False)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.says)
        column.addWidget(table, 1)
        self.set_theme(theme)

    def show_hearing(self, hearing: Hearing) -> None:
        """Show what was measured then."""
        lines = hearing.heard.table
        names = list(dict.fromkeys(name for line in lines for name in line.figures))
        self.says.setText(tr("At step {n}, beside real music and a Markov chain.").format(n=hearing.heard.step))
        table, place = self.table, self.table.currentIndex()
        table.setRowCount(len(names))
        table.setColumnCount(1 + len(lines))
        for column, title in enumerate(("", *(tr(SAID.get(line.name, line.name)) for line in lines))):
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            head = QTableWidgetItem(title)
            head.setToolTip(tr(lines[column - 1].name) if column else "")
            head.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            table.setHorizontalHeaderItem(column, head)
        for row, name in enumerate(names):
            title, meaning = figure_words(name)
            table.setItem(row, 0, _cell(title, title, meaning))
            for column, line in enumerate(lines, 1):
                table.setItem(row, column, self._figure(line, name, title, column == 1))
        for column in range(1 + len(lines)):
            stretch = QHeaderView.ResizeMode.Stretch if not column else QHeaderView.ResizeMode.ResizeToContents
            table.horizontalHeader().setSectionResizeMode(column, stretch)
        if place.row() < len(names):
            table.setCurrentCell(place.row(), place.column())

    def _figure(self, line: Line, name: str, title: str, own: bool) -> QTableWidgetItem:
        value = line.figures.get(name)
        text = figure_written(name, value) if value is not None else "\N{EN DASH}"
        cell = _cell(text, f"{tr(SAID.get(line.name, line.name))}, {title}: {text}")
        cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if own:
            face = cell.font()
            face.setBold(True)
            cell.setFont(face)
        return cell

    def set_theme(self, theme: Theme) -> None:
        """Drawn by the style sheet."""


def _cell(text: str, said: str, hint: str = "") -> QTableWidgetItem:
    cell = QTableWidgetItem(text)
    cell.setData(Qt.ItemDataRole.AccessibleTextRole, said)
    cell.setToolTip(f"{said}\n{hint}" if hint else said)
    return cell
