"""The game itself: given a critic and some music, what each player pays, by the law and the tricks chosen.

The tricks are those of Salimans et al. (2016), "Improved Techniques for Training GANs" (feature matching, historical
averaging, one-sided smoothing, minibatch discrimination: the last is a layer, see critic_parts), and the penalties of
Gulrajani et al. (2017) and Mescheder, Geiger, Nowozin (2018), "Which Training Methods for GANs do actually Converge?"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.parts.game_rules import ENERGIES, LAWS, GameOptions

PACE = 0.001  # of began's balance


class Judgement(NamedTuple):
    """What a critic says of music.

    Attributes:
        score: [n]; of the laws of energies, how badly each is given back.
        features: [n, d], inner features (of a critic that gives back: its codes).
    """

    score: Tensor
    features: Tensor


Judge = Callable[[Tensor], Judgement]  # music [n, ...] -> judgement; gradients must flow back to the music


class Contest(nn.Module):
    """The rules of one game. Holds what some of them have to remember."""

    def __init__(self, options: GameOptions, players: Mapping[str, nn.Module]) -> None:
        """`players`: critic and generator, whose weights some rules are about. They are not owned by the contest."""
        super().__init__()
        self.options = options
        self.attached = False  # what the critic pays also tells what the generator's weights do to it: for onlookers
        self._players = (dict(players),)  # in a tuple, or they would be counted among this module's own
        self.histories = nn.ModuleDict({k: History(v) for k, v in players.items()} if options.historical else {})
        self.balance: Tensor  # began's k
        self.moves: Tensor  # of the critic so far
        self.register_buffer("balance", torch.zeros(()))
        self.register_buffer("moves", torch.zeros((), dtype=torch.long))

    def critic(self, judge: Judge, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """What the critic pays for music [n, ...]; also how often it is right, how often music of the generator fools
        it, and the divergence it has found.
        """
        o, fake = self.options, fake if self.attached else fake.detach()
        real, fake = self._noisy(real), self._noisy(fake)
        on_real, on_fake = judge(real).score, judge(fake).score
        if o.law in ENERGIES:
            losses = self._energy(on_real, on_fake)
        else:
            law = LAWS[o.law]
            cost = law.critic(on_real, on_fake)
            if o.smoothing and o.law in {"non-saturating", "minimax"}:  # one-sided: the target of real music only
                cost = cost + o.smoothing * on_real.mean()
            elif o.smoothing and o.law == "lsgan":
                cost = cost + ((on_real - 1 + o.smoothing).square() - (on_real - 1).square()).mean() / 2
            fooled = (on_fake >= law.middle).float().mean()
            right = ((on_real > law.middle).float().mean() + 1 - fooled) / 2
            found = law.divergence(on_real, on_fake).detach()
            losses = {"loss": cost, "divergence": found, "right": right, "fooled": fooled}
        if o.penalty and int(self.moves) % o.penalty_every == 0:
            steep = self._penalty(judge, real, fake)
            losses["loss"] = losses["loss"] + o.penalty * o.penalty_every * steep
            losses["penalty"] = steep.detach()
        if self.training:
            self.moves += 1
        return self._pulled("critic", losses)

    def generator(self, judge: Judge, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """What the generator pays for its music `fake`; `real` is only looked at by feature matching."""
        o = self.options
        said = judge(self._noisy(fake))
        cost = said.score.mean() if o.law in ENERGIES else LAWS[o.law].generator(said.score)
        losses = {"loss": cost}
        if o.law == "ebgan" and o.repelling:
            losses["loss"] = losses["loss"] + o.repelling * repelling(said.features)
        if o.feature_matching:
            with torch.no_grad():
                wanted = judge(self._noisy(real)).features.mean(0)
            matching = (said.features.mean(0) - wanted).square().sum()
            losses["loss"] = losses["loss"] + o.feature_matching * matching
            losses["matching"] = matching.detach()
        return self._pulled("generator", losses)

    def after(self, player: str) -> None:
        """To be called when a player's optimiser has moved: weight clipping."""
        if player == "critic" and self.options.clip_weights:
            with torch.no_grad():
                for parameter in self._players[0]["critic"].parameters():
                    parameter.clamp_(-self.options.clip_weights, self.options.clip_weights)

    def _pulled(self, player: str, losses: dict[str, Tensor]) -> dict[str, Tensor]:
        if self.options.historical:
            pull = self.histories[player](self._players[0][player])
            losses["loss"] = losses["loss"] + self.options.historical * pull
        return losses

    def _noisy(self, music: Tensor) -> Tensor:
        return music + self.options.noise * torch.randn_like(music) if self.options.noise else music

    def _energy(self, on_real: Tensor, on_fake: Tensor) -> dict[str, Tensor]:
        o = self.options
        apart = (on_fake.mean() - on_real.mean()).detach()
        right = (on_fake.median() > on_real).float().mean()
        told = {"divergence": apart, "right": right, "fooled": (on_fake < on_real.median()).float().mean()}
        if o.law == "ebgan":
            return {"loss": on_real.mean() + F.relu(o.margin - on_fake).mean(), **told}
        cost = on_real.mean() - self.balance.clone() * on_fake.mean()  # a copy: it is moved before the way back
        lead = (o.gamma * on_real.mean() - on_fake.mean()).detach()
        if self.training:
            self.balance.copy_((self.balance + PACE * lead).clamp(0, 1))
        return {"loss": cost, **told, "divergence": on_real.mean().detach() + lead.abs()}

    def _penalty(self, judge: Judge, real: Tensor, fake: Tensor) -> Tensor:
        """How far the slope of the score is from 1 between real and fake, or from 0 on real music."""
        with torch.enable_grad():
            if self.options.penalty_on == "real":
                at = real.detach()
            else:  # one number per piece of music, not per element
                mix = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device)
                at = mix * real + (1 - mix) * fake
                at = at if self.attached else at.detach()
            at = at if at.requires_grad else at.requires_grad_()
            (slope,) = torch.autograd.grad(judge(at).score.sum(), at, create_graph=True)
            steep = slope.flatten(1).square().sum(1)
            if self.options.penalty_on == "real":
                return steep.mean()
            return ((steep + 1e-12).sqrt() - 1).square().mean()


def repelling(codes: Tensor) -> Tensor:
    """How alike codes [n, d] of a batch are: the mean squared cosine of two of them (the pulling-away term)."""
    unit = F.normalize(codes.flatten(1), dim=1)
    alike = (unit @ unit.T).square()
    n = len(codes)
    return (alike.sum() - alike.diagonal().sum()) / max(1, n * (n - 1))


class History(nn.Module):
    """Historical averaging: the pull of a player's weights towards the mean of what they were."""

    def __init__(self, player: nn.Module) -> None:
        """Remembers one number per weight of the player."""
        super().__init__()
        self.means: Tensor
        self.times: Tensor
        self.register_buffer("means", torch.zeros(sum(p.numel() for p in player.parameters())))
        self.register_buffer("times", torch.zeros(()))

    def forward(self, player: nn.Module) -> Tensor:
        """|theta - mean of theta so far|^2, a scalar; the weights now are counted in."""
        now = torch.cat([p.flatten() for p in player.parameters()])
        if self.training:
            with torch.no_grad():
                self.times += 1
                self.means.lerp_(now.detach(), 1 / self.times)
        return (now - self.means).square().sum()
