"""Curved maps: places for melodies on a plane such that neighbours stay neighbours. Slow; done when a bundle is made.

The lectures' picture is the map of the Earth: a sphere of three dimensions on a sheet of two. t-SNE (van der Maaten
and Hinton, 2008) keeps the nearest neighbours together and lets go of all that is far; Isomap (Tenenbaum, de Silva and
Langford, 2000) keeps the ways from neighbour to neighbour as long as they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.latent.attributes import MAIN
from engine.latent.distortion import NEIGHBOURS
from engine.latent.planes import Floats

FEWEST = 30  # melodies that make a curved map
PERPLEXITY, ROUNDS = 30.0, 500  # of t-SNE


def layouts(codes: NDArray[np.floating], values: dict[str, NDArray[np.floating]]) -> dict[str, Floats]:
    """Places [n, 2] of codes [n, d], by name of the plane; none for a space that is a plane already, or for few codes.

    Each is turned so that busier lies right and higher lies up as far as it goes, and scaled to a deviation of one.

    Args:
        codes: codes of the dots.
        values: their qualities, [n] each.
    """
    if codes.shape[1] <= 2 or len(codes) < FEWEST:
        return {}
    wide = np.asarray(codes, np.float64)
    found = {"tsne": _tsne(wide), "isomap": _isomap(wide)}
    return {name: _turned(places, values) for name, places in found.items()}


def _tsne(codes: NDArray[np.float64]) -> NDArray[np.float64]:
    from sklearn.manifold import TSNE

    model = TSNE(perplexity=min(PERPLEXITY, len(codes) / 4), init="pca", max_iter=ROUNDS, random_state=1, n_jobs=1)
    return np.asarray(model.fit_transform(codes), np.float64)


def _isomap(codes: NDArray[np.float64]) -> NDArray[np.float64]:
    import warnings

    from sklearn.manifold import Isomap

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # islands of melodies are joined by their nearest members, which is what we want
        return np.asarray(Isomap(n_neighbors=NEIGHBOURS, n_components=2, n_jobs=1).fit_transform(codes), np.float64)


def _turned(places: NDArray[np.float64], values: dict[str, NDArray[np.floating]]) -> Floats:
    """Places centred, scaled, and turned or mirrored towards the qualities of the musical axes (Procrustes)."""
    centred = places - places.mean(0)
    centred = centred / max(float(centred.std()), 1e-9)
    if all(name in values for name in MAIN):
        wanted = np.stack([np.asarray(values[name], float) for name in MAIN], 1)
        wanted = (wanted - wanted.mean(0)) / np.maximum(wanted.std(0), 1e-9)
        left, _, right = np.linalg.svd(centred.T @ wanted)
        centred = centred @ (left @ right)
    return np.asarray(centred, np.float32)
