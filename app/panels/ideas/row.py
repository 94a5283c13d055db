"""One row of ideas under its heading, with what can be done with the row as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.elided import plain_tip
from app.panels.ideas.cards import IdeaList
from app.panels.ideas.paint import CARD_HEIGHT, LEAST_HEIGHT
from app.panels.ideas.results import Result
from app.theme import GRID, Theme

SIDE = 112  # px
SCROLL_BAR = 10


class IdeaRow(QWidget):
    """Heading and buttons at the left, cards at the right.

    Args:
        result: whose ideas.
        heading: over the row; empty where a result has but one.
        places: which ideas.
        alone: the row has the panel for itself, and may be many lines high.
        theme: colours.

    Signals: `path_asked` (hear all, one after the other, or stop), `arrangement_asked` (write all that way).
    """

    path_asked = Signal()
    arrangement_asked = Signal()

    def __init__(
        self,
        result: Result,
        heading: str,
        places: Sequence[int],
        alone: bool,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.cards = self._made(result, places, alone, theme)
        if not alone:
            self.setFixedHeight(CARD_HEIGHT + SCROLL_BAR + 2)
        else:
            self.cards.setMinimumHeight(LEAST_HEIGHT)  # the cards scroll by themselves
        self._theme = theme
        head = _Heading(heading or (tr("{n} ideas").format(n=len(places)) if len(places) > 1 else tr("One idea")))
        self.hear = _button(tr("Hear all"), tr("Hear the whole row, one card after the other"))
        self.write = _button(tr("Write all"), tr("Write the whole row into the piece, one after the other"))
        self.hear.clicked.connect(self.path_asked)
        self.write.clicked.connect(self.arrangement_asked)
        self.hear.setVisible(len(places) > 1)
        self.write.setVisible(len(places) > 1 and not result.belongs(places))  # else one would overwrite the other
        side = QVBoxLayout()
        side.setSpacing(2)
        side.addWidget(head)
        side.addWidget(self.hear)
        side.addWidget(self.write)
        side.addStretch(1)
        left = QWidget()
        left.setLayout(side)
        side.setContentsMargins(0, 2, 0, 0)
        left.setFixedWidth(SIDE)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        line.addWidget(left)
        line.addWidget(self.cards, 1)
        self.show_path(False)

    def _made(self, result: Result, places: Sequence[int], alone: bool, theme: Theme) -> IdeaList:
        return IdeaList(result, places, alone, theme)

    def show_path(self, sounds: bool) -> None:
        """The row is being heard as a whole, or not."""
        self.hear.setText(tr("Stop") if sounds else tr("Hear all"))
        self.hear.setIcon(icon("stop" if sounds else "play", self._theme))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.write.setIcon(icon("plus", theme))
        self.hear.setIcon(icon("stop" if self.hear.text() == tr("Stop") else "play", theme))
        self.cards.set_theme(theme)


class _Heading(QLabel):
    """At most two lines, of a height that does not hang on the width: a scroll area would give the row too much."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("role", "head")
        self.setToolTip(plain_tip(text))

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        lines = 1 if metrics.horizontalAdvance(self.text()) <= SIDE - 4 else 2
        return QSize(SIDE, lines * metrics.lineSpacing() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def _button(text: str, hint: str) -> QToolButton:
    made = QToolButton()
    made.setText(text)
    made.setToolTip(hint)
    made.setAccessibleName(hint)
    made.setIconSize(QSize(14, 14))
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
