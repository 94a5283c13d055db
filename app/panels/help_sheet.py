"""The `?` sheet: every key and every gesture, made from the table of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.actions import ACTIONS, MENUS, Action
from app.finding import spelt
from app.hands import GESTURES
from app.i18n import tr

KEYS_WIDTH, HAND_WIDTH = 176, 216  # px
Sections = list[tuple[str, list[tuple[str, str]]]]  # head, (hand, meaning)


def keys_of(action: Action) -> str:
    """Its shortcuts as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return "   ".join(QKeySequence(key).toString(native) for key in action.keys)


def sections() -> Sections:
    """Heads with (hand, meaning) lines: menus with keys first, then the mouse by place."""
    made: Sections = []
    for menu in MENUS:
        actions = [action for action in ACTIONS if action.menu.split("|")[0] == menu and action.keys]
        made.append((tr(menu.replace("&", "")), [(keys_of(action), tr(action.title)) for action in actions]))
    for place in dict.fromkeys(gesture.place for gesture in GESTURES):
        lines = [(tr(gesture.hand), tr(gesture.does)) for gesture in GESTURES if gesture.place == place]
        made.append((tr(place), lines))
    return made


class HelpSheet(QDialog):
    """Keys at the left, gestures of the mouse at the right, with a search box over both."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys and gestures"))
        self.resize(1080, 680)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search keys and gestures"))
        self.search.setAccessibleName(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.filter)
        inside = QWidget()
        inside.setProperty("role", "panel")
        page = QHBoxLayout(inside)
        page.setContentsMargins(24, 8, 24, 24)
        page.setSpacing(40)
        self.lines: list[tuple[QLabel, QLabel, QLabel]] = []  # head, hand, meaning
        found = sections()
        page.addLayout(self._column(found[: len(MENUS)], KEYS_WIDTH), 1)
        page.addLayout(self._column(found[len(MENUS) :], HAND_WIDTH), 1)
        self._none = QLabel(tr("Nothing is called that."))
        self._none.setProperty("role", "dim")
        self._none.hide()
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("Keys and gestures"))
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.search)
        column.addWidget(self._none)
        column.addWidget(scroll, 1)

    def _column(self, found: Sections, width: int) -> QVBoxLayout:
        """Sections below one another, what the hand does in `width` pixels."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for head, lines in found:
            self._add(grid, head, lines, width)
        column = QVBoxLayout()
        column.addLayout(grid)
        column.addStretch(1)
        return column

    def _add(self, grid: QGridLayout, head: str, lines: list[tuple[str, str]], width: int) -> None:
        row = grid.rowCount()
        title = QLabel(head)
        title.setProperty("role", "title")
        title.setContentsMargins(0, 12, 0, 4)
        grid.addWidget(title, row, 0, 1, 2)
        for offset, (hand, meaning) in enumerate(lines, 1):
            left, right = QLabel(hand), QLabel(meaning)
            left.setProperty("role", "dim")
            left.setWordWrap(True)
            left.setFixedWidth(width)
            right.setWordWrap(True)
            grid.addWidget(left, row + offset, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(right, row + offset, 1, Qt.AlignmentFlag.AlignTop)
            self.lines.append((title, left, right))

    def filter(self, words: str) -> None:
        """Show only the lines that hold the words."""
        wanted = spelt(words).split()
        heads: dict[QLabel, bool] = {}
        for head, left, right in self.lines:
            text = spelt(f"{head.text()} {left.text()} {right.text()}")
            fits = all(word in text for word in wanted)
            left.setVisible(fits)
            right.setVisible(fits)
            heads[head] = heads.get(head, False) or fits
        for head, fits in heads.items():
            head.setVisible(fits)
        self._none.setVisible(not any(heads.values()))
