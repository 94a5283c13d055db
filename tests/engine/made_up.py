"""Made-up music for tests that need some: scales in melodies, chords in voices, hands on a keyboard."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from engine.codecs import melody, stream, tune
from engine.codecs.catalog import codec as codec_of


def corpus(codec: str = "melody", n: int = 64, seed: int = 0) -> Tensor:
    """Windows of a codec, tokens int64 [n, *shape]; melodies in both kinds of bar by turns."""
    return _corpus(codec, n, seed).clone()


@cache
def _corpus(codec: str, n: int, seed: int) -> Tensor:
    """The same, made up once for all tests."""
    rng = np.random.default_rng(seed)
    make = {"chorale": _chorale, "roll": _roll, "tune": _tune, "frames": _frames, "stream": _stream}.get(codec)
    windows = [make(rng) if make else _melody(rng, index % 2 == 1, codec_of(codec).bars) for index in range(n)]
    return torch.from_numpy(np.array(windows).astype(np.int64))


def _melody(rng: np.random.Generator, compound: bool, bars: int) -> np.ndarray:
    """A scale up and down from somewhere."""
    steps, at, pitch, notes = bars * melody.steps_per_bar(compound), 0, int(rng.integers(50, 75)), []
    while at < steps:
        length = int(rng.choice([1, 2, 2, 4]))
        notes.append((at, min(at + length, steps), pitch))
        at, pitch = at + length, int(np.clip(pitch + int(rng.choice([-2, -1, 1, 2])), 40, 90))
    return melody.encode_steps(notes, compound, bars)


def _chorale(rng: np.random.Generator) -> np.ndarray:
    """Four voices in quarters, each a few steps up or down from its middle."""
    tokens = np.zeros((4, 64), dtype=np.uint8)
    tokens[:, ::4] = 8 + rng.integers(0, 8, (4, 1)) + rng.integers(-2, 3, (4, 16))
    return tokens


def _roll(rng: np.random.Generator) -> np.ndarray:
    """An octave in the left hand, thirds in the right."""
    tokens = np.zeros((64, 88), dtype=np.uint8)
    for start in range(0, 64, 4):
        root, high = int(rng.integers(10, 22)), int(rng.integers(40, 60))
        for pitch in (root, root + 12, high, high + 4):
            tokens[start : start + int(rng.integers(2, 5)), pitch] = 1
    return tokens


def _tune(rng: np.random.Generator) -> np.ndarray:
    """Eight bars in 4/4 or 6/8: a scale up and down in D, in eighths and quarters."""
    meter = int(rng.choice([0, 3]))
    bar, at, notes, step = int(tune.BAR_UNITS[meter]), 0, [], int(rng.integers(0, 7))
    while at < 8 * bar:
        length = min(int(rng.choice([12, 12, 24])), bar - at % bar)
        notes.append((at, at + length, 62 + (0, 2, 4, 5, 7, 9, 11)[step % 7]))
        at, step = at + length, step + int(rng.choice([-1, 1]))
    return tune.encode(notes, meter, 8)[0]


def _frames(rng: np.random.Generator) -> np.ndarray:
    """Triads of C major over a bass, each held for one beat or two."""
    tokens, at = np.zeros((64, 88), dtype=np.uint8), 0
    while at < 64:
        root, long = int(rng.choice([60, 62, 64, 65, 67])), int(rng.choice([2, 2, 4]))
        third = 4 if root in (60, 65, 67) else 3
        for pitch in (root - 24, root, root + third, root + 7):
            tokens[at : at + long, pitch - 21] = 1
        at += long
    return tokens


def _stream(rng: np.random.Generator) -> np.ndarray:
    """Sixteenths that run about in C in the right hand, and a bass in quarters, a little uneven in time and touch."""
    notes, step = [], int(rng.integers(0, 8))
    for number in range(stream.EVENTS):
        at = 24 * number
        pitch = 60 + 12 * (step // 7) + (0, 2, 4, 5, 7, 9, 11)[step % 7]
        notes.append((at + int(rng.integers(0, 4)), 20, pitch, int(rng.integers(70, 90)), stream.RIGHT))
        if number % 4 == 0:
            notes.append((at, 88, 36 + int(rng.choice([0, 5, 7])), 60, stream.LEFT))
        step = int(np.clip(step + int(rng.choice([-1, 1])), 0, 14))
    return stream.encode(np.array(sorted(notes), dtype=float))
