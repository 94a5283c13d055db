"""Attribute vectors: directions in latent space along which one musical quality changes and the others stay.

After Roberts et al. (2018, section 5.5): the difference of mean codes between melodies that have much of a quality
and those that have little. The directions are then made orthogonal in effect: each is the direction of steepest
change of its own quality among those along which, to first order over the corpus, no other named quality changes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody

Floats = NDArray[np.float64]
AXES = {  # name -> (what less of it is called, what more of it is called)
    "density": ("calmer", "busier"),
    "height": ("lower", "higher"),
}


def measure(windows: NDArray[np.uint8]) -> dict[str, Floats]:
    """Each quality of windows [n, 32] as float64 [n]: onsets per step, and mean sounding pitch in semitones."""
    pitched = (windows >= melody.FIRST_PITCH_TOKEN) & (windows < melody.PAD)
    onsets = pitched.sum(1)
    steps = (windows != melody.PAD).sum(1)
    pitch = np.where(pitched, windows, 0).sum(1) / np.maximum(onsets, 1) - melody.FIRST_PITCH_TOKEN + melody.LOWEST
    return {"density": onsets / steps, "height": pitch.astype(float)}


def vectors(codes: NDArray[np.floating], values: dict[str, Floats]) -> dict[str, Floats]:
    """One vector [d] per quality, scaled so that adding it once moves the quality by one deviation of the corpus.

    Args:
        codes: latent codes [n, d].
        values: each quality of the same melodies, [n].
    """
    centred = codes - codes.mean(0)
    names = list(values)
    standard = np.stack([(values[name] - values[name].mean()) / max(values[name].std(), 1e-9) for name in names], 1)
    ridge = 1e-3 * len(codes)
    # gradient of each quality, by least squares of the quality on the code
    gradients = np.linalg.solve(centred.T @ centred + ridge * np.eye(centred.shape[1]), centred.T @ standard)
    # the smallest moves with gradients.T @ move = identity: one up, the others where they are
    moves = gradients @ np.linalg.pinv(gradients.T @ gradients)  # a quality that never varies gets no direction
    return {name: moves[:, index] for index, name in enumerate(names)}
