"""The judge of interpolation, the crossfade, and the figures on a network whose way is known."""

from __future__ import annotations

import dataclasses
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.corpus.dataset import Dataset, Split
from engine.evaluation.interpolation import NGram, in_key, keyless, measure
from engine.latent.crossfade import crossfade
from tests.engine.made_up import corpus

MELODIES = corpus(n=120).numpy().astype(np.uint8)


def test_a_crossfade_takes_every_step_from_one_of_the_two() -> None:
    a, b = MELODIES[0:60:2], MELODIES[60:120:2]
    rng = np.random.default_rng(0)
    assert np.array_equal(crossfade(a, b, 0.0, rng), a) and np.array_equal(crossfade(a, b, 1.0, rng), b)
    half = crossfade(a, b, 0.5, rng)
    assert half.dtype == np.uint8 and ((half == a) | (half == b)).all()
    apart = a != b
    assert (half == b)[apart].mean() == pytest.approx(0.5, abs=0.06)
    assert crossfade(a, b, 0.2, rng)[apart].tolist() != half[apart].tolist()
    assert (crossfade(a, b, 0.2, rng) == b)[apart].mean() == pytest.approx(0.2, abs=0.06)


def test_a_crossfade_keeps_the_bars_of_the_first() -> None:
    rng = np.random.default_rng(0)
    duple, compound = MELODIES[0:20:2], MELODIES[1:21:2]
    assert not melody.is_compound(crossfade(duple, compound, 0.9, rng)).any()
    assert melody.is_compound(crossfade(compound, duple, 0.9, rng)).all()


def test_the_judge_is_a_probability() -> None:
    """Over all continuations of a row the chances sum to one."""
    rng = np.random.default_rng(1)
    judge = NGram(rng.integers(0, 4, (30, 12)), order=3)
    beginning = rng.integers(0, 4, (5, 6))
    every = np.stack([np.concatenate([beginning, np.full((5, 1), k)], 1) for k in range(4)])
    nats = np.stack([judge.nats(rows) * 7 for rows in every]) - judge.nats(beginning) * 6
    assert np.exp(-nats).sum(0) == pytest.approx(1.0)


def test_the_judge_counts_as_by_hand() -> None:
    judge = NGram(np.array([[0, 1, 0, 1]]), order=2, discount=0.5)
    single = {0: (2 - 0.5 + 0.5 * 2 / 2) / 4, 1: (2 - 0.5 + 0.5 * 2 / 2) / 4}
    after_zero = (2 - 0.5 + 0.5 * 1 * single[1]) / 2  # 0 was always followed by 1
    start = (1 - 0.5 + 0.5 * 1 * single[0]) / 1  # the row began with 0
    assert judge.nats(np.array([[0, 1]]))[0] == pytest.approx(-np.log([start, after_zero]).mean())
    assert judge.nats(np.array([[0, 1]]))[0] < judge.nats(np.array([[1, 1]]))[0]


def test_real_music_is_likelier_than_spoilt_music() -> None:
    rng = np.random.default_rng(2)
    rows = keyless(MELODIES[::2], compound=False)
    judge = NGram(rows[:40])
    assert judge.nats(rows[40:]).mean() < judge.nats(rng.permuted(rows[40:], axis=1)).mean() - 0.3


def test_no_key_is_favoured() -> None:
    windows = MELODIES[:40:2]
    assert np.array_equal(keyless(windows, False), keyless(melody.transposed(windows, 3), False))
    assert np.allclose(in_key(windows), in_key(melody.transposed(windows, 3)))
    scale = melody.encode_steps([(2 * i, 2 * i + 2, p) for i, p in enumerate([60, 62, 64, 65, 67, 69, 71, 61])], False)
    assert in_key(scale[None])[0] == pytest.approx(7 / 8)


@dataclasses.dataclass(frozen=True)
class SampleOptions:
    temperature: float = 0.0
    compound: bool = False


class Perfect:
    """Codes are melodies; in between it plays whichever is nearer."""

    def encode(self, x: Tensor) -> Tensor:
        return x.float() + 1.0

    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        known = torch.from_numpy(MELODIES.astype(np.float32)) + 1.0
        return (known[torch.cdist(z, known).argmin(1)] - 1).long()


def test_figures_of_a_way_that_is_always_music() -> None:
    assert "SampleOptions" in vars(sys.modules[Perfect.__module__])
    tunes = np.arange(len(MELODIES), dtype=np.int32)
    split = Split(MELODIES, tunes, tuple(map(str, tunes)))
    figures, curves = measure(Perfect(), Dataset(split, split, 0), codec("melody"))
    assert figures["latent_middle_nats"] < figures["crossfade_middle_nats"] - 0.3
    assert figures["latent_middle_in_key"] == pytest.approx(figures["real_in_key"], abs=0.05)
    assert figures["latent_middle_nats"] == pytest.approx(figures["real_nats"], abs=0.2)
    for name in ("interpolation_nats", "interpolation_in_key", "interpolation_change"):
        curve = SimpleNamespace(**curves[name])
        assert curve.place[0] == 0.0 and curve.place[len(curve.place) // 2] == 0.5 and curve.place[-1] == 1.0
        assert curve.latent[0] == curve.crossfade[0] and curve.latent[-1] == curve.crossfade[-1], "both end at A and B"
    assert curves["interpolation_change"]["crossfade"][0] == 0.0
