"""The hierarchical MusicVAE: bars spoken side by side, what the conductor decides, and its flat twin."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Normal, kl_divergence

from engine.codecs import melody
from engine.models.music_vae_hierarchical import HierarchicalMusicVAE, Options, SampleOptions
from engine.models.parts.melody_pitch import relative
from engine.models.parts.recurrent import NOTHING, Limits
from tests.engine.made_up import corpus
from tests.engine.small import quickest

SMALL: dict[str, Any] = {
    "latent": 12, "width": 16, "phrase_width": 24, "conductor_width": 24, "decoder_width": 24, "embedding": 8,
    "notes": 4, "score": 6, "plan": 6,
}  # fmt: skip
KINDS = pytest.mark.parametrize("flat", [False, True])


def made(**changes: Any) -> HierarchicalMusicVAE:
    torch.manual_seed(3)
    network = HierarchicalMusicVAE(Options(**{**SMALL, **changes}))
    nn.init.normal_(network.speaker.out.weight, std=1.0)
    nn.init.normal_(network.posterior.weight, std=0.5)
    return network


@KINDS
def test_its_loss_is_what_the_paper_says(flat: bool) -> None:
    network, batch = made(flat=flat, beta=0.5, free_bits=6.0).eval(), corpus("phrase", 12)
    with torch.no_grad():
        found = network.loss(batch)
        mean, deviation = network._posterior(*relative(batch))
    each = kl_divergence(Normal(mean, deviation), Normal(0.0, 1.0)).sum(-1)
    assert float(found["kl"]) == pytest.approx(float(each.mean()), rel=1e-4)
    paid = (each - 6.0 * math.log(2)).clamp_min(0).mean()
    assert float(found["loss"]) == pytest.approx(float(found["cost"] + 0.5 * paid), rel=1e-4)


def test_a_bar_hears_only_its_own_past() -> None:
    """The state does not cross bars, nor does a token: what happens in bar 3 changes no other bar's logits."""
    network = made().eval()
    tokens, _ = relative(corpus("phrase", 8)[::2])  # four duple phrases
    other = tokens.clone()
    other[:, 32:40] = melody.REST
    z = torch.randn(4, 12)

    def told_cost(line: Tensor) -> Tensor:
        intended = network._intentions(z)
        told = network._rows(network._told(line, 0.0))
        return network.speaker(intended, network._planned(intended), told, network._rows(network._places(line)))

    with torch.no_grad():
        a, b = (told_cost(line).view(4, 8, 16, -1) for line in (tokens, other))
    same = (a == b).all(-1).all(0)
    assert same[[0, 1, 3, 4, 5, 6, 7]].all() and not same[2, 1:9].any() and same[2, 0]
    assert (network._told(tokens, 0.0)[:, ::16] == NOTHING).all()
    flat = made(flat=True)
    assert (flat._told(tokens, 0.0)[:, 16::16] == tokens[:, 15:-1:16]).all(), "the flat one hears across bar lines"


@KINDS
@pytest.mark.parametrize("compound", [False, True])
def test_walking_side_by_side_is_what_was_learnt(flat: bool, compound: bool) -> None:
    network = made(flat=flat).eval()
    z = torch.randn(6, 12)
    places = network._places(torch.full((6, 128), melody.PAD if compound else melody.REST))
    rows = network._rows(places)
    opens = torch.zeros(len(rows), dtype=torch.bool)
    limits = Limits(opens, torch.ones(rows.shape[1] + 1, dtype=torch.bool))
    with torch.no_grad():
        intended = network._intentions(z)
        chosen = network.speaker.speak(intended, network._planned(intended), rows, None, limits).view_as(places)
        told = network._rows(network._told(chosen, 0.0))
        logits = network.speaker(intended, network._planned(intended), told, rows).reshape(6, 128, -1)
    used = melody.slots(compound, 8)
    assert torch.equal(logits.argmax(-1)[:, used], chosen[:, used])
    assert len(chosen[:, used].unique()) > 10


@KINDS
def test_only_the_first_bar_must_begin_with_something(flat: bool) -> None:
    network = made(flat=flat).eval()
    nn.init.zeros_(network.speaker.out.weight)
    nn.init.zeros_(network.speaker.out.bias)
    with torch.no_grad():
        network.speaker.out.bias[melody.HOLD] = 5.0
    phrases = network.decode(torch.randn(3, 12), SampleOptions())
    assert (phrases[:, 0] != melody.HOLD).all() and (phrases[:, 1:] == melody.HOLD).all()


def test_the_conductor_gives_each_bar_its_own_intention() -> None:
    network = made().eval()
    with torch.no_grad():
        intended = network._intentions(torch.randn(3, 12)).view(3, 8, -1)
    apart = (intended[:, :, None] - intended[:, None]).norm(dim=-1) + 10 * torch.eye(8)
    assert float(apart.min()) > 1e-3


@KINDS
def test_it_learns_phrases_and_its_code_is_used(flat: bool) -> None:
    batch = corpus("phrase", 4)
    network = made(flat=flat, beta=0.02)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    costs = []
    for _ in range(25):
        optimizer.zero_grad()
        found = network.loss(batch)
        found["loss"].backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        costs.append(float(found["cost"].detach()))
    assert costs[-1] < 0.6 * costs[0]
    network.progress = 1.0
    assert "nats" in network.collapsed({"kl": 0.1, "cost": 1.0, "shuffled_cost": 2.0})
    assert network.collapsed({"kl": 30.0, "cost": 1.0, "shuffled_cost": 2.0}) == ""


def test_a_phrase_follows_the_mouse() -> None:
    network, z, options = HierarchicalMusicVAE().eval(), torch.zeros(1, 256), SampleOptions()
    with torch.inference_mode():
        assert quickest(lambda: network.decode(z, options), 0.016) < 0.016
