"""What is done with all dials at once: draw a new label, encode my bars, back to the middle."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.i18n import tr
from app.theme import GRID

LAWS = {  # of the labels that a plain autoencoder draws
    "fitted": "fitted to its training",
    "box": "within the range of its training",
    "uniform": "uniform in \N{MINUS SIGN}1 … 1",
    "wide": "uniform in \N{MINUS SIGN}10 … 10",
}


class DialHead(QWidget):
    """Two lines of buttons. Signals: `draw_asked`, `encode_asked`, `reset_asked`."""

    draw_asked = Signal()
    encode_asked = Signal()
    reset_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.law = QComboBox()
        for law, words in LAWS.items():
            self.law.addItem(tr(words), law)
        self.law.setAccessibleName(tr("Where labels are drawn from"))
        self.law.setToolTip(
            tr("Where a plain autoencoder's random labels come from; others draw from what they learnt")
        )
        self.law.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.law.setMinimumContentsLength(9)
        self.random = _button(tr("Random"), tr("Draw a new label; locked dials stay"))
        self.encode = _button(tr("Encode my bars"), tr("Turn the dials to where the music at the marker lies"))
        self.reset = _button(tr("Reset"), tr("All dials to the middle"))
        self.random.clicked.connect(self.draw_asked)
        self.encode.clicked.connect(self.encode_asked)
        self.reset.clicked.connect(self.reset_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setSpacing(GRID // 2)
            column.addLayout(line)
        first.addWidget(self.random)
        first.addWidget(self.law, 1)
        second.addWidget(self.encode, 1)
        second.addWidget(self.reset)


def _button(text: str, hint: str) -> QPushButton:
    made = QPushButton(text)
    made.setToolTip(hint)
    made.setAccessibleName(text)
    made.setAccessibleDescription(hint)
    return made
