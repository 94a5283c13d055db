"""A hand that drags the puck over the map sixty times a second, and a stopwatch in the roll."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication

from app.views.map.canvas import MapCanvas
from app.views.roll.pianoroll import PianoRoll
from benchmarks.beat import Beat
from engine.events import Event, MelodyMorphed

if TYPE_CHECKING:
    from app.main_window import MainWindow


class Stopwatch:
    """Waits for the melody of each move of the hand to be painted.

    A move that was overtaken by a newer one counts until that newer one is seen.
    """

    def __init__(self, window: MainWindow) -> None:
        self._roll = window.roll.roll
        self._waiting: list[tuple[int, float]] = []  # number of the question, when the mouse moved
        self._heard = 0
        self.spent: list[float] = []  # milliseconds
        self.questions = 0
        window.bridge.heard.connect(self._hear)  # after the window's own: the ghosts are in the roll by then

    def moved(self, when: float) -> None:
        """The mouse moved then; the question of the next `asked` belongs to it."""
        self._waiting.append((self.questions + 1, when))

    def asked(self) -> None:
        """The mouse event was delivered."""
        self.questions += 1

    def painted(self, roll: PianoRoll) -> None:
        """The roll has painted what it knows."""
        if roll is self._roll:
            now = time.perf_counter()
            self.spent += [(now - when) * 1e3 for number, when in self._waiting if number <= self._heard]
            self._waiting = [(number, when) for number, when in self._waiting if number > self._heard]

    @property
    def unanswered(self) -> int:
        """Moves whose melody was never seen."""
        return len(self._waiting)

    def _hear(self, event: Event) -> None:
        if isinstance(event, MelodyMorphed):
            self._heard = event.request


class WatchedRoll:
    """While it lasts, every roll tells the stopwatch that it has painted."""

    def __init__(self) -> None:
        self.watch: Stopwatch | None = None
        self._paint = PianoRoll.paintEvent

    def __enter__(self) -> WatchedRoll:
        paint = self._paint

        def painted(roll: PianoRoll, event: QPaintEvent) -> None:
            paint(roll, event)
            if self.watch is not None:
                self.watch.painted(roll)

        PianoRoll.paintEvent = painted  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, *error: object) -> None:
        PianoRoll.paintEvent = self._paint  # type: ignore[method-assign]


class Hand:
    """The puck's hand: never twice on one pixel in a row, and never back to where it began."""

    def __init__(self, window: MainWindow, watch: Stopwatch) -> None:
        canvas = window.map.findChild(MapCanvas)
        assert canvas is not None
        self._canvas, self._watch = canvas, watch
        view = canvas.viewport().rect()
        self._middle, self._reach = QPointF(view.center()), 0.32 * min(view.width(), view.height())
        self._step = 0
        self._last = QPoint()

    def drag(self, moves: int) -> list[float]:
        """Press, move about, take it all back; milliseconds from each move of the mouse to its notes repainted."""
        before = len(self._watch.spent)
        self._send(QEvent.Type.MouseButtonPress, self._place())
        self._watch.asked()  # a press is a question as well
        Beat(self._move, moves).run()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            escape = QKeyEvent(kind, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(self._canvas, escape)
        self._send(QEvent.Type.MouseButtonRelease, self._place())
        return self._watch.spent[before:]

    def _move(self, due: list[float]) -> None:
        for when in due:
            self._watch.moved(when)
        self._send(QEvent.Type.MouseMove, self._place())
        self._watch.asked()

    def _place(self) -> QPointF:
        while True:
            self._step += 1
            turn = self._step / 9
            way = QPointF(self._reach * math.cos(turn), self._reach * math.sin(turn * 1.3))
            if (pixel := (self._middle + way).toPoint()) != self._last:
                self._last = pixel
                return QPointF(pixel)

    def _send(self, kind: QEvent.Type, at: QPointF) -> None:
        view = self._canvas.viewport()
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind == QEvent.Type.MouseMove else left
        held = none if kind == QEvent.Type.MouseButtonRelease else left
        whole = view.mapToGlobal(at.toPoint()).toPointF()
        QApplication.sendEvent(view, QMouseEvent(kind, at, whole, button, held, Qt.KeyboardModifier.NoModifier))
