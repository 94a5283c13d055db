"""What makes the sound of playback: two synthesizers, or silence; and a record of what they were told."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Sent(NamedTuple):
    """One message to a synthesizer, at the exact frame since playback was set up."""

    frame: int
    on: bool
    channel: int
    pitch: int
    velocity: int
    side: bool  # metronome, auditions and previews, not the score


KNEE = 0.8  # samples above this are bent towards 1: loud music saturates, it never clips
TAIL_SECONDS = 4.0  # how long a synthesizer is still rendered after its last voice: reverb
Record = Callable[[Sent], None]


class Voices(Protocol):
    """What the player core drives; `Synth` is the one that sounds."""

    def program(self, channel: int, program: int, drums: bool = False) -> None:
        """Give a channel an instrument."""

    def on(self, channel: int, pitch: int, velocity: int) -> None:
        """Start a note."""

    def off(self, channel: int, pitch: int) -> None:
        """Release a note."""

    def cut(self) -> None:
        """Silence everything at once."""

    @property
    def voices(self) -> int:
        """Number of sounding voices."""

    def render(self, frames: int, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """The next samples, float32 [frames, 2]."""


class Silence:
    """A synthesizer for studios without sound: time passes, nothing is heard."""

    voices = 0

    def program(self, channel: int, program: int, drums: bool = False) -> None:
        """Nothing to prepare."""

    def on(self, channel: int, pitch: int, velocity: int) -> None:
        """Nothing sounds."""

    def off(self, channel: int, pitch: int) -> None:
        """Nothing sounds."""

    def cut(self) -> None:
        """Nothing sounds."""

    def render(self, frames: int, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Zeros, float32 [frames, 2]."""
        if out is None:
            return np.zeros((frames, 2), np.float32)
        out[:frames] = 0
        return out[:frames]


class Mix:
    """Two synthesizers into one stereo block: `main` plays the score, `side` everything else.

    Args:
        rate: frames a second.
    """

    def __init__(self, rate: int) -> None:
        self.main: Voices = Silence()
        self.side: Voices = Silence()
        self.volume = 1.0  # 0..1, reached within the next block
        self._gain = 1.0
        self._tail = int(TAIL_SECONDS * rate)
        self._main_until = self._side_until = 0  # clocks at which their reverb will have died
        self._part = np.empty((0, 2), np.float32)

    def render(self, part: NDArray[np.float32], clock: int, main_active: bool, side_active: bool) -> None:
        """Overwrite `part` (float32 [frames, 2]) with what sounds now; a synthesizer that is silent costs nothing."""
        if main_active or self.main.voices:
            self._main_until = clock + len(part) + self._tail
        if side_active or self.side.voices:
            self._side_until = clock + len(part) + self._tail
        if clock < self._main_until:
            self.main.render(len(part), part)
        else:
            part[:] = 0
        if clock < self._side_until:
            if len(self._part) < len(part):
                self._part = np.empty((len(part), 2), np.float32)
            part += self.side.render(len(part), self._part)

    def finish(self, block: NDArray[np.float32]) -> None:
        """Volume, without steps; then the soft ceiling. In place."""
        if self._gain != self.volume:
            target = self.volume
            block *= np.linspace(self._gain, target, len(block), dtype=np.float32)[:, None]
            self._gain = target
        elif self._gain != 1.0:
            block *= np.float32(self._gain)
        if max(float(block.max()), -float(block.min())) > KNEE:
            over = np.maximum(np.abs(block) - KNEE, 0)
            bent = KNEE + (1 - KNEE) * np.tanh(over / (1 - KNEE))
            np.copyto(block, np.sign(block) * bent, where=over > 0)

    def cut(self) -> None:
        """Silence both at once."""
        self.main.cut()
        self.side.cut()
