"""Which triad each stretch of music most likely stands on: the notes as evidence, the key as what to expect.

Every pitch class counts by how long it sounds, more where the stretch begins. A triad explains its own notes best,
notes of the key next, others badly; a key expects some of its triads more than others, and some to follow each other.
The likeliest row of triads is found by dynamic programming (Viterbi), in the key that explains the whole best. The
order of the weights is that of harmony books, their size was rounded from a sixth of the lead sheets that
`benchmarks/chords.py` measures it on. For a lead sheet, for accompaniments, and to learn from.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

NONE = 24  # no chord; major triads are 0..11 by their root, minor ones 12..23
CHORDS = 25
Weights = NDArray[np.float64]
Triads = NDArray[np.int64]

EVIDENCE = 8.0  # how many independent notes a stretch full of sound is worth
ACCENT = 2.8  # of what begins with the stretch
HALF_WAY = 1.2  # of what begins in the middle of it
HELD = 0.5  # of what began before it
_ROOT, _THIRD, _FIFTH, _SEVENTH, _IN_KEY, _LEADING, _OUTSIDE = 0.22, 0.2, 0.22, 0.06, 0.04, 0.03, 0.005
_MAJOR_KEY = {"I": 0.36, "V": 0.24, "IV": 0.15, "ii": 0.07, "vi": 0.07, "II": 0.02, "iii": 0.015, "bVII": 0.02}
_MINOR_KEY = {"i": 0.36, "V": 0.14, "VII": 0.13, "III": 0.09, "iv": 0.09, "VI": 0.05, "v": 0.05, "IV": 0.02}
_MINOR_DEGREES = {"III": 3, "VI": 8, "VII": 10}
_DEGREES = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "VII": 11, "bVII": 10}
_ELSE = 0.003  # of every triad that the key does not know
_FALLING_FIFTH, _STAYS, _HOME = 2.0, 2.3, 4.0  # what a step by falling fifth, no step, and ending at home are worth


def likely_chords(
    notes: Sequence[tuple[int, int, int]], spans: Sequence[tuple[int, int]]
) -> list[tuple[int, bool] | None]:
    """The likely triad of every stretch: its root 0..11 and whether it is minor; None where nothing sounds.

    Args:
        notes: onset, end and MIDI pitch of each, in any unit and order.
        spans: beginning and end of each stretch, say of every bar or half bar, in the same unit, one after the other.
    """
    weights = class_weights(notes, spans)
    found = likely_triads(weights[None])[0]
    return [None if chord == NONE else (int(chord) % 12, bool(chord >= 12)) for chord in found]


def class_weights(notes: Sequence[tuple[int, int, int]], spans: Sequence[tuple[int, int]]) -> Weights:
    """How much of every stretch each pitch class is, [stretches, 12]: 1 is one note sounding all through."""
    weights = np.zeros((len(spans), 12))
    if not len(notes) or not len(spans):
        return weights
    rows = np.array(notes, dtype=np.int64)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    longest = int((rows[:, 1] - rows[:, 0]).max())
    for index, (start, end) in enumerate(spans):
        low, high = np.searchsorted(rows[:, 0], [start - longest, end])
        onset, stop, pitch = rows[low:high].T
        share = (np.minimum(stop, end) - np.maximum(onset, start)).clip(0) / max(1, end - start)
        accent = np.where(onset < start, HELD, np.where(onset == start, ACCENT, 1.0))
        accent[2 * onset == start + end] = HALF_WAY
        np.add.at(weights[index], pitch % 12, share * accent)
    return weights


def likely_triads(weights: Weights) -> Triads:
    """The likely row of triads of each of n pieces, [n, stretches], 0..24, from pitch classes [n, stretches, 12]."""
    n, stretches, _ = weights.shape
    if not stretches:
        return np.zeros((n, 0), dtype=np.int64)
    told, expected, moves = _tables()
    loud = weights.sum(2, keepdims=True)
    evidence = weights * EVIDENCE / np.maximum(loud, 1.0)
    fits = (evidence @ told.reshape(-1, 12).T).reshape(n, stretches, 24, 24)  # [n, stretch, key, triad]
    key = np.logaddexp.reduce(fits + expected, axis=3).sum(1).argmax(1)
    heard = fits[np.arange(n), :, key]
    move, home = moves[key], np.arange(24) == key[:, None]  # a key has the number of its home triad
    best, back = heard[:, 0] + expected[key], []
    for index in range(1, stretches):
        reached = best[:, :, None] + move
        back.append(reached.argmax(1))
        best = reached.max(1) + heard[:, index]
    row = [(best + home * np.log(_HOME)).argmax(1)]
    for came in reversed(back):
        row.append(came[np.arange(n), row[-1]])
    return np.where(loud[..., 0] > 0, np.stack(row[::-1], 1), NONE)


def key_of(triads: Triads) -> Triads:
    """The key that rows of triads [n, stretches] most likely are in, [n]: the number of its home triad."""
    _, expected, _ = _tables()
    known = triads != NONE
    row = np.where(known, triads, 0)
    score = (expected[:, row] * known).sum(2)
    home = np.arange(24)[:, None]
    for place in (0, -1):
        score += (known[:, place] & (row[:, place] == home)) * np.log(_HOME)
    return np.asarray(score.argmax(0))


@cache
def _tables() -> tuple[Weights, Weights, Weights]:
    """Logarithms: of each pitch class given key and triad, of triads in a key, of a triad after another in a key."""
    told, expected, moves = np.zeros((24, 24, 12)), np.zeros((24, 24)), np.zeros((24, 24, 24))
    triad = np.arange(24)
    root, minor = triad % 12, triad >= 12
    third = (root + np.where(minor, 3, 4)) % 12
    falls = (root[:, None] - root[None, :]) % 12 == 7
    likes = np.where(falls, _FALLING_FIFTH, 1.0) * np.where(np.eye(24, dtype=bool), _STAYS, 1.0)
    for key in range(24):
        scale = _scale(key >= 12)
        classes = np.where(np.isin((np.arange(12) - key) % 12, scale), _IN_KEY, _OUTSIDE)
        if key >= 12:
            classes[(key + 11) % 12] = _LEADING
        told[key] = classes
        told[key, triad, root] = _ROOT
        told[key, triad, third] = _THIRD
        told[key, triad, (root + 7) % 12] = _FIFTH
        told[key, (key + 7) % 12, (key + 5) % 12] = _SEVENTH  # of the dominant
        expected[key] = _expected(key)
        moves[key] = likes * expected[key][None]
    told /= told.sum(2, keepdims=True)
    moves /= moves.sum(2, keepdims=True)
    return np.log(told), np.log(expected), np.log(moves)


def _scale(minor: bool) -> list[int]:
    return [0, 2, 3, 5, 7, 8, 10] if minor else [0, 2, 4, 5, 7, 9, 11]


def _expected(key: int) -> Weights:
    """How likely each triad is in a key, [24], adding up to 1."""
    likely = np.full(24, _ELSE)
    for name, share in (_MINOR_KEY if key >= 12 else _MAJOR_KEY).items():
        upper = name.upper() if name != "bVII" else name
        degree = _MINOR_DEGREES.get(upper, _DEGREES[upper]) if key >= 12 else _DEGREES[upper]
        likely[(key + degree) % 12 + 12 * name.islower()] = share
    return np.asarray(likely / likely.sum())
