"""What every codec can do: music to windows of tokens and back. A model sees only the tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.score import Note, Score, Track

Tokens = NDArray[np.uint8]


@dataclass(frozen=True)
class Voice:
    """What one track would hold.

    Attributes:
        name: of the track, e.g. Soprano; empty for "whichever track is edited".
        program: General MIDI program, 0..127.
        notes: from tick 0 on.
        track: number of the track of the piece that it was read from, if it is known; its name has to fit too.
    """

    name: str
    program: int
    notes: tuple[Note, ...]
    track: int | None = None


class Codec(Protocol):
    """One way to write music as tokens.

    Attributes:
        name: what the registry calls it.
        bars: length of a window.
        shape: of one window of tokens, uint8.
        vocabulary: how many different tokens a cell may hold.
    """

    @property
    def name(self) -> str: ...

    @property
    def bars(self) -> int: ...

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def vocabulary(self) -> int: ...

    def span_ticks(self, ticks_per_quarter: int, compound: bool = False) -> int:
        """Length of a window in ticks; `compound` bars have 12 sixteenths, others 16."""
        ...

    def read(self, tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int = 0, compound: bool = False) -> Tokens:
        """The window that sounds from `at_tick` on.

        Raises:
            UserError: nothing sounds there.
        """
        ...

    def write(self, tokens: Tokens, ticks_per_quarter: int) -> tuple[Voice, ...]:
        """A window as notes from tick 0 on, generated."""
        ...

    def windows(self, score: Score) -> Iterator[Tokens]:
        """The training windows of a score: full bars with music in them, in a meter this codec knows."""
        ...

    def transpose_randomly(self, windows: Tokens, rng: np.random.Generator) -> Tokens:
        """Windows [n, *shape] each moved to another key, as far as its range allows."""
        ...

    def cells(self, tokens: Tokens, first: int, end: int) -> NDArray[np.bool_]:
        """The cells of a window, bool [*shape], that belong to its sixteenths from `first` up to `end`."""
        ...

    def shape_of(self, windows: Tokens) -> Tokens:
        """Windows as rows [n, k]: equal rows are the same music in any key."""
        ...
