"""What is to be seen of a training, as pages: as many at once as there is room for, the others behind buttons."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.models.verb_form import line
from app.theme import GRID

WIDTH, HEIGHT = 300, 176  # px that a page should have before another one stands beside or below it


class Pages(QWidget):
    """Widgets of equal right. A page can be empty, and then is nowhere.

    Args:
        pages: title -> widget, in their order.
    """

    def __init__(self, pages: Mapping[str, QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pages = dict(pages)
        self.buttons = {title: self._button(title) for title in pages}
        self._recent = list(pages)  # the one that was chosen last comes first
        self._full: set[str] = set()
        self._now: tuple[list[str], int] = ([], 0)  # what is in sight, in how many columns
        self.nothing = line(tr("How it learns, and what it makes by now, is shown here while it learns."), "dim")
        self._bar, self._grid = QWidget(), QGridLayout()
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.setSpacing(GRID // 4)
        for button in self.buttons.values():
            bar.addWidget(button)
        bar.addStretch(1)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        column.setSpacing(GRID // 2)
        column.addWidget(self._bar)
        column.addWidget(self.nothing)
        column.addLayout(self._grid, 1)
        column.setAlignment(self.nothing, Qt.AlignmentFlag.AlignTop)
        for page in pages.values():
            page.setParent(self)
            page.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._arrange()

    def _button(self, title: str) -> QToolButton:
        button = QToolButton()
        button.setText(title)
        button.setCheckable(True)
        button.setProperty("role", "way")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setMinimumHeight(22)
        button.setAccessibleDescription(tr("Shows this page of the training"))
        button.clicked.connect(lambda: self.turn_to(title))
        return button

    @property
    def in_sight(self) -> list[str]:
        """Titles of the pages that are shown."""
        return self._now[0]

    def set_full(self, full: set[str]) -> None:
        """Which pages have anything on them."""
        if full != self._full:
            self._full = set(full)
            self._arrange()

    def turn_to(self, title: str) -> None:
        """Show a page; where there is no more room, the one that was chosen longest ago makes way."""
        self._recent.remove(title)
        self._recent.insert(0, title)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH + 40, HEIGHT + 40)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def _arrange(self) -> None:
        full = [title for title in self.pages if title in self._full]
        across, down = max(1, self.width() // WIDTH), max(1, self.height() // (HEIGHT + GRID))
        room = min(across * down, len(full))
        chosen = [title for title in self._recent if title in full][:room]
        shown = [title for title in full if title in chosen]
        columns = max(1, min(across, -(-room // down) if down > 1 else room))
        self.nothing.setVisible(not full)
        self._bar.setVisible(room < len(full))
        for title, button in self.buttons.items():
            button.setVisible(title in full)
            button.setChecked(title in shown)
        if (shown, columns) != self._now:
            self._lay_out(shown, columns)

    def _lay_out(self, shown: list[str], columns: int) -> None:
        self._now = (shown, columns)
        for title, page in self.pages.items():
            self._grid.removeWidget(page)
            if title not in shown:
                page.hide()
        rows = -(-len(shown) // columns)
        for index in range(4):
            self._grid.setColumnStretch(index, 1 if index < columns else 0)
            self._grid.setRowStretch(index, 1 if index < rows else 0)
        for place, title in enumerate(shown):
            last = place == len(shown) - 1
            span = columns - place % columns if last else 1  # the last one takes what is left of its line
            self._grid.addWidget(self.pages[title], place // columns, place % columns, 1, span)
            self.pages[title].show()
