"""The chords above the roll: a chip for each, as long as it sounds; what the mouse and the keys do there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.gestures.base import Pointer
from app.gestures.chords import MoveChord
from app.i18n import tr
from app.theme import Theme
from app.views.chords.box import Asked, ChordBox
from app.views.chords.menu import chord_menu
from app.views.chords.paint import ChordPainter
from app.views.roll.state import RollState
from app.views.roll.wheel import wheel
from engine.errors import UserError

HEIGHT = 28
BEATS_FROM = 44  # pixels a beat must be wide for new chords to stand on beats; else they stand on bars
LETTERS = frozenset("ABCDEFGN")


class ChordLane(QWidget):
    """Chords on the ticks of the roll.

    Args:
        roll: the shared state.
        theme: colours.
    """

    failed = Signal(object)  # a UserError of something done here
    left = Signal()  # Escape: the hand goes back to the roll

    def __init__(self, roll: RollState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roll = roll
        self._painter = ChordPainter(roll, theme)
        self._drag: MoveChord | None = None
        self._pressed: int | None = None  # tick of an empty place that was pressed
        self.hover: int | None = None  # tick at which a click would write
        self.box: ChordBox | None = None
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(tr("Chords"))
        self._describe()
        self.setToolTip(tr("Click: write a chord · drag: move it · double click: change it · right click: more"))
        for signal in (roll.geometry.time_changed, roll.chords.changed, roll.chords.moving_changed, roll.loop_changed):
            signal.connect(self.update)
        roll.notes_changed.connect(self.update)  # another key, another meter
        roll.scale.changed.connect(self.update)
        roll.chords.place_changed.connect(self._describe)
        roll.playhead_changed.connect(self._repaint_playhead)

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._painter = ChordPainter(self._roll, theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._painter.paint(self, event.rect(), self.hover)

    def _repaint_playhead(self, before: float, after: float) -> None:
        for tick in (before, after):
            self.update(QRect(int(self._roll.geometry.x_of(tick)) - 2, 0, 5, HEIGHT))

    def _describe(self) -> None:
        """Where the hand stands, for screen readers."""
        chords = self._roll.chords
        words = tr("Arrows go from chord to chord, a letter or Enter writes one, Delete takes it away.")
        place = f"{chords.describe(chords.place)}. " if chords.place is not None else ""
        self.setAccessibleDescription(place + words)
        self.update()

    # -------------------------------------------------------------------------------------------------- the mouse

    def head_at(self, x: float) -> int | None:
        """Number of the chord that is taken in hand at a pixel column: by its name, or where no other has room."""
        chords = self._roll.chords
        number = chords.number_at(self._roll.geometry.left + x / self._roll.geometry.scale)
        if number < 0:
            return None
        return number if x < self._painter.head(number) or self.place_at(x) == chords.starts[number] else None

    def place_at(self, x: float) -> int:
        """Tick at which a click writes: the beat, or the bar where beats are narrow and no chord begins with it."""
        roll = self._roll
        tick = int(roll.geometry.tick_at(x))
        bar, beat = roll.bars.bar_start(tick), roll.bars.beat_start(tick)
        wide = (roll.bars.next_beat(tick) - beat) * roll.geometry.scale >= BEATS_FROM
        return beat if wide or roll.chords.at(bar) is not None else bar

    def _pointer(self, event: QMouseEvent | QWheelEvent) -> Pointer:
        tick = self._roll.geometry.tick_at(event.position().x())
        at = QPointF(event.position().x(), 0)
        return Pointer.of(at, event.modifiers(), tick, 60)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:  # a second button takes the drag back
            self.cancel_gesture()
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        number = self.head_at(event.position().x())
        self._point_at(None)
        if number is not None:
            self._drag = MoveChord(self._roll, self._pointer(event), int(self._roll.chords.starts[number]))
        else:
            self._pressed = self.place_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._drag.move(self._pointer(event))
            return
        x = event.position().x()
        number = self.head_at(x)
        self._point_at(None if number is not None else self.place_at(x))
        self._roll.chords.look_at(self._roll.chords.number_at(self._roll.geometry.tick_at(x)))
        self.setCursor(Qt.CursorShape.OpenHandCursor if number is not None else Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        pressed, self._pressed = self._pressed, None
        if drag is not None:
            drag.release(self._pointer(event))
        elif pressed is not None and pressed == self.place_at(event.position().x()):
            self.ask(pressed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        number = self.head_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self.ask(int(self._roll.chords.starts[number]))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        chords, at, x = self._roll.chords, event.globalPos(), event.pos().x()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            tick = self._here
            at = self.mapToGlobal(QPoint(int(self._roll.geometry.x_of(tick)), HEIGHT))
        else:
            number = self.head_at(x)
            tick = self.place_at(x) if number is None else int(chords.starts[number])
            chords.go_to(tick)
        chord_menu(self, self._roll, tick, self.trying).popup(at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        wheel(self._roll, self._pointer(event), event)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
        self._roll.chords.look_at(-1)

    def _point_at(self, tick: int | None) -> None:
        if tick != self.hover:
            self.hover = tick
            self.update()

    def cancel_gesture(self) -> bool:
        """Take a drag back that is under way; False if there was none."""
        drag, self._drag = self._drag, None
        self._pressed = None
        if drag is not None:
            drag.cancel()
        return drag is not None

    # --------------------------------------------------------------------------------------------------- the sheet

    def ask(self, tick: int, typed: str = "") -> None:
        """Open the sheet in which a chord is typed or chosen; one that is open moves on."""
        self._point_at(None)
        roll, chords = self._roll, self._roll.chords
        chords.go_to(tick)
        bar, beat = roll.bars.place(tick)
        place = tr("Bar {bar} beat {beat}").format(bar=bar, beat=beat)
        used = tuple(dict.fromkeys(chord.at(0) for chord in reversed(chords.all)))
        if self.box is None:
            self.box = ChordBox(self)
            self.box.chosen.connect(lambda at, text: self.trying(partial(chords.put_typed, at, text)))
            self.box.heard.connect(chords.hear)
            self.box.moved.connect(self._go_on)
            self.box.closed.connect(self._box_closed)
        self.box.ask(Asked(tick, place, roll.scale.key_at(tick), chords.at(tick), used), typed)
        x = max(0.0, min(roll.geometry.x_of(tick), self.width() - 40.0))
        self.box.open_at(self.mapToGlobal(QPoint(int(x), HEIGHT + 2)))

    def _go_on(self, by: int) -> None:
        if self.box is not None:
            self.ask(self._roll.chords.stop(self.box.asked.tick, by))

    def _box_closed(self) -> None:
        self.box = None

    def trying(self, call: Callable[[], None]) -> None:
        """Do something that may be refused with words."""
        try:
            call()
        except UserError as error:
            self.failed.emit(error)

    # ---------------------------------------------------------------------------------------------------- the keys

    @property
    def _here(self) -> int:
        """Where the hand stands, the first bar in sight before it was ever here."""
        roll = self._roll
        return roll.bars.bar_end(int(roll.geometry.left)) if roll.chords.place is None else roll.chords.place

    def event(self, event: QEvent) -> bool:
        """Letters and arrows are heard here before they are shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._call(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        call = self._call(event)
        if call is None:
            super().keyPressEvent(event)
            return
        call()

    def _call(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does here."""
        key, roll, chords, here = Qt.Key, self._roll, self._roll.chords, self._here
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = held == Qt.KeyboardModifier.ShiftModifier
        if held and not shift:
            return None
        letter = event.text().upper()
        if letter in LETTERS and letter:
            return partial(self.ask, here, letter)
        plain: dict[int, Callable[[], object]] = {
            key.Key_Left: lambda: chords.go_to(chords.stop(here, -1), listen=True),
            key.Key_Right: lambda: chords.go_to(chords.stop(here, 1), listen=True),
            key.Key_Up: lambda: chords.step(here, 1),
            key.Key_Down: lambda: chords.step(here, -1),
            key.Key_Return: lambda: self.ask(here),
            key.Key_Enter: lambda: self.ask(here),
            key.Key_Delete: lambda: chords.remove(here),
            key.Key_Backspace: lambda: chords.remove(here),
            key.Key_Escape: self._escape,
        }
        shifted: dict[int, Callable[[], object]] = {
            key.Key_Left: lambda: self._nudge(here, roll.bars.beat_start(max(0, here - 1))),
            key.Key_Right: lambda: self._nudge(here, roll.bars.next_beat(here)),
        }
        return (shifted if shift else plain).get(event.key())

    def _nudge(self, tick: int, to: int) -> None:
        """Move the chord in hand; where none is, move the hand."""
        chords = self._roll.chords
        if chords.at(tick) is None:
            chords.go_to(to)
        else:
            chords.move(tick, to)

    def _escape(self) -> None:
        if not self.cancel_gesture():
            self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._roll.chords.place is None and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._roll.chords.go_to(self._here)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
