"""From mouse move on the map to notes repainted in the roll, in the real window with the real decoder."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from engine.session import Session

MOVES = 200
Floats = NDArray[np.float64]
WARM = 20  # moves that are not counted: first pixmaps, first decode
LATEST = 2.0  # seconds after which an answer counts as lost
IDLE_LIMIT_MS, TRAINING_LIMIT_MS = 16.0, 33.0


def measure(session: Session, window: MainWindow, moves: int = MOVES) -> dict[str, float]:
    """Drag the puck in a loop over the map, each move answered before the next; nothing is kept.

    Args:
        session: its map is loaded and playable.
        window: the window over it, shown.
        moves: how many are counted.

    Returns:
        `median_ms`, `p95_ms` and `max_ms` from the mouse event to the end of the roll's repaint, and `map_p95_ms`,
        the window's own share before the decoder is asked.
    """
    spent, share = _drag(session, window, WARM + moves)
    figures = {
        "median_ms": np.median(spent),
        "p95_ms": np.percentile(spent, 95),
        "max_ms": spent.max(),
        "map_p95_ms": np.percentile(share, 95),
    }
    return {name: round(float(value), 2) for name, value in figures.items()}


def _drag(session: Session, window: MainWindow, moves: int) -> tuple[Floats, Floats]:
    """Milliseconds of each counted move: until the roll is repainted, and in the window before the decoder is asked."""
    from PySide6.QtCore import QEvent, QEventLoop, QPoint, Qt, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from app.views.map_canvas import MapCanvas
    from engine.events import MelodyMorphed

    canvas, application = window.map.findChild(MapCanvas), QApplication.instance()
    assert canvas is not None and application is not None and session.map is not None
    answered: list[int] = []
    connection = window.bridge.heard.connect(
        lambda event: answered.append(event.request) if isinstance(event, MelodyMorphed) else None
    )
    view, left, none = canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    middle, reach = view.rect().center(), 0.3 * min(view.width(), view.height())
    loop, tick = QEventLoop(), QTimer()  # the timer wakes the loop if an answer were lost
    tick.start(100)
    whole, own = [], []
    QTest.mousePress(view, left, none, middle)
    for i in range(moves):
        before, start = len(answered), time.perf_counter()
        QTest.mouseMove(view, middle + QPoint(round(reach * np.cos(i / 9)), round(reach * np.sin(i / 7))))
        own.append(time.perf_counter() - start)
        while len(answered) == before and time.perf_counter() - start < LATEST:
            loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)  # sleeps as the real event loop does
        application.sendPostedEvents(None, QEvent.Type.UpdateRequest)  # the repaint that the notes asked for
        whole.append(time.perf_counter() - start)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, left, none, middle)
    window.bridge.heard.disconnect(connection)
    return np.array(whole[WARM:]) * 1e3, np.array(own[WARM:]) * 1e3
