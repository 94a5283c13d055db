"""In which key and mode a tune stands, heard from its notes: the signatures of tune books often say neither."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

MODES = ("major", "dorian", "mixolydian", "minor")
TONICS = (0, 2, 7, 9)  # where the tonic of each mode lies on the white keys
_SCALE = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], dtype=float)
_LIKELY = np.array([0.03, 0.0, 0.01, 0.015])  # how readily each mode is believed
_CLOSING, _TONIC, _FIFTH, _THIRD = 0.12, 0.25, 0.1, 0.05  # what speaks for a tonic, beside the scale
_SIGNED = 0.1  # what a printed signature is worth


def heard(pitches: ArrayLike, lengths: ArrayLike, signature: int | None = None) -> tuple[int, int]:
    """(semitones 0..11 above the white keys, number in MODES) of a tune's notes: a tune in D major gives (2, 0).

    Args:
        pitches: MIDI, in order.
        lengths: of the notes, in any unit.
        signature: what is printed, in the same semitones; it is believed unless the notes speak clearly against it.
    """
    classes = np.asarray(pitches, dtype=int) % 12
    counted = np.bincount(classes, np.asarray(lengths, dtype=float), minlength=12)
    weights = counted / max(float(counted.sum()), 1e-9)
    closing = np.zeros(12)
    closing[classes[-1:]] = 1.0
    scores = np.empty((12, len(MODES)))
    for shift in range(12):
        turned, last = np.roll(weights, -shift), np.roll(closing, -shift)
        for mode, tonic in enumerate(TONICS):
            third, fifth = (tonic + (3 if mode in (1, 3) else 4)) % 12, (tonic + 7) % 12
            speaks = _TONIC * turned[tonic] + _FIFTH * turned[fifth] + _THIRD * turned[third] + _CLOSING * last[tonic]
            scores[shift, mode] = turned @ _SCALE + speaks + _LIKELY[mode] + _SIGNED * (shift == signature)
    best = int(scores.argmax())
    return best // len(MODES), best % len(MODES)


def in_scale(pitches: ArrayLike) -> NDArray[np.bool_]:
    """Which of some pitches, moved to the white keys, stand on one."""
    return np.asarray(_SCALE[np.asarray(pitches, dtype=int) % 12] > 0)
