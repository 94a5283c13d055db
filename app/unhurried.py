"""Showing what changes often: at most a few times a second, and not at all while nobody can see it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


class Unhurried(QObject):
    """Calls `show` when asked, but not sooner than `pause_ms` after the last time; hidden widgets are shown nothing.

    What was asked meanwhile is done once, when the pause is over or when the widget comes into sight.

    Args:
        widget: what `show` fills; it owns this.
        show: brings the widget up to date.
        pause_ms: between two times.
    """

    def __init__(self, widget: QWidget, show: Callable[[], None], pause_ms: int) -> None:
        super().__init__(widget)
        self._widget, self._show = widget, show
        self._wanted = False
        self._pause = QTimer(self, singleShot=True, interval=pause_ms)
        self._pause.timeout.connect(self._try)
        widget.installEventFilter(self)

    def ask(self, now: bool = False) -> None:
        """Something has changed; `now`: it is worth an exception from the pause."""
        self._wanted = True
        if now:
            self._pause.stop()
        self._try()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._try()
        return False

    def _try(self) -> None:
        if self._wanted and self._widget.isVisible() and not self._pause.isActive():
            self._wanted = False
            self._show()
            self._pause.start()
