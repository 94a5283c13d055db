"""Painting notes fast: rounded and named when few are seen, plain rectangles when many, pixels from numpy above."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QStaticText

from app.theme import Theme, font, mix
from app.views.roll.geometry import RollGeometry
from app.views.roll.grid import fill_rects, note_name
from app.views.roll.locks import paint_locks
from app.views.roll.note_table import LENGTH, PITCH, START, VELOCITY
from app.views.roll.raster import Sums, raster
from engine.score.columns import Columns, is_generated, is_locked

LEVELS = 8  # steps of lightness that tell velocity
DASHED_UP_TO = 120  # notes not written yet: above, dashes cost more than they show
ROUNDED_UP_TO = 420  # notes: above, corners and borders cost more than they show
RECTANGLES_UP_TO = 5000  # notes: above, pixels are computed in numpy
ROUNDED_FROM_ROW = 8
NAMES_FROM_ROW = 13

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Boxes:
    """Notes as rectangles in logical pixels, with the number of their colour (see `NotePainter.fills`)."""

    x: Floats
    y: Floats
    w: Floats
    colour: NDArray[np.int64]
    pitch: NDArray[np.int64]
    locked: NDArray[np.bool_]


class NotePainter:
    """Paints columns of notes in one theme.

    Colours are numbered: velocity level 0..7, + 8 if generated, + 16 if selected.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.font = font(0.8)
        self._ascent = QFontMetricsF(self.font).height()
        self._names: dict[tuple[int, bool], QStaticText] = {}
        self._widest = QFontMetricsF(self.font).horizontalAdvance("C♯4") + 7
        self.fills = [_fill(theme, c % LEVELS, bool(c & 8), bool(c & 16)) for c in range(4 * LEVELS)]
        self.borders = [mix(fill, theme.text if not theme.dark else theme.window, 0.42) for fill in self.fills]
        self.inks = [_ink(theme, fill) for fill in self.fills]
        self._words = np.array([fill.rgba() for fill in self.fills], dtype=np.uint32)
        self.overview_words = np.concatenate([np.zeros(1, np.uint32), self._words[: 2 * LEVELS]])

    def boxes(self, geometry: RollGeometry, columns: Columns, selected: NDArray[np.bool_], dpr: float) -> Boxes:
        """Where notes are, with edges on device pixels and one pixel of air between neighbours."""
        x0 = np.floor((columns[START] - geometry.left) * (geometry.scale * dpr)) / dpr
        x1 = np.floor((columns[START] + columns[LENGTH] - geometry.left) * (geometry.scale * dpr)) / dpr
        gap = 1.0 if geometry.scale * geometry.ticks_per_quarter >= 12 else 0.0
        width = np.maximum(x1 - x0 - gap, 1.5)
        y = geometry.tops_of(columns[PITCH]).astype(np.float64)
        colour = np.minimum(columns[VELOCITY] >> 4, LEVELS - 1) + LEVELS * is_generated(columns) + 16 * selected
        return Boxes(x0, y, width, colour, columns[PITCH], is_locked(columns))

    def paint(
        self,
        painter: QPainter,
        rect: QRect,
        geometry: RollGeometry,
        columns: Columns,
        selected: NDArray[np.bool_],
        fifths: int = 0,
    ) -> None:
        """Paint notes that touch `rect`, in the way their number allows. `fifths` of the key spell the names."""
        count = columns.shape[1]
        if not count:
            return
        dpr = painter.device().devicePixelRatio()
        painter.setPen(Qt.PenStyle.NoPen)
        if count > RECTANGLES_UP_TO:
            raster(painter, rect, geometry, columns, partial(self._cells, columns, selected))
            return
        boxes = self.boxes(geometry, columns, selected, dpr)
        if count <= ROUNDED_UP_TO and geometry.row >= ROUNDED_FROM_ROW:
            self._rounded(painter, boxes, geometry.row)
            if geometry.row >= NAMES_FROM_ROW:
                self._name(painter, boxes, geometry, fifths)
        else:
            self._plain(painter, boxes, geometry.row)
        if boxes.locked.any() and geometry.row >= 6:
            x, y, w = (part[boxes.locked] for part in (boxes.x, boxes.y, boxes.w))
            paint_locks(painter, x, y, w, geometry.row - 1.0, self.theme)

    def _plain(self, painter: QPainter, boxes: Boxes, row: int) -> None:
        height = row - 1.0 if row > 4 else float(row)
        for colour in np.flatnonzero(np.bincount(boxes.colour)).tolist():
            at = boxes.colour == colour
            x, y, w = boxes.x[at], boxes.y[at], boxes.w[at]
            fill_rects(painter, x, y, w, height, self.fills[colour])
            if colour & 8 and row >= 6:  # generated: a stripe at the onset as well as another colour
                wide = w >= 5
                fill_rects(painter, x[wide], y[wide], np.full(wide.sum(), 2.0), height, self.borders[colour])
        chosen = boxes.colour >= 16
        if chosen.any() and row >= 6:
            wide = chosen & (boxes.w >= 4)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            fill_rects(painter, boxes.x[wide], boxes.y[wide], boxes.w[wide], 1.0, self.theme.selection)
            fill_rects(painter, boxes.x[wide], boxes.y[wide] + height - 1, boxes.w[wide], 1.0, self.theme.selection)

    def _rounded(self, painter: QPainter, boxes: Boxes, row: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = row - 1.0
        radius = min(3.5, row / 5)
        order = np.argsort(boxes.colour, kind="stable")
        present = -1
        values = zip(*(part[order].tolist() for part in (boxes.x, boxes.y, boxes.w, boxes.colour)), strict=True)
        for x, y, w, colour in values:
            if colour != present:
                present = colour
                painter.setBrush(self.fills[colour])
                painter.setPen(QPen(self.theme.selection, 1.6) if colour >= 16 else QPen(self.borders[colour], 1.0))
            box = QRectF(x + 0.5, y + 0.5, max(1.0, w - 1), height - 1)
            if colour & 8:
                painter.drawPath(_notched(box, radius))
                if w >= 9:
                    painter.fillRect(QRectF(x + 2.5, y + 2.5, 2, height - 5), self.borders[colour])
            elif w < 4:
                painter.drawRect(box)
            else:
                corner = min(radius, w / 4)
                painter.drawRoundedRect(box, corner, corner)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)

    def _name(self, painter: QPainter, boxes: Boxes, geometry: RollGeometry, fifths: int) -> None:
        wide = np.flatnonzero(boxes.w >= self._widest)
        painter.setFont(self.font)
        dy = (geometry.row - 1 - self._ascent) / 2
        for i in wide.tolist():
            colour = int(boxes.colour[i])
            text = self._names.get(key := (int(boxes.pitch[i]), fifths < 0))
            if text is None:
                text = self._names[key] = QStaticText(note_name(key[0], fifths))
                text.setTextFormat(Qt.TextFormat.PlainText)
                text.prepare(font=self.font)
            painter.setPen(self.inks[colour])
            x = max(float(boxes.x[i]), 0.0) if boxes.x[i] + boxes.w[i] > self._widest else float(boxes.x[i])
            painter.drawStaticText(QPointF(x + (8 if colour & 8 else 4), boxes.y[i] + dy), text)
        painter.setPen(Qt.PenStyle.NoPen)

    def _cells(self, columns: Columns, selected: NDArray[np.bool_], sums: Sums) -> NDArray[np.uint32]:
        """Colours of raster cells: the mean velocity there, generated where most are, selected where any is."""
        # one pass for three sums: the count in the low 16 bits, velocity in 23, generated above; 52 bits are exact
        weights = columns[VELOCITY] * float(1 << 16)
        weights += 1
        if (made := is_generated(columns)).any():
            weights += made * float(1 << 39)
        packed = sums(weights).astype(np.int64)
        count = packed & 0xFFFF
        level = ((packed >> 16) & 0x7FFFFF) // np.maximum(count, 1) >> 4
        colour = np.minimum(level, LEVELS - 1) + LEVELS * ((packed >> 39) * 2 > count)
        if selected.any():
            colour += 2 * LEVELS * (sums(selected.astype(float)) > 0)
        return np.where(count > 0, self._words[colour], np.uint32(0))


def paint_flat(
    painter: QPainter,
    rect: QRect,
    geometry: RollGeometry,
    columns: Columns,
    colour: QColor,
    outlined: QColor | None = None,
) -> None:
    """Notes of one colour without velocity: other tracks, faint; `outlined` adds a dashed border (a morph's ghosts)."""
    if columns.shape[1] > RECTANGLES_UP_TO:
        word = np.uint32(colour.rgba())
        raster(painter, rect, geometry, columns, lambda sums: np.where(sums(None) > 0, word, np.uint32(0)))
        return
    x = np.floor((columns[START] - geometry.left) * geometry.scale)
    w = np.maximum(np.floor((columns[START] + columns[LENGTH] - geometry.left) * geometry.scale) - x - 1, 1)
    y = geometry.tops_of(columns[PITCH]).astype(np.float64)
    painter.setPen(Qt.PenStyle.NoPen)
    if outlined is None or columns.shape[1] > DASHED_UP_TO:
        fill_rects(painter, x, y, w, geometry.row - 1.0, colour)
        if outlined is not None and geometry.row > 4:
            fill_rects(painter, x, y, w, 1.0, outlined)
            fill_rects(painter, x, y + geometry.row - 2, w, 1.0, outlined)
        return
    pen = QPen(outlined, 1.4, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([3, 2])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(colour)
    painter.setPen(pen)
    radius = min(3.5, geometry.row / 5)
    for left, top, width in zip(x.tolist(), y.tolist(), w.tolist(), strict=True):
        painter.drawRoundedRect(QRectF(left + 0.5, top + 0.5, max(1.0, width - 1), geometry.row - 2), radius, radius)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _notched(box: QRectF, radius: float) -> QPainterPath:
    """A box without its upper right corner: the shape of generated notes, told apart without colour."""
    cut = min(box.height() * 0.5, box.width() * 0.5, 7.0)
    round_ = min(radius, box.width() / 2)
    path = QPainterPath(QPointF(box.left() + round_, box.top()))
    path.lineTo(box.right() - cut, box.top())
    path.lineTo(box.right(), box.top() + cut)
    path.lineTo(box.right(), box.bottom())
    path.lineTo(box.left() + round_, box.bottom())
    path.quadTo(box.bottomLeft(), QPointF(box.left(), box.bottom() - round_))
    path.lineTo(box.left(), box.top() + round_)
    path.quadTo(box.topLeft(), QPointF(box.left() + round_, box.top()))
    return path


def _fill(theme: Theme, level: int, generated: bool, selected: bool) -> QColor:
    """Soft notes come near the paper, loud ones are full; selected ones are brighter in either theme."""
    base = theme.generated if generated else theme.mine
    made = mix(theme.row_white, base, 0.38 + 0.62 * level / (LEVELS - 2) if level < LEVELS - 1 else 1.0)
    if level == LEVELS - 1:
        made = mix(base, theme.text if theme.dark else theme.selection, 0.14)
    return mix(made, QColor("white"), 0.28) if selected else made


def _ink(theme: Theme, fill: QColor) -> QColor:
    """Dark or light letters, whichever reads better on a fill."""
    light = 0.2126 * fill.redF() ** 2.2 + 0.7152 * fill.greenF() ** 2.2 + 0.0722 * fill.blueF() ** 2.2
    return QColor("#0d1416") if light > 0.2 else QColor("#ffffff")
