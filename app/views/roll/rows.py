"""Which pitches have a row, and where: all 128, or only some when the roll is folded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PITCHES = 128


class Rows:
    """Pitches from the top row down. A pitch without a row lies on the row of the nearest pitch that has one.

    Args:
        shown: True per pitch that has a row, shape [128], at least one.

    Attributes:
        pitches: of the rows from the top down, for one at a time; `pitch_of` the same as an array.
        place: row of every pitch, counted from the top, for one at a time; `places` the same as an array.
        shown: as given.
    """

    def __init__(self, shown: NDArray[np.bool_]) -> None:
        self.shown = shown
        self.pitch_of = np.flatnonzero(shown)[::-1].copy()
        every = np.arange(PITCHES)
        self.places = np.abs(every[:, None] - self.pitch_of[None, :]).argmin(axis=1)
        self.pitches: tuple[int, ...] = tuple(self.pitch_of.tolist())
        self.place: tuple[int, ...] = tuple(self.places.tolist())

    def __len__(self) -> int:
        return len(self.pitches)

    @property
    def folded(self) -> bool:
        """Whether some pitches have no row."""
        return len(self) < PITCHES


ALL_ROWS = Rows(np.ones(PITCHES, dtype=bool))
