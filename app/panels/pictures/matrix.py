"""A matrix as a picture: what listens to what, how alike two places are, what a unit looks for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.i18n import tr
from app.theme import Theme, font, mix
from engine.verbs.idea import Picture

MARGIN = 22  # px for the words of an axis
SHADES = 256
SCALE = 12  # px of the bar that tells what the shades mean


class MatrixPicture(QWidget):
    """Shades from the paper to the accent; where there are numbers below nothing, two hues that part at nothing.

    Args:
        picture: what is shown.
        theme: colours.
    """

    def __init__(self, picture: Picture, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setMinimumSize(240, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.set_picture(picture)

    def set_picture(self, picture: Picture) -> None:
        """Show another matrix."""
        self.picture = picture
        width = max((len(row) for row in picture.rows), default=0)
        self.values = np.zeros((len(picture.rows), width))
        for index, row in enumerate(picture.rows):
            self.values[index, : len(row)] = row
        self._image: QImage | None = None
        said = tr("{down} rows, {across} columns, from {low:.3g} to {high:.3g}")
        low, high = self.range
        height, width = self.values.shape
        self.setAccessibleName(picture.caption)
        self.setAccessibleDescription(said.format(down=height, across=width, low=low, high=high))
        self.update()

    @property
    def range(self) -> tuple[float, float]:
        """The numbers of the darkest and the lightest shade; even on both sides of nothing if any lie below it."""
        known = self.values[np.isfinite(self.values)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        if low < 0 < high:
            low, high = -max(-low, high), max(-low, high)
        return (low, high) if high > low else (low, low + 1.0)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme, self._image = theme, None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    @property
    def area(self) -> QRectF:
        """Where the cells are: as square as the window lets them, but never slivers."""
        room = QRectF(self.rect()).adjusted(MARGIN, 4, -SCALE - 52, -MARGIN)
        height, width = self.values.shape
        if not width or not height or max(width, height) > 4 * min(width, height):
            return room
        cell = min(room.width() / width, room.height() / height)
        return QRectF(room.left(), room.top(), cell * width, cell * height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cells, axes, scale."""
        painter, area, theme = QPainter(self), self.area, self._theme
        if not self.values.size:
            return
        if self._image is None:
            self._image = self._drawn()
        painter.drawImage(area, self._image)
        painter.setPen(QPen(theme.line_strong, 1))
        painter.drawRect(area)
        painter.setFont(font(0.85))
        painter.setPen(theme.text_dim)
        below = QRectF(area.left(), area.bottom() + 3, max(area.width(), 120.0), MARGIN - 4)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), self.picture.across and f"{self.picture.across}  →")
        painter.save()
        painter.translate(area.left() - 5, area.top())
        painter.rotate(-90)
        side = QRectF(-area.height(), -MARGIN + 4, area.height(), MARGIN - 4)
        painter.drawText(side, int(Qt.AlignmentFlag.AlignRight), self.picture.down and f"←  {self.picture.down}")
        painter.restore()
        self._scale(painter, QRectF(area.right() + 10, area.top(), SCALE, area.height()))

    def _scale(self, painter: QPainter, bar: QRectF) -> None:
        column = QImage(1, SHADES, QImage.Format.Format_RGB32)
        for index, shade in enumerate(self._shades()[::-1]):
            column.setPixel(0, index, int(shade))
        painter.drawImage(bar, column)
        painter.setPen(QPen(self._theme.line_strong, 1))
        painter.drawRect(bar)
        painter.setPen(self._theme.text_dim)
        low, high = self.range
        for value, y in ((high, bar.top() + 10), (low, bar.bottom())):
            painter.drawText(QPointF(bar.right() + 5, y), f"{value:.2g}")

    def _drawn(self) -> QImage:
        low, high = self.range
        level = np.nan_to_num((self.values - low) / (high - low)) * (SHADES - 1)
        pixels = np.ascontiguousarray(self._shades()[np.clip(level, 0, SHADES - 1).astype(int)])
        height, width = pixels.shape
        return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).copy()

    def _shades(self) -> NDArray[np.uint32]:
        """From the lowest number to the highest, lightness going one way (two from the middle)."""
        theme = self._theme
        bright = QColor("#f4f7d0") if theme.dark else QColor("#08313c")
        up = [theme.panel, mix(theme.panel, theme.accent, 0.55), theme.accent, bright]
        stops = up
        if self.range[0] < 0 < self.range[1]:
            stops = [theme.playhead, mix(theme.panel, theme.playhead, 0.5), theme.panel, *up[1:3]]
        parts = np.linspace(0, len(stops) - 1, SHADES)
        first = np.minimum(parts.astype(int), len(stops) - 2)
        made = [mix(stops[i], stops[i + 1], float(part - i)).rgb() for i, part in zip(first, parts, strict=True)]
        return np.array(made, dtype=np.uint32)

    def event(self, event: QEvent) -> bool:
        """The number of the cell under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, at: QPointF) -> str:
        """A cell in words; empty outside."""
        area, (height, width) = self.area, self.values.shape
        if not area.contains(at) or not self.values.size:
            return ""
        column = min(width - 1, int((at.x() - area.left()) / area.width() * width))
        row = min(height - 1, int((at.y() - area.top()) / area.height() * height))
        words = tr("{down} {row}, {across} {column}: {value:.3g}")
        across, down = self.picture.across or tr("column"), self.picture.down or tr("row")
        value = self.values[row, column]
        return words.format(down=down, row=row + 1, across=across, column=column + 1, value=value)
