"""The plane the puck moves on: turns mouse and keys into places on the map, and paints them. Decides nothing.

Imports pyqtgraph, so it is itself imported only once the map is to be shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.theme import Theme
from app.views.map.items import PUCK_RADIUS, DotCloud, PinMark, Puck, Way, paint_words

FINE = 0.125  # how much of the mouse's way the puck takes while Shift is held
REACH = 9.0  # px around a dot within which the mouse means it
STEP, FINE_STEP = 0.02, 0.004  # of the visible plane, for one arrow key
ZOOM_STEP = 1.2
FARTHEST, NEAREST = 2.5, 0.04  # visible width as a share of the whole map's
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
OWN_KEYS = {*ARROWS, Qt.Key.Key_Home, Qt.Key.Key_Escape, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Return}


class MapCanvas(pg.GraphicsView):
    """A plane with dots, pins, a way and a puck.

    Signals carry places in plane units: `grabbed` (press; with the dot meant, or -1), `dragged`, `released`,
    `stepped` (an arrow key's way), `settled` (Return: keep it now), `cancelled` (Escape), `doubled` (double click),
    `menu_wanted` (place, screen position) and `hovered` (index of the dot under the mouse, -1 for none).
    """

    grabbed = Signal(QPointF, int)
    dragged = Signal(QPointF)
    released = Signal()
    stepped = Signal(QPointF)
    settled = Signal()
    cancelled = Signal()
    doubled = Signal(QPointF)
    menu_wanted = Signal(QPointF, QPoint)
    hovered = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setObjectName("first in the panel")
        self.setAccessibleName(tr("Map of melodies"))
        self.setAccessibleDescription(tr("Arrow keys move the puck, Shift more finely; Home shows the whole map."))
        self._theme = theme
        self._dots = np.zeros((0, 2), np.float32)
        self._extent, self._words = (0.0, 1.0, 0.0, 1.0), ("", "", "", "")
        self._box = pg.ViewBox(enableMouse=False, enableMenu=False, defaultPadding=0)
        self.setCentralItem(self._box)
        self._cloud, self._way, self._puck = DotCloud(theme), Way(theme), Puck(theme)
        self._marks: list[PinMark] = []
        for item in (self._cloud, self._way, self._puck):
            self._box.addItem(item, ignoreBounds=True)
        self._hand: QPointF | None = None  # where the hand is during a drag, before any snapping
        self._last = QPointF()
        self._panning = False
        self._dot = -1
        self.viewport().setMouseTracking(True)
        self.set_theme(theme)

    # ------------------------------------------------------------------------------------------------ what is shown

    def show_plane(
        self,
        dots: NDArray[np.float32],
        values: NDArray[np.float32],
        words: tuple[str, str, str, str],
    ) -> None:
        """Show a corpus on a plane.

        Args:
            dots: places [n, 2].
            values: the quality they are shaded by, [n].
            words: what lies at the left, right, lower and upper edge.
        """
        self._dots, self._words = np.ascontiguousarray(dots), words
        self._cloud.show_dots(self._dots, values)

    def set_extent(self, extent: tuple[float, float, float, float]) -> None:
        """What the whole map is: x low, x high, y low, y high."""
        self._extent = extent

    def set_theme(self, theme: Theme) -> None:
        """Repaint everything in another theme."""
        self._theme = theme
        self.setBackground(theme.row_white)
        for item in (self._cloud, self._way, self._puck):
            item.set_theme(theme)
        for mark in self._marks:
            mark.set_theme(theme)
        self.viewport().update()

    @property
    def dots(self) -> NDArray[np.float32]:
        """Places of the dots that are shown, [n, 2]."""
        return self._dots

    def place_puck(self, x: float, y: float, held: bool = False) -> None:
        """Put the puck there; nothing else is moved."""
        self._puck.setPos(x, y)
        self._puck.set_state(held=held)

    @property
    def puck(self) -> QPointF:
        """Where the puck is, in plane units."""
        return self._puck.pos()

    def place_pins(self, pins: Sequence[tuple[str, float, float]], way: NDArray[np.float32]) -> None:
        """Show lettered pins and the way [n, 2] between the first two (may be empty)."""
        for mark in self._marks:
            self._box.removeItem(mark)
            if mark.scene() is not None:
                mark.scene().removeItem(mark)
        self._marks = []
        for label, x, y in pins:
            mark = PinMark(label, self._theme)
            self._box.addItem(mark, ignoreBounds=True)
            mark.setPos(x, y)
            self._marks.append(mark)
        self._way.set_points(way)
        self.viewport().update()

    def reset_view(self) -> None:
        """Show the whole map."""
        left, right, bottom, top = self._extent
        across, up = 0.06 * (right - left), 0.09 * (top - bottom)  # room for the words at the edges
        self._box.setRange(xRange=(left - across, right + across), yRange=(bottom - up, top + up), padding=0)

    def zoom(self, factor: float, around: QPointF) -> None:
        """Make the visible plane `factor` times as wide, keeping `around` where it is."""
        (left, right), _ = self._box.viewRange()
        whole = self._extent[1] - self._extent[0]
        factor = min(max(factor, NEAREST * whole / (right - left)), FARTHEST * whole / (right - left))
        self._box.scaleBy((factor, factor), center=(around.x(), around.y()))

    def let_go(self) -> None:
        """Whatever the hand does until it presses again, it holds nothing."""
        self._hand = None

    # ------------------------------------------------------------------------------------------------------ places

    def plane(self, pixel: QPointF) -> QPointF:
        """The place on the plane under a pixel of the viewport."""
        (left, right), (bottom, top) = self._box.viewRange()
        width, height = max(1, self.viewport().width()), max(1, self.viewport().height())
        return QPointF(
            left + (right - left) * pixel.x() / width,
            top - (top - bottom) * pixel.y() / height,
        )

    def pixel(self, x: float, y: float) -> QPointF:
        """The pixel of the viewport a place is painted at."""
        across, up = self.scale_px()
        (left, _), (_, top) = self._box.viewRange()
        return QPointF((x - left) * across, (top - y) * up)

    def scale_px(self) -> tuple[float, float]:
        """Pixels per plane unit, across and up."""
        (left, right), (bottom, top) = self._box.viewRange()
        return self.viewport().width() / (right - left), self.viewport().height() / (top - bottom)

    def on_puck(self, pixel: QPointF) -> bool:
        """Whether the mouse means the puck."""
        return (self.pixel(self.puck.x(), self.puck.y()) - pixel).manhattanLength() <= 1.5 * PUCK_RADIUS

    def dot_at(self, pixel: QPointF) -> int:
        """Index of the dot the mouse means, or -1."""
        if not len(self._dots):
            return -1
        place, scale = self.plane(pixel), np.array(self.scale_px())
        far = np.square((self._dots - (place.x(), place.y())) * scale).sum(1)
        nearest = int(far.argmin())
        return nearest if far[nearest] <= REACH**2 else -1

    # ------------------------------------------------------------------------------------------------ mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._last = event.position()
        wants_pan = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.button() == Qt.MouseButton.MiddleButton or (event.button() == Qt.MouseButton.LeftButton and wants_pan):
            self._panning = True
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._set_dot(-1)
            on_puck = self.on_puck(event.position())
            dot = -1 if on_puck else self.dot_at(event.position())
            if on_puck:
                self._hand = self.puck
            elif dot >= 0:
                self._hand = QPointF(*map(float, self._dots[dot]))
            else:
                self._hand = self.plane(event.position())
            self.grabbed.emit(self._hand, dot)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        now, before = self.plane(event.position()), self.plane(self._last)
        self._last = event.position()
        if self._panning:
            self._box.translateBy(x=before.x() - now.x(), y=before.y() - now.y())
        elif self._hand is not None:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            left, right, bottom, top = self._extent
            hand = self._hand + (now - before) * (FINE if fine else 1.0)
            room_x, room_y = 0.25 * (right - left), 0.25 * (top - bottom)  # beyond the corpus, but not out of sight
            self._hand = QPointF(
                min(max(hand.x(), left - room_x), right + room_x), min(max(hand.y(), bottom - room_y), top + room_y)
            )
            self.dragged.emit(self._hand)
        else:
            self._set_dot(self.dot_at(event.position()))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._panning and event.button() in (Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton):
            self._panning = False
            self.viewport().unsetCursor()
        elif self._hand is not None and event.button() == Qt.MouseButton.LeftButton:
            self._hand = None
            self.released.emit()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.doubled.emit(self.plane(event.position()))
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() / 120
        if turned:
            self.zoom(ZOOM_STEP**-turned, self.plane(event.position()))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = self.pixel(self.puck.x(), self.puck.y()).toPoint()
            self.menu_wanted.emit(self.puck, self.viewport().mapToGlobal(at))
        else:
            self.menu_wanted.emit(self.plane(QPointF(event.pos())), event.globalPos())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in OWN_KEYS:
            event.accept()  # here these keys mean the puck, whatever they mean to the window
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (left, right), (bottom, top) = self._box.viewRange()
            step = FINE_STEP if fine else STEP
            across, up = ARROWS[key]
            self.stepped.emit(QPointF(across * step * (right - left), up * step * (top - bottom)))
        elif key == Qt.Key.Key_Home:
            self.reset_view()
        elif key == Qt.Key.Key_Return:
            self.settled.emit()
        elif key == Qt.Key.Key_Escape:
            self.let_go()
            self.cancelled.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom(ZOOM_STEP if key == Qt.Key.Key_Minus else 1 / ZOOM_STEP, self.puck)
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        self._set_dot(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        self._puck.set_state(focused=event.reason() in keys)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._puck.set_state(focused=False)
        self.settled.emit()

    def _set_dot(self, dot: int) -> None:
        if dot != self._dot:
            self._dot = dot
            self.hovered.emit(dot)

    # ------------------------------------------------------------------------------------------------------- paint

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """The musical words of the axes, at the four edges."""
        painter.save()
        painter.resetTransform()
        paint_words(painter, QRectF(self.viewport().rect()), self._words, self._theme)
        painter.restore()
