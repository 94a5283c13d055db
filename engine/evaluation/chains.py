"""What counting neighbours alone is worth: melodies of a Markov chain of notes, rhythm and all.

The next note and how long it lasts are each drawn by what followed the like in real melodies; nothing else is known,
neither the place in the bar nor what was before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody

LONGEST = 16  # sixteenths that a note may last
SILENT = melody.REST  # stands for a rest among pitches
Windows = NDArray[np.uint8]


def written(learnt: Windows, n: int, rng: np.random.Generator) -> Windows:
    """n melodies [n, 32] of a chain that counted `learnt` [m, 32], all of one kind of bar and best in one key."""
    compound = bool(melody.is_compound(learnt[0]))
    steps = melody.steps_per_bar(compound) * melody.BARS
    first, pitch_law, length_law = _counted(learnt, compound)
    rows = []
    for _ in range(n):
        token, at, notes = _drawn(first, rng), 0, []
        length = _drawn(length_law[0], rng)
        while at < steps:
            if token != SILENT:
                notes.append((at, min(at + length, steps), token - melody.FIRST_PITCH_TOKEN + melody.LOWEST))
            at += length
            token, length = _drawn(pitch_law[token], rng), _drawn(length_law[length], rng)
        rows.append(melody.encode_steps(notes, compound))
    return np.array(rows, dtype=np.uint8).reshape(-1, melody.SLOTS)


def _counted(learnt: Windows, compound: bool) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """How often each token begins, each follows each, and each length follows each, as growing sums up to 1."""
    size = melody.VOCABULARY
    first, pitches, lengths = np.zeros(size), np.zeros((size, size)), np.zeros((LONGEST + 1, LONGEST + 1))
    for line in learnt[:, melody.slots(compound)]:
        begins = np.flatnonzero(line != melody.HOLD)
        tokens = line[begins]
        lasting = np.minimum(np.diff(np.append(begins, len(line))), LONGEST)
        if not len(tokens):
            continue
        first[tokens[0]] += 1
        np.add.at(pitches, (tokens[:-1], tokens[1:]), 1)
        np.add.at(lengths, (np.append(0, lasting[:-1]), lasting), 1)
    return _law(first[None])[0], _law(pitches), _law(lengths)


def _law(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of counts as growing sums; what was never seen to go on goes on like all the rest."""
    anything = counts.sum(0)
    counts = np.where(counts.sum(1, keepdims=True) > 0, counts, anything)
    return np.asarray(np.cumsum(counts / counts.sum(1, keepdims=True), axis=1))


def _drawn(law: NDArray[np.float64], rng: np.random.Generator) -> int:
    return min(int(np.searchsorted(law, rng.random(), side="right")), len(law) - 1)
