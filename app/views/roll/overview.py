"""A track seen from far away: its notes in coarse bins, in ever coarser copies, so that any zoom reads few numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QPainter

from app.views.roll.geometry import RollGeometry
from app.views.roll.note_table import LENGTH, PITCH, START, VELOCITY
from app.views.roll.raster import draw_cells
from app.views.roll.rows import PITCHES
from engine.score.columns import Columns, is_generated

BINS_PER_QUARTER = 4
MOST_BINS = 1 << 17  # of the finest copy: a piece of 32,000 quarters; longer ones get coarser bins


class Overview:
    """What sounds in every (pitch, bin): 0 nothing, else 1 + velocity // 16, + 8 for generated notes.

    Built once per table, on first need: 100,000 notes take about ten milliseconds, painting then a tenth of that.

    Args:
        columns: shape [5, n].
        ticks_per_quarter: resolution of the piece.
    """

    def __init__(self, columns: Columns, ticks_per_quarter: int) -> None:
        end = int((columns[START] + columns[LENGTH]).max(initial=0))
        self.step = max(1, ticks_per_quarter // BINS_PER_QUARTER, -(-end // MOST_BINS))
        bins = end // self.step + 2
        first = columns[START] // self.step
        spans = np.maximum(1, -(-(columns[START] + columns[LENGTH]) // self.step) - first)
        value = (1 + (columns[VELOCITY] >> 4) + 8 * is_generated(columns)).astype(np.uint8)
        finest = np.zeros((PITCHES, bins + bins % 2), np.uint8)
        flat = columns[PITCH] * finest.shape[1] + first
        ends = np.cumsum(spans)
        places = np.repeat(flat - (ends - spans), spans) + np.arange(ends[-1] if len(ends) else 0)
        finest.ravel()[places] = np.repeat(value, spans)
        self._copies = [finest]

    def serves(self, geometry: RollGeometry) -> bool:
        """Whether a pixel holds at least one whole bin."""
        return self.step * geometry.scale <= 1

    def paint(self, painter: QPainter, rect: QRect, geometry: RollGeometry, words: NDArray[np.uint32]) -> None:
        """Paint a rectangle; `words` are premultiplied ARGB for the 17 values."""
        dpr = painter.device().devicePixelRatio()
        first, last = geometry.row_at(rect.top()), geometry.row_at(rect.bottom())
        per_pixel = 1 / (geometry.scale * dpr * self.step)  # bins
        level = max(0, int(np.log2(per_pixel)))
        cells = self._copy(level)[geometry.rows.pitch_of[first : last + 1]]
        per_pixel /= 1 << level
        edges = (geometry.left * geometry.scale + rect.left()) * dpr + np.arange(int(np.ceil(rect.width() * dpr)) + 1)
        reached = (edges * per_pixel).astype(np.int64)
        bins = np.minimum(reached, cells.shape[1] - 1)
        seen = cells[:, bins[:-1]]
        if level or per_pixel > 1:
            np.maximum(seen, cells[:, np.maximum(bins[1:] - 1, bins[:-1])], out=seen)
        seen[:, reached[:-1] >= cells.shape[1]] = 0  # behind the last bin
        draw_cells(painter, QPointF(rect.left(), geometry.y_of_row(first)), words[seen], geometry.row, dpr)

    def _copy(self, level: int) -> NDArray[np.uint8]:
        while len(self._copies) <= level and self._copies[-1].shape[1] > 2:
            fine = self._copies[-1]
            coarse = np.maximum(fine[:, 0::2], fine[:, 1::2])
            self._copies.append(np.pad(coarse, ((0, 0), (0, coarse.shape[1] % 2))))
        return self._copies[min(level, len(self._copies) - 1)]
