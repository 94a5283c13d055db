"""Lists that unfold below a report: files and what is to be said of them, and what every other model would get."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.i18n import tr
from app.icons import icon
from app.panels.models.verb_form import SIGN, FoldButton
from app.theme import GRID, Theme

ROW, SHOWN = 24, 8  # px of a row; rows in sight
FIRST = 190  # px of the first column
Index = QModelIndex | QPersistentModelIndex


class Fold(QWidget):
    """A title, and below it what unfolds when it is pressed; that is made only then.

    Args:
        title: of the button.
        make: makes what unfolds.
        theme: colours.
    """

    def __init__(self, title: str, make: Callable[[], QWidget], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self.inside: QWidget | None = None
        names = {True: "arrow_up", False: "arrow_down"}
        self._signs = {out: icon(name, theme, theme.text_dim).pixmap(SIGN, SIGN) for out, name in names.items()}
        self.button = FoldButton(title)
        self.button.clicked.connect(self.turn)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.button)
        self._sign()

    @property
    def out(self) -> bool:
        """It is folded out."""
        return self.inside is not None and not self.inside.isHidden()

    def turn(self) -> None:
        """Fold out, or back."""
        if self.inside is None:
            self.inside = self._make()
            self._layout().addWidget(self.inside)
            self.inside.show()
        else:
            self.inside.setVisible(self.inside.isHidden())
        self._sign()

    def _layout(self) -> QVBoxLayout:
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        return column

    def _sign(self) -> None:
        self.button.sign = self._signs[self.out]
        self.button.setAccessibleDescription(tr("folded out") if self.out else tr("folded"))
        self.button.update()


class Rows(QAbstractTableModel):
    """Rows of plain text; the whole of a cell is its tool tip.

    Args:
        titles: of the columns.
        rows: a text for each column.
        right: columns of numbers, which stand at the right.
        keys: what each row stands for, if that is not its text.
    """

    def __init__(
        self,
        titles: Sequence[str],
        rows: Sequence[Sequence[str]],
        right: Sequence[int] = (),
        keys: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._titles, self.rows, self._right, self.keys = titles, rows, right, keys

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return self._titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._titles[index.column()]}: {self.rows[index.row()][index.column()]}"
        return self._side(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _side(self, column: int) -> int:
        side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)


class _Names(QStyledItemDelegate):
    """Names of files that are too long lose their middle: they end in what tells them apart."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


class RowsTable(QTableView):
    """Such rows, a few of them in sight; as quick with ten thousand as with ten.

    Signals: `picked` with the key of a row on a double click or Enter.
    """

    picked = Signal(str)

    def __init__(self, name: str, rows: Rows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows.setParent(self)
        self.setModel(rows)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab goes on to the next control
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setStretchLastSection(True)
        head.resizeSection(0, FIRST)
        self.setItemDelegateForColumn(0, _Names(self))
        for column in range(1, rows.columnCount() - 1):
            self.resizeColumnToContents(column)
        self.setFixedHeight(min(SHOWN, max(1, rows.rowCount())) * ROW + head.sizeHint().height() + 4)
        self.activated.connect(self._pick)

    def _pick(self, index: QModelIndex) -> None:
        rows = self.model()
        if isinstance(rows, Rows) and rows.keys:
            self.picked.emit(rows.keys[index.row()])
