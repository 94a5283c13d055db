"""The notes of the edited track as the rows of a table, read from the columns: none costs anything while unseen."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from app.i18n import tr
from app.views.note_table import GENERATED, LENGTH, PITCH, START, VELOCITY
from app.views.roll_edits import RollEdits, length_name
from app.views.roll_grid import note_name
from app.views.roll_state import RollState

COLUMNS = 5  # from left to right as in a NoteTable
EDITABLE = (PITCH, LENGTH, VELOCITY)
Index = QModelIndex | QPersistentModelIndex
NOBODY = QModelIndex()


class EventTable(QAbstractTableModel):
    """Start, pitch, length, velocity and origin; pitch (as its number), length (in ticks) and velocity can be edited.

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
        """Names of the columns, numbers of the rows."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return section + 1
        return (tr("Start"), tr("Pitch"), tr("Length"), tr("Vel"), tr("By"))[section]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be selected, three can be edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in EDITABLE else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, says or is edited as."""
        column, value = index.column(), int(self._notes[index.column(), index.row()])
        if role == Qt.ItemDataRole.EditRole:
            return value
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(column, value)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._said(column, value)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == VELOCITY:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _shown(self, column: int, value: int) -> str:
        if column == START:
            bar, beat = self._roll.bars.place(value)
            rest = value - self._roll.bars.beat_start(value)
            return f"{bar}.{beat}" + (f" +{rest}" if rest else "")
        if column == PITCH:
            return note_name(value, self._roll.scale.key.fifths)
        if column == LENGTH:
            return length_name(value, self._roll.score.ticks_per_quarter)
        if column == GENERATED:
            return tr("model") if value else tr("me")
        return str(value)

    def _said(self, column: int, value: int) -> str:
        """In words, as a screen reader speaks them."""
        shown = self._shown(column, value)
        if column == START:
            bar, beat = self._roll.bars.place(value)
            rest = value - self._roll.bars.beat_start(value)
            words = tr("bar {bar} beat {beat}").format(bar=bar, beat=beat)
            return words + (tr(" and {ticks} ticks").format(ticks=rest) if rest else "")
        if column == PITCH:
            return shown.replace("♯", tr(" sharp ")).replace("♭", tr(" flat "))
        return tr("velocity {value}").format(value=value) if column == VELOCITY else shown

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Change one note; it is an undo step like any other. False if there is no such value."""
        column, row = index.column(), index.row()
        low, high = {PITCH: (0, 127), VELOCITY: (1, 127), LENGTH: (1, 1 << 24)}.get(column, (1, 0))
        if role != Qt.ItemDataRole.EditRole or not isinstance(value, int) or not low <= value <= high:
            return False
        if value != int(self._notes[column, row]):
            self._edits.set_value(row, column, value)
        return True
