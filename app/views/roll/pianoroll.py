"""The roll itself: paints what the session holds, and hands the mouse to gestures."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.gestures import choose
from app.gestures.base import Gesture, Pointer, hit
from app.gestures.erase import Erase
from app.gestures.hold import SpaceHold
from app.i18n import tr
from app.theme import Theme
from app.views.roll.cursors import cursor
from app.views.roll.ghosts import Area, area_of
from app.views.roll.layers import RollLayers
from app.views.roll.state import Preview, RollState
from app.views.roll.wheel import pinch, wheel
from engine.score.columns import Columns

AUTOSCROLL_MS = 30


class PianoRoll(QWidget):
    """Notes over time and pitch.

    Args:
        roll: the shared state.
        theme: colours.
    """

    edit_requested = Signal(int)  # index of the note that was double-clicked
    menu_requested = Signal(QPointF)  # where, in global pixels
    hovered = Signal(int)  # pitch under the mouse, -1 when it left
    key_pressed = Signal(QKeyEvent)

    def __init__(self, roll: RollState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.roll = roll
        self._layers = RollLayers(roll, theme)
        self._gesture: Gesture | None = None
        self._last: Pointer | None = None
        self._begun: Qt.KeyboardModifier | None = None  # modifiers held when the drag under way began
        self._drew = False  # the last gesture wrote a note
        self._cut_held = False  # E turns any tool into the knife while it is down
        self._cursor = ""
        self._space = SpaceHold(self)
        self._autoscroll = QTimer(self, interval=AUTOSCROLL_MS)
        self._autoscroll.timeout.connect(self._scroll_along)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 96)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Piano roll"))
        self.setAccessibleDescription(
            tr("Notes over time. Tab and Shift+Tab go from note to note, arrow keys move what is selected.")
        )
        for signal in (roll.notes_changed, roll.selection_changed, roll.loop_changed, roll.grid_changed):
            signal.connect(self.update)
        for signal in (roll.overlay_changed, roll.others_changed, roll.geometry.changed, roll.scale.changed):
            signal.connect(self.update)
        roll.faults.changed.connect(self.update)
        roll.chords.tones_changed.connect(self.update)
        roll.tool_changed.connect(self._point)
        roll.preview_changed.connect(self._repaint_preview)
        roll.ghosts_changed.connect(self._repaint)
        roll.playhead_changed.connect(self._repaint_playhead)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._layers = RollLayers(self.roll, theme)
        self.update()

    # ------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        self._layers.paint(self, event.rect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.roll.geometry.resize(event.size().width(), event.size().height())

    def _repaint_preview(self, before: Preview, after: Preview) -> None:
        """Only what the drag uncovered and covered."""
        table = self.roll.table.columns
        parts: list[Columns] = [before.show, after.show]
        if before.hide is not after.hide:
            parts += [table[:, part.hide[part.hide < table.shape[1]]] for part in (before, after)]
        for part in parts:
            if (area := area_of(part)) is not None:
                self._repaint(area)

    def _repaint(self, area: Area) -> None:
        geometry = self.roll.geometry
        left, right = geometry.x_of(area.left), geometry.x_of(area.right)
        top, bottom = geometry.y_of(area.high), geometry.y_of(area.low) + geometry.row
        box = QRect(int(max(left, -9)) - 3, top - 3, 0, bottom - top + 6)
        box.setRight(int(min(right, self.width() + 9)) + 3)
        self.update(box)

    def _repaint_playhead(self, before: float, after: float) -> None:
        for tick in (before, after):
            self.update(QRect(int(self.roll.geometry.x_of(tick)) - 2, 0, 5, self.height()))

    # --------------------------------------------------------------------------------------------------- mouse

    def pointer(self, event: QMouseEvent | QWheelEvent) -> Pointer:
        """What a mouse event means in ticks and pitches."""
        return self._pointer_at(event.position(), event.modifiers())

    def _pointer_at(self, at: QPointF, keys: Qt.KeyboardModifier) -> Pointer:
        geometry = self.roll.geometry
        return Pointer.of(at, keys, geometry.tick_at(at.x()), geometry.pitch_at(at.y()), self._begun)

    @property
    def tool(self) -> str:
        """The tool in the hand, the knife while E is held."""
        return "knife" if self._cut_held else self.roll.tool

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._gesture is not None:  # a second button takes the drag back
            self.cancel_gesture()
            return
        self._begun = None
        at, button = self.pointer(event), event.button()
        self._begun = event.modifiers()
        if button == Qt.MouseButton.LeftButton:
            self._gesture = choose.begin_left(self.roll, at, self.tool)
        elif button == Qt.MouseButton.RightButton:
            self._gesture = choose.begin_right(self.roll, at, self.tool)
        elif button == Qt.MouseButton.MiddleButton:
            self._gesture = choose.begin_middle(self.roll, at)
            self.setCursor(cursor("pan"))
        self._last = at

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.pointer(event)
        self._last = at
        self.hovered.emit(at.pitch)
        if self._gesture is None:
            self._point()
            return
        self._gesture.move(at)
        if not self.rect().contains(event.position().toPoint()) and event.buttons() != Qt.MouseButton.MiddleButton:
            self._autoscroll.start()
        else:
            self._autoscroll.stop()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        at, self._begun = self.pointer(event), None
        self._drew = isinstance(gesture, choose.Draw)
        self._autoscroll.stop()
        self._cursor = ""
        if gesture is None:
            return
        gesture.release(at)
        if isinstance(gesture, Erase) and gesture.clicked:
            found = hit(self.roll, at)
            if found is not None and not self.roll.mask[found.index]:
                self.roll.select([found.index])
            self.menu_requested.emit(event.globalPosition())
        self._last = at
        self._point()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self.pointer(event)
        found = hit(self.roll, at) if event.button() == Qt.MouseButton.LeftButton and self.tool != "knife" else None
        if found is not None and self._drew:
            return  # the first click wrote this very note: writing fast must not ask questions
        if found is not None:
            self.edit_requested.emit(found.index)
        elif event.button() == Qt.MouseButton.LeftButton and self.tool == "select":
            self._gesture = choose.Draw(self.roll, at)  # the select tool writes on a double click
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:  # the mouse asks by a right click without a drag
            self.menu_requested.emit(QPointF(event.globalPos()))
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        at = self.pointer(event)
        found = hit(self.roll, at)
        wheel(self.roll, at, event, found.index if found else None)
        event.accept()

    def _scroll_along(self) -> None:
        """A drag beyond the edge pulls the paper with it."""
        at = self.mapFromGlobal(self.cursor().pos())
        geometry = self.roll.geometry
        dx = min(0, at.x()) + max(0, at.x() - self.width())
        dy = min(0, at.y()) + max(0, at.y() - self.height())
        geometry.scroll_by(0.35 * dx, 0.35 * dy)
        if self._gesture is not None and self._last is not None:
            keys = Qt.KeyboardModifier.AltModifier if self._last.alt else Qt.KeyboardModifier.NoModifier
            self._gesture.move(self._pointer_at(QPointF(at), keys))

    def _point(self) -> None:
        """Show what a press would do here."""
        if self._last is None or self._gesture is not None:
            return
        intent = choose.intent(self.roll, self._last, self.tool)
        if intent != self._cursor:
            self._cursor = intent
            self.setCursor(cursor(intent))

    def event(self, event: QEvent) -> bool:
        """What is wrong between voices, in words under the mouse; two fingers on a trackpad zoom."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.roll.faults.words_at(self.roll.geometry, QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        if isinstance(event, QNativeGestureEvent) and pinch(self.roll, event):
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(-1)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._cursor = ""

    def cancel_gesture(self) -> bool:
        """Take a drag back that is under way; False if there was none."""
        gesture, self._gesture = self._gesture, None
        self._autoscroll.stop()
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    # ------------------------------------------------------------------------------------------------- keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_E and not event.modifiers():
            self._hold_knife(True)
            return
        event.ignore()
        self._hold(event, True)
        self.key_pressed.emit(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_E and not event.isAutoRepeat():
            self._hold_knife(False)
        else:
            self._hold(event, False)
            super().keyReleaseEvent(event)

    def _hold(self, event: QKeyEvent, down: bool) -> None:
        """Shift and Ctrl change what a press would do: show it at once."""
        held = {Qt.Key.Key_Shift: "shift", Qt.Key.Key_Control: "ctrl"}.get(event.keyCombination().key())
        if held and self._last is not None:
            self._last = replace(self._last, **{held: down})
            self._point()

    def _hold_knife(self, held: bool) -> None:
        if held != self._cut_held:
            self._cut_held = held
            self._point()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from note to note here, and on to the next widget after the last one."""
        mask = self.roll.mask
        leaves = not len(mask) or bool(mask[-1 if forward else 0])
        return super().focusNextPrevChild(forward) if leaves else False

    def leave(self, forward: bool) -> None:
        """Give the keyboard to the next widget, however many notes there are."""
        super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._hold_knife(False)
        self.update()
        super().focusOutEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    @property
    def dragging(self) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None
