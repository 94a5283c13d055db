"""The dials of a model: the units of its code, or its strongest directions, and how far each is turned by music."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.models.bundle import Arrays

UNITS, DIRECTIONS = 32, 16  # codes of at most so many units are shown unit by unit, longer ones by directions


def dials(codes: NDArray[np.floating]) -> Arrays:
    """Extras of a bundle, from codes of training music [n, d].

    `dials.low` and `dials.high`: the 1st and 99th percentile of each dial. Where d is beyond UNITS the dials are the
    first principal directions `dials.directions` [16, d] around `dials.mean` [d], in deviations of the corpus.
    """
    codes = codes.astype(np.float64)
    if codes.shape[1] <= UNITS:
        low, high = np.percentile(codes, [1, 99], axis=0)
        return {"dials.low": low.astype(np.float32), "dials.high": high.astype(np.float32)}
    mean = codes.mean(0)
    _, spread, axes = np.linalg.svd(codes - mean, full_matrices=False)
    axes, deviation = axes[:DIRECTIONS], spread[:DIRECTIONS] / np.sqrt(len(codes))
    places = (codes - mean) @ axes.T / np.maximum(deviation, 1e-12)
    low, high = np.percentile(places, [1, 99], axis=0)
    found = {"mean": mean, "directions": axes * deviation[:, None], "low": low, "high": high}
    return {f"dials.{name}": value.astype(np.float32) for name, value in found.items()}
