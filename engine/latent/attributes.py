"""Attribute vectors: directions in latent space along which one musical quality changes and the others stay.

After Roberts et al. (2018, section 5.5): the difference of mean codes between melodies that have much of a quality
and those that have little. The directions are then made orthogonal in effect: each is the direction of steepest
change of its own quality among those along which, to first order over the corpus, no other named quality changes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.latent.qualities import AXES, Floats, measure

__all__ = ["AXES", "MAIN", "Floats", "from_sets", "measure", "vectors"]

MAIN = ("density", "height")  # the musical axes of the map: kept clear of one another, whatever the others do
LEAST_OWN = 1e-3  # of a gradient's square that must be left beside the others' for a direction of its own


def vectors(codes: NDArray[np.floating], values: dict[str, Floats]) -> dict[str, Floats]:
    """One vector [d] per quality, scaled so that adding it once moves the quality by one deviation of the corpus.

    Density and height, the axes of the map, are cleared of each other; every other quality of all of them, or of
    those two alone where the space has too few dimensions for all. A quality that never varies, or that changes only
    together with those it has to be clear of, gets no direction (zeros).

    Args:
        codes: latent codes [n, d].
        values: each quality of the same melodies, [n].
    """
    centred = codes - codes.mean(0)
    names, size = list(values), codes.shape[1]
    standard = np.stack([(values[name] - values[name].mean()) / max(values[name].std(), 1e-9) for name in names], 1)
    ridge = 1e-3 * len(codes) * max(float(centred.var(0).mean()), 1e-12)
    # gradient of each quality, by least squares of the quality on the code
    gradients = np.linalg.solve(centred.T @ centred + ridge * np.eye(size), centred.T @ standard)
    found = {}
    for index, name in enumerate(names):
        clear_of_all = name not in MAIN and size >= 2 * len(names)
        others = [i for i, other in enumerate(names) if i != index and (clear_of_all or other in MAIN)]
        found[name] = _own(gradients[:, index], gradients[:, others])
    return found


def _own(gradient: Floats, others: Floats) -> Floats:
    """The smallest move along which the quality of `gradient` [d] rises by one and those of `others` [d, k] do not."""
    left = gradient - others @ np.linalg.lstsq(others, gradient, rcond=None)[0]
    if float(left @ left) <= max(LEAST_OWN * float(gradient @ gradient), 1e-18):
        return np.zeros_like(gradient)
    return np.asarray(left / (left @ gradient))


def from_sets(more: NDArray[np.floating], less: NDArray[np.floating]) -> Floats:
    """The vector [d] from the mean of one set of codes [n, d] to that of another: "more like these than those".

    Added once, it leads from the middle of `less` as far as the middle of `more`. Any labelled set will do: the
    composer's own selection, a collection, a style.
    """
    return np.asarray(more.mean(0) - less.mean(0), dtype=np.float64)
