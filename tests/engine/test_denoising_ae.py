"""The denoising autoencoder: damage, repair, and the figures of it."""

from __future__ import annotations

import dataclasses
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.evaluation import masked
from engine.models.denoising_ae import DenoisingAE, Options, RefineOptions, SampleOptions
from engine.models.parts.melody_mlp import MASK
from tests.engine.melodies import learnt, melodies

SMALL = Options(units=48, width=64, blocks=1, embedding=8, features=16, mixers=1, dropout=0.0, batch=32)


def network(**changes: float) -> DenoisingAE:
    torch.manual_seed(1)
    return DenoisingAE(dataclasses.replace(SMALL, **changes))  # type: ignore[arg-type]


@cache
def trained(noise: float = 0.3) -> DenoisingAE:
    found: DenoisingAE = learnt(network(noise=noise), 150)
    return found


def holes(x: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(masked.here_and_there(x.numpy().astype(np.uint8), np.random.default_rng(3)))


@pytest.mark.parametrize("together", [0.0, 1.0])
def test_the_damage_is_as_ordered(together: float) -> None:
    clean = melodies(2000)
    torch.manual_seed(2)
    damaged = network(together=together)._damaged(clean)
    used = clean != melody.PAD
    assert torch.equal(damaged == melody.PAD, ~used)
    hidden = damaged == MASK
    assert float(hidden[used].float().mean()) == pytest.approx(0.3, abs=0.03)
    edges = (hidden[::2, 1:] != hidden[::2, :-1]).sum(1)
    assert (edges <= 2).all() if together else edges.float().mean() > 8
    onsets = (clean >= melody.FIRST_PITCH_TOKEN) & used & ~hidden
    away = (damaged - clean)[onsets]
    assert float((away != 0).float().mean()) == pytest.approx(0.1, abs=0.02)
    assert set(away.tolist()) == {-2, -1, 0, 1, 2}
    rest = used & ~hidden & ~onsets
    assert torch.equal(damaged[rest], clean[rest])


def test_no_noise_is_no_damage() -> None:
    clean = melodies(50)
    assert torch.equal(network(noise=0.0, together=0.5)._damaged(clean), clean)


def test_only_the_hole_changes() -> None:
    x = melodies(30, seed=8)
    for hole in (holes(x), torch.zeros_like(x, dtype=torch.bool), torch.ones_like(x, dtype=torch.bool)):
        filled = trained().inpaint(x, hole, SampleOptions(temperature=1.0, passes=3))
        assert torch.equal(filled[~hole], x[~hole])
        assert torch.equal(filled == melody.PAD, x == melody.PAD)
        assert (filled[:, 0] != melody.HOLD).all() and filled.max() <= melody.PAD


def test_a_hole_is_filled_the_same_way_by_the_same_seed() -> None:
    x = melodies(30, seed=8)
    first, again, other = (
        trained().inpaint(x, holes(x), SampleOptions(temperature=1.0, seed=seed)) for seed in (1, 1, 2)
    )
    assert torch.equal(first, again) and not torch.equal(first, other)
    likeliest = trained().inpaint(x, holes(x), SampleOptions())
    alone = trained().inpaint(x[4:5], holes(x)[4:5], SampleOptions())
    assert torch.equal(alone, likeliest[4:5])


def test_what_was_in_the_hole_does_not_matter() -> None:
    x = melodies(30, seed=8)
    hole = holes(x)
    spoilt = torch.where(hole, 40, x)
    assert torch.equal(trained().inpaint(spoilt, hole, SampleOptions()), trained().inpaint(x, hole, SampleOptions()))


def test_it_repairs_better_than_one_that_never_saw_damage() -> None:
    x = melodies(200, seed=8)
    hole = holes(x)
    right = [
        float((trained(noise).inpaint(x, hole, SampleOptions()) == x)[hole].float().mean()) for noise in (0.3, 0.0)
    ]
    hold = float((x[hole] == melody.HOLD).float().mean())
    assert right[0] > right[1] + 0.03 and right[0] > hold + 0.1


def test_the_figures_of_repair() -> None:
    windows = melodies(300, seed=60).numpy().astype(np.uint8)
    split = SimpleNamespace(windows=windows)
    figures, _ = masked.measure(trained(), SimpleNamespace(train=split, held_out=split), codec("melody"))  # type: ignore[arg-type]
    assert figures["masked_kept"] == 1.0
    assert figures["hold_masked_onset_accuracy"] == 0.0
    assert figures["masked_onset_accuracy"] > figures["copy_masked_onset_accuracy"]
    assert figures["masked_token_accuracy"] > figures["hold_masked_token_accuracy"]


def test_the_simple_fillings() -> None:
    window = np.arange(32, dtype=np.uint8)[None] + 2
    hole = np.zeros((1, 32), bool)
    hole[0, [3, 20]] = True
    assert masked.held(window, hole)[0, [3, 20]].tolist() == [0, 0]
    assert masked.copied(window, hole)[0, [3, 20]].tolist() == [21, 6]
    hole[0, 19] = True
    assert masked.copied(window, hole)[0, [3, 19]].tolist() == [0, 0], "cut out on both sides"
    assert masked.found(masked.copied(window, hole), window, hole) == {"token_accuracy": 0.0, "onset_accuracy": 0.0}
    bars = masked.some_bars(np.repeat(window, 50, 0), np.random.default_rng(0))
    assert (bars.sum(1) == 16).all() and 5 < bars[:, 0].sum() < 45


def test_dreams_start_where_they_are_told_to() -> None:
    start = melodies(8, seed=9)
    way = trained().refine(start, RefineOptions(rounds=4))
    assert torch.equal(way[0], start) and way.shape == (5, 8, melody.SLOTS)
    assert torch.equal(trained().refine(start, RefineOptions(rounds=0)), start[None])
