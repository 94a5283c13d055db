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


def at_home(windows: Windows) -> Windows:
    """Melodies [n, k], each moved to the white keys as far as one can tell: what is counted there holds in any key."""
    import torch

    from engine.models.parts.home_key import homeward

    tokens = torch.from_numpy(windows.astype(np.int64))
    shift = homeward(tokens, torch.ones_like(tokens, dtype=torch.bool)).numpy()
    pitched = _pitched(windows)
    low = np.where(pitched, windows, 255).min(1).astype(int) - melody.FIRST_PITCH_TOKEN
    high = melody.VOCABULARY - 1 - np.where(pitched, windows, 0).max(1).astype(int)
    shift = np.where(shift > high, shift - 12, np.where(shift < -low, shift + 12, shift))
    return melody.transposed(windows, np.where(pitched.any(1), shift, 0))


def markov(windows: Windows, rng: np.random.Generator, learnt: Windows | None = None) -> Windows:
    """Real rhythms and first pitches, the rest from a first-order Markov chain over pitches learnt from `windows`, or
    from other melodies `learnt`.
    """
    size = melody.VOCABULARY
    counts = np.full((size, size), 1e-9)
    learnt = windows if learnt is None else learnt
    for row, places in zip(learnt, _pitched(learnt), strict=True):
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
