"""A track: one instrument's notes, sorted, never overlapping on the same pitch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.score.note import Note, Origin


def tidy(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Sort notes and cut overlaps on the same pitch, where the later note wins from its onset on.

    MIDI cannot say which of two equal pitches a note-off ends, so a track never holds such a pair:
    that is what makes a round trip through a file exact.
    """
    kept: list[Note] = []
    last: dict[int, int] = {}  # pitch -> index in kept of the latest note on it
    for note in sorted(notes):
        index = last.get(note.pitch)
        if index is not None:
            before = kept[index]
            if before.start == note.start:  # sorted by length last: the longer one replaces the shorter
                kept[index] = note
                continue
            if before.end > note.start:
                kept[index] = replace(before, length=note.start - before.start)
        last[note.pitch] = len(kept)
        kept.append(note)
    return tuple(kept)


@dataclass(frozen=True)
class Track:
    """One instrument.

    Attributes:
        notes: sorted by (start, pitch); build with `Track.of` unless they already are tidy.
        name: as the composer calls it.
        program: General MIDI program, 0..127.
        drums: plays the percussion channel.
    """

    notes: tuple[Note, ...] = ()
    name: str = ""
    program: int = 0
    drums: bool = False

    @classmethod
    def of(cls, notes: Iterable[Note], name: str = "", program: int = 0, drums: bool = False) -> Track:
        """A track of any notes, tidied."""
        return cls(tidy(notes), name, program, drums)

    def with_notes(self, notes: Iterable[Note]) -> Track:
        """The same instrument playing other notes (tidied)."""
        return replace(self, notes=tidy(notes))

    @property
    def end(self) -> int:
        """Tick at which the last note stops."""
        return int((self.columns[0] + self.columns[2]).max()) if self.notes else 0

    @cached_property
    def columns(self) -> NDArray[np.int64]:
        """Notes as rows of numbers for painting and playing, shape [5, n]:
        start, pitch, length, velocity, 1 if generated. Computed once: tracks are values."""
        rows = [(n.start, n.pitch, n.length, n.velocity, n.origin is Origin.GENERATED) for n in self.notes]
        return np.array(rows, dtype=np.int64).reshape(-1, 5).T.copy()
