"""The variational recurrent autoencoder: what its loss says, what its decoder hears, what its map promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from engine.codecs import melody
from engine.models.parts.melody_pitch import relative
from engine.models.vrae import SLOTS, VRAE, Options, SampleOptions
from tests.engine.small import quickest


def made(**changes: Any) -> VRAE:
    torch.manual_seed(3)
    return VRAE(Options(**{"hidden": 24, "embedding": 8, "warmup": 0.0, **changes}))


def tunes(n: int = 64, seed: int = 0) -> Tensor:
    """Scales up or down in eighths or quarters, of both kinds of bar, tokens int64 [n, 32]."""
    rng = np.random.default_rng(seed)
    windows = []
    for index in range(n):
        compound = index % 2 == 1
        steps, length, turn = 2 * melody.steps_per_bar(compound), int(rng.choice([2, 4])), int(rng.choice([-2, 2]))
        start = int(rng.integers(55, 75))
        notes = [(at, at + length, start + turn * i) for i, at in enumerate(range(0, steps, length))]
        windows.append(melody.encode_steps(notes, compound))
    return torch.from_numpy(np.array(windows).astype(np.int64))


def learnt(network: VRAE, steps: int = 150) -> VRAE:
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-2)
    batches = [tunes(32, seed=seed) for seed in range(8)]
    for step in range(steps):
        optimizer.zero_grad()
        network.loss(batches[step % 8])["loss"].backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
    return network.eval()


def alike(a: Tensor, b: Tensor) -> float:
    """Share of the steps that are the same, in any key."""
    (a, _), (b, _) = relative(a), relative(b)
    return float((a == b)[b != melody.PAD].float().mean())


@pytest.fixture(scope="module")
def trained() -> VRAE:
    return learnt(made(latent=4, beta=0.05, forget=0.6))


def test_the_kl_term_is_that_of_gaussians() -> None:
    network, batch = made(beta=0.7).eval(), tunes()
    torch.nn.init.normal_(network.posterior.weight, std=0.5)
    with torch.no_grad():
        found = network.loss(batch)
        mean, log_variance = network._posterior(*relative(batch))
    cloud = Normal(mean, (0.5 * log_variance).exp())
    expected = kl_divergence(cloud, Normal(0.0, 1.0)).sum(-1).mean()
    assert float(found["kl"]) == pytest.approx(float(expected), rel=1e-4)
    assert float(found["loss"]) == pytest.approx(float(found["cost"] + 0.7 * expected), rel=1e-4)


def test_free_bits_cost_nothing_and_the_term_is_let_in_slowly() -> None:
    def term(network: VRAE) -> float:
        torch.nn.init.normal_(network.posterior.weight, std=0.5)
        torch.manual_seed(0)
        with torch.no_grad():
            found = network.loss(tunes())
        return float((found["loss"] - found["cost"]) / found["kl"])

    assert term(made(free_bits=1e6).eval()) == 0.0
    slow = made(beta=0.4, warmup=0.5).eval()
    shares = []
    for slow.progress in (0.0, 0.25, 0.5, 1.0):
        shares.append(term(slow))
    assert shares == pytest.approx([0.0, 0.2, 0.4, 0.4], abs=1e-4)


def test_a_plain_autoencoder_has_no_clouds() -> None:
    plain = made(variational=False).eval()
    with torch.no_grad():
        once, twice = plain.loss(tunes()), plain.loss(tunes())
    assert float(once["kl"]) == 0.0 and torch.equal(once["loss"], once["cost"])
    assert torch.equal(once["loss"], twice["loss"]), "nothing is drawn"
    plain.settle(tunes(64))
    codes = plain.encode(tunes(64))
    drawn = plain.draw(4_000, SampleOptions())
    assert torch.allclose(drawn.mean(0), codes.mean(0), atol=0.05 * float(codes.std(0).max()) + 1e-3)
    assert torch.allclose(drawn.std(0), codes.std(0), rtol=0.1)


def test_the_code_tells_the_music(trained: VRAE) -> None:
    unseen = tunes(64, seed=99)
    for compound in (False, True):
        x = unseen[melody.is_compound(unseen.numpy()) == compound]
        again = trained.decode(trained.encode(x), SampleOptions(compound=compound))
        assert alike(again, x) > 0.85
        assert alike(trained.decode(trained.encode(x).flip(0), SampleOptions(compound=compound)), x) < 0.75
        missed, spread = (again[:, 0] - x[:, 0]).abs().float().mean(), (x[:, 0] - x[:, 0].flip(0)).abs().float().mean()
        assert missed < 0.6 * spread, "where it begins is told too"


def test_feedback_is_heard_only_while_learning() -> None:
    own, told = made(feedback=1.0, forget=0.0), made(feedback=0.0, forget=0.0)
    batch = tunes()

    def cost(network: VRAE) -> float:
        torch.manual_seed(1)
        with torch.no_grad():
            return float(network.loss(batch)["cost"])

    assert cost(own) != cost(told)
    assert cost(own.eval()) == cost(told.eval())


def test_what_is_never_heard_does_not_matter() -> None:
    """With every step forgotten the logits come from the code alone; otherwise from the notes before, not after."""
    network = made(forget=1.0).train()
    relative_tokens, _ = relative(tunes(8)[::2])
    state = network._open(torch.zeros(4, 2), torch.zeros(4, dtype=torch.bool))
    logits = network._follow(state, network._told(torch.zeros(4, 2)), relative_tokens)
    assert torch.allclose(logits[:1].expand_as(logits), logits, atol=1e-6)
    network = made().eval()
    other = relative_tokens.clone()
    other[:, 20:] = melody.REST
    logits, changed = (
        network._follow(state, network._told(torch.zeros(4, 2)), tokens) for tokens in (relative_tokens, other)
    )
    assert torch.equal(logits[:, :21], changed[:, :21]) and not torch.equal(logits[:, 21:], changed[:, 21:])


@pytest.mark.parametrize("remind", [False, True])
def test_it_starts_from_the_code(remind: bool) -> None:
    """h0 = tanh(W z + b), and with `remind` the code and the step are told again at every step."""
    network = made(remind=remind)
    told = network._told(torch.randn(3, 2))
    assert told.shape[1:] == (SLOTS, 24) and bool(told.any()) == remind
    turn = network.again.weight @ network.again.weight.T
    assert torch.allclose(turn, torch.eye(24), atol=1e-4), "orthogonal at first"


def test_an_alarm_says_when_the_code_is_silent() -> None:
    network = made()
    assert "0.20 nats" in network.collapsed({"kl": 0.2}) and network.collapsed({"kl": 3.0}) == ""
    network.progress = 0.1
    assert network.collapsed({"kl": 0.2}) == ""
    assert made(variational=False).collapsed({"kl": 0.0}) == ""


def test_the_map_is_decoded_within_a_frame() -> None:
    network, z, options = VRAE().eval(), torch.zeros(1, 2), SampleOptions()
    with torch.inference_mode():
        assert torch.equal(network.decode(z, options), network.decode(z, options))
        assert quickest(lambda: network.decode(z, options), 0.008) < 0.008


def test_luck_is_one_throw_for_the_whole_map() -> None:
    network, lucky = made(hidden=24).eval(), made(hidden=24, luck=1.0).eval()
    torch.nn.init.normal_(network.say.weight, std=0.3)
    lucky.load_state_dict(network.state_dict())
    codes = torch.zeros(5, 2)
    still, played = network.decode(codes, SampleOptions()), lucky.decode(codes, SampleOptions())
    assert len(played.unique(dim=0)) == 1 and not torch.equal(still, played)
    assert torch.equal(played, lucky.decode(codes, SampleOptions(seed=9))), "the place decides, not the seed"
    assert len(lucky.decode(codes, SampleOptions(temperature=0.8)).unique(dim=0)) > 1
