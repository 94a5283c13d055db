"""MusicVAE: what its loss says, that its walk is what was learnt, what may not be written, and when the alarm rings."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Normal, kl_divergence

from engine.codecs import melody
from engine.models.music_vae import MusicVAE, Options, SampleOptions, weight_of_kl
from engine.models.parts.melody_pitch import relative
from engine.models.parts.recurrent import CARE_BETA, NOTHING, Limits, _Steps, before, gumbel, in_bar
from tests.engine.made_up import corpus
from tests.engine.small import quickest

SMALL: dict[str, Any] = {"latent": 8, "width": 24, "decoder_width": 24, "embedding": 8, "notes": 4, "plan": 6}


def made(**changes: Any) -> MusicVAE:
    """A small network that says different things at different places."""
    torch.manual_seed(3)
    network = MusicVAE(Options(**{**SMALL, **changes}))
    nn.init.normal_(network.speaker.out.weight, std=1.0)
    nn.init.normal_(network.posterior.weight, std=0.5)
    return network


def learnt(network: MusicVAE, batch: Tensor, steps: int = 120) -> MusicVAE:
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        network.loss(batch)["loss"].backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
    return network.eval()


def test_the_kl_term_is_that_of_gaussians_beyond_the_free_bits() -> None:
    network, batch = made(beta=0.7, free_bits=4.0).eval(), corpus()
    with torch.no_grad():
        found = network.loss(batch)
        mean, deviation = network._posterior(*relative(batch))
    each = kl_divergence(Normal(mean, deviation), Normal(0.0, 1.0)).sum(-1)
    assert float(found["kl"]) == pytest.approx(float(each.mean()), rel=1e-4)
    paid = (each - 4.0 * math.log(2)).clamp_min(0).mean()
    assert 0 < float(paid) < float(each.mean())
    assert float(found["loss"]) == pytest.approx(float(found["cost"] + 0.7 * paid), rel=1e-4)


def test_how_the_weight_of_the_kl_term_rises() -> None:
    def rise(schedule: str) -> list[float]:
        options = Options(beta=0.4, warm_up=0.2, beta_schedule=schedule)
        return [weight_of_kl(options, progress) for progress in (0.0, 0.1, 0.2, 1.0)]

    assert rise("constant") == [0.4] * 4
    assert rise("linear") == pytest.approx([0.02, 0.2, 0.4, 0.4])
    exponential = rise("exponential")
    assert exponential[0] == 0.0 and sorted(exponential) == exponential
    assert exponential[2] == pytest.approx(0.95 * 0.4, rel=0.01)


@pytest.mark.parametrize("compound", [False, True])
@pytest.mark.parametrize("plan", [0, 6])
def test_walking_step_by_step_is_what_was_learnt(compound: bool, plan: int) -> None:
    """Told its own choices at once, as in training, the fused LSTM chooses the same tokens again."""
    network = made(plan=plan).eval()
    z = torch.randn(12, 8)
    kind = torch.full((12,), compound)
    places, limits = in_bar(kind, 2), Limits(torch.ones(12, dtype=torch.bool), torch.ones(33, dtype=torch.bool))
    with torch.no_grad():
        chosen = network.speaker.speak(z, network._given(z), places, None, limits)
        logits = network.speaker(z, network._given(z), before(chosen), places)
    logits[:, 0, melody.HOLD] = -torch.inf
    used = melody.slots(compound)
    assert torch.equal(logits.argmax(-1)[:, used], chosen[:, used])
    assert len(chosen[:, used].unique()) > 10, "a walk that says one thing proves nothing"
    unused = [slot for slot in range(32) if slot not in used]
    assert (chosen[:, unused] == melody.PAD).all()


@pytest.mark.parametrize("compound", [False, True])
def test_numpy_and_torch_walk_alike(compound: bool) -> None:
    network, z = made().eval(), torch.randn(9, 8)
    places, gaps = in_bar(torch.full((9,), compound), 2), torch.ones(33, dtype=torch.bool)
    gaps[1::2] = False
    for temperature in (0.0, 1.0):
        noise = gumbel((9, 32, melody.VOCABULARY), temperature, 4)
        limits = Limits(torch.arange(9) % 2 == 0, gaps)
        with torch.no_grad():
            given, steps = network._given(z), _Steps(network.speaker)
            slow = steps.with_torch(z, given, places, noise, limits)
            assert torch.equal(steps.with_numpy(z, given, places, noise, limits), slow)


def test_noise_draws_from_the_softmax() -> None:
    noise = gumbel((20_000, 3), 1.0, 7)
    assert noise is not None and gumbel((2,), 0.0, 7) is None
    chances = torch.tensor([0.2, 0.5, 0.3])
    drawn = (chances.log() + noise).argmax(-1).bincount() / 20_000
    assert torch.allclose(drawn, chances, atol=0.015)


@pytest.mark.parametrize("compound", [False, True])
def test_distances_the_corpus_does_not_know_are_not_written(compound: bool) -> None:
    network = made().eval()
    options = SampleOptions(temperature=1.5, compound=compound)
    z = 3 * torch.randn(60, 8)

    def distances(windows: Tensor) -> set[int]:
        onsets = [[start for start, _, _ in melody.decode_steps(row)] for row in windows.numpy().astype("uint8")]
        return {b - a for row in onsets for a, b in pairwise(row)}

    free = distances(network.decode(z, options))
    assert {d % 2 for d in free} == {0, 1}
    evens = torch.zeros(2, 33)
    evens[:, 2::2] = 1 / 16
    network.gaps.copy_(evens)
    assert {d % 2 for d in distances(network.decode(z, options))} == {0}
    network.settle(corpus())  # made of lengths 1, 2 and 4
    assert distances(network.decode(z, options)) <= {1, 2, 3, 4}


def test_what_is_hidden_is_not_heard() -> None:
    tokens = torch.arange(2, 34).repeat(200, 1)
    told = before(tokens)
    assert (told[:, 0] == NOTHING).all() and torch.equal(told[:, 1:], tokens[:, :-1])
    torch.manual_seed(0)
    share = float((before(tokens, forget=0.3)[:, 1:] == NOTHING).float().mean())
    assert share == pytest.approx(0.3, abs=0.03)


def test_care_improves_a_code() -> None:
    """A code after care is likelier, together with what it says, than the encoder's guess."""
    batch = corpus(n=16)
    network = learnt(made(care=8, beta=0.02), batch, 15)
    guess, careful = network.guess(batch), network.encode(batch)

    def unlikely(z: Tensor) -> Tensor:
        tokens, first = relative(batch)
        told = before(tokens)
        told[:, ::2] = NOTHING
        with torch.no_grad():
            return network._cost(z, tokens, first, told)[0] + CARE_BETA / 2 * (z**2).sum(1)

    assert (unlikely(careful) < unlikely(guess) - 0.5).all() and not careful.requires_grad
    network.options = Options(**{**SMALL, "care": 0})
    assert torch.equal(network.encode(batch), guess)


def test_the_code_carries_the_melody() -> None:
    batch = corpus(n=8)
    network = learnt(made(latent=16, width=32, decoder_width=32, beta=0.02, forget=0.6), batch, 70)
    for compound in (False, True):
        x = batch[torch.arange(8) % 2 == int(compound)]
        again = network.decode(network.encode(x), SampleOptions(compound=compound))
        used = x != melody.PAD
        assert float((again == x)[used].float().mean()) > 0.8
    found = network.loss(batch)
    assert found["shuffled_cost"] > 1.5 * found["cost"]
    network.progress = 1.0
    assert network.collapsed({name: part.item() for name, part in found.items()}) == ""


def test_the_alarm_rings_when_the_code_is_silent() -> None:
    network = made(warm_up=0.2)
    assert "0.30 nats" in network.collapsed({"kl": 0.3, "cost": 20.0, "shuffled_cost": 30.0})
    assert "another's" in network.collapsed({"kl": 9.0, "cost": 20.0, "shuffled_cost": 20.1})
    assert network.collapsed({"kl": 9.0, "cost": 20.0, "shuffled_cost": 30.0}) == ""
    network.progress = 0.1
    assert network.collapsed({"kl": 0.3, "cost": 20.0, "shuffled_cost": 20.0}) == "", "not while it warms up"


def test_other_lengths_are_a_matter_of_options() -> None:
    network = made(bars=4).eval()
    x = corpus("melody4", 6)
    assert network.encode(x).shape == (6, 8) and torch.isfinite(network.loss(x)["loss"])
    network.settle(x)
    for compound in (False, True):
        assert network.sample(3, SampleOptions(compound=compound)).shape == (3, 64)


def test_a_melody_is_decoded_within_a_frame() -> None:
    network, z, options = MusicVAE().eval(), torch.zeros(1, 128), SampleOptions()
    with torch.inference_mode():
        assert quickest(lambda: network.decode(z, options), 0.012) < 0.012
