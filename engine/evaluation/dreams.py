"""Networks that dream: from random starts, do they come to rest, in how many places, and is it still music?"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.evaluation.features import Meter, features
from engine.jobs.job import Report, silent

STARTS, ROUNDS, STILL = 500, 60, 3  # still: the last rounds in which nothing may change
REFERENCE = 3_000
EARLY = 3  # rounds after which a melody of the corpus is looked at
DENSITY, REPEATED = 45, 53  # columns of `features`
Windows = NDArray[np.uint8]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of dreams from 500 random starts, and a curve: share of the steps that change in each round.

    dream_fixed: share of the starts that no longer change. dream_distinct: number of different melodies, keys apart,
    that they end on. dream_unique: that number as a share of the starts. dream_onsets, dream_repeats: onsets per step
    and share of repeated notes there (`real_` before them: of held-out tunes). dream_fd: distance from real music
    (`real_dream_fd`: of as many held-out windows). dream_early_fd: the same of held-out tunes dreamt on for three
    rounds, and dream_early_moved the share of their steps that changed.
    """
    rng = np.random.default_rng(7)
    train, real = data.train.where(False), data.held_out.where(False)
    meter = Meter(codec.transpose_randomly(train.windows[rng.permutation(len(train.windows))[:REFERENCE]], rng))
    real_windows = codec.transpose_randomly(real.windows[rng.permutation(len(real.windows))[:STARTS]], rng)
    way = dream(network, noise(train.windows, STARTS, rng), ROUNDS)
    report(1, 2, "dreams are measured")
    figures, curves = told(way, codec)
    early = dream(network, real_windows, EARLY)[-1]
    for name, windows in (("dream", way[-1]), ("real_dream", real_windows), ("dream_early", early)):
        figures[f"{name}_fd"] = meter.frechet(windows)
    measured, here = features(way[-1]), features(real_windows)
    figures |= {"dream_onsets": measured[:, DENSITY].mean(), "real_dream_onsets": here[:, DENSITY].mean()}
    figures |= {"dream_repeats": measured[:, REPEATED].mean(), "real_dream_repeats": here[:, REPEATED].mean()}
    figures["dream_early_moved"] = float((early != real_windows).mean())
    return {name: float(value) for name, value in figures.items()}, curves


def dream(network: Any, windows: Windows, rounds: int) -> Windows:
    """Every step of the way, [rounds + 1, n, 32]."""
    import sys

    import torch

    options = dataclasses.replace(sys.modules[type(network).__module__].RefineOptions(), rounds=rounds)
    with torch.inference_mode():
        way = network.refine(torch.from_numpy(windows.astype(np.int64)), options)
    return np.asarray(way.numpy().astype(np.uint8))


def noise(windows: Windows, n: int, rng: np.random.Generator) -> Windows:
    """n random starts: every step drawn by itself, as often as the music holds, rests or begins a note there."""
    drawn = np.stack([rng.choice(column, n) for column in windows.T], 1)
    any_pitch = rng.choice(windows[(windows >= melody.FIRST_PITCH_TOKEN) & (windows < melody.PAD)], n)
    drawn[:, 0] = np.where(drawn[:, 0] == melody.HOLD, any_pitch, drawn[:, 0])
    return drawn.astype(np.uint8)


def told(way: Windows, codec: Codec) -> tuple[dict[str, float], Curves]:
    """Whether a way [rounds + 1, n, 32] comes to rest, where, and how quickly."""
    moving = (way[1:] != way[:-1]).mean((1, 2))
    rest = (way[-STILL:] == way[-1]).all((0, 2)) if len(way) > STILL else np.zeros(way.shape[1], bool)
    distinct = len({row.tobytes() for row in codec.shape_of(way[-1])})
    figures = {"dream_fixed": float(rest.mean()), "dream_distinct": float(distinct)}
    figures |= {"dream_unique": distinct / way.shape[1], "dream_moving": float(moving[-1])}
    return figures, {"dream": {"moving": [round(float(share), 5) for share in moving]}}
