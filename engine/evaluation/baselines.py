"""What a figure means: the same meter on real music, spoilt music and a Markov chain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody

Windows = NDArray[np.uint8]


def _pitched(windows: Windows) -> NDArray[np.bool_]:
    return np.asarray((windows >= melody.FIRST_PITCH_TOKEN) & (windows < melody.PAD))


def shuffled(windows: Windows, rng: np.random.Generator) -> Windows:
    """Real rhythms, with each window's own pitches in random order."""
    out = windows.copy()
    for row, places in zip(out, _pitched(windows), strict=True):
        row[places] = rng.permutation(row[places])
    return out


def markov(windows: Windows, rng: np.random.Generator) -> Windows:
    """Real rhythms and first pitches, the rest from a first-order Markov chain over pitches learnt from `windows`."""
    size = melody.VOCABULARY
    counts = np.full((size, size), 1e-9)
    for row, places in zip(windows, _pitched(windows), strict=True):
        pitches = row[places]
        np.add.at(counts, (pitches[:-1], pitches[1:]), 1)
    steps = np.cumsum(counts / counts.sum(1, keepdims=True), axis=1)
    out = windows.copy()
    for row, places in zip(out, _pitched(windows), strict=True):
        before = -1
        for place in np.flatnonzero(places):
            if before >= 0:
                row[place] = min(int(np.searchsorted(steps[before], rng.random())), size - 1)
            before = int(row[place])
    return out
