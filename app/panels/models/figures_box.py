"""How well a model does, as a part of its card: a few sentences, what falls short, all the rest behind a button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.models.figures import headlines, shortfalls, table
from app.panels.models.verb_form import line


class Figures(QWidget):
    """How well a model does: a few sentences, what falls short, and all the rest behind a button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(8)
        self._parts: list[QWidget] = []
        self.more = QPushButton()
        self.more.setProperty("role", "quiet")
        self.more.clicked.connect(lambda: self._unfold(self._details.isHidden()))
        self._details: QWidget = QWidget()

    def show_header(self, header: Mapping[str, Any]) -> None:
        """Say what a bundle's header holds; hidden if nothing was measured."""
        for part in (*self._parts, self._details):
            self._column.removeWidget(part)
            part.deleteLater()
        self._parts = []
        said, short, rest = headlines(header), shortfalls(header), table(header)
        if said:
            self._say(tr("How well it does"), "head")
        for words in said:
            self._say(words)
        for words in short:
            self._say(words, "danger")
        self._details = self._table(rest)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._details)
        self.more.setVisible(bool(rest))
        self._unfold(False)
        self.setVisible(bool(said or short or rest))

    @property
    def sentences(self) -> list[str]:
        """What is said, in order."""
        return [part.text() for part in self._parts if isinstance(part, QLabel)]

    @property
    def details(self) -> QWidget:
        """The table, shown or not."""
        return self._details

    def _say(self, words: str, role: str = "") -> None:
        label = line(words, role)
        self._parts.append(label)
        self._column.addWidget(label)

    def _table(self, sections: list[tuple[str, list[tuple[str, str]]]]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        row = 0
        for head, lines in sections:
            grid.addWidget(line(head, "head"), row, 0, 1, 2)
            for words, value in lines:
                row += 1
                number = line(value, "dim", wrap=False)
                grid.addWidget(line(words, "dim"), row, 0)
                grid.addWidget(number, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            row += 1
        return made

    def _unfold(self, open_: bool) -> None:
        self._details.setVisible(open_)
        self.more.setText(tr("Fewer figures") if open_ else tr("More figures"))
        self.more.setAccessibleName(self.more.text())
