"""Labels for text of any length: they never ask for more room than there is."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

LONGEST_WORD = 24  # letters without a space after which a line may be broken


def breakable(text: str) -> str:
    """The text with places to break in words that no line could hold (names of files, mostly)."""
    words = text.split(" ")
    return " ".join(
        "\N{ZERO WIDTH SPACE}".join(word[i : i + LONGEST_WORD] for i in range(0, len(word), LONGEST_WORD))
        if len(word) > LONGEST_WORD
        else word
        for word in words
    )


def plain_tip(text: str) -> str:
    """A tool tip that shows a text as it is written: Qt takes what looks like HTML for HTML, whoever wrote it."""
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>") if "<" in text else text


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis where there is no room; the whole of it is its tool tip."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()
        self.setToolTip(plain_tip(self.text()) if cut else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The beginning of the text, as much as fits."""
        painter, area = QPainter(self), self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
