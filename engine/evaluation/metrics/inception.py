"""Inception score (Salimans et al., 2016), with a judge of kinds of tunes instead of one of pictures.

High if each melody is clearly of one kind and all kinds come equally often; 1 if all are judged alike. It never looks
at real music: what is clearly a caricature of a jig scores as well as a jig.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SPLITS = 10


def score(probabilities: NDArray[np.floating], splits: int = SPLITS) -> float:
    """exp of the mean divergence of each opinion [n, kinds] from the average one; mean over parts of the set."""
    parts = [part for part in np.array_split(probabilities.astype(np.float64), splits) if len(part)]
    return float(np.mean([_of(part) for part in parts]))


def _of(opinions: NDArray[np.float64]) -> float:
    likely = np.clip(opinions, 1e-12, 1)
    divergence = (likely * (np.log(likely) - np.log(likely.mean(0)))).sum(1).mean()
    return float(np.exp(divergence))
