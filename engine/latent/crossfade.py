"""Fading one melody into another note by note, without any model: what a latent morph has to beat."""

from __future__ import annotations

import numpy as np

from engine.codecs.codec import Tokens
from engine.codecs.melody import PAD


def crossfade(a: Tokens, b: Tokens, alpha: float, rng: np.random.Generator) -> Tokens:
    """Every step takes A's token with probability 1 - alpha, else B's (the baseline of Roberts et al., 2018).

    Args:
        a: melodies, [16 * bars] or [n, 16 * bars].
        b: as many, as long. Where their bars differ in kind, A's kind is kept.
        alpha: 0 is A, 1 is B.
        rng: what decides.

    Returns:
        Tokens like `a`.
    """
    theirs = (rng.random(a.shape) < alpha) & (a != PAD) & (b != PAD)
    return np.where(theirs, b, a)
