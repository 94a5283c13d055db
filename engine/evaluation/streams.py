"""Improvisers in free time: is what they play like what was played? The paper's figures, and one distance of all.

Beside them stands real music that was not learnt from, and a Markov chain that knows of every note the one before. As
curves, what the network's music was like while it learnt, as far as it kept a diary.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.codecs import stream
from engine.codecs.codec import Codec, Tokens
from engine.codecs.stream import PITCH, TIME, VELOCITY
from engine.corpus.dataset import Dataset
from engine.evaluation.features import frechet, moments
from engine.evaluation.note_runs import longest_run, runs_of
from engine.evaluation.stream_features import features
from engine.jobs.job import Report, silent
from engine.models.parts.note_habits import NAMES, habits

PLAYED = 600  # windows
COMPARED = 60  # of them, with every piece that was learnt from
ALIKE = 32  # notes in a row: two bars of a rag
REAL = 1_000  # training windows that distances are measured from
CARRIED_ON = 40  # held-out passages that are gone on from
FLOOR = 0.02  # least deviation of a feature

Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]


class Distance:
    """How far performances are from those of a reference: a Frechet distance over 50 features, 0 is the same."""

    def __init__(self, reference: Tokens) -> None:
        rows = features(reference)
        self._scale = np.maximum(rows.std(0), FLOOR)
        self._moments = moments(rows / self._scale)

    def __call__(self, windows: Tokens) -> float:
        return frechet(self._moments, moments(features(windows) / self._scale))


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Figures of an improviser, and what it played like while it learnt."""
    report(0, 5, "playing")
    options = sys.modules[type(network).__module__].SampleOptions(seed=5, temperature=1.0)
    made = network.sample(PLAYED, options, silent).numpy().astype(np.uint8)
    train, held = _full(data.train.windows), _full(data.held_out.windows)
    report(1, 5, "real music")
    rng = np.random.default_rng(5)
    far = Distance(train[rng.permutation(len(train))[:REAL]])
    figures = {
        "stream_fd": far(made),
        "real_stream_fd": far(held),
        "markov_stream_fd": far(chain(train, PLAYED)),
        "unique": len({row.tobytes() for row in codec.shape_of(made)}) / len(made),
    }
    figures |= _named("stream", made) | _named("real_stream", held)
    report(2, 5, "listening for copies")
    known = runs_of(train)
    mine = [longest_run(runs_of(window[None]).codes, known)[0] for window in made[:COMPARED]]
    others = held[rng.permutation(len(held))[:COMPARED]]
    real = [longest_run(runs_of(window[None]).codes, known)[0] for window in others]
    figures |= {
        "stream_in_a_row": float(np.mean(mine)),
        "real_stream_in_a_row": float(np.mean(real)),
        "copies": float(np.mean(np.array(mine) >= ALIKE)),
    }
    report(4, 5, "going on")
    figures |= carried_on(network, held, options)
    diary = getattr(network, "diary", None)
    lines = diary.lines() if diary is not None else {}
    return figures, {
        f"stream_{name}": {
            "part": lines["part"],
            "this one": lines[name],
            "real music": [round(figures[f"real_stream_{name}"], 4)] * len(lines[name]),
        }
        for name in NAMES
        if name in lines
    }


def carried_on(network: Any, held: Tokens, options: Any) -> Figures:
    """Whether it goes on in the key of passages never heard: share of its notes on their seven tones, and of theirs."""
    chosen = held[np.linspace(0, len(held) - 1, CARRIED_ON).astype(int)].copy()
    chosen[np.asarray(stream.onsets(chosen) >= 4 * stream.BARS * stream.UNITS_PER_QUARTER)] = 0
    chosen[:, :, PITCH] = np.where(stream.sounds(chosen), chosen[:, :, PITCH] + 5, 0)  # in F: it was taught in C
    found = network.extend(torch.from_numpy(chosen.astype(np.int64)), options, silent).numpy().astype(np.uint8)

    def in_f(windows: Tokens) -> float:
        return float(np.isin((windows[stream.sounds(windows)][:, PITCH] - 5) % 12, (0, 2, 4, 5, 7, 9, 11)).mean())

    return {"carried_on_in_key": in_f(found), "real_carried_on_in_key": in_f(chosen)}


def chain(windows: Tokens, n: int, seed: int = 5) -> Tokens:
    """n windows [n, 96, 5] of a Markov chain: after each note one that followed such a note in some music.

    Notes are alike if they have the same pitch and begin together with the one before, or do not. All are played as
    loud as the first: loudness hardly changes within a piece, and a chain jumps between pieces with every note.
    """
    rng = np.random.default_rng(seed)
    rows, following = windows[:, :-1].reshape(-1, windows.shape[2]), windows[:, 1:].reshape(-1, windows.shape[2])
    order = np.argsort(_state(rows), kind="stable")
    states, following = _state(rows)[order], following[order]
    made = np.zeros((n, *windows.shape[1:]), dtype=np.uint8)
    made[:, 0] = windows[rng.integers(0, len(windows), n), 0]
    for step in range(1, windows.shape[1]):
        now = _state(made[:, step - 1])
        low, high = np.searchsorted(states, now, "left"), np.searchsorted(states, now, "right")
        made[:, step] = following[low + (rng.random(n) * np.maximum(1, high - low)).astype(int)]
    made[:, 1:, VELOCITY] = made[:, :1, VELOCITY]
    return made


def _state(rows: Tokens) -> NDArray[np.int64]:
    return rows[:, PITCH].astype(np.int64) * 2 + (rows[:, TIME] > 0)


def _full(windows: Tokens) -> Tokens:
    """Those without a gap at the end; all, if there are hardly any."""
    whole = stream.sounds(windows).all(1)
    return windows[whole] if whole.sum() >= len(windows) // 4 else windows


def _named(prefix: str, windows: Tokens) -> Figures:
    means = habits(torch.from_numpy(windows.astype(np.int64))).mean(0)
    return {f"{prefix}_{name}": float(value) for name, value in zip(NAMES, means, strict=True)}
