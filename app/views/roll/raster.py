"""Tens of thousands of notes as pixels, computed in numpy: the cost is the screen's, not the music's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QImage, QPainter

from app.views.roll.geometry import RollGeometry
from app.views.roll.note_table import LENGTH, PITCH, START
from engine.score.columns import Columns

Cells = NDArray[np.float64] | NDArray[np.int64]
Weights = NDArray[np.float64]
Sums = Callable[[Weights | None], Cells]
"""For a weight per note: its sum over the notes that cover each cell. None counts the notes."""
Colour = Callable[[Sums], NDArray[np.uint32]]
"""From the sums to premultiplied ARGB words, one per cell (0 where there is no note)."""


def raster(painter: QPainter, rect: QRect, geometry: RollGeometry, columns: Columns, colour: Colour) -> None:
    """Paint notes of any number into a rectangle.

    Coverage of every (row, pixel column) comes from sums of +1 at onsets and -1 at ends.

    Args:
        painter: on a widget or an image.
        rect: logical pixels to fill.
        geometry: of the roll.
        columns: notes that may touch the rectangle, shape [5, n].
        colour: gives the cells their colours.
    """
    dpr = painter.device().devicePixelRatio()
    width = int(np.ceil(rect.width() * dpr))
    first, last = geometry.row_at(rect.top()), geometry.row_at(rect.bottom())
    scale, origin = geometry.scale * dpr, rect.left() * dpr
    left = columns[START] * scale
    left -= geometry.left * scale + origin
    right = columns[LENGTH] * scale
    right += left
    x0, x1 = left.astype(np.int64), right.astype(np.int64)
    np.maximum(x1, x0 + 1, out=x1)
    for x in (x0, x1):
        np.maximum(x, 0, out=x)
        np.minimum(x, width, out=x)
    count = last - first + 1
    line = np.minimum(np.maximum(geometry.rows.places[columns[PITCH]] - (first - 1), 0), count + 1)
    line *= width + 1
    cells = (count + 2) * (width + 1)  # a line above and one below take what is not seen
    x0 += line
    x1 += line

    def covered(weights: Weights | None) -> Cells:
        change = np.bincount(x0, weights, cells)
        change -= np.bincount(x1, weights, cells)
        return np.cumsum(change)

    words = colour(covered).reshape(-1, width + 1)[1:-1, :width]
    draw_cells(painter, QPointF(rect.left(), geometry.y_of_row(first)), words, geometry.row, dpr)


def draw_cells(painter: QPainter, at: QPointF, words: NDArray[np.uint32], row: int, dpr: float) -> None:
    """Blow rows of cells up to their height, with a line of air under each, and paint them."""
    rows, width = words.shape
    height = max(1, round(row * dpr))
    pixels = np.zeros((rows, height, width), np.uint32)
    pixels[:, : height - (round(dpr) if row > 4 else 0)] = words[:, None]
    image = QImage(pixels.data, width, rows * height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(dpr)
    painter.drawImage(at, image)
