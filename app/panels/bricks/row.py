"""A row of bricks: numbered tiles, four to a bar, to be chosen, swapped by dragging, and locked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from app.i18n import tr
from app.icons import icon
from app.theme import Theme, font

COUNT, PER_BAR = 16, 4
GOLDEN = 0.618034  # neighbours in the book get hues far apart
HEIGHT, LOCK = 44, 16  # px of a row, of the strip with the lock at its foot
KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_K, Qt.Key.Key_Home, Qt.Key.Key_End)


def colour_of(brick: int, theme: Theme) -> QColor:
    """The tile of a brick: its own hue, quiet enough for the number upon it."""
    hue = (brick * GOLDEN) % 1.0
    return QColor.fromHslF(hue, 0.38 if theme.dark else 0.55, 0.27 if theme.dark else 0.84)


class BrickRow(QWidget):
    """Shows bricks; asks its owner for whatever is done to them.

    Signals: `pressed(place)` for choosing another brick; `swapped(from, to)` after a drag; `locked(place)` when its
    lock is to be turned.
    """

    pressed = Signal(int)
    swapped = Signal(int, int)
    locked = Signal(int)

    def __init__(self, title: str, theme: Theme, locks: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._theme, self._locks = title, theme, locks
        self.ids: tuple[int, ...] = ()
        self.locks: frozenset[int] = frozenset()
        self.current = 0
        self._nothing = -1  # a brick that stands for no beat at all
        self._grabbed = -1
        self._pressed_at = QPoint()
        self._over, self._drag = -1, QPointF()
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT if locks else HEIGHT - LOCK)
        self._name()

    def show_bricks(self, ids: tuple[int, ...], locks: frozenset[int] = frozenset(), nothing: int = -1) -> None:
        """Show these; `nothing` is the number of the brick that stands for no music."""
        self.ids, self.locks, self._nothing = ids[:COUNT], locks, nothing
        self._name()
        self.update()

    def tile(self, place: int) -> QRectF:
        """Where a brick is painted."""
        gap = 6.0  # between bars
        width = (self.width() - gap * (COUNT // PER_BAR - 1)) / COUNT
        return QRectF(place * width + gap * (place // PER_BAR), 0, width - 2, self.height() - 1)

    def place_at(self, point: QPointF) -> int:
        """The brick under a point, or -1."""
        found = (p for p in range(len(self.ids)) if self.tile(p).adjusted(-1, -4, 1, 4).contains(point))
        return next(found, -1)

    def is_nothing(self, place: int) -> bool:
        """No beat is there: bars of twelve sixteenths have three."""
        return self.ids[place] == self._nothing

    def sizeHint(self) -> QSize:
        return QSize(COUNT * 34, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(COUNT * 20, self.height())

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def _name(self) -> None:
        words = " ".join(str(brick) for brick in self.ids)
        if not self.ids:
            self.setAccessibleName(self._title)
            return
        place = tr("brick {n} of {count}, number {brick}").format(
            n=self.current + 1, count=len(self.ids), brick=self.ids[self.current]
        )
        kept = tr(", locked") if self.current in self.locks else ""
        self.setAccessibleName(f"{self._title}: {place}{kept}")
        self.setAccessibleDescription(words)

    # ---------------------------------------------------------------------------------------------------- the hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place < 0 or event.button() != Qt.MouseButton.LeftButton or self.is_nothing(place):
            return
        self._go_to(place)
        if self._locks and event.position().y() >= self.tile(place).bottom() - LOCK:
            self.locked.emit(place)
            return
        self._grabbed, self._pressed_at, self._dragging = place, event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.place_at(event.position())
        if self._grabbed >= 0:
            far = (event.position().toPoint() - self._pressed_at).manhattanLength()
            self._dragging = self._dragging or far >= QApplication.startDragDistance()
            self._drag = event.position()
        self._over = over
        self.setCursor(Qt.CursorShape.PointingHandCursor if over >= 0 else Qt.CursorShape.ArrowCursor)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        grabbed, dragged = self._grabbed, self._dragging
        self._grabbed, self._dragging = -1, False
        self.update()
        if grabbed < 0:
            return
        target = self.place_at(event.position())
        if not dragged:
            self.pressed.emit(grabbed)
        elif target >= 0 and target != grabbed and not self.is_nothing(target):
            self._go_to(target)
            self.swapped.emit(grabbed, target)

    def leaveEvent(self, event: QEvent) -> None:
        self._over = -1
        self.update()

    def event(self, event: QEvent) -> bool:
        """Its own keys come before the window's; a tool tip per brick."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in KEYS:
            event.accept()
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(QPointF(event.pos()))
            words = tr("Brick {n}. Click to choose another, drag onto one to swap, lock it at its foot.")
            QToolTip.showText(event.globalPos(), words.format(n=self.ids[place]) if place >= 0 else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -COUNT, Qt.Key.Key_End: COUNT}
        if not self.ids:
            super().keyPressEvent(event)
        elif event.key() in steps:
            step = steps[Qt.Key(event.key())]
            target = min(len(self.ids) - 1, max(0, self.current + step))
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and target != self.current:
                self.swapped.emit(self.current, target)
            self._go_to(target)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pressed.emit(self.current)
        elif event.key() == Qt.Key.Key_K and self._locks:
            self.locked.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _go_to(self, place: int) -> None:
        self.current = place
        self._name()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # --------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tiles; the one that is dragged hangs on the mouse."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in range(len(self.ids)):
            lifted = self._dragging and place == self._grabbed
            self._paint(painter, self.tile(place), place, 0.35 if lifted else 1.0)
        if self._dragging and self._grabbed >= 0:
            box = self.tile(self._grabbed)
            box.moveCenter(QPointF(self._drag.x(), box.center().y()))
            self._paint(painter, box, self._grabbed, 0.9)

    def _paint(self, painter: QPainter, box: QRectF, place: int, strength: float) -> None:
        theme, kept = self._theme, place in self.locks
        painter.setOpacity(strength)
        if self.is_nothing(place):
            painter.setPen(QPen(theme.line_strong, 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 4, 4)
            return
        here = self.hasFocus() and place == self.current
        target = self._dragging and place == self._over and place != self._grabbed
        edge = theme.accent if here or target else theme.text_dim if kept else theme.line_strong
        painter.setPen(QPen(edge, 2 if here or target or kept else 1))
        painter.setBrush(colour_of(self.ids[place], theme))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
        painter.setPen(theme.text)
        painter.setFont(font(0.9 if box.width() >= 27 else 0.75, bold=True))
        number = box.adjusted(0, 2, 0, -LOCK if self._locks else 0)
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(self.ids[place]))
        if self._locks and (kept or place == self._over or here):
            sign = icon("lock" if kept else "lock_open", theme, theme.text if kept else theme.text_dim)
            foot = QRectF(box.center().x() - 6, box.bottom() - LOCK, 12, 12)
            sign.paint(painter, foot.toRect())
        painter.setOpacity(1.0)
