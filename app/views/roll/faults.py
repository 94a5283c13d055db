"""Faults of voice leading on the paper: a thin mark from voice to voice where one is, and words under the mouse."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen

from app.theme import Theme, font
from app.views.roll.geometry import RollGeometry

REACH = 7  # pixels beside a mark that still mean it
BADGE = 12.0  # pixels of the sign
SIGNS = {"fifth": "5", "octave": "8", "crossing": "×", "overlap": "≷", "range": "!", "leap": "↕"}
MOST_SIGNS = 400  # seen at once; more are lines only


@dataclass(frozen=True)
class Mark:
    """One fault on the paper.

    Attributes:
        tick, low, high: where, from pitch to pitch.
        words: what it is, where, and between whom.
        sign: a letter that says it too.
    """

    tick: int
    low: int
    high: int
    words: str
    sign: str


def sign_of(kind: str) -> str:
    """The letter for a kind of fault."""
    return next((sign for word, sign in SIGNS.items() if word in kind), "!")


class RollFaults(QObject):
    """The marks that are shown, in the order of time.

    Signals: `changed`.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.marks: tuple[Mark, ...] = ()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show these instead."""
        if tuple(marks) != self.marks:
            self.marks = tuple(sorted(marks, key=lambda mark: mark.tick))
            self.changed.emit()

    def between(self, left: float, right: float) -> Sequence[Mark]:
        """Those in a stretch of time."""
        first = bisect_left(self.marks, left, key=lambda mark: mark.tick)
        return self.marks[first : bisect_left(self.marks, right, key=lambda mark: mark.tick)]

    def words_at(self, geometry: RollGeometry, at: QPointF) -> str:
        """What is wrong under the mouse, one line each; empty if nothing is."""
        reach = REACH / geometry.scale
        tick = geometry.tick_at(at.x())
        near = self.between(tick - reach, tick + reach)
        return "\n".join(mark.words for mark in near if _top(geometry, mark) <= at.y() <= _bottom(geometry, mark))

    def paint(self, painter: QPainter, rect: QRect, geometry: RollGeometry, theme: Theme) -> None:
        """A line down the left edges of the notes concerned, and the sign above it."""
        air = 2 * BADGE
        seen = self.between(geometry.tick_at(rect.left() - air), geometry.tick_at(rect.right() + air))
        if not seen:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(0.72, bold=True))
        for mark in seen:
            x, top, bottom = geometry.x_of(mark.tick) + 0.5, _top(geometry, mark), _bottom(geometry, mark)
            painter.setPen(QPen(theme.danger, 1.2, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, top + BADGE), QPointF(x, bottom))
            if len(seen) <= MOST_SIGNS:
                badge = QRectF(x - BADGE / 2, top, BADGE, BADGE)
                painter.setPen(QPen(theme.danger, 1.0))
                painter.setBrush(theme.panel)
                painter.drawEllipse(badge)
                painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, mark.sign)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _top(geometry: RollGeometry, mark: Mark) -> float:
    return geometry.y_of(mark.high) - BADGE - 1


def _bottom(geometry: RollGeometry, mark: Mark) -> float:
    return geometry.y_of(mark.low) + geometry.row - 1
