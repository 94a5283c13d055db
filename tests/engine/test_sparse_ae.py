"""The sparse autoencoder: units that are mostly off, and what they stand for."""

from __future__ import annotations

import dataclasses
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.evaluation import motifs
from engine.models.sparse_ae import Options, SampleOptions, SparseAE, divergence
from tests.engine.melodies import learnt, melodies

SMALL = Options(units=24, width=48, blocks=1, embedding=8, mixers=1, memory=8, dropout=0.0, rho=0.2, batch=64)


def network(**changes: float) -> SparseAE:
    torch.manual_seed(1)
    return SparseAE(dataclasses.replace(SMALL, **changes))  # type: ignore[arg-type]


@cache
def trained() -> SparseAE:
    found: SparseAE = learnt(network(sparsity=4.0), 200)
    return found


def test_the_penalty_is_the_divergence_of_two_coins() -> None:
    mean = torch.tensor([0.01, 0.1, 0.5, 0.97])
    coin = torch.distributions.Bernoulli(torch.tensor(0.1))
    exact = torch.distributions.kl_divergence(coin, torch.distributions.Bernoulli(mean))
    torch.testing.assert_close(divergence(mean, 0.1), exact)
    assert divergence(torch.tensor([0.1]), 0.1).item() == pytest.approx(0, abs=1e-7)
    assert torch.isfinite(divergence(torch.tensor([0.0, 1.0]), 0.1)).all()


def test_units_learn_to_be_mostly_off() -> None:
    codes = trained().encode(melodies(200, seed=50))[:, :-1]
    assert codes.min() >= 0 and codes.max() <= 1
    assert abs(float(codes.mean()) - 0.2) < 0.04
    free = learnt(network(sparsity=0.0), 40).encode(melodies(200, seed=50))[:, :-1]
    assert abs(float(free.mean()) - 0.2) > 0.1


def test_only_the_strongest_may_speak() -> None:
    codes = network(strongest=3).eval().encode(melodies(20))
    assert ((codes[:, :-1] > 0).sum(1) == 3).all()
    every = network().eval().encode(melodies(20))
    kept = codes[:, :-1] > 0
    assert torch.equal(codes[:, :-1][kept], every[:, :-1][kept])
    assert (every[:, :-1].topk(3).values[:, -1:] <= codes[:, :-1].masked_fill(~kept, 2)).all()


def test_a_code_holds_everything() -> None:
    made, unseen = trained(), melodies(64, seed=77)[::2]
    again = made.decode(made.encode(unseen), SampleOptions())
    onsets = (unseen >= melody.FIRST_PITCH_TOKEN) & (unseen < melody.PAD)
    assert float((again == unseen)[onsets].float().mean()) > 0.6
    assert float((again[:, 0] == unseen[:, 0]).float().mean()) > 0.9, "where it begins is told exactly"


def test_motifs_come_in_the_order_of_their_use() -> None:
    made = trained()
    tokens, often = made.motifs(SampleOptions())
    assert tokens.shape == (24, melody.SLOTS) and often.shape == (24,)
    assert (often.diff() <= 0).all() and often.max() > 0
    again, _ = made.motifs(SampleOptions(compound=True))
    assert (again[:, melody.BAR_SLOTS - 1] == melody.PAD).all()


def test_a_motif_is_what_its_unit_says() -> None:
    made = network().eval()
    with torch.no_grad():
        made.dictionary.weight.zero_()
        for unit in range(24):  # unit 5 begins a note in step 5, a unit's number of semitones above the first
            made.dictionary.weight[unit % 32 * melody.VOCABULARY + 32 + unit, unit] = 9.0
            made.often[unit] = unit / 100
    tokens, often = made.motifs(SampleOptions())
    assert often.tolist() == pytest.approx([unit / 100 for unit in range(23, -1, -1)])
    usual = made.decode(made.middle[None], SampleOptions())[0]
    first = int(usual[0])
    for unit, line in zip(range(23, 0, -1), tokens, strict=False):
        assert int(line[unit]) == first + unit
        assert int((line != usual).sum()) <= 1


def test_the_figures_are_those_of_the_code() -> None:
    windows = melodies(120, seed=60).numpy().astype(np.uint8)
    data = SimpleNamespace(held_out=SimpleNamespace(windows=windows))
    figures, curves = motifs.measure(trained(), data, codec("melody"))  # type: ignore[arg-type]
    assert figures["mean_activation"] == pytest.approx(0.2, abs=0.04)
    assert figures["activation_off_target"] == pytest.approx(abs(figures["mean_activation"] - 0.2) / 0.2)
    assert 0 < figures["motifs_distinct"] <= 1 and 0 <= figures["units_dead"] < 1
    often = curves["units"]["on"]
    assert len(often) == 24 and often == sorted(often, reverse=True)
    assert sum(often) == pytest.approx(figures["units_on"], abs=1e-3)
