"""Fidelity and variety apart: how much of what is written lies among real music, how much of real music is reached.

Precision and recall are those of Kynkaanniemi, Karras, Laine, Lehtinen and Aila (2019), density and coverage of Naeem,
Oh, Uh, Choi and Yoo (2020). All draw a ball around every point, as far as its k-th neighbour. One odd real tune has a
huge ball, in which anything counts as precise; density and coverage mind that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
NEAR, NEIGHBOURS = 3, 5  # k of precision and recall, and of density and coverage, as the papers have them


@dataclass(frozen=True)
class Coverage:
    """All between 0 and 1, but density, which may lie above.

    Attributes:
        precision: written points inside the ball of any real one: is it music?
        recall: real points inside the ball of any written one: is it all of music?
        density: in how many real balls a written point lies, over k.
        coverage: real points whose ball holds a written one.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def measure(real: Floats, fake: Floats) -> Coverage:
    """Of points [n, d] and [m, d], both of one size if figures are to be compared.

    A set with itself has precision, recall and coverage 1. One tune over and over has (nearly) no recall.
    """
    between = distances(real, fake)  # [n, m]
    inner, outer = distances(real, real), distances(fake, fake)
    ball = _kth(inner, NEIGHBOURS)
    return Coverage(
        precision=float((between <= _kth(inner, NEAR)[:, None]).any(0).mean()),
        recall=float((between <= _kth(outer, NEAR)[None, :]).any(1).mean()),
        density=float((between <= ball[:, None]).sum(0).mean() / NEIGHBOURS),
        coverage=float((between.min(1) <= ball).mean()),
    )


def distances(a: Floats, b: Floats) -> Floats:
    """Euclidean distances [n, m] of points [n, d] and [m, d]."""
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1)[None, :] - 2 * a @ b.T
    return np.asarray(np.sqrt(np.clip(squares, 0, None)))


def _kth(inner: Floats, k: int) -> Floats:
    """How far each point's k-th neighbour is, [n]; the point itself is none."""
    k = min(k, len(inner) - 1)
    return np.asarray(np.partition(inner, k, axis=1)[:, k])
