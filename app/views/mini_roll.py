"""Music at a glance: used for candidates, ideas, bricks, for the card under the mouse on the map, and for pins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.i18n import tr
from app.theme import Theme, mix
from engine.codecs.codec import Codec
from engine.codecs.melody import BARS
from engine.score import Note

LEAST_SPAN = 13  # semitones: a melody on two neighbouring pitches must not look like leaps
DASHED_UP_TO = 400  # notes: above, they are too short for dashes to be seen
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
    def window(cls, codec: Codec, ticks_per_quarter: int, compound: bool, start: int = 0) -> Frame:
        """The bars a window of a codec fills."""
        return cls(start, codec.span_ticks(ticks_per_quarter, compound), codec.bars)


@dataclass(frozen=True)
class Stroke:
    """How the notes of one of several voices are drawn: a colour, and a shape for those who do not see it.

    Attributes:
        colour: of the notes.
        dashes: lengths of dash and gap in thicknesses of the line; empty for an unbroken one.
        weight: thickness beside that of a plain note.
    """

    colour: QColor
    dashes: tuple[float, ...] = ()
    weight: float = 1.0


def strokes(theme: Theme) -> tuple[Stroke, ...]:
    """One for each voice, from the top: unbroken, dashed, dotted, thick."""
    return (
        Stroke(theme.generated if theme.dark else mix(theme.generated, theme.playhead, 0.55)),
        Stroke(theme.pin, (1.7, 0.7)),
        Stroke(theme.mine, (0.7, 0.6)),
        Stroke(theme.text_dim, (), 1.45),
    )


@dataclass(frozen=True)
class _Scale:
    """Where notes lie in a picture."""

    left: float
    across: float  # px a tick
    top: float
    row: float  # px a semitone
    high: float  # pitch of the topmost row

    @property
    def thick(self) -> float:
        return max(2.5, self.row * 0.86)

    def box(self, note: Note, frame: Frame) -> QRectF:
        """The place of a note."""
        x = self.left + (note.start - frame.start) * self.across
        y = self.top + (self.high - note.pitch) * self.row + (self.row - self.thick) / 2
        return QRectF(x, y, max(2.0, note.length * self.across - 1.0), self.thick)

    def line(self, note: Note, frame: Frame) -> QLineF:
        """The middle of that place, quickly: sketches of a thousand notes are drawn while a hand drags."""
        x = self.left + (note.start - frame.start) * self.across
        y = self.top + (self.high - note.pitch) * self.row + self.row / 2
        return QLineF(x, y, x + max(2.0, note.length * self.across - 1.0), y)


def _scale(area: QRectF, notes: Sequence[Note], frame: Frame) -> _Scale:
    low, high = min(n.pitch for n in notes), max(n.pitch for n in notes)
    spare = max(0, LEAST_SPAN - (high - low + 1)) / 2
    rows = high - low + 1 + 2 * spare
    row = min(area.height() / rows, THICKEST)
    return _Scale(area.left(), area.width() / frame.ticks, area.center().y() - row * rows / 2, row, high + spare)


def paint_melody(
    painter: QPainter,
    area: QRectF,
    notes: Sequence[Note],
    frame: Frame,
    fill: QColor,
    mine: tuple[QColor, Callable[[Note], bool]] | None = None,
) -> None:
    """Paint notes inside `area`, their pitch range fitted to it; `mine` is the colour of some of them, and of which."""
    if not notes or area.isEmpty():
        return
    scale = _scale(area, notes, frame)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    for note in notes:
        if mine is not None:
            painter.setBrush(mine[0] if mine[1](note) else fill)
        painter.drawRoundedRect(scale.box(note, frame), 1.5, 1.5)


def paint_voices(painter: QPainter, area: QRectF, voices: Sequence[Sequence[Note]], frame: Frame, theme: Theme) -> None:
    """Paint one melody as `paint_melody` does, or several voices on one scale, each with a stroke of its own."""
    if len(voices) == 1:
        paint_melody(painter, area, voices[0], frame, theme.generated)
        return
    every = [note for voice in voices for note in voice]
    if not every or area.isEmpty():
        return
    scale = _scale(area, every, frame)
    known = strokes(theme)
    for number in reversed(range(len(voices))):  # the topmost voice is painted last, over what it meets
        stroke = known[number % len(known)]
        pen = QPen(stroke.colour, scale.thick * stroke.weight, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        if stroke.dashes and len(every) <= DASHED_UP_TO:
            pen.setDashPattern(stroke.dashes)
        painter.setPen(pen)
        painter.drawLines([scale.line(note, frame) for note in voices[number]])


class MiniRoll(QWidget):
    """A few bars drawn small. Shows, asks for nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._voices: tuple[tuple[Note, ...], ...] = ()
        self._frame = Frame()
        self._fill: QColor | None = None
        self._playhead: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is shown, voice by voice."""
        return tuple(note for voice in self._voices for note in voice)

    def set_notes(self, notes: tuple[Note, ...], frame: Frame, fill: QColor | None = None) -> None:
        """Show a melody; `fill` is the colour of its notes (that of generated ones unless given)."""
        self._fill = fill
        self.set_voices((notes,), frame)

    def set_voices(self, voices: Sequence[tuple[Note, ...]], frame: Frame) -> None:
        """Show several voices, each with a stroke of its own; one is a melody."""
        self._voices, self._frame = tuple(voices), frame
        self.setAccessibleName(tr("{n} notes").format(n=len(self.notes)))
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
        if self._fill is not None and len(self._voices) == 1:
            paint_melody(painter, area, self._voices[0], self._frame, self._fill)
        else:
            paint_voices(painter, area, self._voices, self._frame, self._theme)
        if self._playhead is not None:
            x = area.left() + area.width() * self._playhead
            painter.fillRect(QRectF(x - 0.75, 0, 1.5, self.height()), self._theme.playhead)
