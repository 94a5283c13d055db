"""Loudness under the notes: a stem and a head per note. Drag sets, Ctrl-drag draws a straight ramp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.gestures.base import Pointer
from app.gestures.velocity import REACH, SetVelocity
from app.i18n import tr
from app.theme import Theme, font, mix
from app.views.roll.grid import bar_columns, fill_rects, paint_playhead, paint_spans
from app.views.roll.keyboard import WIDTH as GUTTER_WIDTH
from app.views.roll.note_table import START, VELOCITY
from app.views.roll.state import Preview, RollState
from app.views.roll.wheel import wheel
from engine.score.columns import Columns, is_generated

TOP, BOTTOM = 8, 5  # pixels kept free above 127 and below 1


class VelocityLane(QWidget):
    """Velocities of the track on the ticks of the roll.

    Args:
        roll: the shared state.
        theme: colours.
    """

    def __init__(self, roll: RollState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roll = roll
        self._theme = theme
        self._drag: SetVelocity | None = None
        self.setMinimumHeight(48)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Velocities"))
        self.setAccessibleDescription(tr("Drag to set how loud notes are, Ctrl and drag for a straight line"))
        self.setToolTip(tr("Drag: velocity · Ctrl + drag: straight line · with a selection only that changes"))
        for signal in (roll.geometry.time_changed, roll.notes_changed, roll.selection_changed, roll.loop_changed):
            signal.connect(self.update)
        roll.overlay_changed.connect(self.update)
        roll.preview_changed.connect(self._repaint_preview)
        roll.playhead_changed.connect(self._repaint_playhead)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def y_of(self, velocity: float) -> float:
        """Pixels from the top of the lane to a velocity."""
        return TOP + (1 - velocity / 127) * (self.height() - TOP - BOTTOM)

    def velocity_at(self, y: float) -> int:
        """Velocity 1..127 at a pixel line."""
        part = 1 - (y - TOP) / max(1, self.height() - TOP - BOTTOM)
        return min(127, max(1, round(part * 127)))

    def _repaint_preview(self, before: Preview, after: Preview) -> None:
        if before.show.shape[1] + after.show.shape[1] > 64:
            self.update()
            return
        for start in np.concatenate([before.show[START], after.show[START], self._hidden(before), self._hidden(after)]):
            self.update(QRect(int(self._roll.geometry.x_of(int(start))) - 6, 0, 14, self.height()))

    def _hidden(self, preview: Preview) -> np.ndarray:
        starts = self._roll.table.columns[START]
        return starts[preview.hide[preview.hide < len(starts)]]

    def _repaint_playhead(self, before: float, after: float) -> None:
        for tick in (before, after):
            self.update(QRect(int(self._roll.geometry.x_of(tick)) - 2, 0, 5, self.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect, roll, theme = event.rect(), self._roll, self._theme
        geometry = roll.geometry
        painter.fillRect(rect, theme.row_white)
        for velocity in (127, 64):
            painter.fillRect(rect.left(), round(self.y_of(velocity)), rect.width(), 1, theme.line)
        columns, _ = bar_columns(roll, geometry.tick_at(rect.left() - 1), geometry.tick_at(rect.right() + 2))
        for x in columns.tolist():
            painter.fillRect(x, rect.top(), 1, rect.height(), mix(theme.line, theme.line_strong, 0.5))
        paint_spans(painter, rect, roll, theme)
        self._paint_notes(painter, rect)
        if roll.overlay and roll.overlay.kind == "ramp":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.accent, 1.5, Qt.PenStyle.DashLine))
            ends = ((roll.overlay.left, roll.overlay.low), (roll.overlay.right, roll.overlay.high))
            painter.drawLine(*(QPointF(geometry.x_of(tick), self.y_of(velocity)) for tick, velocity in ends))
        paint_playhead(painter, geometry.x_of(roll.playhead), rect.top(), rect.height(), theme)
        painter.end()

    def _paint_notes(self, painter: QPainter, rect: QRect) -> None:
        roll, scale = self._roll, self._roll.geometry.scale
        left, right = roll.geometry.left + (rect.left() - 8) / scale, roll.geometry.left + (rect.right() + 9) / scale
        starts = roll.table.columns[START]
        first, last = np.searchsorted(starts, (math.floor(left), math.ceil(right))).tolist()
        columns, chosen = roll.table.columns[:, first:last], roll.mask[first:last]
        if len(roll.preview.hide):
            kept = np.ones(last - first, bool)
            hidden = roll.preview.hide[(roll.preview.hide >= first) & (roll.preview.hide < last)]
            kept[hidden - first] = False
            columns, chosen = columns[:, kept], chosen[kept]
        for lit in (False, True) if chosen.any() else (False,):
            self._paint_group(painter, columns, chosen == lit, lit)
        moving = roll.preview.show
        if moving.shape[1]:
            self._paint_group(painter, moving[:, np.argsort(moving[START])], np.ones(moving.shape[1], bool), True)

    def _paint_group(self, painter: QPainter, columns: Columns, part: NDArray[np.bool_], lit: bool) -> None:
        theme, geometry = self._theme, self._roll.geometry
        faint = self._roll.mask.any() and not lit
        made = is_generated(columns)
        crowded = columns.shape[1] > self.width() / 7
        for generated in (False, True) if made.any() else (False,):
            here = part & (made == generated)
            if columns.shape[1] > self.width():
                x, velocity = self._loudest(columns, here)
            else:
                x = np.floor((columns[START, here] - geometry.left) * geometry.scale)
                velocity = columns[VELOCITY, here]
            if not len(x):
                continue
            colour = theme.generated if generated else theme.mine
            if lit:
                colour = theme.selection
            elif faint:
                colour = mix(theme.row_white, colour, 0.45)
            self._paint_stems(painter, x, velocity, colour, square=generated, crowded=crowded)

    def _loudest(self, columns: Columns, here: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """One stem per pixel column, the loudest note there: more could not be seen. Columns are sorted by start."""
        geometry = self._roll.geometry
        ticks = np.ceil(geometry.left + np.arange(self.width() + 1) / geometry.scale).astype(np.int64)
        edges = np.searchsorted(columns[START], ticks)
        filled = np.flatnonzero(edges[1:] > edges[:-1])
        if not len(filled):
            return filled, filled
        velocity = (columns[VELOCITY] * here)[: edges[-1]]
        loudest = np.maximum.reduceat(velocity, edges[filled])
        return filled[loudest > 0], loudest[loudest > 0]

    def _paint_stems(
        self,
        painter: QPainter,
        x: NDArray[Any],
        velocity: NDArray[np.int64],
        colour: QColor,
        square: bool,
        crowded: bool,
    ) -> None:
        bottom = self.y_of(0)
        top = np.round(bottom - velocity / 127 * (bottom - self.y_of(127)))
        if crowded:  # a cap instead of a head
            fill_rects(painter, x, top, 1.0, bottom - top, mix(self._theme.row_white, colour, 0.5))
            fill_rects(painter, x - 1, top - 1, 3.0, 3.0, colour)
            return
        fill_rects(painter, x, top, 2.0, bottom - top, colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colour)
        for at, y in zip((x + 1).tolist(), top.tolist(), strict=True):
            if square:
                painter.drawRect(QRectF(at - 3, y - 3, 6, 6))
            else:
                painter.drawEllipse(QPointF(at, y), 3.5, 3.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def pointer(self, event: QMouseEvent | QWheelEvent) -> Pointer:
        """A mouse event; the pitch of the pointer is the velocity at its height."""
        at = event.position()
        return Pointer.of(at, event.modifiers(), self._roll.geometry.tick_at(at.x()), self.velocity_at(at.y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and len(self._roll.table):
            at = self.pointer(event)
            self._drag = SetVelocity(self._roll, at, ramp=at.ctrl)
        elif self._drag is not None:
            self.cancel_gesture()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            at = self.pointer(event)
            self._drag.move(at)
            self._roll.say(tr("Velocity {value}").format(value=at.pitch))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.release(self.pointer(event))

    def wheelEvent(self, event: QWheelEvent) -> None:
        at = self.pointer(event)
        wheel(self._roll, at, event, self._head_at(at))
        event.accept()

    def _head_at(self, at: Pointer) -> int | None:
        """The note whose head is under the mouse; the nearest in loudness where several begin together."""
        starts, velocities = self._roll.table.columns[[START, VELOCITY]]
        reach = REACH / self._roll.geometry.scale
        first, last = np.searchsorted(starts, (at.tick - reach, at.tick + reach)).tolist()
        if first >= last:
            return None
        return first + int(np.abs(velocities[first:last] - at.pitch).argmin())

    def cancel_gesture(self) -> bool:
        """Take a drag back that is under way; False if there was none."""
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.cancel()
        return drag is not None


class VelocityGutter(QWidget):
    """What stands at the left of the lane: its name and its scale."""

    def __init__(self, lane: VelocityLane, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._theme = theme
        self.setFixedWidth(GUTTER_WIDTH)
        self.setAccessibleName(tr("Velocity scale"))

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.panel)
        painter.fillRect(GUTTER_WIDTH - 1, 0, 1, self.height(), self._theme.line_strong)
        painter.setFont(font(0.78))
        painter.setPen(self._theme.text_dim)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for velocity in (127, 64, 1) if self.height() >= 64 else (127, 1):
            y = min(max(self._lane.y_of(velocity), 7.0), self.height() - 8.0)
            painter.drawText(QRectF(0, y - 7, GUTTER_WIDTH - 6, 14), right, str(velocity))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(8, 0, GUTTER_WIDTH - 8, 16), left, tr("Vel"))
        painter.end()
