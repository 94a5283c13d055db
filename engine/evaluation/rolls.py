"""Rolls: how many cells come back wrong, how much of what is drawn stands in one piece, whether a melody stays.

A network that learns by heart has to be asked two questions: how well does it know its pieces (wrong cells), and how
much of a new roll is one of them (nearest share: DeepHear's author counted 59.6 % on average).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.codecs.codec import Codec, Tokens
from engine.codecs.roll import onsets, runs
from engine.corpus.dataset import Dataset
from engine.jobs.job import Report, silent

DRAWN = 1_000  # random codes
MELODIES = 6  # held-out top lines that are harmonized
AT_ONCE = 256
PARTS = 16  # of PCA, as many as DeepHear's code has units
NEAR = 10  # wrong cells up to which a roll counts as known, or as a copy

Floats = NDArray[np.float32]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of a network of rolls, as its module docstring names them; no curves."""
    train, held = data.train.windows, data.held_out.windows
    report(0, 4, "reconstruction")
    figures = reconstruction(network, train, held)
    report(1, 4, "what is drawn")
    figures |= drawn(network, train, held, report)
    report(3, 4, "harmony")
    if hasattr(network, "harmonize"):
        figures |= harmony(network, held[:: max(1, len(held) // MELODIES)][:MELODIES], report)
    report(4, 4)
    return figures, {}


def reconstruction(network: Any, train: Tokens, held: Tokens) -> dict[str, float]:
    """Wrong cells per roll, beside silence and a PCA with as many parts as the code has units."""
    options = _module(network).SampleOptions()

    def again(windows: Tokens) -> Tokens:
        return _in_parts(lambda part: network.decode(network.encode(part), options), windows)

    known, new = wrong_cells(again(train), train), wrong_cells(again(held), held)
    linear = pca(train)
    return {
        "wrong_cells_train": float(known.mean()),
        "wrong_cells_held_out": float(new.mean()),
        "known_windows": float((known <= NEAR).mean()),
        "always_silent_wrong_cells": float(wrong_cells(np.zeros_like(train), train).mean()),
        "always_silent_wrong_cells_held_out": float(wrong_cells(np.zeros_like(held), held).mean()),
        "pca_wrong_cells_train": float(wrong_cells(linear(train), train).mean()),
        "pca_wrong_cells_held_out": float(wrong_cells(linear(held), held).mean()),
    }


def drawn(network: Any, train: Tokens, held: Tokens, report: Report = silent) -> dict[str, float]:
    """Rolls of random codes: how busy they are, and how much of each stands in one training roll."""
    made = network.sample(DRAWN, _module(network).SampleOptions(seed=5), report).numpy().astype(np.uint8)
    shares, away = nearest(made, train)
    return {
        "nearest_share": float(shares.mean()),
        "nearest_share_held_out": float(nearest(held, train)[0].mean()),  # how alike rags are anyway
        "copies": float((away <= NEAR).mean()),
        "unique": len({roll.tobytes() for roll in made}) / len(made),
        "silent_rolls": float(np.mean([not roll.any() for roll in made])),
        "notes_per_step": float(onsets(made).sum() / made.shape[0] / made.shape[1]),
        "notes_per_step_real": float(onsets(train).sum() / train.shape[0] / train.shape[1]),
        "cells_per_step": float(made.sum() / made.shape[0] / made.shape[1]),
        "cells_per_step_real": float(train.sum() / train.shape[0] / train.shape[1]),
    }


def harmony(network: Any, windows: Tokens, report: Report = silent) -> dict[str, float]:
    """Top lines of rags never heard, harmonized: share of their notes that stay, and how much is added."""
    melodies = top_line(windows)
    x = torch.from_numpy(melodies.astype(np.int64))
    options = _module(network).HarmonizeOptions(iterations=100)
    found = network.harmonize(x, x > 0, options, report).numpy().astype(np.uint8)
    kept = [_notes_kept(result, melody) for result, melody in zip(found, melodies, strict=True)]
    added = found.astype(bool) & ~melodies.astype(bool)
    return {
        "harmonize_kept": float(np.mean(kept)),
        "harmonize_cells_per_step": float(added.sum() / len(found) / found.shape[1]),
        "harmonize_steps_filled": float((added.sum(2) > 0).mean()),
    }


def wrong_cells(rolls: Tokens, truth: Tokens) -> NDArray[np.intp]:
    """Cells of each roll [n, 64, 88] that are not as they should be, [n]."""
    return np.asarray((rolls.astype(bool) != truth.astype(bool)).sum((1, 2)))


def nearest(rolls: Tokens, known: Tokens) -> tuple[Floats, Floats]:
    """For each roll: the largest share of its cells that one known roll has, and the least number of wrong cells.

    Of a silent roll the share is 0.
    """
    mine, theirs = (w.reshape(len(w), -1).astype(np.float32) for w in (rolls, known))
    common = mine @ theirs.T
    share = common.max(1) / np.maximum(mine.sum(1), 1)
    away = (mine.sum(1)[:, None] + theirs.sum(1)[None] - 2 * common).min(1)
    return share, away


def pca(train: Tokens, parts: int = PARTS) -> Callable[[Tokens], Tokens]:
    """What a linear code of as many numbers would give back, as a function of rolls."""
    rows = torch.from_numpy(train.reshape(len(train), -1).astype(np.float32))
    mean = rows.mean(0)
    generator_state = torch.random.get_rng_state()  # the randomized SVD draws from torch's own generator
    torch.manual_seed(1)
    axes = torch.pca_lowrank(rows, min(parts, *rows.shape), center=True, niter=4)[2]
    torch.random.set_rng_state(generator_state)

    def again(windows: Tokens) -> Tokens:
        flat = torch.from_numpy(windows.reshape(len(windows), -1).astype(np.float32)) - mean
        back = flat @ axes @ axes.T + mean
        return np.asarray((back > 0.5).numpy().astype(np.uint8)).reshape(windows.shape)

    return again


def top_line(rolls: Tokens) -> Tokens:
    """The highest sounding key of every step alone, rolls [n, 64, 88]."""
    highest = rolls.shape[2] - 1 - rolls[:, :, ::-1].argmax(2)
    line = np.zeros_like(rolls)
    np.put_along_axis(line, highest[..., None], rolls.max(2, keepdims=True), 2)
    return line


def _notes_kept(result: Tokens, melody: Tokens) -> float:
    """Share of a melody's notes that are notes of the result, with onset, end and pitch."""
    wanted = set(runs(melody))
    return len(wanted & set(runs(result))) / max(1, len(wanted))


def _in_parts(work: Callable[[Tensor], Tensor], windows: Tokens) -> Tokens:
    parts = [
        work(torch.from_numpy(windows[at : at + AT_ONCE].astype(np.int64))).numpy().astype(np.uint8)
        for at in range(0, len(windows), AT_ONCE)
    ]
    return np.concatenate(parts) if parts else windows


def _module(network: Any) -> Any:
    return sys.modules[type(network).__module__]
