"""Is the map smooth? Straight walks between held-out melodies, and how many notes change from step to step.

A smooth map changes a little at each step and does not come back to what it has left, so its walks are hardly longer
than the way between their ends; a map with holes jumps, and plays on the way what neither end has. Comparing two
networks, mind what they give back of the ends: one that forgets most of a melody has little to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.commands.document import Steering
from engine.corpus.dataset import Dataset
from engine.jobs import generate
from engine.jobs.job import Report, silent

PAIRS, STEPS = 50, 24
MOVED = 1_000  # beyond all tokens: stands for "the first note's pitch"
Windows = NDArray[np.uint8]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of walks in duple bars, and of those in compound bars with `compound_` before their names.

    walk_changes: notes changed from one of the 24 steps of a walk to the next, on average.
    walk_jump: the largest change of a walk, on average.
    walk_flat: share of the steps at which nothing changes.
    walk_apart: notes that differ between a walk's two ends, as they are decoded.
    walk_detour: length of the walks over the distance of their ends; 1 is straight.
    """
    figures: dict[str, float] = {}
    curves: Curves = {}
    for index, (prefix, compound) in enumerate((("", False), ("compound_", True))):
        report(index, 2, "walks")
        held = data.held_out.where(compound).windows
        if len(held) < 2:
            continue
        rng = np.random.default_rng(19)
        pairs = rng.permutation(len(held))[: min(2 * PAIRS, len(held) // 2 * 2)].reshape(2, -1)
        changes, apart = walk(
            network, *codec.transpose_randomly(held[pairs.ravel()], rng).reshape(2, -1, held.shape[1])
        )
        found = summary(changes, apart)
        figures |= {prefix + name: value for name, value in found.items()}
        curves[f"{prefix}walks"] = {
            "step": [float(step + 1) for step in range(STEPS)],
            "changes": [round(float(value), 3) for value in changes.mean(0)],
        }
    return figures, curves


def walk(network: Any, a: Windows, b: Windows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Walk from every melody of a to its partner in b, both [n, slots] and all of one kind of bar.

    Returns:
        Notes changed at each step [n, 24], and between the ends [n].
    """
    compound = bool(melody.is_compound(a[0]))
    start, end = (generate.encode(network, windows)[:, None] for windows in (a, b))
    places = np.linspace(0, 1, STEPS + 1, dtype=np.float32)[:, None]
    codes = start * (1 - places) + end * places
    heard = generate.decode(network, codes.reshape(-1, codes.shape[-1]), Steering(compound=compound))
    heard = heard.reshape(len(a), STEPS + 1, -1)
    return changed(heard[:, :-1], heard[:, 1:]), changed(heard[:, 0], heard[:, -1])


def summary(changes: NDArray[np.int64], apart: NDArray[np.int64]) -> Mapping[str, float]:
    """The figures of walks [n, steps] whose ends are `apart` [n]."""
    return {
        "walk_changes": float(changes.mean()),
        "walk_jump": float(changes.max(1).mean()),
        "walk_flat": float((changes == 0).mean()),
        "walk_apart": float(apart.mean()),
        "walk_detour": float(changes.sum() / max(1, apart.sum())),
    }


def changed(before: Windows, after: Windows) -> NDArray[np.int64]:
    """In how many slots melodies [..., slots] differ; one moved as a whole to another key counts as one change."""
    sung = (before != after).sum(-1)
    (first_before, shape_before), (first_after, shape_after) = _moved(before), _moved(after)
    shape = (shape_before != shape_after).sum(-1) + (first_before != first_after)
    return np.asarray(np.minimum(sung, shape), dtype=np.int64)


def _moved(windows: Windows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First pitch token, and the melody with its pitches as distances from it."""
    tokens = windows.astype(np.int64)
    pitched = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
    first = np.take_along_axis(tokens, pitched.argmax(-1)[..., None], -1)
    return first[..., 0], np.where(pitched, tokens - first + MOVED, tokens)
