"""Cursor shapes that tell what a click would do, drawn here so that they are sharp on every screen."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

SIZE = 24


def cursor(intent: str) -> QCursor:
    """The cursor for an intent of `gestures.choose.intent`."""
    plain = {
        "move": Qt.CursorShape.SizeAllCursor,
        "resize": Qt.CursorShape.SizeHorCursor,
        "copy": Qt.CursorShape.DragCopyCursor,
        "box": Qt.CursorShape.CrossCursor,
        "pan": Qt.CursorShape.ClosedHandCursor,
    }
    if intent in plain:
        return QCursor(plain[intent])
    return _drawn(intent)


@cache
def _drawn(intent: str) -> QCursor:
    shape, tip = (_knife(), QPointF(4, 20)) if intent == "cut" else (_pencil(), QPointF(3, 21))
    pixmap = QPixmap(SIZE * 2, SIZE * 2)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    style = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(QColor("white"), 3.2, *style))
    painter.drawPath(shape)  # a white halo: visible on dark and light paper alike
    painter.setPen(QPen(QColor("#1c2427"), 1.3, *style))
    painter.setBrush(QColor("white"))
    painter.drawPath(shape)
    if intent == "paint":  # three dots: a row of notes
        painter.setPen(QPen(QColor("white"), 1))
        painter.setBrush(QColor("#1c2427"))
        for x in (12, 16, 20):
            painter.drawEllipse(QPointF(x, 21), 1.7, 1.7)
    painter.end()
    return QCursor(pixmap, round(tip.x()), round(tip.y()))


def _pencil() -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(*p) for p in ((3, 21), (4.5, 15.5), (16, 4), (20, 8), (8.5, 19.5), (3, 21))]))
    path.moveTo(13.2, 6.8)
    path.lineTo(17.2, 10.8)
    path.moveTo(4.5, 15.5)
    path.lineTo(8.5, 19.5)
    return path


def _knife() -> QPainterPath:
    path = QPainterPath(QPointF(4, 20))
    path.quadTo(QPointF(6, 11), QPointF(14, 5.5))
    path.lineTo(16.5, 8)
    path.lineTo(4, 20)
    path.moveTo(15.2, 6.8)
    path.lineTo(18.5, 3.5)
    path.lineTo(20.5, 5.5)
    path.lineTo(17, 8.8)
    return path
