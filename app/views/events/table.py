"""The notes of the edited track as the rows of a table, read from the columns: none costs anything while unseen."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.i18n import tr
from app.views.roll.edits import RollEdits, length_name
from app.views.roll.grid import called, note_name
from app.views.roll.note_table import LENGTH, MARKS, PITCH, START, VELOCITY
from app.views.roll.state import RollState
from engine.score.columns import GENERATED, LOCKED
from engine.score.note import MAX_TICK

COLUMNS = 5  # from left to right as in a NoteTable
RANGES = {PITCH: (0, 127), LENGTH: (1, MAX_TICK), VELOCITY: (1, 127)}  # what can be edited
Index = QModelIndex | QPersistentModelIndex
NOBODY = QModelIndex()


class EventTable(QAbstractTableModel):
    """Start, pitch, length in quarters, velocity and origin; the three in the middle can be edited.

    Args:
        roll: whose notes are listed.
    """

    def __init__(self, roll: RollState) -> None:
        super().__init__()
        self._roll = roll
        self._edits = RollEdits(roll)
        self._notes = roll.table.columns[:, :0]

    def refresh(self) -> None:
        """The notes may be others."""
        now = self._roll.table.columns
        if now is self._notes:
            return
        if now.shape == self._notes.shape:  # the same rows with other values: whoever reads along keeps the place
            self._notes = now
            if len(self):
                self.dataChanged.emit(self.index(0, 0), self.index(len(self) - 1, COLUMNS - 1))
            return
        self.beginResetModel()
        self._notes = now
        self.endResetModel()

    def __len__(self) -> int:
        return int(self._notes.shape[1])

    def rowCount(self, parent: Index = NOBODY) -> int:
        return 0 if parent.isValid() else len(self)

    def columnCount(self, parent: Index = NOBODY) -> int:
        return 0 if parent.isValid() else COLUMNS

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns, over their text; numbers of the rows."""
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            side = Qt.AlignmentFlag.AlignRight if section in (LENGTH, VELOCITY) else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return section + 1
        return (tr("Start"), tr("Pitch"), tr("Len"), tr("Vel"), tr("By"))[section]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be selected, three can be edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        free = index.column() in RANGES and not self._notes[MARKS, index.row()] & LOCKED
        return flags | Qt.ItemFlag.ItemIsEditable if free else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, says or is edited as."""
        column, value = index.column(), int(self._notes[index.column(), index.row()])
        if role == Qt.ItemDataRole.EditRole:
            return value / self._roll.score.ticks_per_quarter if column == LENGTH else value
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(column, value)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._said(column, value)
        if role == Qt.ItemDataRole.ToolTipRole and column == PITCH:
            return self._said(column, value)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (LENGTH, VELOCITY):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _shown(self, column: int, value: int) -> str:
        if column == START:
            bar, beat, sixteenth, rest = self._place(value)
            return f"{bar}.{beat}.{sixteenth}" + (f" +{rest}" if rest else "")
        if column == PITCH:
            return note_name(value, self._roll.scale.key.fifths)
        if column == LENGTH:
            return f"{value / self._roll.score.ticks_per_quarter:.3g}"
        if column == MARKS:
            by = tr("model") if value & GENERATED else tr("me")
            return tr("{by}, locked").format(by=by) if value & LOCKED else by
        return str(value)

    def _said(self, column: int, value: int) -> str:
        """In words, as a screen reader speaks them."""
        shown = self._shown(column, value)
        if column == START:
            bar, beat, sixteenth, rest = self._place(value)
            words = tr("bar {bar} beat {beat} sixteenth {sixteenth}")
            words = words.format(bar=bar, beat=beat, sixteenth=sixteenth)
            return words + (tr(" and {ticks} ticks").format(ticks=rest) if rest else "")
        if column == PITCH:
            shown = called(self._roll, value, self._roll.scale.key.fifths)  # of a kit, the drum
            return shown.replace("♯", tr(" sharp ")).replace("♭", tr(" flat "))
        if column == LENGTH:
            return length_name(value, self._roll.score.ticks_per_quarter)
        return tr("velocity {value}").format(value=value) if column == VELOCITY else shown

    def _place(self, tick: int) -> tuple[int, int, int, int]:
        """Bar, beat, sixteenth of the beat, all from 1, and what is left in ticks."""
        bar, beat = self._roll.bars.place(tick)
        part = max(1, self._roll.score.ticks_per_quarter // 4)
        sixteenth, rest = divmod(tick - self._roll.bars.beat_start(tick), part)
        return bar, beat, sixteenth + 1, rest

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Change one note; it is an undo step like any other. False if there is no such value."""
        column, row = index.column(), index.row()
        if role != Qt.ItemDataRole.EditRole or not isinstance(value, int | float) or column not in RANGES:
            return False
        before = int(self._notes[column, row])
        if column == LENGTH:
            per_quarter = self._roll.score.ticks_per_quarter
            same = abs(value - before / per_quarter) < 0.0006  # the editor rounds to thousandths
            value = before if same else round(value * per_quarter)
        low, high = RANGES[column]
        fits = column != LENGTH or int(self._notes[START, row]) + value <= MAX_TICK
        if not (fits and low <= value <= high):
            return False
        if value != before:
            self._edits.set_value(row, column, int(value))
        return True
