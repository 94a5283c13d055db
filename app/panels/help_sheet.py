"""The `?` sheet: every key and every gesture, made from the table of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.actions import ACTIONS, GESTURES, MENUS, Action
from app.i18n import tr


def keys_of(action: Action) -> str:
    """Its shortcuts as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return "   ".join(QKeySequence(key).toString(native) for key in action.keys)


def sections() -> list[tuple[str, list[tuple[str, str]]]]:
    """Heads with (hand, meaning) lines: menus with keys first, then the mouse by place."""
    made: list[tuple[str, list[tuple[str, str]]]] = []
    for menu in MENUS:
        actions = [action for action in ACTIONS if action.menu.split("|")[0] == menu and action.keys]
        made.append(
            (tr(menu.replace("&", "")), [(keys_of(action), tr(action.title).rstrip("…")) for action in actions])
        )
    for place in dict.fromkeys(gesture.place for gesture in GESTURES):
        lines = [(tr(gesture.hand), tr(gesture.does)) for gesture in GESTURES if gesture.place == place]
        made.append((tr(place), lines))
    return made


class HelpSheet(QDialog):
    """Keys and gestures in two columns, with a search box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys and gestures"))
        self.resize(880, 640)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search keys and gestures"))
        self.search.setAccessibleName(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.filter)
        inside = QWidget()
        inside.setProperty("role", "panel")
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(24, 16, 24, 24)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self.lines: list[tuple[QLabel, QLabel, QLabel]] = []  # head, hand, meaning
        for head, lines in sections():
            self._add(head, lines)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.search)
        column.addWidget(scroll, 1)

    def _add(self, head: str, lines: list[tuple[str, str]]) -> None:
        row = self._grid.rowCount()
        title = QLabel(head)
        title.setProperty("role", "title")
        title.setContentsMargins(0, 12, 0, 4)
        self._grid.addWidget(title, row, 0, 1, 2)
        for offset, (hand, meaning) in enumerate(lines, 1):
            left, right = QLabel(hand), QLabel(meaning)
            left.setProperty("role", "dim")
            left.setWordWrap(True)
            left.setFixedWidth(300)
            right.setWordWrap(True)
            self._grid.addWidget(left, row + offset, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(right, row + offset, 1, Qt.AlignmentFlag.AlignTop)
            self.lines.append((title, left, right))

    def filter(self, words: str) -> None:
        """Show only the lines that hold the words."""
        wanted = words.casefold().split()
        heads: dict[QLabel, bool] = {}
        for head, left, right in self.lines:
            text = f"{head.text()} {left.text()} {right.text()}".casefold()
            fits = all(word in text for word in wanted)
            left.setVisible(fits)
            right.setVisible(fits)
            heads[head] = heads.get(head, False) or fits
        for head, fits in heads.items():
            head.setVisible(fits)
