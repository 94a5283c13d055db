"""The paper under the notes: rows, bar and beat lines, loop, end of the piece."""

from __future__ import annotations

import numpy as np
import shiboken6
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.theme import Theme, mix
from app.views.roll.geometry import RollGeometry
from app.views.roll.note_table import without
from app.views.roll.scale import RollScale
from app.views.roll.state import RollState
from engine.commands.edit import scale_of
from engine.score.drum_names import drum_name

BLACK = frozenset((1, 3, 6, 8, 10))
CLOSEST_BAR, CLOSEST_BEAT, CLOSEST_GRID = 22, 9, 8  # pixels under which lines of that kind are left out
ROW_LINES_FROM = 11  # row height in pixels from which every row has its line


def fill_rects(painter: QPainter, x: ArrayLike, y: ArrayLike, w: ArrayLike, h: ArrayLike, colour: QColor) -> None:
    """Fill many rectangles in one call, without one Python object each. Logical pixels, shape [n] or a number."""
    rects = np.empty((np.size(x), 4))
    rects[:, 0], rects[:, 1], rects[:, 2], rects[:, 3] = x, y, w, h
    if len(rects):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        # QRectF is four doubles in this order: the array is handed over as it lies in memory
        first: QRectF = shiboken6.wrapInstance(rects.ctypes.data, QRectF)  # type: ignore[assignment]
        painter.drawRects(first, len(rects))


def rows_in(geometry: RollGeometry, rect: QRect, more: int = 0) -> tuple[int, ...]:
    """Pitches whose rows touch a rectangle, from the top down, and of so many more rows above and below it."""
    first, last = geometry.row_at(rect.top()), geometry.row_at(rect.bottom())
    return geometry.rows.pitches[max(0, first - more) : last + 1 + more]


def bar_columns(roll: RollState, left: float, right: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Whole pixels at which bar lines stand between two ticks, and their bar numbers from 1."""
    ticks, numbers = roll.bars.bars(left, right, CLOSEST_BAR / roll.geometry.scale)
    return _columns(roll.geometry, ticks), numbers


def _columns(geometry: RollGeometry, ticks: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor((ticks - geometry.left) * geometry.scale).astype(np.int64)


def paint_rows(painter: QPainter, rect: QRect, roll: RollState, theme: Theme) -> None:
    """White-key and black-key rows, or those inside and outside the scale; lines where no change of shade parts rows.

    With the scale highlighted the tonic has the tint of the accent.
    """
    geometry, scale = roll.geometry, roll.scale
    painter.fillRect(rect, theme.row_white)
    octave, quiet = mix(theme.line, theme.line_strong, 0.55), mix(theme.row_white, theme.line, 0.8)
    shades = _scale_shades(scale, theme) if scale.highlight else dict.fromkeys(BLACK, theme.row_black)
    for pitch in rows_in(geometry, rect):
        y = geometry.y_of(pitch)
        if (shade := shades.get(pitch % 12)) is not None:
            painter.fillRect(rect.left(), y, rect.width(), geometry.row, shade)
        if pitch % 12 == 0 and not geometry.rows.folded:
            painter.fillRect(rect.left(), y + geometry.row - 1, rect.width(), 1, octave)
        elif geometry.row >= ROW_LINES_FROM and (
            pitch % 12 == 5 or scale.highlight or geometry.rows.folded
        ):  # E to F: the other place without a black key
            painter.fillRect(rect.left(), y + geometry.row - 1, rect.width(), 1, quiet)


def paint_lines(painter: QPainter, rect: QRect, roll: RollState, theme: Theme) -> None:
    """Bar lines, beat lines and the snap grid, each quieter than the one before; left out where they would crowd."""
    geometry = roll.geometry
    left, right = geometry.tick_at(rect.left() - 1), geometry.tick_at(rect.right() + 2)
    grid = _columns(geometry, roll.bars.grid(left, right, CLOSEST_GRID / geometry.scale, roll.step))
    beats = _columns(geometry, roll.bars.beats(left, right, CLOSEST_BEAT / geometry.scale))
    bars, _ = bar_columns(roll, left, right)
    grid = without(grid, beats)
    firm = 0.72 if len(beats) else 0.4  # without beats between them bar lines need not shout
    for columns, colour in (
        (grid, mix(theme.row_black, theme.line, 0.62)),
        (without(beats, bars), mix(theme.line, theme.line_strong, 0.22)),
        (bars, mix(theme.line, theme.line_strong, firm)),
    ):
        fill_rects(painter, columns, rect.top(), 1, rect.height(), colour)


def paint_spans(painter: QPainter, rect: QRect, roll: RollState, theme: Theme) -> None:
    """The loop, softly; what lies behind the end of the piece, darker."""
    geometry = roll.geometry
    if roll.loop:
        tint = QColor(theme.accent)
        tint.setAlpha(20 if theme.dark else 16)
        x0, x1 = (round(geometry.x_of(tick)) for tick in roll.loop)
        painter.fillRect(QRect(x0, rect.top(), x1 - x0, rect.height()).intersected(rect), tint)
        edge = QColor(theme.accent)
        edge.setAlpha(110)
        for x in (x0, x1 - 1):
            painter.fillRect(x, rect.top(), 1, rect.height(), edge)
    end = round(geometry.x_of(roll.piece_end))
    if end <= rect.right():
        after = QRect(max(end, rect.left()), rect.top(), rect.right() - max(end, rect.left()) + 1, rect.height())
        shade = QColor(theme.window)
        shade.setAlpha(150)
        painter.fillRect(after, shade)
        painter.fillRect(end, rect.top(), 2, rect.height(), theme.line_strong)


def paint_foot(painter: QPainter, rect: QRect, geometry: RollGeometry, theme: Theme) -> None:
    """Nothing, below the lowest row."""
    if geometry.foot <= rect.bottom():
        painter.fillRect(rect.left(), geometry.foot, rect.width(), rect.bottom() - geometry.foot + 1, theme.window)


def paint_playhead(painter: QPainter, x: float, top: int, height: int, theme: Theme) -> None:
    """One line and a half, sharp at its place."""
    painter.fillRect(QRectF(round(x * 2) / 2 - 0.5, top, 1.5, height), theme.playhead)


def _scale_shades(scale: RollScale, theme: Theme) -> dict[int, QColor]:
    """Paper by pitch class: shaded outside the scale, tinted on its tonic."""
    outside = mix(theme.row_black, theme.line, 0.75) if not theme.dark else mix(theme.row_black, theme.window, 0.9)
    inside = scale_of(scale.key)
    shades = {step: outside for step in range(12) if step not in inside}
    return shades | {inside[0]: mix(theme.row_white, theme.accent, 0.12 if theme.dark else 0.1)}


def is_black(pitch: int) -> bool:
    """Whether a pitch is a black key."""
    return pitch % 12 in BLACK


def note_name(pitch: int, fifths: int = 0) -> str:
    """C4 is middle C (60); flats in keys that have flats."""
    names = ("C D♭ D E♭ E F G♭ G A♭ A B♭ B" if fifths < 0 else "C C♯ D D♯ E F F♯ G G♯ A A♯ B").split()
    return f"{names[pitch % 12]}{pitch // 12 - 1}"


def called(roll: RollState, pitch: int, fifths: int = 0) -> str:
    """What a pitch of the edited track is called: on drums "Snare", else its note."""
    return (drum_name(pitch) if roll.current.drums else "") or note_name(pitch, fifths)
