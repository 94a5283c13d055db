"""What lies on the map: the corpus as a cloud of dots, the pins, the way between them, the puck.

Imports pyqtgraph (0.4 to 0.9 s), so it is itself imported only once the map is to be shown.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF, QRadialGradient
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.theme import Theme, font
from app.views.map.card import SHADES, shade_colours

DOT_SIZE = 6.0
PUCK_RADIUS = 10.0
HALO = 30.0
PIN_RADIUS = 10.0
PIN_STALK = 8.0


def ranks(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Where each value stands among all, [n] in 0..1: equal shares of every shade."""
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return (order / max(1, len(values) - 1)).astype(np.float32)


def clear(colour: QColor, alpha: int) -> QColor:
    """The colour, translucent."""
    made = QColor(colour)
    made.setAlpha(alpha)
    return made


class DotCloud(pg.ScatterPlotItem):
    """The corpus: one dot a melody, shaded by how much it has of one attribute."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(pxMode=True, pen=None, size=DOT_SIZE, useCache=True)
        self._dots, self._levels = np.zeros((0, 2), np.float32), np.zeros(0, int)
        self.set_theme(theme)

    def show_dots(self, dots: NDArray[np.float32], values: NDArray[np.float32]) -> None:
        """Places [n, 2], shaded by a quality of each, [n]."""
        self._dots, self._levels = dots, np.minimum((ranks(values) * SHADES).astype(int), SHADES - 1)
        self.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint the same dots in another theme."""
        self._theme = theme
        brushes = [QBrush(colour) for colour in shade_colours(theme)]
        self.setData(pos=self._dots, brush=[brushes[level] for level in self._levels])


class Puck(QGraphicsItem):
    """Where the composer stands: always the same size on screen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._held, self._focused = theme, False, False
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)  # the halo's gradient costs half a millisecond
        self.setZValue(30)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def set_state(self, held: bool | None = None, focused: bool | None = None) -> None:
        """Being dragged; having the keyboard."""
        state = self._held if held is None else held, self._focused if focused is None else focused
        if state != (self._held, self._focused):
            self._held, self._focused = state
            self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(-HALO, -HALO, 2 * HALO, 2 * HALO)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Halo, ring, disc."""
        theme, middle = self._theme, QPointF()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        halo = QRadialGradient(middle, HALO)
        halo.setColorAt(0.3, clear(theme.accent, 120 if self._held else 84))
        halo.setColorAt(1.0, clear(theme.accent, 0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(middle, HALO, HALO)
        painter.setBrush(theme.accent)
        painter.setPen(QPen(theme.raised if theme.dark else QColor("white"), 2.5))
        painter.drawEllipse(middle, PUCK_RADIUS, PUCK_RADIUS)
        if self._focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.accent, 1.5))
            painter.drawEllipse(middle, PUCK_RADIUS + 4, PUCK_RADIUS + 4)


class PinMark(QGraphicsItem):
    """A lettered pin whose point stands on the place it keeps."""

    def __init__(self, label: str, theme: Theme) -> None:
        super().__init__()
        self._label, self._theme = label, theme
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(20)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def boundingRect(self) -> QRectF:
        top = 2 * PIN_RADIUS + PIN_STALK
        return QRectF(-PIN_RADIUS - 2, -top - 2, 2 * PIN_RADIUS + 4, top + 6)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A drop, its letter, and the point it keeps."""
        theme, head = self._theme, QPointF(0, -PIN_RADIUS - PIN_STALK)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drop = QPainterPath()
        drop.addEllipse(head, PIN_RADIUS, PIN_RADIUS)
        stalk = QPainterPath()
        side = PIN_RADIUS * 0.78
        stalk.addPolygon(QPolygonF([QPointF(-side, head.y() + 6.2), QPointF(side, head.y() + 6.2), QPointF(0, 0)]))
        stalk.closeSubpath()
        painter.setPen(QPen(theme.panel, 2))
        painter.setBrush(theme.pin)
        shape = drop.united(stalk)
        painter.drawPath(shape)
        painter.setPen(theme.window if theme.dark else QColor("white"))
        painter.setFont(font(0.95, bold=True))
        around = QRectF(head.x() - PIN_RADIUS, head.y() - PIN_RADIUS, 2 * PIN_RADIUS, 2 * PIN_RADIUS)
        painter.drawText(around, Qt.AlignmentFlag.AlignCenter, self._label)


class Way(QGraphicsItem):
    """The way a morph takes from pin A to pin B, as it lies on the plane."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._path = theme, QPainterPath()
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setZValue(10)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def set_points(self, points: NDArray[np.float32]) -> None:
        """Plane points [n, 2] from A to B; none hides it."""
        self.prepareGeometryChange()
        self._path = QPainterPath()
        if len(points):
            self._path.addPolygon(QPolygonF([QPointF(float(x), float(y)) for x, y in points]))

    def boundingRect(self) -> QRectF:
        box = self._path.boundingRect()
        room = 0.05 * max(box.width(), box.height())  # the pen is cosmetic: its width in plane units is not known here
        return box.adjusted(-room, -room, room, room)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """A dashed hairline over a soft one."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ratio = painter.device().devicePixelRatioF()  # a cosmetic pen counts the screen's own pixels
        for colour, width, style in (
            (clear(self._theme.pin, 40), 7.0, Qt.PenStyle.SolidLine),
            (clear(self._theme.pin, 220), 1.5, Qt.PenStyle.DashLine),
        ):
            pen = QPen(colour, width * ratio, style, Qt.PenCapStyle.RoundCap)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(self._path)


def paint_words(painter: QPainter, area: QRectF, words: tuple[str, str, str, str], theme: Theme) -> None:
    """The musical words of the axes at the left, right, lower and upper edge of `area`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(0.88))
    metrics = QFontMetricsF(painter.font())
    area, height = area.adjusted(8, 6, -8, -6), metrics.height() + 2
    for word, across, down in zip(words, (0.0, 1.0, 0.5, 0.5), (0.5, 0.5, 1.0, 0.0), strict=True):
        if not word:
            continue
        width = metrics.horizontalAdvance(word) + 12
        left, top = area.left() + (area.width() - width) * across, area.top() + (area.height() - height) * down
        box = QRectF(left, top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(clear(theme.row_white, 225))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(theme.text_dim)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
