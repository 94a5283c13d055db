"""What is learnt is written to the end, even if somebody asks the process to end meanwhile."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Inside, Ctrl+C and a cluster's request to end wait; they are heard behind it, unless an error ends it anyway.

    A process that loses another one writes down what it learnt, and just then the starter of both asks it to end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are heard by the main thread only
        return
    waiting: list[tuple[int, FrameType | None]] = []
    heard: dict[signal.Signals, Callable[[int, FrameType | None], Any]] = {}
    for known in (signal.SIGINT, signal.SIGTERM):
        handler = signal.getsignal(known)
        if callable(handler):  # the others end a process without asking it
            heard[known] = handler
            signal.signal(known, lambda number, frame: waiting.append((number, frame)))
    try:
        yield
    finally:
        for known, handler in heard.items():
            signal.signal(known, handler)
    for number, frame in waiting:
        heard[signal.Signals(number)](number, frame)
