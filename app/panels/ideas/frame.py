"""How the ideas panel is laid out: what is at work at the left, the results with their cards beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.elided import ElidedLabel
from app.panels.ideas.at_work import AtWork
from app.theme import GRID, Theme

LEAST = 132  # px: a line of cards with their meters


class IdeasFrame(QWidget):
    """The widgets of the panel, which does not know yet what they show.

    Args:
        theme: colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.at_work = AtWork(theme)
        self.setAccessibleName(tr("Ideas"))
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Results so far"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.setMaximumWidth(304)  # "Harmonize mine · Encoder-decoder, 17:30"; what is longer is in its list
        self.says = ElidedLabel()
        self.says.setProperty("role", "dim")
        self.clear_button = QPushButton(tr("Clear"))
        self.clear_button.setToolTip(tr("Forget these ideas; those with a star stay"))
        self.clear_button.setAccessibleName(self.clear_button.toolTip())
        self.clear_button.setProperty("role", "quiet")
        self._top = QWidget()
        top = QHBoxLayout(self._top)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(GRID)
        top.addWidget(self.choice)
        top.addWidget(self.says, 1)
        top.addWidget(self.clear_button)
        self._empty = QLabel(tr("What a model makes for you appears here: choose one of its verbs."))
        self._empty.setProperty("role", "dim")
        self._empty.setWordWrap(True)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        column.setSpacing(GRID // 2)
        cards = QVBoxLayout()
        cards.addWidget(self._top)
        cards.addWidget(self._empty)
        cards.addWidget(self._scroll, 1)
        beside = QHBoxLayout()
        beside.setSpacing(GRID)
        beside.addWidget(self.at_work)
        beside.addLayout(cards, 1)
        column.addLayout(beside)
        self.setMinimumHeight(LEAST)
