"""What is played on a keyboard while the piece plays, as notes of a track."""

from __future__ import annotations

from dataclasses import dataclass

from engine.score import Note


@dataclass
class Take:
    """One recording.

    Attributes:
        loop: the span of ticks that repeats, if one does: a key held over its end ends there.
    """

    loop: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        self._held: dict[int, tuple[int, int]] = {}  # pitch -> tick and velocity of what sounds
        self._done: list[Note] = []

    def key(self, pitch: int, velocity: int, tick: float) -> None:
        """A key goes down or, with velocity 0, up, when the playhead is at a tick."""
        at = max(0, round(tick))
        if pitch in self._held:
            self._end(pitch, at)
        if velocity:
            self._held[pitch] = (at, velocity)

    @property
    def done(self) -> tuple[Note, ...]:
        """What was played and let go."""
        return tuple(self._done)

    def notes(self, tick: float) -> tuple[Note, ...]:
        """What was played; keys that are still down end at a tick."""
        for pitch in list(self._held):
            self._end(pitch, max(0, round(tick)))
        return tuple(self._done)

    def _end(self, pitch: int, at: int) -> None:
        start, velocity = self._held.pop(pitch)
        if at < start:  # the loop began again, or the playhead was put elsewhere
            at = self.loop[1] if self.loop is not None and self.loop[1] > start else start
        self._done.append(Note(start, pitch, max(1, at - start), velocity))
