"""The quality meter: 54 hand features of a melody, Frechet distance and overlapping area over them.

One implementation for every system, so that figures compare. Calibration with reference sets (held-out tunes,
shuffled pitches, a Markov chain) is printed by `melomorph evaluate` beside a model's own figures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody

Floats = NDArray[np.float64]
FEATURES = 54
_MAJOR = np.array(
    [[(pc - tonic) % 12 in {0, 2, 4, 5, 7, 9, 11} for pc in range(12)] for tonic in range(12)], dtype=float
)


def features(windows: NDArray[np.uint8]) -> Floats:
    """Features of windows [n, 16 * bars] as float64 [n, 54].

    12 pitch-class shares, 25 interval shares (clipped to +-12), 8 inter-onset shares (1..8 and more sixteenths),
    then density (onsets per step), span and mean pitch in octaves, share of steps at rest, share of notes in the
    best of 12 major scales, used pitch classes / 12, share of notes of two sixteenths or more, mean absolute
    interval in octaves, share of repeated notes.
    """
    return np.array([_features_of(window) for window in windows]).reshape(-1, FEATURES)


def _features_of(window: NDArray[np.uint8]) -> Floats:
    compound = bool(window[melody.BAR_SLOTS - 1] == melody.PAD)
    steps = melody.steps_per_bar(compound) * (len(window) // melody.BAR_SLOTS)
    notes = melody.decode_steps(window)
    out = np.zeros(FEATURES)
    if not notes:
        out[48] = 1.0
        return out
    onset, end, pitch = np.array(notes).T
    out[:12] = np.bincount(pitch % 12, minlength=12) / len(pitch)
    length = end - onset
    out[45] = len(pitch) / steps
    out[46] = (pitch.max() - pitch.min()) / 12
    out[47] = pitch.mean() / 12
    out[48] = 1 - length.sum() / steps
    out[49] = (_MAJOR @ out[:12]).max()
    out[50] = (out[:12] > 0).sum() / 12
    out[51] = (length >= 2).mean()
    if len(pitch) > 1:
        interval = np.diff(pitch)
        out[12:37] = np.bincount(np.clip(interval, -12, 12) + 12, minlength=25) / len(interval)
        out[37:45] = np.bincount(np.clip(np.diff(onset), 1, 8) - 1, minlength=8) / len(interval)
        out[52] = np.abs(interval).mean() / 12
        out[53] = (interval == 0).mean()
    return out


class Meter:
    """Measures sets of windows against one reference set of real ones."""

    def __init__(self, reference: NDArray[np.uint8], floor: float = 0.0) -> None:
        """Features whose real deviation is below `floor` are divided by that: what is rare in the music weighs less."""
        real = features(reference)
        deviation = real.std(0)
        self._scale = np.where(deviation > 1e-9, np.maximum(deviation, floor), floor or 1.0)
        self._real = real / self._scale
        self._moments = moments(self._real)

    def frechet(self, windows: NDArray[np.uint8]) -> float:
        """Frechet distance of the features, divided by the real deviation (Heusel et al., 2017, on hand features).

        Biased upwards in small sets: compare only sets of one size, and 1,000 at least.
        """
        return self.frechet_of(features(windows))

    def frechet_of(self, rows: Floats) -> float:
        """The same of features [n, 54] that are known already."""
        return frechet(self._moments, moments(rows / self._scale))

    def overlap(self, windows: NDArray[np.uint8]) -> float:
        """Mean overlapping area of the last nine features' histograms (32 bins); blind to order, never alone."""
        fake = features(windows) / self._scale
        areas = []
        for column in range(45, FEATURES):
            both = np.concatenate([self._real[:, column], fake[:, column]])
            edges = np.linspace(both.min(), both.max() + 1e-9, 33)
            a = np.histogram(self._real[:, column], edges)[0] / len(self._real)
            b = np.histogram(fake[:, column], edges)[0] / len(fake)
            areas.append(np.minimum(a, b).sum())
        return float(np.mean(areas))


def moments(rows: Floats) -> tuple[Floats, Floats]:
    """Mean [d] and covariance [d, d] of rows [n, d], a little of the identity added."""
    return rows.mean(0), np.cov(rows, rowvar=False) + 1e-3 * np.eye(rows.shape[1])


def frechet(real: tuple[Floats, Floats], made: tuple[Floats, Floats]) -> float:
    """The Frechet distance of two normal laws, given their moments."""
    (mean, covariance), (other, spread) = real, made
    root = _sqrt_psd(covariance)
    middle = np.linalg.eigvalsh(root @ spread @ root)
    trace = np.trace(covariance) + np.trace(spread) - 2 * np.sqrt(np.clip(middle, 0, None)).sum()
    return float(((other - mean) ** 2).sum() + trace)


def _sqrt_psd(matrix: Floats) -> Floats:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T)


def unique_share(windows: NDArray[np.uint8]) -> float:
    """Part of the windows that are the only one of their kind or the first of it."""
    return len({row.tobytes() for row in windows}) / max(1, len(windows))


def copy_share(windows: NDArray[np.uint8], training_shapes: set[bytes]) -> float:
    """Part of the windows that are, in some key, a training window (bytes of `MELODY.shape_of`)."""
    return (
        float(np.mean([row.tobytes() in training_shapes for row in melody.MELODY.shape_of(windows)]))
        if len(windows)
        else 0.0
    )
