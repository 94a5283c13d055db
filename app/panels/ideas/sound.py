"""Hearing ideas: one, or a whole row one after the other, and where in them the ear is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.codecs.codec import Voice
from engine.commands.arrange import tempo_at
from engine.commands.place import played

if TYPE_CHECKING:
    from engine.session import Session

FRAME_MS = 33  # of the marker


class IdeaSound(QObject):
    """Sounds ideas beside the score, in the tempo of the marker.

    Signals: `moved(number, fraction)` while it sounds: which of the ideas it was given, and how much of it is over;
    `ended` when it is through or was stopped.
    """

    moved = Signal(int, float)
    ended = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._began = self._each = 0.0  # seconds
        self._count = 0
        self._length = 0.0
        self._clock = QTimer(self, interval=FRAME_MS)
        self._clock.timeout.connect(self._tick)

    @property
    def sounding(self) -> bool:
        """Something of it is being heard."""
        return self._clock.isActive()

    def play(self, ideas: Sequence[Sequence[Voice]], ticks: int, track: int, follow: bool = False) -> None:
        """Hear ideas, each `ticks` long, one after the other; a nameless voice on the instrument of `track`.

        `follow` takes over in the middle of what is heard and keeps its beat, as a drag does.
        """
        session = self._session
        score = session.score
        going_on = follow and self.sounding
        if not going_on:
            self.stop(quiet=False)
        microseconds = tempo_at(score, session.steering.at_tick).microseconds
        voices = played(score, ideas, ticks, track)
        session.player.preview_voices(voices, score.ticks_per_quarter, microseconds, follow)
        seconds_a_tick = microseconds / 1e6 / score.ticks_per_quarter
        last = max((note.end for notes, _ in voices for note in notes), default=0)
        self._count, self._each = len(ideas), ticks * seconds_a_tick
        self._length = last * seconds_a_tick
        if last and session.player.available is None and not going_on:
            self._began = time.monotonic()
            self._clock.start()
            self._tick()

    def stop(self, quiet: bool = True) -> None:
        """Hear no more; `quiet` silences the player too."""
        if quiet:
            self._session.player.stop_preview()
        if self._clock.isActive():
            self._clock.stop()
            self.ended.emit()

    def _tick(self) -> None:
        gone = time.monotonic() - self._began
        if gone >= self._length or not self._each:
            self.stop(quiet=False)
        else:
            number = min(self._count - 1, int(gone / self._each))
            self.moved.emit(number, gone / self._each - number)
