"""A steady 60 Hz beat in the window's own event loop, and how late each stroke comes."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

PERIOD_MS = 16


class Beat(QObject):
    """Calls `stroke` with the moments that were due, some sixty times a second, while the window lives.

    If the window was busy over several strokes, one call carries all of them: none is left out of the figures.
    """

    def __init__(self, stroke: Callable[[list[float]], None], strokes: int) -> None:
        super().__init__()
        self._stroke, self._left = stroke, strokes
        self._loop = QEventLoop()
        self._timer = QTimer(self, interval=PERIOD_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._due = 0.0

    def run(self, rest: float = 0.25) -> None:
        """Until all strokes were made, and `rest` seconds for what they set off."""
        self._due = time.perf_counter() + PERIOD_MS / 1e3
        self._timer.start()
        self._loop.exec()
        QTimer.singleShot(round(rest * 1e3), self._loop.quit)
        self._loop.exec()

    def _tick(self) -> None:
        now, due = time.perf_counter(), [self._due]
        while due[-1] + PERIOD_MS / 1e3 <= now:
            due.append(due[-1] + PERIOD_MS / 1e3)
        # Qt counts from now if it was late by more than a stroke, else from when it should have been
        self._due = (now if len(due) > 1 else due[-1]) + PERIOD_MS / 1e3
        self._left -= len(due)
        self._stroke(due)
        if self._left <= 0:
            self._timer.stop()
            self._loop.quit()
