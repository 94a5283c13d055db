"""How far two clouds of points lie apart, each taken for a Gaussian (Heusel et al., 2017: the FID of images).

The distance sees where a cloud lies and how wide it is in every direction, so both tunes that are nothing like real
ones and tunes that are all alike push it up. It is biased upwards in small sets: compare sets of one size only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def distance(real: Floats, fake: Floats, shrinkage: float = 0.0) -> float:
    """Frechet distance of points [n, d] and [m, d]; 0 for equal sets.

    Args:
        real: one cloud.
        fake: the other.
        shrinkage: how much of each covariance is replaced by that of a ball of the same size (0..1): of few points in
            many dimensions the covariance alone is mostly chance.
    """
    (mean, spread), (other, width) = (_moments(points, shrinkage) for points in (real, fake))
    values, vectors = np.linalg.eigh(spread)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    middle = np.linalg.eigvalsh(root @ width @ root)
    both = np.trace(spread) + np.trace(width) - 2 * np.sqrt(np.clip(middle, 0, None)).sum()
    return max(0.0, float(((mean - other) ** 2).sum() + both))


def _moments(points: Floats, shrinkage: float) -> tuple[Floats, Floats]:
    rows = points.astype(np.float64)
    spread = np.atleast_2d(np.cov(rows, rowvar=False))
    ball = np.trace(spread) / len(spread) * np.eye(len(spread))
    return rows.mean(0), (1 - shrinkage) * spread + shrinkage * ball
