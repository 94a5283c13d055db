"""How much a flat map hides of a space of many dimensions: every one does, as every map of the Earth does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 10
PAIRS = 20_000  # of dots whose distances are compared


@dataclass(frozen=True)
class Distortion:
    """How true a plane is.

    Attributes:
        kept: share of each melody's ten nearest neighbours in latent space that are among its ten nearest on the
            plane, 0..1 (chance: 10 of all dots).
        distances: correlation of the distances between dots in latent space and on the plane, -1..1.
    """

    kept: float
    distances: float


def distortion(codes: NDArray[np.floating], places: NDArray[np.floating]) -> Distortion:
    """Measure a plane: codes [n, d] of the dots and their places [n, 2]."""
    count = min(NEIGHBOURS, len(codes) - 1)
    near_codes, near_places = _nearest(codes, count), _nearest(places, count)
    shared = (near_codes[:, :, None] == near_places[:, None, :]).any(2)
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, len(codes), (2, PAIRS))
    far_codes, far_places = (np.linalg.norm((x[a] - x[b])[a != b], axis=1) for x in (codes, places))
    spread = float(far_codes.std() * far_places.std())
    return Distortion(float(shared.mean()), float(np.corrcoef(far_codes, far_places)[0, 1]) if spread > 0 else 0.0)


def _nearest(points: NDArray[np.floating], count: int) -> NDArray[np.intp]:
    """Indices [n, count] of each point's nearest others."""
    wide = np.asarray(points, np.float32)
    square = (wide**2).sum(1)
    far = square[:, None] + square - 2 * wide @ wide.T
    np.fill_diagonal(far, np.inf)
    return np.argpartition(far, count - 1, axis=1)[:, :count]
