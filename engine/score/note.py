"""One note: an immutable value in exact ticks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

MAX_TICK = 2**31 - 1  # where the last note must have ended: 620 hours at 480 ticks and 120 bpm; fits 32-bit painting


class Origin(StrEnum):
    """Who wrote a note: it is painted differently until the composer accepts it."""

    MINE = "mine"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """A sounding note.

    Attributes:
        start: onset in ticks, >= 0.
        pitch: MIDI pitch, 0..127.
        length: duration in ticks, >= 1; the end is at most `MAX_TICK`.
        velocity: MIDI velocity, 1..127.
        origin: written by the composer or by a model.
        locked: stays as it is, whatever is done around it.
    """

    start: int
    pitch: int
    length: int
    velocity: int = 80
    origin: Origin = Origin.MINE
    locked: bool = False

    def __post_init__(self) -> None:
        if self.start < 0 or self.length < 1 or self.start + self.length > MAX_TICK:
            raise ValueError(f"a note needs start >= 0 and length >= 1, got {self.start}, {self.length}")
        if not 0 <= self.pitch <= 127 or not 1 <= self.velocity <= 127:
            raise ValueError(f"pitch 0..127 and velocity 1..127, got {self.pitch}, {self.velocity}")

    @property
    def end(self) -> int:
        """Tick at which the note stops sounding."""
        return self.start + self.length

    def moved(self, ticks: int = 0, semitones: int = 0) -> Note:
        """This note shifted in time and pitch, kept inside what MIDI can say."""
        start = min(max(0, self.start + ticks), MAX_TICK - self.length)
        return replace(self, start=start, pitch=min(127, max(0, self.pitch + semitones)))
