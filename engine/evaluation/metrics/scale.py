"""Scale consistency (Mogren, 2016): the largest part of a melody's notes that stand in one scale.

The scales are major, natural minor and harmonic minor on all twelve tonics. A note's degree is (pitch - tonic) mod 12
also below the tonic; without that second modulo, low notes never count, as in published code.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 8, 11))
_IN = np.array(
    [[(pc - tonic) % 12 in scale for pc in range(12)] for scale in SCALES for tonic in range(12)], dtype=float
)


def consistency(pitches: NDArray[np.integer]) -> float:
    """Of one melody's pitches [m]; 0 without notes."""
    if not len(pitches):
        return 0.0
    classes = np.bincount(np.asarray(pitches) % 12, minlength=12) / len(pitches)
    return float((_IN @ classes).max())


def mean_consistency(melodies: Sequence[NDArray[np.integer]]) -> float:
    """Mean over melodies, given as arrays of pitches."""
    return float(np.mean([consistency(pitches) for pitches in melodies])) if len(melodies) else 0.0
