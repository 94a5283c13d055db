"""The autoencoder that is variational or not."""

from __future__ import annotations

import dataclasses
from functools import cache

import pytest
import torch

from engine.codecs import melody
from engine.models.vae import VAE, Options, RefineOptions, SampleOptions, kl_nats
from tests.engine.melodies import learnt, melodies

SMALL = Options(latent=8, width=48, blocks=1, embedding=8, features=16, mixers=1, dropout=0.0, beta=0.02, batch=32)


def network(**changes: float | bool | str) -> VAE:
    torch.manual_seed(1)
    return VAE(dataclasses.replace(SMALL, **changes))  # type: ignore[arg-type]


@cache
def trained(variational: bool) -> VAE:
    found: VAE = learnt(network(variational=variational), 150)
    return found


def test_the_kl_term_is_the_textbook_one() -> None:
    torch.manual_seed(0)
    mean, deviation = torch.randn(20, 5), torch.rand(20, 5) + 0.1
    posterior, prior = torch.distributions.Normal(mean, deviation), torch.distributions.Normal(0.0, 1.0)
    exact = torch.distributions.kl_divergence(posterior, prior).sum(-1)
    torch.testing.assert_close(kl_nats(mean, deviation), exact)
    made = network()
    tokens, first = made.ear.tokens.weight.new_zeros(2, melody.SLOTS).long(), torch.tensor([3, 9])
    mean, spread = made._posterior(tokens, first)
    assert spread is not None and mean.shape == spread.shape == (2, 8) and (spread > 0).all()


def test_both_are_the_same_network() -> None:
    with_prior, without = (dict(network(variational=v).named_parameters()) for v in (True, False))
    assert set(with_prior) - set(without) == {"spread.weight", "spread.bias"} and not set(without) - set(with_prior)
    assert all(with_prior[name].shape == without[name].shape for name in without)


def test_the_plain_one_pays_for_nothing_but_its_mistakes() -> None:
    losses = network(variational=False).loss(melodies(8))
    assert losses["kl"] == 0 and losses["loss"] == losses["cost"]


@pytest.mark.parametrize(
    ("schedule", "shares"),
    [("linear", (0.0, 0.5, 1.0, 1.0)), ("constant", (1.0, 1.0, 1.0, 1.0)), ("magenta", (0.0, 0.1813, 0.3297, 0.8647))],
)
def test_how_the_kl_term_comes_in(schedule: str, shares: tuple[float, ...]) -> None:
    made = network(beta_schedule=schedule, beta=0.4).eval()
    for made.progress, share in zip((0.0, 0.1, 0.2, 1.0), shares, strict=True):
        torch.manual_seed(0)
        losses = made.loss(melodies(8))
        assert (losses["loss"] - losses["cost"]).item() == pytest.approx(0.4 * share * losses["kl"].item(), abs=1e-3)


def test_some_bits_are_free() -> None:
    made = network(beta=1.0, beta_schedule="constant").eval()
    freed = network(beta=1.0, beta_schedule="constant", free_bits=1.0).eval()
    paid, less = (seeded(one).loss(melodies(8))["loss"].item() for one in (made, freed))
    assert paid - less == pytest.approx(0.6931, abs=1e-3)
    nothing = seeded(network(free_bits=1e4).eval()).loss(melodies(8))
    assert nothing["loss"] == nothing["cost"]


def seeded(made: VAE) -> VAE:
    torch.manual_seed(0)
    return made


def test_a_collapse_is_told() -> None:
    made = network()
    assert "0.30 nats" in made.collapsed({"kl": 0.3})
    assert made.collapsed({"kl": 5.0}) == ""
    made.progress = 0.1
    assert made.collapsed({"kl": 0.3}) == "", "while the term comes in nothing is known yet"
    assert network(variational=False).collapsed({"kl": 0.0}) == ""


@pytest.mark.parametrize("variational", [True, False])
def test_what_was_learnt_comes_back(variational: bool) -> None:
    made, unseen = trained(variational), melodies(64, seed=77)
    duple = unseen[::2]
    again = made.decode(made.encode(duple), SampleOptions())
    onsets = (duple >= melody.FIRST_PITCH_TOKEN) & (duple < melody.PAD)
    assert float((again == duple)[onsets].float().mean()) > 0.6
    assert torch.equal(made.encode(duple), made.encode(duple)), "a mean, not a draw"


def test_where_codes_are_drawn() -> None:
    prior = network().draw(4000, SampleOptions(seed=2))
    assert abs(float(prior.mean())) < 0.02 and abs(float(prior.std()) - 1) < 0.02
    plain = trained(False)
    codes = plain.encode(torch.cat([melodies(64, seed=seed) for seed in range(4)]))
    drawn = plain.draw(4000, SampleOptions(seed=2))
    torch.testing.assert_close(drawn.mean(0), codes.mean(0), atol=float(codes.std()) * 0.15, rtol=0)
    torch.testing.assert_close(drawn.std(0), codes.std(0), atol=0, rtol=0.15)
    wide = plain.draw(500, SampleOptions(law="wide"))
    assert 9 < float(wide.max()) <= 10 and -10 <= float(wide.min()) < -9


@pytest.mark.parametrize("feed", ["softmax", "argmax", "sampled"])
def test_every_step_of_a_dream_is_kept(feed: str) -> None:
    made, start = network().eval(), melodies(6, seed=9)
    way = made.refine(start, RefineOptions(rounds=5, feed=feed, seed=3))
    assert way.shape == (6, 6, melody.SLOTS) and torch.equal(way[0], start)
    assert torch.equal(way == melody.PAD, (start == melody.PAD).expand_as(way)), "the kind of bar stays"
    assert (way[:, :, 0] != melody.HOLD).all()
    assert torch.equal(way, made.refine(start, RefineOptions(rounds=5, feed=feed, seed=3)))
    alone = made.refine(start[1:2], RefineOptions(rounds=5, feed=feed, seed=3)) if feed != "sampled" else way[:, 1:2]
    assert torch.equal(alone, way[:, 1:2])
    other = made.refine(start, RefineOptions(rounds=5, feed=feed, seed=4))
    assert torch.equal(way, other) == (feed != "sampled")


def test_argmax_is_the_round_trip() -> None:
    made, start = trained(True), melodies(12, seed=9)[::2]
    way = made.refine(start, RefineOptions(rounds=2, feed="argmax", hold_weight=1.0))
    once = made.decode(made.encode(start), SampleOptions())
    assert torch.equal(way[1], once)
    assert torch.equal(way[2], made.decode(made.encode(once), SampleOptions()))


def test_less_weight_on_holding_writes_more_notes() -> None:
    made, start = trained(True), melodies(40, seed=9)
    rare, often = (
        int((made.refine(start, RefineOptions(rounds=1, hold_weight=weight))[1] == melody.HOLD).sum())
        for weight in (0.01, 1.0)
    )
    assert rare < often


def test_a_dream_begins_even_from_silence() -> None:
    silence = torch.full((3, melody.SLOTS), melody.HOLD)
    silence[:, 0] = melody.REST
    silence[1, [12, 13, 14, 15, 28, 29, 30, 31]] = melody.PAD
    silence[2, 4] = 40
    for feed in ("softmax", "argmax"):
        way = trained(True).refine(silence, RefineOptions(rounds=3, feed=feed))
        assert torch.equal(way[0], silence)
        onsets = ((way[-1] >= melody.FIRST_PITCH_TOKEN) & (way[-1] < melody.PAD)).sum(1)
        assert (onsets[:2] > 3).all()
        alone = trained(True).refine(silence[2:], RefineOptions(rounds=3, feed=feed))
        torch.testing.assert_close(alone[:, 0], way[:, 2])
