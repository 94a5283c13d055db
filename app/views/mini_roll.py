"""A melody at a glance: used for candidates, for the card under the mouse on the map, and for pins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.i18n import tr
from app.theme import Theme
from engine.codecs.melody import BARS, span_ticks
from engine.score import Note

LEAST_SPAN = 13  # semitones: a melody on two neighbouring pitches must not look like leaps
THICKEST = 6.0  # px: a row never grows clumsier than this


@dataclass(frozen=True)
class Frame:
    """The stretch of time a mini-roll shows.

    Attributes:
        start: tick at its left edge.
        ticks: its length in ticks.
        bars: how many equal bars it holds.
    """

    start: int = 0
    ticks: int = 3840
    bars: int = BARS

    @classmethod
    def two_bars(cls, ticks_per_quarter: int, compound: bool, start: int = 0) -> Frame:
        """The two bars a melody of the map fills."""
        return cls(start, span_ticks(ticks_per_quarter, compound))


def paint_melody(painter: QPainter, area: QRectF, notes: Sequence[Note], frame: Frame, fill: QColor) -> None:
    """Paint notes inside `area`, their pitch range fitted to it."""
    if not notes or area.isEmpty():
        return
    low, high = min(n.pitch for n in notes), max(n.pitch for n in notes)
    spare = max(0, LEAST_SPAN - (high - low + 1)) / 2
    rows = high - low + 1 + 2 * spare
    row = min(area.height() / rows, THICKEST)
    top = area.center().y() - row * rows / 2
    across = area.width() / frame.ticks
    thick = max(2.5, row * 0.86)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    for note in notes:
        x = area.left() + (note.start - frame.start) * across
        width = max(2.0, note.length * across - 1.0)
        y = top + (high - note.pitch + spare) * row + (row - thick) / 2
        painter.drawRoundedRect(QRectF(x, y, width, thick), 1.5, 1.5)


class MiniRoll(QWidget):
    """Two bars drawn small. Shows, asks for nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._notes: tuple[Note, ...] = ()
        self._frame = Frame()
        self._fill: QColor | None = None
        self._playhead: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is shown."""
        return self._notes

    def set_notes(self, notes: tuple[Note, ...], frame: Frame, fill: QColor | None = None) -> None:
        """Show a melody; `fill` is the colour of its notes (that of generated ones unless given)."""
        self._notes, self._frame, self._fill = notes, frame, fill
        self.setAccessibleName(tr("{n} notes").format(n=len(notes)))
        self.update()

    @property
    def playhead(self) -> float | None:
        """Where it is being heard, 0..1."""
        return self._playhead

    def set_playhead(self, fraction: float | None) -> None:
        """Where it is being heard, 0..1, or None."""
        if fraction != self._playhead:
            self._playhead = fraction
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough to tell sixteenths apart."""
        return QSize(128, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bar lines, notes, playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 2, -1, -2)
        painter.setPen(QPen(self._theme.line, 1))
        for bar in range(1, self._frame.bars):
            x = round(area.left() + area.width() * bar / self._frame.bars) + 0.5
            painter.drawLine(int(x), 0, int(x), self.height())
        paint_melody(painter, area, self._notes, self._frame, self._fill or self._theme.generated)
        if self._playhead is not None:
            x = area.left() + area.width() * self._playhead
            painter.fillRect(QRectF(x - 0.75, 0, 1.5, self.height()), self._theme.playhead)
