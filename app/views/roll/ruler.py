"""Bar numbers above the roll. A click moves the playhead, a drag loops; where the map writes its bars is marked."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.gestures.base import EDGE, Pointer
from app.gestures.loop import RulerDrag
from app.i18n import tr
from app.theme import Theme, font, mix
from app.views.roll.grid import CLOSEST_BEAT, bar_columns, paint_playhead
from app.views.roll.state import RollState
from app.views.roll.wheel import wheel
from engine.score import Score

HEIGHT = 32
BRACE = 6  # height of the loop brace at the top
MOST_CHANGES = 60  # of time signature and tempo in sight that are told
TARGET = 3  # height of the band, at the bottom, where the map writes


class Ruler(QWidget):
    """Bars, beats, loop brace and playhead.

    Args:
        roll: the shared state.
        theme: colours.
    """

    def __init__(self, roll: RollState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roll = roll
        self._theme = theme
        self._drag: RulerDrag | None = None
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("Ruler"))
        self.setAccessibleDescription(tr("Click to move the playhead, drag to loop, double-click to stop looping"))
        self.setToolTip(tr("Click: playhead · drag: loop · double-click: no loop"))
        for signal in (roll.geometry.time_changed, roll.notes_changed, roll.loop_changed):
            signal.connect(self.update)
        roll.playhead_changed.connect(self._repaint_playhead)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def _repaint_playhead(self, before: float, after: float) -> None:
        for tick in (before, after):
            self.update(QRect(int(self._roll.geometry.x_of(tick)) - 8, 0, 17, HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect, theme = event.rect(), self._theme
        painter.fillRect(rect, theme.panel)
        self._paint_target(painter)
        self._paint_bars(painter, rect)
        painter.fillRect(rect.left(), HEIGHT - 1, rect.width(), 1, theme.line_strong)
        if self._roll.loop:
            self._paint_loop(painter, self._roll.loop)
        self._paint_playhead(painter)
        painter.end()

    def _paint_bars(self, painter: QPainter, rect: QRect) -> None:
        geometry, theme = self._roll.geometry, self._theme
        left, right = geometry.tick_at(rect.left() - 60), geometry.tick_at(rect.right() + 2)
        beats = self._roll.bars.beats(left, right, CLOSEST_BEAT / geometry.scale)
        quiet = mix(theme.panel, theme.line_strong, 0.7)
        for tick in beats.tolist():
            painter.fillRect(int((tick - geometry.left) * geometry.scale // 1), HEIGHT - 7, 1, 6, quiet)
        columns, _ = bar_columns(self._roll, left, right)
        for x in columns.tolist():
            painter.fillRect(x, HEIGHT - 11, 1, 10, theme.line_strong)
        painter.setFont(font(0.82))
        painter.setPen(theme.text_dim)
        metrics = QFontMetricsF(painter.font())
        baseline = BRACE + (HEIGHT - BRACE + metrics.ascent() - metrics.descent()) / 2
        room = metrics.horizontalAdvance("0000") + 8
        ticks, numbers = self._roll.bars.bars(left, right, room / geometry.scale)
        for tick, number in zip(ticks.tolist(), numbers.tolist(), strict=True):
            x = int((tick - geometry.left) * geometry.scale // 1)
            painter.fillRect(x, BRACE + 5, 1, HEIGHT - BRACE - 6, theme.line_strong)
            painter.drawText(QPointF(x + 5, baseline), str(number))
        self._paint_changes(painter, ticks, metrics, baseline)

    def _paint_changes(self, painter: QPainter, bars: NDArray[Any], metrics: QFontMetricsF, baseline: float) -> None:
        """Where time signature or tempo change: what they change to, behind the number of the bar if there is room."""
        geometry, score = self._roll.geometry, self._roll.score
        changes = changes_between(score, geometry.left, geometry.right)
        if len(changes) > MOST_CHANGES:  # a tempo that is played, not written
            return
        painter.setPen(self._theme.accent)
        for tick, text in changes.items():
            bar, _ = self._roll.bars.place(tick)
            number = metrics.horizontalAdvance(str(bar)) + 7 if (bars == tick).any() else 0
            following = min((t for t in (*changes, *bars.tolist()) if t > tick), default=geometry.right + tick)
            x = round(geometry.x_of(tick))
            painter.fillRect(x, HEIGHT - 7, 2, 6, self._theme.accent)
            if number + metrics.horizontalAdvance(text) + 8 < geometry.x_of(following) - x:
                painter.drawText(QPointF(x + 5 + number, baseline), text)

    def _paint_target(self, painter: QPainter) -> None:
        """Two bars that the map writes: a soft band over the notes they will replace."""
        x0, x1 = (round(self._roll.geometry.x_of(tick)) for tick in self._roll.target)
        painter.fillRect(x0, BRACE + 2, x1 - x0, HEIGHT - BRACE - 2, self._theme.accent_soft)
        band = mix(self._theme.accent_soft, self._theme.accent, 0.55)
        painter.fillRect(x0, HEIGHT - 1 - TARGET, x1 - x0, TARGET, band)

    def _paint_loop(self, painter: QPainter, loop: tuple[int, int]) -> None:
        x0, x1 = (round(self._roll.geometry.x_of(tick)) for tick in loop)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.accent)
        painter.drawRoundedRect(QRectF(x0, 1, x1 - x0, BRACE - 1), 2, 2)
        for x, way in ((x0, 1), (x1, -1)):
            painter.drawPolygon(QPolygonF([QPointF(x, 2), QPointF(x + 7 * way, 2), QPointF(x, 13)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_playhead(self, painter: QPainter) -> None:
        x = self._roll.geometry.x_of(self._roll.playhead)
        paint_playhead(painter, x, HEIGHT - 10, 10, self._theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.playhead)
        at = round(x * 2) / 2 + 0.25
        top = HEIGHT - 17
        points = ((at - 5.5, top), (at + 5.5, top), (at + 5.5, top + 5), (at, top + 11), (at - 5.5, top + 5))
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in points]))

    def _pointer(self, event: QMouseEvent | QWheelEvent) -> Pointer:
        tick = self._roll.geometry.tick_at(event.position().x())
        at = QPointF(event.position().x(), 0)
        return Pointer.of(at, event.modifiers(), tick, 60, begun=Qt.KeyboardModifier.NoModifier)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = RulerDrag(self._roll, self._pointer(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._drag.move(self._pointer(event))
            return
        near = any(abs(self._roll.geometry.x_of(t) - event.position().x()) <= EDGE for t in self._roll.loop or ())
        self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.release(self._pointer(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._roll.set_loop(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        wheel(self._roll, self._pointer(event), event)
        event.accept()

    def cancel_gesture(self) -> bool:
        """Take a drag back that is under way; False if there was none."""
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.cancel()
        return drag is not None


def changes_between(score: Score, left: float, right: float) -> dict[int, str]:
    """Tick -> time signature and tempo that begin there; those at the very beginning are no changes."""
    found: dict[int, str] = {}
    for meter in score.meters[1:]:
        if left <= meter.tick < right:
            found[meter.tick] = f"{meter.numerator}/{meter.denominator}"
    first = max(1, bisect_left(score.tempos, left, key=lambda tempo: tempo.tick))
    for tempo in score.tempos[first : bisect_left(score.tempos, right, key=lambda tempo: tempo.tick)]:
        found[tempo.tick] = f"{found.get(tempo.tick, '')}  {tempo.bpm:.4g} bpm".strip()
    return dict(sorted(found.items()))
