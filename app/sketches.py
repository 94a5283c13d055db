"""What a verb shows while it works: the newest sketch, twenty times a second or, while a hand drags, a few times."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from engine.events import Event, IdeaSketched, IdeasReady, JobChanged

EVERY_MS, EVERY_MS_DRAGGING = 50, 250
ENDED = ("done", "cancelled", "failed")


class Sketches(QObject):
    """Follows the verb at work.

    Attributes:
        job: number of the job that runs; the work lane does one at a time.

    Signals: `shown` with the newest `IdeaSketched`, or None when there is nothing more to show.
    """

    shown = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job: int | None = None
        self._newest: IdeaSketched | None = None
        self._seen: IdeaSketched | None = None
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._show)

    @property
    def present(self) -> IdeaSketched | None:
        """The sketch that is seen."""
        return self._seen

    def on_event(self, event: Event) -> None:
        """Take a sketch, or forget it when its verb is over."""
        if isinstance(event, IdeaSketched):
            self._newest = event
            if not self._pause.isActive():
                self._show()
        elif isinstance(event, JobChanged) and event.state == "running":
            self.job = event.job_id
        elif isinstance(event, IdeasReady) or (
            isinstance(event, JobChanged) and event.job_id == self.job and event.state in ENDED
        ):
            self._forget()

    def _show(self) -> None:
        if self._newest is not None and self._newest is not self._seen:
            self._seen = self._newest
            drags = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
            self._pause.start(EVERY_MS_DRAGGING if drags else EVERY_MS)
            self.shown.emit(self._seen)

    def _forget(self) -> None:
        self._newest = None
        self._pause.stop()
        if self._seen is not None:
            self._seen = None
            self.shown.emit(None)
