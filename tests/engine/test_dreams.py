"""What is told about dreams."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.corpus.dataset import Split
from engine.evaluation import dreams
from engine.models import vae
from tests.engine.melodies import melodies


def way(*rounds: list[list[int]]) -> Any:
    """A way of short melodies: each round's first pitches, the rest held."""
    out = np.zeros((len(rounds), len(rounds[0]), melody.SLOTS), np.uint8)
    out[:, :, [0, 4]] = np.array(rounds)
    return out


def test_where_dreams_end_is_counted_in_any_key() -> None:
    end = [[20, 24], [25, 29], [20, 22], [20, 24]]
    start = [[9, 9]] * 4
    figures, curves = dreams.told(way(start, end, end, end, end), codec("melody"))
    assert figures == {"dream_fixed": 1.0, "dream_distinct": 2.0, "dream_unique": 0.5, "dream_moving": 0.0}
    assert curves == {"dream": {"moving": [2 / 32, 0.0, 0.0, 0.0]}}


def test_what_still_moves_is_not_at_rest() -> None:
    still, a, b = [20, 24], [20, 26], [20, 27]
    figures, curves = dreams.told(way([a, still], [b, still], [a, still], [b, still], [a, still]), codec("melody"))
    assert figures["dream_fixed"] == 0.5
    assert figures["dream_moving"] == pytest.approx(1 / 64)
    assert curves["dream"]["moving"] == pytest.approx([1 / 64] * 4, abs=1e-5)


def test_noise_is_as_dense_as_the_music() -> None:
    windows = melodies(200)[::2].numpy().astype(np.uint8)
    drawn = dreams.noise(windows, 3000, np.random.default_rng(0))
    assert drawn.shape == (3000, melody.SLOTS) and (drawn[:, 0] != melody.HOLD).all()
    real, ours = (((w >= 2) & (w < melody.PAD)).mean() for w in (windows, drawn))
    assert ours == pytest.approx(real, abs=0.02)
    assert len(np.unique(drawn, axis=0)) > 2900


def test_a_network_is_measured() -> None:
    torch.manual_seed(0)
    made = vae.VAE(vae.Options(latent=4, width=16, blocks=1, embedding=4, features=8, mixers=0)).eval()
    windows = melodies(60).numpy().astype(np.uint8)
    split = Split(windows, np.arange(60, dtype=np.int32), ("t",) * 60)
    data: Any = SimpleNamespace(train=split, held_out=split)
    figures, curves = dreams.measure(made, data, codec("melody"))
    assert len(curves["dream"]["moving"]) == dreams.ROUNDS
    assert 0 <= figures["dream_fixed"] <= 1 and 1 <= figures["dream_distinct"] <= dreams.STARTS
    assert figures["real_dream_fd"] < figures["dream_fd"]
    assert figures["real_dream_onsets"] == pytest.approx(
        float(((windows[::2] >= 2) & (windows[::2] < melody.PAD)).mean()), abs=1e-6
    )
