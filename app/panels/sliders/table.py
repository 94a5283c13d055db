"""What each slider moves and what it drags along, measured: a table of numbers behind a button."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from app.i18n import tr
from app.panels.sliders.words import attribute_words
from app.theme import GRID, Theme, font, mix
from engine.evaluation.attributes_table import Table

CELL, ROW = 84.0, 30.0  # px
FAINT = 0.05  # deviations below which a number is as good as none


class Matrix(QWidget):
    """The numbers on a ground that deepens with them; what a slider promises is framed."""

    def __init__(self, table: Table, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table, self._theme = table, theme
        names = [attribute_words(name)[0] for name in table.sliders]
        self._side = max(QFontMetricsF(font(1.0)).horizontalAdvance(name) for name in names) + 2 * GRID
        self.setFixedSize(QSize(round(self._side + CELL * len(table.qualities)), round(ROW * (len(names) + 1))))
        self.setAccessibleName(tr("What each slider moves"))
        self.setAccessibleDescription("; ".join(self.sentences()))

    def sentences(self) -> list[str]:
        """The table in words, a slider each."""
        told = []
        for name, moves in zip(self._table.sliders, self._table.moves, strict=True):
            parts = (f"{attribute_words(q)[0]} {_number(m)}" for q, m in zip(self._table.qualities, moves, strict=True))
            told.append(f"{attribute_words(name)[0]}: {', '.join(parts)}")
        return told

    def paintEvent(self, event: QPaintEvent) -> None:
        """Heads, grounds, numbers."""
        theme, painter, table = self._theme, QPainter(self), self._table
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(0.9))
        painter.setPen(theme.text_dim)
        for column, name in enumerate(table.qualities):
            box = QRectF(self._side + column * CELL, 0, CELL, ROW)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, attribute_words(name)[0])
        for row, (name, moves) in enumerate(zip(table.sliders, table.moves, strict=True), 1):
            painter.setPen(theme.text)
            side = QRectF(0, row * ROW, self._side - GRID, ROW)
            painter.drawText(side, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, attribute_words(name)[0])
            for column, (quality, move) in enumerate(zip(table.qualities, moves, strict=True)):
                box = QRectF(self._side + column * CELL, row * ROW, CELL, ROW).adjusted(2, 2, -2, -2)
                painter.setPen(theme.accent if quality == name else Qt.PenStyle.NoPen)
                painter.setBrush(mix(theme.panel, theme.accent, 0.45 * min(1.0, abs(move))))
                painter.drawRoundedRect(box, 4, 4)
                painter.setPen(theme.text_dim if abs(move) < FAINT else theme.text)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _number(move))


class SliderTable(QDialog):
    """The table with what it means."""

    def __init__(self, title: str, table: Table | None, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What each slider moves: {model}").format(model=title))
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 3 * GRID)
        column.setSpacing(2 * GRID)
        if table is None:
            column.addWidget(QLabel(tr("This has not been measured for this model yet.")))
            return
        text = tr(
            "Each row is a slider pushed by one unit, measured on 400 new melodies of the model. Its own quality "
            "(framed) should move by about one deviation of the corpus; whatever else moves, it drags along."
        )
        words = QLabel(text)
        words.setWordWrap(True)
        self.matrix = Matrix(table, theme)
        column.addWidget(words)
        column.addWidget(self.matrix)


def _number(move: float) -> str:
    return "0" if abs(move) < 0.005 else f"{move:+.2f}".replace("-", "\N{MINUS SIGN}")
