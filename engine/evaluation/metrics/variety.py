"""Is there more than one tune in it, and are they its own: different melodies, and copies of what was learnt from.

Both are counted in any key: a melody moved by three semitones is the same melody.
"""

from __future__ import annotations

from collections.abc import Set

import numpy as np
from numpy.typing import NDArray

from engine.codecs.melody import MELODY

Windows = NDArray[np.uint8]


def shapes_of(windows: Windows) -> list[bytes]:
    """Windows [n, 32] as keys: equal ones are one melody in some keys."""
    return [row.tobytes() for row in MELODY.shape_of(windows)]


def different_share(windows: Windows, pieces: NDArray[np.integer]) -> float:
    """Part of windows [n, 32] that no other piece had before; what comes back within one piece (`pieces` [n]) is form.

    1 if every piece is its own, near 0 if the system always writes the same.
    """
    first: dict[bytes, int] = {}
    new = [
        first.setdefault(shape, int(piece)) == piece for shape, piece in zip(shapes_of(windows), pieces, strict=True)
    ]
    return float(np.mean(new)) if new else 0.0


def known_share(windows: Windows, known: Set[bytes]) -> float:
    """Part of windows [n, 32] that are, in some key, among the `known` (keys of `shapes_of`)."""
    return float(np.mean([shape in known for shape in shapes_of(windows)])) if len(windows) else 0.0
