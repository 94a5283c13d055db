"""How a locked note is told from a free one: a bar along its foot, and a padlock at its end where there is room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.theme import Theme
from app.views.roll.grid import fill_rects

Floats = NDArray[np.float64]
PADLOCK_FROM_ROW, PADLOCK_WIDTH = 11, 7.0  # px
PADLOCKS_UP_TO = 420


def paint_locks(painter: QPainter, x: Floats, y: Floats, w: Floats, height: float, theme: Theme) -> None:
    """Mark locked notes, given as boxes in logical pixels."""
    ink = theme.selection if not theme.dark else theme.text
    wide = w >= 3
    fill_rects(painter, x[wide], y[wide] + height - 2, w[wide], 2.0, ink)
    fill_rects(painter, x[wide], y[wide], w[wide], 1.0, ink)
    room = w >= 2 * PADLOCK_WIDTH
    if height < PADLOCK_FROM_ROW or room.sum() > PADLOCKS_UP_TO:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(ink)
    for left, top, width in zip(x[room].tolist(), y[room].tolist(), w[room].tolist(), strict=True):
        right, middle = left + width - 3, top + height / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(right - PADLOCK_WIDTH, middle - 1, PADLOCK_WIDTH, 5), 1, 1)
        painter.setPen(QPen(ink, 1.2))
        painter.drawArc(QRectF(right - PADLOCK_WIDTH + 1.5, middle - 4.5, PADLOCK_WIDTH - 3, 7), 0, 180 * 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
