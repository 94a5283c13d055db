"""Every note of the track as a line of a table: for screen readers, for exact numbers, for hands without a mouse.

It costs nothing while it is hidden; the selection is that of the roll, in both directions.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QVBoxLayout, QWidget

from app.i18n import tr
from app.views.events.delegate import EventDelegate
from app.views.events.table import EventTable
from app.views.events.view import EventView
from app.views.roll.edits import RollEdits
from app.views.roll.state import RollState

WIDTHS = (8, 5, 5, 3, 5)  # digits that fit into a column; the first takes what is left
PADDING = 14  # pixels a column is wider than its digits
MOST_RANGES = 500  # stretches of selected rows; more than that are not shown as selected: it would take seconds


class EventList(QWidget):
    """The table; made when it is first shown.

    Args:
        roll: whose notes are listed.
    """

    def __init__(self, roll: RollState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roll = roll
        self._busy = False  # one side is telling the other
        self.table: EventView | None = None
        self._edits = RollEdits(roll)
        self._model = EventTable(roll)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        roll.notes_changed.connect(self._refresh)
        roll.selection_changed.connect(self._show_selection)

    def showEvent(self, event: QShowEvent) -> None:
        """Now the notes are looked at."""
        super().showEvent(event)
        if self.table is None:
            self.table = self._make()
            self.setFocusProxy(self.table)
        self._refresh()

    def _make(self) -> EventView:
        table = EventView(self)
        table.setModel(self._model)
        table.setItemDelegate(EventDelegate(table))
        table.setAccessibleName(tr("Events"))
        table.setAccessibleDescription(
            tr("The notes of the track. Enter edits pitch, length or velocity, Delete removes notes.")
        )
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)  # Tab leaves; the arrows walk
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
        table.verticalHeader().hide()
        table.horizontalHeader().setHighlightSections(False)
        for column, width in enumerate(WIDTHS):
            table.setColumnWidth(column, width * table.fontMetrics().horizontalAdvance("0") + PADDING)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setMinimumSectionSize(32)
        table.selectionModel().selectionChanged.connect(self._choose)
        table.delete_asked.connect(self._edits.delete)
        self._column.addWidget(table)
        return table

    def _refresh(self) -> None:
        if self.table is None or not self.isVisible():
            return
        row, column = self.table.currentIndex().row(), self.table.currentIndex().column()
        self._busy = True
        self._model.refresh()
        if row >= 0 and not self.table.currentIndex().isValid():  # a note went: whoever reads along stays there
            here = self._model.index(min(row, len(self._model) - 1), column)
            self.table.selectionModel().setCurrentIndex(here, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._busy = False
        self._show_selection()

    def _show_selection(self) -> None:
        """Select what the roll selects, and bring the first of it into sight."""
        if self.table is None or self._busy or not self.isVisible():
            return
        chosen, last = self._roll.selected, self._model.columnCount() - 1
        edges = np.flatnonzero(np.diff(chosen) > 1)
        first, end = np.append(-1, edges) + 1, np.append(edges, len(chosen) - 1)
        ranges = QItemSelection()
        if len(chosen) and len(first) <= MOST_RANGES:
            for top, bottom in zip(chosen[first].tolist(), chosen[end].tolist(), strict=True):
                ranges.append(QItemSelectionRange(self._model.index(top, 0), self._model.index(bottom, last)))
        self._busy = True
        model = self.table.selectionModel()
        model.select(ranges, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        row, column = self.table.currentIndex().row(), max(0, self.table.currentIndex().column())
        if len(chosen) and not (0 <= row < len(self._roll.mask) and self._roll.mask[row]):
            here = self._model.index(int(chosen[0]), column)
            model.setCurrentIndex(here, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.table.scrollTo(here)
        self._busy = False

    def _choose(self) -> None:
        """The roll selects what was selected here, sounds it and shows it."""
        if self.table is None or self._busy:
            return
        parts = self.table.selectionModel().selection().toList()
        spans = [np.arange(part.top(), part.bottom() + 1) for part in parts]
        rows = np.concatenate(spans) if spans else np.zeros(0, np.int64)
        self._busy = True
        self._roll.select(rows)
        self._busy = False
        if len(rows):
            start, pitch, _, velocity, _ = (int(value) for value in self._roll.table.columns[:, rows[0]])
            self._roll.geometry.reveal(start, pitch)
            if len(rows) == 1:
                self._roll.sound(pitch, velocity)
