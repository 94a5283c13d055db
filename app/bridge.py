"""The one file where threads meet: what the engine says on any thread is heard on the interface's thread."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from engine.events import (
    ComparisonGrown,
    Event,
    Events,
    IdeaSketched,
    JobChanged,
    MelodyMorphed,
    PlayheadMoved,
    TrainingProgressed,
)


def slot_of(event: Event) -> Hashable | None:
    """Events of which only the newest matters share a slot; None for those that must all arrive.

    What a training lets hear comes every few minutes and is kept side by side: all of it arrives.
    """
    if isinstance(event, PlayheadMoved | MelodyMorphed | IdeaSketched):
        return type(event).__name__
    if isinstance(event, JobChanged) and event.state == "running":
        return ("job", event.job_id)
    if isinstance(event, ComparisonGrown) and not event.whole:
        return ("comparison", event.job_id)
    if isinstance(event, TrainingProgressed):
        return ("training", event.job_id)
    return None


class Bridge(QObject):
    """Re-emits engine events as the Qt signal `heard`, in order, on the thread that made the bridge.

    An event told on that very thread is delivered before the call returns (undo repaints at once), after
    everything that already waits. Playhead, morphed melody, sketches and job progress replace the waiting one of
    their kind, so an interface that is busy for a moment never has a backlog to work off.
    """

    heard = Signal(object)  # not named `event`: that is the method Qt delivers queued signals through
    _woken = Signal()

    def __init__(self, events: Events, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = threading.get_ident()
        self._lock = threading.Lock()
        self._waiting: list[Event] = []
        self._posted = False
        self._delivering = False
        self._closed = False
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = events.subscribe(self._receive)

    def close(self) -> None:
        """Hear nothing more; what waits is dropped."""
        self._unsubscribe()
        with self._lock:
            self._closed = True
            self._waiting.clear()

    def _receive(self, event: Event) -> None:
        at_home = threading.get_ident() == self._home
        with self._lock:
            if self._closed:
                return
            slot = slot_of(event)
            if slot is not None:
                self._waiting = [kept for kept in self._waiting if slot_of(kept) != slot]
            self._waiting.append(event)
            post = not at_home and not self._posted
            self._posted = self._posted or post
            if post:  # under the lock, so that close() cannot let the object die in between
                self._woken.emit()
        if at_home:
            self._deliver()

    def _deliver(self) -> None:
        if self._delivering:  # an event told by a listener waits until every listener heard the present one
            return
        self._delivering = True
        try:
            while (event := self._next()) is not None:
                self.heard.emit(event)
        finally:
            self._delivering = False

    def _next(self) -> Any:
        with self._lock:
            if self._waiting:
                return self._waiting.pop(0)
            self._posted = False
            return None
