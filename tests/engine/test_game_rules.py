"""What the players of a game pay: each law by its formula, each trick by what it is there for."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from engine.models.parts.contest import PACE, Contest, History, Judgement, repelling
from engine.models.parts.critic_parts import Deviation, Discrimination, Head, normed
from engine.models.parts.game_rules import ENERGIES, LAWS, NAMES, GameOptions

STEPS, SYMBOLS = 3, 4


class Straight(nn.Module):
    """A critic whose score is a weighted sum: its slope is known everywhere."""

    def __init__(self, weight: float = 1.0, features: int = STEPS * SYMBOLS) -> None:
        super().__init__()
        self.line = nn.Linear(features, 1)
        nn.init.constant_(self.line.weight, weight)

    def forward(self, music: Tensor) -> Judgement:
        flat = music.flatten(1)
        return Judgement(self.line(flat).squeeze(1), flat)


def music(n: int = 6, seed: int = 0) -> Tensor:
    """Random symbols as 0 and 1, [n, STEPS, SYMBOLS]."""
    generator = torch.Generator().manual_seed(seed)
    said = torch.randint(SYMBOLS, (n, STEPS), generator=generator)
    return nn.functional.one_hot(said, SYMBOLS).float()


def contest(critic: nn.Module | None = None, **rules: float | str | bool | int) -> Contest:
    critic = critic or Straight()
    options = GameOptions(**{"penalty": 0.0, **rules})  # type: ignore[arg-type]
    return Contest(options, {"critic": critic, "generator": nn.Linear(2, 2)})


# laws ---------------------------------------------------------------------------------------------------------------

REAL, FAKE = torch.tensor([0.3, 1.7]), torch.tensor([-0.4, 0.9])


def sigmoid(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))


BY_HAND = -sigmoid(REAL).log().mean() - (1 - sigmoid(FAKE)).log().mean()
BY_THE_BOOK = {  # what the critic pays, and the generator
    "minimax": (BY_HAND, (1 - sigmoid(FAKE)).log().mean()),
    "non-saturating": (BY_HAND, -sigmoid(FAKE).log().mean()),
    "wgan": (FAKE.mean() - REAL.mean(), -FAKE.mean()),
    "wgan-gp": (FAKE.mean() - REAL.mean(), -FAKE.mean()),
    "hinge": ((1 - REAL).clamp_min(0).mean() + (1 + FAKE).clamp_min(0).mean(), -FAKE.mean()),
    "lsgan": (((REAL - 1) ** 2).mean() / 2 + (FAKE**2).mean() / 2, ((FAKE - 1) ** 2).mean() / 2),
    "f-kl": ((FAKE - 1).exp().mean() - REAL.mean(), -FAKE.mean()),
    "f-reverse-kl": ((-REAL).exp().mean() + (-1 + FAKE).mean(), (-FAKE).exp().mean()),
    "f-pearson": ((FAKE**2 / 4 + FAKE).mean() - REAL.mean(), -FAKE.mean()),
    "f-hellinger": (-(1 - (-REAL).exp()).mean() + (FAKE.exp() - 1).mean(), -(1 - (-FAKE).exp()).mean()),
}


def test_every_law_is_here() -> None:
    assert set(LAWS) == set(BY_THE_BOOK) and set(NAMES) == set(LAWS) | set(ENERGIES)


@pytest.mark.parametrize("name", LAWS)
def test_a_law_costs_what_its_paper_says(name: str) -> None:
    critic, generator = BY_THE_BOOK[name]
    assert LAWS[name].critic(REAL, FAKE).item() == pytest.approx(critic.item(), rel=1e-5)
    assert LAWS[name].generator(FAKE).item() == pytest.approx(generator.item(), rel=1e-5)


@pytest.mark.parametrize("name", LAWS)
def test_a_critic_is_pulled_apart_and_a_generator_up(name: str) -> None:
    law = LAWS[name]
    real, fake = (torch.full((4,), law.middle, requires_grad=True) for _ in range(2))
    up, down = torch.autograd.grad(law.critic(real, fake), (real, fake))
    assert (up < 0).all() and (down > 0).all(), "a step against the slope raises real music and lowers the other"
    (wanted,) = torch.autograd.grad(law.generator(fake), fake)
    assert (wanted < 0).all(), "a step against the slope raises what the generator made"


@pytest.mark.parametrize("name", [name for name in LAWS if name not in {"wgan", "wgan-gp", "hinge"}])
def test_a_divergence_of_equals_is_nothing(name: str) -> None:
    law = LAWS[name]
    same = torch.full((5,), law.middle)
    assert law.divergence(same, same).item() == pytest.approx(0, abs=1e-5)
    assert law.divergence(same + 0.3, same - 0.3) > 0


@pytest.mark.parametrize("name", LAWS)
def test_no_score_makes_a_law_infinite(name: str) -> None:
    far = torch.tensor([-1e4, 1e4], requires_grad=True)
    for cost in (LAWS[name].critic(far, far.flip(0)), LAWS[name].generator(far)):
        assert torch.isfinite(cost) and torch.isfinite(torch.autograd.grad(cost, far, retain_graph=True)[0]).all()


def test_minimax_gives_nothing_to_who_is_found_out() -> None:
    found_out = torch.tensor([-8.0], requires_grad=True)
    saturated, alive = (
        abs(torch.autograd.grad(LAWS[name].generator(found_out), found_out)[0].item())
        for name in ("minimax", "non-saturating")
    )
    assert saturated < 1e-3 and alive > 0.99


# penalties and tricks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [0.1, 1.0, 3.0])
def test_the_penalty_of_a_straight_critic_is_known(weight: float) -> None:
    slope = weight * math.sqrt(STEPS * SYMBOLS)
    critic = Straight(weight)
    between = contest(critic, law="wgan-gp", penalty=10.0).critic(critic, music(), music(seed=1))
    assert between["penalty"].item() == pytest.approx((slope - 1) ** 2, rel=1e-3)
    plain = contest(critic, law="wgan-gp").critic(critic, music(), music(seed=1))
    assert (between["loss"] - plain["loss"]).item() == pytest.approx(10 * (slope - 1) ** 2, rel=1e-3)
    on_real = contest(critic, law="hinge", penalty=1.0, penalty_on="real").critic(critic, music(), music(seed=1))
    assert on_real["penalty"].item() == pytest.approx(slope**2, rel=1e-3)


def test_a_penalty_now_and_then_weighs_as_much() -> None:
    critic = Straight(1.0)
    game = contest(critic, law="wgan-gp", penalty=2.0, penalty_every=3)
    plain = contest(critic, law="wgan-gp").critic(critic, music(), music(seed=1))["loss"]
    paid = [game.critic(critic, music(), music(seed=1))["loss"] - plain for _ in range(6)]
    steep = (math.sqrt(STEPS * SYMBOLS) - 1) ** 2
    assert [value.item() for value in paid] == pytest.approx([6 * steep, 0, 0, 6 * steep, 0, 0], rel=1e-3, abs=1e-5)


def test_the_critic_leaves_the_generator_alone() -> None:
    fake = music(seed=1).requires_grad_()
    game = contest()
    assert not torch.autograd.grad(game.critic(Straight(), music(), fake)["loss"], fake, allow_unused=True)[0]
    (slope,) = torch.autograd.grad(game.generator(Straight(), music(), fake)["loss"], fake)
    assert (slope < 0).all()


def test_weights_are_clipped_after_the_critic_moved() -> None:
    critic = Straight(3.0)
    game = contest(critic, law="wgan", clip_weights=0.01)
    game.after("generator")
    assert critic.line.weight.max() == 3
    game.after("critic")
    assert critic.line.weight.abs().max().item() == pytest.approx(0.01)


@pytest.mark.parametrize("law", ["non-saturating", "minimax", "lsgan"])
def test_only_the_target_of_real_music_is_smoothed(law: str) -> None:
    critic = Straight(0.05)
    on_real, on_fake = critic(music()).score.detach(), critic(music(seed=1)).score.detach()
    paid = contest(critic, law=law, smoothing=0.1).critic(critic, music(), music(seed=1))["loss"].item()
    if law == "lsgan":
        expected = ((on_real - 0.9) ** 2).mean() / 2 + (on_fake**2).mean() / 2
    else:
        real_target = -(0.9 * sigmoid(on_real).log() + 0.1 * (1 - sigmoid(on_real)).log()).mean()
        expected = real_target - (1 - sigmoid(on_fake)).log().mean()
    assert paid == pytest.approx(expected.item(), rel=1e-5)


def test_features_that_match_cost_nothing() -> None:
    game, critic = contest(law="hinge", feature_matching=2.0), Straight()
    assert game.generator(critic, music(), music())["matching"].item() == 0
    apart = game.generator(critic, music(), music(seed=1))
    wanted = (music().flatten(1).mean(0) - music(seed=1).flatten(1).mean(0)).square().sum()
    assert apart["matching"].item() == pytest.approx(wanted.item(), rel=1e-5)
    plain = contest(law="hinge").generator(critic, music(), music(seed=1))["loss"]
    assert (apart["loss"] - plain).item() == pytest.approx(2 * wanted.item(), rel=1e-5)


def test_history_pulls_back() -> None:
    critic = Straight(1.0)
    past = History(critic)
    assert past(critic).item() == pytest.approx(0), "what was is what is"
    with torch.no_grad():
        critic.line.weight += 1
    pull = past(critic)
    (slope,) = torch.autograd.grad(pull, critic.line.weight)
    assert pull.item() == pytest.approx(STEPS * SYMBOLS * 0.25, rel=1e-4) and (slope > 0).all()
    game = contest(critic, historical=1.0)
    assert {name.split(".")[1] for name in game.state_dict() if name.startswith("histories")} == {"critic", "generator"}


def test_noise_is_heard_by_the_critic_only() -> None:
    seen: list[Tensor] = []

    def judge(heard: Tensor) -> Judgement:
        seen.append(heard)
        return Judgement(heard.flatten(1).sum(1), heard.flatten(1))

    given = music()
    contest(noise=0.3, law="hinge").critic(judge, given, given)
    assert all(0.1 < float((heard - given).std()) < 0.6 for heard in seen) and not torch.equal(*seen)
    assert set(given.unique().tolist()) == {0.0, 1.0}


# energies -----------------------------------------------------------------------------------------------------------


class Energies(nn.Module):
    """A critic that says fixed energies."""

    def __init__(self, real: float, fake: float) -> None:
        super().__init__()
        self.said = nn.Parameter(torch.tensor([real, fake]))
        self.asked = 0

    def forward(self, heard: Tensor) -> Judgement:
        self.asked += 1
        return Judgement(self.said[(self.asked - 1) % 2].expand(len(heard)), heard.flatten(1))


def test_ebgan_pushes_up_to_a_margin() -> None:
    near, far = (Energies(1.0, fake) for fake in (0.5, 3.0))
    assert contest(near, law="ebgan", margin=2.0).critic(near, music(), music())["loss"].item() == pytest.approx(2.5)
    assert contest(far, law="ebgan", margin=2.0).critic(far, music(), music())["loss"].item() == pytest.approx(1.0)


def test_ebgan_keeps_codes_apart() -> None:
    same, crossed = torch.ones(4, 3), torch.eye(3)
    assert repelling(same).item() == pytest.approx(1) and repelling(crossed).item() == pytest.approx(0)


def test_began_keeps_its_balance() -> None:
    critic = Energies(2.0, 1.0)  # gamma * 2 - 1 = .5: generated music is given back too well
    game = contest(critic, law="began", gamma=0.75)
    paid = game.critic(critic, music(), music())
    assert paid["loss"].item() == pytest.approx(2.0), "with no balance yet only real music counts"
    assert paid["divergence"].item() == pytest.approx(2.5) and game.balance.item() == pytest.approx(PACE * 0.5)
    for _ in range(3):
        game.critic(critic, music(), music())
    assert game.balance.item() == pytest.approx(4 * PACE * 0.5)
    late = Energies(1.0, 3.0)  # given back too badly: the balance falls, but never below nothing
    other = contest(late, law="began", gamma=0.75)
    other.critic(late, music(), music())
    assert other.balance.item() == 0


def test_a_head_that_gives_back_learns_to() -> None:
    torch.manual_seed(0)
    head, heard = Head(GameOptions(law="began"), 8, (STEPS, SYMBOLS), code=6), music(16)
    reader = nn.Linear(STEPS * SYMBOLS, 8)
    optimizer = torch.optim.Adam([*head.parameters(), *reader.parameters()], lr=0.02)
    energies = []
    for _ in range(80):
        energy, codes = head(torch.tanh(reader(heard.flatten(1))), heard)
        assert energy.shape == (16,) and codes.shape == (16, 6)
        energies.append(energy.mean().item())
        optimizer.zero_grad()
        energy.mean().backward()
        optimizer.step()
    assert energies[0] == pytest.approx(math.log(SYMBOLS), abs=0.3) and energies[-1] < energies[0] / 2


# layers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [nn.Linear(12, 20), nn.Conv1d(5, 9, 3, padding=1)])
def test_spectral_norm_keeps_from_stretching(layer: nn.Module) -> None:
    torch.manual_seed(0)
    with torch.no_grad():
        layer.weight.mul_(7)  # type: ignore[operator]
    kept = normed(layer, GameOptions(spectral=True))
    heard = torch.randn(4, 12) if isinstance(layer, nn.Linear) else torch.randn(4, 5, 8)
    for _ in range(60):  # a round of power iteration each time
        kept(heard)
    largest = torch.linalg.matrix_norm(kept.weight.detach().flatten(1), 2)  # type: ignore[operator]
    assert largest.item() == pytest.approx(1, abs=0.02)
    free = nn.Linear(3, 3)
    assert normed(free, GameOptions()) is free


@pytest.mark.parametrize("layer", [Deviation(), Discrimination(6)])
def test_who_repeats_himself_gives_himself_away(layer: Deviation | Discrimination) -> None:
    torch.manual_seed(1)
    many, one = torch.randn(12, 6), torch.randn(1, 6).repeat(12, 1)
    apart, alike = layer(many), layer(one)
    assert apart.shape == alike.shape == (12, 6 + layer.extra)
    told_apart, told_alike = apart[:, 6:].mean(), alike[:, 6:].mean()
    if isinstance(layer, Deviation):
        assert told_alike < 1e-3 < told_apart
    else:
        assert told_alike.item() == pytest.approx(1, abs=1e-4) and told_apart < 0.9
        assert torch.isfinite(layer(many[:1])).all(), "a batch of one has no others"


@pytest.mark.parametrize("minibatch", ["none", "deviation", "discrimination"])
def test_a_head_scores(minibatch: str) -> None:
    head = Head(GameOptions(minibatch=minibatch), 8, (STEPS, SYMBOLS))
    h = torch.randn(5, 8)
    score, features = head(h, music(5))
    assert score.shape == (5,) and torch.equal(features, h)
