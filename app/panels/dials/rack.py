"""The dials of a model below one another, as many as are asked for."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.dials.model import Chosen
from app.panels.dials.rows import DialRow
from app.theme import GRID, Theme

AT_FIRST = 32  # dials shown before one asks for more


class DialRack(QWidget):
    """Rows of dials.

    Signals: `moved(dial, value)` while one is turned; `dropped` when it was let go.
    """

    moved = Signal(int, float)
    dropped = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: dict[int, DialRow] = {}
        self._shelf = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._shelf)

    @property
    def held(self) -> bool:
        """A hand is on one of them."""
        return any(row.slider.isSliderDown() for row in self.rows.values())

    def show_dials(self, chosen: Chosen, count: int = AT_FIRST) -> None:
        """Lay out the first dials of a model anew, in its own order."""
        specs = chosen.specs()
        shelf = QWidget()
        column = QVBoxLayout(shelf)
        column.setContentsMargins(0, 0, GRID // 2, 0)
        column.setSpacing(0)
        self.rows = {}
        for spec in specs[:count]:
            row = DialRow(spec, self._theme)
            row.moved.connect(self.moved)
            row.dropped.connect(self.dropped)
            row.lock.setChecked(spec.dial in chosen.locked)
            row.locked.connect(chosen.lock)
            self.rows[spec.dial] = row
            column.addWidget(row)
        width = max((row.name_width for row in self.rows.values()), default=0)
        for row in self.rows.values():
            row.line_up(width, chosen.dictionary)
        if count < len(specs):
            more = QPushButton(tr("Show {n} more").format(n=min(AT_FIRST, len(specs) - count)))
            more.clicked.connect(partial(self.show_dials, chosen, count + AT_FIRST))
            column.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.replaceWidget(self._shelf, shelf)
        self._shelf.hide()
        self._shelf.deleteLater()
        self._shelf = shelf
        shelf.show()
        self._column.activate()
        self.show_code(chosen)

    def show_code(self, chosen: Chosen) -> None:
        """Stand where the code is."""
        if chosen.code:
            values = chosen.dials.values(chosen.code)
            for dial, row in self.rows.items():
                row.show_value(float(values[dial]))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for row in self.rows.values():
            row.set_theme(theme)
