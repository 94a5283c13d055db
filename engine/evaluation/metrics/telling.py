"""Can written melodies be told from real ones? A two-sample test by a classifier (Lopez-Paz and Oquab, 2017).

A plain classifier (a line through what it hears, by least squares) learns on some of both and guesses the others: right
half of the time, it cannot tell them apart; always right, the written ones give themselves away. It hears the 54
features and, in the home key, what a distance over those misses: on which step notes begin, which degree stands on
which beat, how the two bars relate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.evaluation.metrics import repetition

FOLDS, CAUTION = 5, 0.2  # parts of the set; how much the classifier distrusts what it sees, per melody
BEAT = 4
Windows = NDArray[np.uint8]
Floats = NDArray[np.float64]


def heard(windows: Windows, features: Floats) -> Floats:
    """What the classifier is given of melodies [n, 32] in the home key and their features: [n, d]."""
    begins = (windows >= melody.FIRST_PITCH_TOKEN) & (windows < melody.PAD)
    degree = (windows.astype(int) + melody.LOWEST - melody.FIRST_PITCH_TOKEN) % 12
    beats = np.stack([(begins & (degree == d)).reshape(len(windows), -1, BEAT).sum(-1) for d in range(12)], -1)
    bars = windows.reshape(len(windows), -1, melody.BAR_SLOTS)
    rhythm = begins.reshape(len(windows), -1, melody.BAR_SLOTS)
    relation = np.stack([repetition.alike(bars[:, 0], bars[:, 1]), (rhythm[:, 0] == rhythm[:, 1]).mean(-1)], -1)
    last = np.zeros((len(windows), 12))
    last[np.arange(len(windows)), _last_degree(begins, degree)] = 1.0
    whole = [features, begins, beats.reshape(len(windows), -1), relation, last]
    return np.concatenate([part.astype(float) for part in whole], axis=1)


def told_apart(real: Floats, fake: Floats, seed: int = 3) -> float:
    """Part of melodies [n, d] and [m, d] that a classifier guesses right which it did not learn from; .5 is best."""
    n = min(len(real), len(fake))
    points = np.concatenate([real[:n], fake[:n]])
    truth = np.repeat([-1.0, 1.0], n)
    points = np.clip((points - points.mean(0)) / np.maximum(points.std(0), 1e-6), -5, 5)
    careful = CAUTION * 2 * n * np.eye(points.shape[1])
    order = np.random.default_rng(seed).permutation(n)
    fold = np.empty(2 * n, dtype=int)
    fold[order] = fold[n + order] = np.arange(n) % FOLDS
    right = np.zeros(2 * n, dtype=bool)
    for number in range(FOLDS):
        rest, here = fold != number, fold == number
        line = np.linalg.solve(points[rest].T @ points[rest] + careful, points[rest].T @ truth[rest])
        right[here] = (points[here] @ line > 0) == (truth[here] > 0)
    return float(right.mean())


def _last_degree(begins: NDArray[np.bool_], degree: NDArray[np.integer]) -> NDArray[np.integer]:
    """The degree of each melody's last note; 0 where there is none."""
    place = begins.shape[1] - 1 - begins[:, ::-1].argmax(1)
    return np.where(begins.any(1), np.take_along_axis(degree, place[:, None], 1)[:, 0], 0)
