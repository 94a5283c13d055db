"""Chords frame by frame: how likely held-out music is held, and whether what is drawn sounds and moves like it.

Nats per frame are over all 88 keys, of windows heard from their first frame on, those of a piece not overlapping.
Beside them stand, on the same windows, keys that sound as often as in training whatever the others do, and keys that
know only whether they themselves sounded in the frame before. Boltzmann machines' likelihoods are estimated on some
frames.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Codec, Tokens
from engine.codecs.roll import KEYS, LOWEST
from engine.corpus.dataset import Dataset, Split
from engine.evaluation.bench_sets import independent_nats, marginals, markov_nats
from engine.evaluation.frame_likelihood import likelihood
from engine.evaluation.rolls import NEAR, nearest
from engine.jobs.job import Report, silent, stretch

DRAWN = 150  # windows
ANNEALED = 600  # frames
WHITE = np.isin((np.arange(KEYS) + LOWEST) % 12, (0, 2, 4, 5, 7, 9, 11))

Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Figures of a network of frames; no curves."""
    train, held = apart(data.train, codec.bars), apart(data.held_out, codec.bars)
    known = likelihood(network, list(held), marginals(list(train)), ANNEALED, report=stretch(report, 0.0, 0.4))
    figures = {
        "chord_nats": known.nats,
        "chord_nats_error": known.error,
        "marginal_chord_nats": independent_nats(list(train), list(held)),
        "markov_chord_nats": markov_nats(list(train), list(held)),
    }
    figures["chord_nats_below_marginals"] = figures["marginal_chord_nats"] - known.nats
    figures["chord_nats_below_markov"] = figures["markov_chord_nats"] - known.nats
    options = sys.modules[type(network).__module__].SampleOptions(seed=5, temperature=1.0)
    drawn = network.sample(DRAWN, options, stretch(report, 0.4, 0.8)).numpy().astype(np.uint8)
    report(0.8, 1.0, "the nearest pieces")
    shares, away = nearest(drawn, data.train.windows)
    figures |= {
        "nearest_share": float(shares.mean()),
        "nearest_share_held_out": float(nearest(held, data.train.windows)[0].mean()),
        "copies": float((away <= NEAR).mean()),
        "unique": len({window.tobytes() for window in drawn}) / len(drawn),
    }
    chords = _chords(train)
    figures |= _sound(drawn, chords)
    figures |= {f"real_{name}": value for name, value in _sound(held, chords).items()}
    alone = np.random.default_rng(5).random((DRAWN, *codec.shape)) < marginals(list(train))
    figures["marginal_chords_known"] = _sound(alone.astype(np.uint8), chords)["chords_known"]
    return figures, {}


def apart(split: Split, bars: int) -> Tokens:
    """Every so many windows of each piece, which begin a bar apart: those that do not overlap."""
    starts = np.searchsorted(split.tunes, split.tunes, "left")
    return split.windows[(np.arange(len(split.tunes)) - starts) % bars == 0]


def _sound(windows: Tokens, known: NDArray[np.integer]) -> Figures:
    """What frames [n, 64, 88] are like: keys at a time, change, key, and whether their chords are chords."""
    frames = windows.reshape(-1, KEYS)
    changed = (windows[:, 1:] != windows[:, :-1]).any(2)
    sounding = frames.any(1)
    chords = _classes(windows)[sounding]
    return {
        "keys_held": float(frames.sum(1).mean()),
        "frames_changed": float(changed.mean()),
        "frames_in_c": float(frames[:, WHITE].sum() / max(1, frames.sum())),
        "chords_known": float(np.isin(chords, known).mean()) if len(chords) else 0.0,
        "frames_silent": float(1 - sounding.mean()),
    }


def _classes(windows: Tokens) -> NDArray[np.int64]:
    """Which of the twelve tones sound in each frame, as one number, [n * 64]."""
    frames = windows.reshape(-1, KEYS)
    tones = np.stack([frames[:, (tone - LOWEST) % 12 :: 12].any(1) for tone in range(12)], 1)
    return np.asarray(tones @ (1 << np.arange(12)), dtype=np.int64)


def _chords(windows: Tokens) -> NDArray[np.integer]:
    """The sets of tones that sound in a frame of some music at least twice."""
    found, counts = np.unique(_classes(windows), return_counts=True)
    return np.asarray(found[counts >= 2])
