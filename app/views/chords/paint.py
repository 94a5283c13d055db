"""Painting the chord lane: names that stay in sight while their chord sounds, plain blocks where names would crowd."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QStaticText
from PySide6.QtWidgets import QWidget

from app.theme import Theme, font, mix
from app.views.roll.chords import is_silent
from app.views.roll.grid import bar_columns, fill_rects, paint_playhead, paint_spans
from app.views.roll.state import RollState

PAD = 7  # pixels beside a name
TOP, BOTTOM = 3, 4  # pixels above and below a chip
BAND = 3  # pixels of the strong edge at which a chord begins
CROWDED = 14  # pixels a chip must be wide, on the average, to be painted as one
LEAST = 16  # pixels of a chip that can be taken in hand


class ChordPainter:
    """Paints the lane of one roll in one theme."""

    def __init__(self, roll: RollState, theme: Theme) -> None:
        self._roll = roll
        self.theme = theme
        self._font = font(0.95, bold=True)
        self._metrics = QFontMetricsF(self._font)
        self._fill = mix(theme.panel, theme.pin, 0.30 if theme.dark else 0.17)
        self._tail = mix(theme.panel, theme.pin, 0.13 if theme.dark else 0.07)
        self._edge = theme.pin
        self._names: dict[str, tuple[QStaticText, float]] = {}

    def _written(self, name: str) -> tuple[QStaticText, float]:
        """A name ready to be painted, and its width; each is laid out once."""
        if name not in self._names:
            text = QStaticText(name)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.prepare(font=self._font)
            self._names[name] = text, self._metrics.horizontalAdvance(name)
        return self._names[name]

    def head(self, number: int) -> float:
        """Pixel column at which the name of a chord, by which it is taken in hand, ends."""
        chords, geometry = self._roll.chords, self._roll.geometry
        left = max(geometry.x_of(int(chords.starts[number])), 0.0)
        right = geometry.x_of(int(chords.ends[number]))
        width = self._written(chords.name(chords.all[number]))[1] + BAND + 2 * PAD
        return min(right, left + max(LEAST, width))

    def paint(self, widget: QWidget, rect: QRect, hover: int | None) -> None:
        """Paint what touches `rect`.

        Args:
            widget: the lane.
            rect: in its pixels.
            hover: tick at which a click would write; None: it would write nothing.
        """
        painter = QPainter(widget)
        roll, theme, height = self._roll, self.theme, widget.height()
        painter.fillRect(rect, theme.panel)
        columns, _ = bar_columns(roll, roll.geometry.tick_at(rect.left() - 1), roll.geometry.tick_at(rect.right() + 2))
        fill_rects(painter, columns, 0, 1, height, theme.line)
        paint_spans(painter, rect, roll, theme)
        self._chips(painter, rect, height)
        if hover is not None:
            self._plus(painter, hover, height)
        if roll.chords.moving is not None:
            self._moving(painter, height)
        if widget.hasFocus() and roll.chords.place is not None:
            self._hand(painter, height)
        painter.fillRect(rect.left(), height - 1, rect.width(), 1, theme.line_strong)
        paint_playhead(painter, roll.geometry.x_of(roll.playhead), 0, height, theme)
        painter.end()

    def _chips(self, painter: QPainter, rect: QRect, height: int) -> None:
        chords, geometry = self._roll.chords, self._roll.geometry
        left, right = geometry.left + rect.left() / geometry.scale, geometry.left + (rect.right() + 2) / geometry.scale
        first = int(np.searchsorted(chords.ends, left, side="right"))
        last = int(np.searchsorted(chords.starts, right))
        if first >= last:
            return
        if (last - first) * CROWDED > rect.width() + 2 * CROWDED:
            x = np.floor((chords.starts[first:last] - geometry.left) * geometry.scale)
            ends = np.floor((chords.ends[first:last] - geometry.left) * geometry.scale)
            painter.fillRect(QRectF(x[0], TOP, ends[-1] - x[0], height - TOP - BOTTOM), self._tail)
            fill_rects(painter, np.unique(x), TOP, 1, height - TOP - BOTTOM, self._edge)
            return
        moved = chords.moving.tick if chords.moving and not chords.moving.copies else None
        painter.setFont(self._font)
        for number in range(first, last):
            if chords.starts[number] != moved:
                self._chip(painter, number, height)

    def _chip(self, painter: QPainter, number: int, height: int) -> None:
        chords, geometry, theme = self._roll.chords, self._roll.geometry, self.theme
        chord = chords.all[number]
        x0, x1 = (round(geometry.x_of(int(tick))) for tick in (chords.starts[number], chords.ends[number]))
        tall = height - TOP - BOTTOM
        silent, chosen, name = is_silent(chord), chords.place == chord.tick, chords.name(chord)
        if not silent:
            painter.fillRect(QRect(x0, TOP, x1 - x0 - 1, tall), self._tail)
            head = min(x1, max(x0, 0) + round(max(LEAST, self._written(name)[1] + BAND + 2 * PAD)))
            painter.fillRect(QRect(x0, TOP, head - x0 - (head >= x1), tall), self._fill)
        painter.fillRect(QRect(x0, TOP, BAND if x1 - x0 > 2 * BAND else 1, tall), self._edge)
        if chosen:
            painter.setPen(QPen(theme.selection, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(x0 + 0.75, TOP + 0.75, max(2.0, x1 - x0 - 2.5), tall - 1.5))
        self._name(painter, name, max(x0, 0), x1, height, theme.text_dim if silent else theme.text)

    def _name(self, painter: QPainter, name: str, left: int, right: int, height: int, ink: QColor) -> None:
        """The name where there is room for it, cut short where there is room for some."""
        room = right - left - BAND - PAD
        text, width = self._written(name)
        if width > room:
            short = self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
            if len(short) < 2:
                return
            text, _ = self._written(short)
        painter.setPen(ink)
        top = TOP + (height - TOP - BOTTOM - self._metrics.height()) / 2
        painter.drawStaticText(QPointF(left + BAND + PAD - 2, top), text)

    def _plus(self, painter: QPainter, tick: int, height: int) -> None:
        """A place where a click would write, with a plus sign."""
        geometry, theme = self._roll.geometry, self.theme
        x = round(geometry.x_of(tick))
        pen = QPen(theme.pin, 1.2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.panel)
        box = QRectF(x + 0.5, TOP + 0.5, 22, height - TOP - BOTTOM - 1)
        painter.drawRect(box)
        painter.setPen(QPen(theme.pin, 1.6))
        middle = box.center()
        painter.drawLine(QPointF(middle.x() - 4, middle.y()), QPointF(middle.x() + 4, middle.y()))
        painter.drawLine(QPointF(middle.x(), middle.y() - 4), QPointF(middle.x(), middle.y() + 4))

    def _moving(self, painter: QPainter, height: int) -> None:
        """A chord under way, at the place where it would be let go."""
        chords, theme = self._roll.chords, self.theme
        assert chords.moving is not None
        chord = chords.at(chords.moving.tick)
        if chord is None:
            return
        name = chords.name(chord)
        x = round(self._roll.geometry.x_of(chords.moving.to))
        width = round(max(LEAST, self._written(name)[1] + BAND + 2 * PAD))
        painter.fillRect(QRect(x, TOP, width, height - TOP - BOTTOM), self._fill)
        painter.fillRect(QRect(x, TOP, BAND, height - TOP - BOTTOM), self._edge)
        painter.setPen(QPen(theme.selection, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(x + 0.75, TOP + 0.75, width - 1.5, height - TOP - BOTTOM - 1.5))
        self._name(painter, name, x, x + width, height, theme.text)

    def _hand(self, painter: QPainter, height: int) -> None:
        """Where the keyboard stands."""
        assert self._roll.chords.place is not None
        x = round(self._roll.geometry.x_of(self._roll.chords.place))
        painter.fillRect(x - 1, 0, 3, height - 1, self.theme.accent)
        painter.fillRect(x - 1, 0, 9, 3, self.theme.accent)
        painter.fillRect(x - 1, height - 4, 9, 3, self.theme.accent)
