"""The card of an idea that is taking shape: how it stands, why, and a button to stop."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.i18n import tr
from app.icons import icon
from app.panels.elided import ElidedLabel
from app.panels.ideas.results import name_of
from app.theme import GRID, Theme
from app.views.mini_roll import Frame, MiniRoll
from engine.codecs.catalog import codec
from engine.events import IdeaSketched
from engine.models.registry import row as row_of

WIDTH = 196  # px


class AtWork(QWidget):
    """Shown while a verb works and sketches.

    Args:
        theme: colours.

    Signals: `stop_asked` by its button; `why_asked` to see the pictures of the sketch.
    """

    stop_asked = Signal()
    why_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(tr("At work"))
        self.head, self.words, self.roll = ElidedLabel(), ElidedLabel(), MiniRoll(theme)
        self.head.setProperty("role", "head")
        self.words.setProperty("role", "dim")
        self.roll.setMinimumHeight(28)
        self.stop, self.why = QPushButton(tr("Stop")), QPushButton(tr("Why"))
        self.stop.setToolTip(tr("Stop the work; what is finished stays"))
        self.why.setToolTip(tr("See how it goes, as pictures"))
        self.stop.clicked.connect(self._stop)
        self.why.clicked.connect(self.why_asked)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        for button in (self.stop, self.why):
            button.setAccessibleDescription(button.toolTip())
            button.setIconSize(QSize(14, 14))
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        column.addWidget(self.head)
        column.addWidget(self.roll, 1)
        column.addWidget(self.words)
        column.addLayout(buttons)
        self.set_theme(theme)
        self.hide()

    def show_sketch(self, sketch: IdeaSketched | None, ticks_per_quarter: int, compound: bool) -> None:
        """The newest sketch; None hides the card."""
        if sketch is None:
            self.hide()
            return
        idea, how = sketch.idea, codec(row_of(sketch.model).codec)
        window = how.span_ticks(ticks_per_quarter, compound)
        ticks = idea.ticks or window
        self.head.setText(f"{name_of(sketch.verb)} · {row_of(sketch.model).title}")
        self.words.setText(" · ".join(part for part in (idea.row, idea.caption, idea.remark) if part))
        frame = Frame(0, ticks, max(1, round(how.bars * ticks / window)))
        self.roll.set_voices([voice.notes for voice in idea.voices], frame)
        self.why.setVisible(bool(idea.pictures))
        if self.isHidden():
            self.stop.setEnabled(True)
            self.stop.setText(tr("Stop"))
            self.show()

    def _stop(self) -> None:
        self.stop.setEnabled(False)
        self.stop.setText(tr("Stopping…"))
        self.stop_asked.emit()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.roll.set_theme(theme)
        self.stop.setIcon(icon("stop", theme))
        self.why.setIcon(icon("help", theme))
