"""Overlapping areas after Yang and Lerch (2018): are written melodies as unlike real ones as real ones are each other?

For each of a dozen features the distances between real melodies make one curve, the distances from written to real
ones another; what both curves have in common is the area. Both are drawn on one grid. It hardly hears the order of
notes: shuffled tunes overlap well, so it is never read alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
GROUPS = ((0, 12), (12, 37), (37, 45), *((column, column + 1) for column in range(45, 54)))  # of the 54 features
PAIRS, GRID, SMOOTH = 20_000, 128, 1.5  # pairs looked at, points of a curve, breadth of the smoothing in points


def area(real: Floats, fake: Floats, seed: int = 5) -> float:
    """Mean overlapping area over the groups of features, 0..1, of features [n, 54] and [m, 54]."""
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, len(real), (2, PAIRS))
    other = np.where(one == other, (other + 1) % len(real), other)  # a melody's distance from itself says nothing
    written = rng.integers(0, len(fake), PAIRS)
    areas = []
    for low, high in GROUPS:
        inside = np.sqrt(((real[one, low:high] - real[other, low:high]) ** 2).sum(1))
        between = np.sqrt(((real[one, low:high] - fake[written, low:high]) ** 2).sum(1))
        top = max(inside.max(), between.max())
        edges = np.linspace(0, top if top > 0 else 1.0, GRID + 1)
        areas.append(float(np.minimum(_curve(inside, edges), _curve(between, edges)).sum()))
    return float(np.mean(areas))


def _curve(values: Floats, edges: Floats) -> Floats:
    """A histogram, smoothed, that sums to 1."""
    counts = np.histogram(values, edges)[0].astype(float)
    reach = np.arange(-6, 7)
    kernel = np.exp(-0.5 * (reach / SMOOTH) ** 2)
    smooth = np.convolve(np.pad(counts, 6, mode="reflect"), kernel / kernel.sum(), "valid")
    return np.asarray(smooth / max(smooth.sum(), 1e-12))
