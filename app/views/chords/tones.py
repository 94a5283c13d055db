"""The tones of chords as tinted rows under the notes: of the chord that is looked at, or of all."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

from app.theme import Theme
from app.views.roll.grid import fill_rects, rows_in
from app.views.roll.state import RollState

MOST = 200  # chords in sight; where there are more, rows of colour tell nothing
NARROWEST = 6  # pixels a chord must be wide


def paint_tones(painter: QPainter, rect: QRect, roll: RollState, theme: Theme) -> None:
    """Tint the rows of chord tones over the time of their chord, the root a little more."""
    chords, geometry = roll.chords, roll.geometry
    if chords.looked_at < 0 and not chords.tones:
        return
    first, last = chords.looked_at, chords.looked_at + 1
    if chords.tones:
        left, right = geometry.left + rect.left() / geometry.scale, geometry.left + (rect.right() + 1) / geometry.scale
        first = int(np.searchsorted(chords.ends, left, side="right"))
        last = int(np.searchsorted(chords.starts, right))
        if last - first > MOST:
            return
    rows = np.array(rows_in(geometry, rect), dtype=np.int64)
    parts: dict[bool, list[np.ndarray]] = {False: [], True: []}
    for number in range(first, last):
        chord = chords.all[number]
        x0, x1 = (round(geometry.x_of(int(tick))) for tick in (chords.starts[number], chords.ends[number]))
        x0, x1 = max(x0, rect.left()), min(x1, rect.right() + 1)
        if x1 - x0 < min(NARROWEST, rect.width()):
            continue
        for place, tone in enumerate(chord.classes):
            tops = geometry.tops_of(rows[rows % 12 == tone])
            parts[place == 0].append(np.stack([np.full(len(tops), x0), tops, np.full(len(tops), x1 - x0)]))
    for root, found in parts.items():
        if found:
            x, y, w = np.concatenate(found, axis=1)
            fill_rects(painter, x, y, w, geometry.row - (1 if geometry.row > 4 else 0), tint(theme, root))


def tint(theme: Theme, root: bool) -> QColor:
    """The colour of a row that a chord has, of its root or of another tone."""
    made = QColor(theme.pin)
    made.setAlpha((64 if theme.dark else 60) if root else (36 if theme.dark else 32))
    return made
