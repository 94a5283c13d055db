"""Models that write music as a row of bricks: are the bricks used, do they hold the music, does a swap stay local?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.jobs.job import Report, silent

SAMPLE = 1_000
Windows = NDArray[np.uint8]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of held-out melodies, over both kinds of bar, and of duple and compound bars apart.

    used_bricks: share of the book that the sample uses; brick_perplexity: how many there would be, all used alike.
    built_step_accuracy, built_onset_accuracy, built_bars: sixteenths, onsets and whole bars that come back.
    swap_outside: share of the sixteenths outside its bar that change when one brick is swapped; swap_inside: within.
    prior_brick_nats: what a brick costs given those before it.
    """
    figures: dict[str, float] = {}
    counts = np.zeros(network.options.book)
    for index, (prefix, compound) in enumerate((("", False), ("compound_", True))):
        report(index, 2, "bricks")
        held = data.held_out.where(compound).windows
        if len(held) < 2:
            continue
        rng = np.random.default_rng(23)
        windows = codec.transpose_randomly(held[rng.permutation(len(held))[:SAMPLE]], rng)
        ids = _bricks(network, windows)
        real = ids[:, :-1][ids[:, :-1] < len(counts)]
        counts += np.bincount(real, minlength=len(counts))
        found = built(windows, again := _build(network, ids, compound))
        found |= swapped(network, ids, again, rng, compound)
        found["prior_brick_nats"] = _prior(network, windows)
        figures |= {prefix + name: value for name, value in found.items()}
    share = counts / max(1.0, counts.sum())
    figures["used_bricks"] = float((counts > 0).mean())
    figures["brick_perplexity"] = float(np.exp(-(share * np.log(np.maximum(share, 1e-12))).sum()))
    order = np.sort(share)[::-1]
    return figures, {"bricks": {"rank": [float(i + 1) for i in range(len(order))], "share": order.round(5).tolist()}}


def built(windows: Windows, again: Windows) -> dict[str, float]:
    """What of melodies [n, slots] is in those built from their bricks."""
    used, onsets = windows < melody.PAD, _onsets(windows)
    right = windows == again
    bars = (right | ~used).reshape(len(windows), -1, melody.BAR_SLOTS).all(2)
    return {
        "built_step_accuracy": float(right[used].mean()),
        "built_onset_accuracy": float(right[onsets].mean()),
        "built_bars": float(bars.mean()),
    }


def swapped(
    network: Any, ids: NDArray[np.int64], again: Windows, rng: np.random.Generator, compound: bool
) -> dict[str, float]:
    """One brick of each row, in a bar of random number, is taken from the row before."""
    rows, bricks = np.arange(len(ids)), ids.shape[1] - 1
    per_bar = bricks * melody.BAR_SLOTS // again.shape[1]
    full = per_bar * melody.steps_per_bar(compound) // melody.BAR_SLOTS  # bricks of a bar that are music
    bar = rng.integers(0, bricks // per_bar, len(ids))
    place = bar * per_bar + rng.integers(0, full, len(ids))
    other = ids.copy()
    other[rows, place] = np.roll(ids, 1, axis=0)[rows, place]
    touched = other[rows, place] != ids[rows, place]
    if not touched.any():
        return {}
    changed = _build(network, other, compound) != again
    inside = np.arange(again.shape[1])[None] // melody.BAR_SLOTS == bar[:, None]
    music = again < melody.PAD
    return {
        "swap_inside": float(changed[touched][(inside & music)[touched]].mean()),
        "swap_outside": float(changed[touched][(~inside & music)[touched]].mean()),
    }


def _onsets(windows: Windows) -> NDArray[np.bool_]:
    return np.asarray((windows >= melody.FIRST_PITCH_TOKEN) & (windows < melody.PAD))


def _bricks(network: Any, windows: Windows) -> NDArray[np.int64]:
    import torch

    with torch.inference_mode():
        return np.asarray(network.bricks(torch.from_numpy(windows.astype(np.int64))).numpy())


def _build(network: Any, ids: NDArray[np.int64], compound: bool) -> Windows:
    import sys

    import torch

    options = sys.modules[type(network).__module__].SampleOptions(temperature=0.0, compound=compound)
    with torch.inference_mode():
        return np.asarray(network.build(torch.from_numpy(ids), options).numpy().astype(np.uint8))


def _prior(network: Any, windows: Windows) -> float:
    import torch

    with torch.inference_mode():
        return float(network.loss(torch.from_numpy(windows.astype(np.int64)))["prior"])
