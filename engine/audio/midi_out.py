"""What the player plays, sent to a MIDI port as well: notes at their exact time, on a thread of its own.

The player tells of notes while it renders a block, some milliseconds before or after they are due. Here each waits
until its frame has come, so that the beat is as steady as the clock and not as the blocks.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from engine.audio.ports import OFF, ON, OpenPort, Sink
from engine.audio.schedule import schedule
from engine.audio.synth import DRUM_CHANNEL, RATE
from engine.audio.voices import Sent
from engine.errors import UserError
from engine.events import Events, Failed
from engine.score import Score

_EASE = 0.02  # how much of a delay that is no longer needed goes with every note
_PROGRAM, _CONTROL, _ALL_OFF = 0xC0, 0xB0, 123


class MidiOut:
    """Sends to a port while one is open; else it costs nothing.

    Args:
        events: told if the port fails.
        open_port: how one is opened.
    """

    def __init__(self, events: Events, open_port: Callable[[str], Sink] = OpenPort) -> None:
        self._events, self._open_port = events, open_port
        self.name = ""  # of the open port
        self._port: Sink | None = None
        self._waiting: deque[Sent] = deque()
        self._score = Score()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._behind = float("-inf")  # seconds from a frame's own time to the clock's

    def play_on(self, name: str) -> None:
        """Send to a port from now on; no name: to none.

        Raises:
            UserError: it is not there or cannot be opened; then nothing is sent.
        """
        if name == self.name:
            return
        self.close()
        if name:
            self._port = self._open_port(name)
            self.name = name
            self._thread = threading.Thread(target=self._run, args=(self._port,), name="MIDI out", daemon=True)
            self._thread.start()
            self.set_score(self._score)

    def set_score(self, score: Score) -> None:
        """Which instruments play: told to the port before the notes are."""
        self._score = score
        if self._port is not None:
            for one in schedule(score).programs:
                if not one.drums:
                    self._send(self._port, (_PROGRAM | one.channel, one.program))

    def hear(self, sent: Sent) -> None:
        """A note of the player's; called on the thread that renders, so it only queues. The metronome is not sent."""
        if self._port is not None and not (sent.side and sent.channel == DRUM_CHANNEL):
            self._waiting.append(sent)
            self._wake.set()

    def close(self) -> None:
        """Silence the port and give it back."""
        port, self._port, self.name = self._port, None, ""
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=1)
            self._thread = None
        self._waiting.clear()
        if port is not None:
            for channel in range(16):
                self._send(port, (_CONTROL | channel, _ALL_OFF, 0))
            port.close()

    def _run(self, port: Sink) -> None:
        while self._port is port:
            if not self._waiting:
                self._wake.wait()
                self._wake.clear()
                continue
            sent = self._waiting[0]
            wait = self._due(sent.frame / RATE) - time.monotonic()
            if wait > 0:
                time.sleep(min(wait, 0.05))
                continue
            self._waiting.popleft()
            status = (ON if sent.on else OFF) | sent.channel
            self._send(port, (status, sent.pitch, sent.velocity if sent.on else 64))

    def _due(self, frame_time: float) -> float:
        """When a note is to be sent: as far behind its frame as the latest of late."""
        behind = time.monotonic() - frame_time
        self._behind = behind if behind > self._behind else self._behind - _EASE * (self._behind - behind)
        return frame_time + self._behind

    def _send(self, port: Sink, message: tuple[int, ...]) -> None:
        try:
            port.send(message)
        except Exception as error:  # unplugged: said once, and the music goes on in the studio
            if self._port is port:
                lost = UserError(f"The MIDI port “{self.name}” is gone.", "Connect it and choose it again.")
                lost.__cause__ = error
                self._port, self.name = None, ""
                self._events.emit(Failed(lost))
