"""InfoGAN: what is told has to come across, the bound is one, and found dials are named by what they move."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from engine.latent.dials import Dials
from engine.latent.naming import DialName, correlations, family_name, slider_name
from engine.models.bundle import Bundle
from engine.models.info_gan import SUREST, InfoGAN, Options, SampleOptions
from engine.models.parts import melody_symbols as symbols
from engine.training.found_dials import found_dials, strengths
from tests.engine.made_up import corpus

SMALL = Options(latent=5, width=8, critic_width=8, track_steps=0, care=0, law="non-saturating", batch=16)
FAMILIES, SLIDERS = 8, 2


def network() -> InfoGAN:
    torch.manual_seed(1)
    return InfoGAN(SMALL).eval()


def test_codes_are_thrown_by_their_laws() -> None:
    made = network()
    z = made.thrown(4000, torch.Generator().manual_seed(2), spread=0.5)
    sliders, families, chance = made.parts(z)
    assert sliders.shape == (4000, SLIDERS) and families.shape == (4000, FAMILIES) and chance.shape == (4000, 5)
    assert sliders.abs().max() <= 1 and sliders.std().item() == pytest.approx(1 / math.sqrt(3), abs=0.03)
    assert torch.equal(families.sum(1), torch.ones(4000)) and (families.mean(0) - 1 / 8).abs().max() < 0.03
    assert chance.std().item() == pytest.approx(0.5, abs=0.03)


def test_the_largest_number_is_the_family() -> None:
    made = network()
    z = made.thrown(3, torch.Generator().manual_seed(2))
    z[:, SLIDERS : SLIDERS + FAMILIES] = torch.linspace(0.1, 0.4, FAMILIES)
    told = made.told(z)
    assert torch.equal(told[:, SLIDERS : SLIDERS + FAMILIES].argmax(1), torch.full((3,), FAMILIES - 1))
    torch.testing.assert_close(told[:, SLIDERS : SLIDERS + FAMILIES].sum(1), torch.ones(3))
    assert torch.equal(told[:, :SLIDERS], z[:, :SLIDERS])
    assert made.unlikely(z) < made.unlikely(z * 3), "codes that were never thrown are unlikely"


def test_who_understands_everything_hears_all_that_is_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made = network()
    z = made.thrown(500, torch.Generator().manual_seed(3))
    sliders, families, _ = made.parts(z)
    sure = torch.full((500, SLIDERS), SUREST)
    monkeypatch.setattr(made.critic, "guessed", lambda features: (families * 40, sliders, sure))
    family, slider = made.told_nats(torch.zeros(500, 1), z)
    assert family.item() == pytest.approx(math.log(FAMILIES), abs=1e-3)
    # a guess that is right to e^-1: log 2 + 1 - log(2 pi) / 2 nats each
    assert slider.item() == pytest.approx(SLIDERS * (math.log(2) - SUREST - 0.5 * math.log(2 * math.pi)), abs=1e-3)


def test_who_understands_nothing_hears_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = network()
    z = made.thrown(4000, torch.Generator().manual_seed(3))
    blank, spread = torch.zeros(4000, FAMILIES), math.log(1 / math.sqrt(3))
    unsure = (blank, blank[:, :SLIDERS], torch.full((4000, SLIDERS), spread))
    monkeypatch.setattr(made.critic, "guessed", lambda features: unsure)
    family, slider = made.told_nats(torch.zeros(4000, 1), z)
    assert family.item() == pytest.approx(0, abs=1e-4)
    assert -0.5 < slider.item() <= 0, "a bound: never above the truth, which is nothing"


def test_the_sliders_are_heard_on_the_whole_only() -> None:
    made, music = network(), corpus("melody", 20)
    heard = symbols.heard(music, symbols.way_home(music))
    torch.nn.init.normal_(made.critic.ear.beat.data)
    features = made.judge(heard).features
    assert features.shape == (20, 24)
    torch.testing.assert_close(features[:, 16:], made.critic.ear.events(heard).mean(-1))
    logits, mean, log_spread = made.critic.guessed(features * 100)
    assert logits.shape == (20, FAMILIES) and mean.shape == log_spread.shape == (20, SLIDERS)
    assert log_spread.min() >= SUREST


def test_both_players_pay_for_what_does_not_come_across() -> None:
    batch = corpus("melody", 12)
    for player in ("critic", "generator"):
        made = network().train()
        torch.manual_seed(5)
        losses = made.play(player, batch)
        object.__setattr__(made, "options", Options(**{**vars(SMALL), "family_weight": 0.0, "slider_weight": 0.0}))
        torch.manual_seed(5)
        made.contest.moves.zero_()
        free = made.play(player, batch)
        owed = SMALL.family_weight * losses["family_told"] + SMALL.slider_weight * losses["slider_told"]
        torch.testing.assert_close(free["loss"] - owed, losses["loss"])


def test_the_critic_learns_to_name_what_it_hears() -> None:
    made = network().train()
    batch = corpus("melody", 32)
    optimizer = torch.optim.Adam(made.critic.parameters(), lr=5e-3)
    told = []
    for _ in range(25):
        losses = made.play("critic", batch)
        optimizer.zero_grad()
        losses["loss"].backward()
        optimizer.step()
        told.append(losses["slider_told"].item())
    assert np.mean(told[-5:]) > np.mean(told[:5]) + 0.2


# names --------------------------------------------------------------------------------------------------------------


def test_a_slider_is_named_by_what_it_moves() -> None:
    rng = np.random.default_rng(0)
    turned = rng.uniform(-1, 1, 400)
    values = {"density": -turned + 0.1 * rng.normal(size=400), "range": rng.normal(size=400), "height": turned * 0}
    name = slider_name(turned, values)
    assert (name.less, name.more, name.quality) == ("busier", "calmer", "density") and name.strength > 0.95
    assert correlations(turned, values)["height"] == 0
    assert slider_name(turned, values, ["density"]).more == "", "what names another names no second one"
    assert DialName.read({"less": "a", "more": "b", "also": ["c"], "strength": 0.5, "quality": "d"}) == DialName(
        "a", "b", ("c",), 0.5, "d"
    )


def test_a_family_is_named_by_what_sets_it_apart() -> None:
    rng = np.random.default_rng(0)
    members = np.arange(400) % 8 == 3
    values = {"density": rng.normal(size=400) + 3 * members, "leaps": rng.normal(size=400) - 2 * members}
    assert set(family_name(members, values).also) == {"busier", "stepwise"}
    assert family_name(members, {"density": rng.normal(size=400)}).also == ()
    assert family_name(members & False, values) == DialName()


def test_found_dials_turn_one_number_each() -> None:
    made = network()
    extras, names = found_dials(made)
    dials = Dials.of(Bundle("info_gan", {"dials": names}, {}, extras))
    assert dials.count == len(names) == SLIDERS + FAMILIES and dials.fits(tuple(range(16)))
    code = tuple(made.draw(1, SampleOptions())[0].tolist())
    turned = dials.turned(code, {0: 0.75, 5: 1.5})
    apart = np.flatnonzero(~np.isclose(turned, code))
    assert set(apart.tolist()) <= {0, 5} and turned[0] == pytest.approx(0.75) and turned[5] == pytest.approx(1.5)
    assert dials.values(turned)[0] == pytest.approx(0.75)
    assert all(isinstance(name, DialName) for name in dials.names)
    assert set(strengths(made)) == {"slider_1_correlation", "slider_2_correlation"}
