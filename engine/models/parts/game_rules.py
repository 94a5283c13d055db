"""What the two players of a game pay, and the tricks that keep a game alive: every GAN here can be played by any.

A critic gives each piece of music a score, and learns to score real music higher than the generator's; the generator
learns to be scored like real music. The laws differ in what a score costs.

- minimax and non-saturating: Goodfellow et al. (2014), "Generative Adversarial Nets".
- wgan: Arjovsky, Chintala, Bottou (2017), "Wasserstein GAN"; wgan-gp: Gulrajani et al. (2017), "Improved Training of
  Wasserstein GANs".
- hinge: Miyato et al. (2018), "Spectral Normalization for Generative Adversarial Networks".
- lsgan: Mao et al. (2017), "Least Squares Generative Adversarial Networks".
- ebgan: Zhao, Mathieu, LeCun (2017), "Energy-based Generative Adversarial Network"; began: Berthelot, Schumm, Metz
  (2017), "BEGAN". Here a critic gives music back, and its score is how badly: low for real music.
- f-...: Nowozin, Cseke, Tomioka (2016), "f-GAN".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.options import option

STRAIGHT = 5.0  # exponents beyond it count as straight lines


@dataclass(frozen=True)
class Law:
    """What scores [n] of real and of generated music cost the critic, and those of generated music the generator.

    Attributes:
        critic: (real, fake) -> cost.
        generator: fake -> cost.
        divergence: (real, fake) -> the lower bound of a divergence that the critic has found so far.
        middle: a score above it says: this is real.
    """

    critic: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]
    divergence: Callable[[Tensor, Tensor], Tensor]
    middle: float = 0.0


def _bce(real: Tensor, fake: Tensor) -> Tensor:
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def _shannon(real: Tensor, fake: Tensor) -> Tensor:
    """Jensen-Shannon divergence in nats, 0 to log 2."""
    return torch.log(torch.tensor(2.0)) - _bce(real, fake) / 2


def _apart(real: Tensor, fake: Tensor) -> Tensor:
    return real.mean() - fake.mean()


def _exp(x: Tensor) -> Tensor:
    """The exponential, going on straight where it would run away: no cost is infinite, and none stops pulling."""
    return x.clamp_max(STRAIGHT).exp() * (1 + (x - STRAIGHT).clamp_min(0))


def _f(activation: Callable[[Tensor], Tensor], conjugate: Callable[[Tensor], Tensor], middle: float) -> Law:
    """A law of the f-GAN family, from its output activation and what the convex conjugate of f makes of a score."""

    def bound(real: Tensor, fake: Tensor) -> Tensor:
        return activation(real).mean() - conjugate(fake).mean()

    return Law(lambda r, f: -bound(r, f), lambda f: -activation(f).mean(), bound, middle)


LAWS: dict[str, Law] = {
    "non-saturating": Law(_bce, lambda f: F.softplus(-f).mean(), _shannon),
    "minimax": Law(_bce, lambda f: -F.softplus(f).mean(), _shannon),
    "wgan": Law(lambda r, f: -_apart(r, f), lambda f: -f.mean(), _apart),
    "wgan-gp": Law(lambda r, f: -_apart(r, f), lambda f: -f.mean(), _apart),
    "hinge": Law(lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean(), lambda f: -f.mean(), _apart),
    "lsgan": Law(
        lambda r, f: ((r - 1).square().mean() + f.square().mean()) / 2,
        lambda f: (f - 1).square().mean() / 2,
        lambda r, f: (r.mean() - f.mean()).square(),
        0.5,
    ),
    # activation and conjugate are put together by hand: one after the other, they divide by zero on the way
    "f-kl": _f(lambda v: v, lambda v: _exp(v - 1), 1.0),
    "f-reverse-kl": _f(lambda v: -_exp(-v), lambda v: v - 1, 0.0),
    "f-pearson": _f(lambda v: v, lambda v: v.square() / 4 + v, 0.0),
    "f-hellinger": _f(lambda v: 1 - _exp(-v), lambda v: _exp(v) - 1, 0.0),
}
ENERGIES = ("ebgan", "began")  # laws of critics that give music back
NAMES = (*LAWS, *ENERGIES)


@dataclass(frozen=True)
class GameOptions:
    """How a game is played. Every GAN's own options begin with these."""

    law: str = option("wgan-gp", "what the players pay", choices=NAMES)
    penalty: float = option(10.0, "weight of the critic's gradient penalty; 0 is none (wgan-gp: 10, on real: 1)", 0.0)
    penalty_on: str = option(
        "between",
        "whose gradient: music between real and generated (wgan-gp), or real music",
        choices=("between", "real"),
    )
    penalty_every: int = option(1, "critic's moves between two penalties; each then weighs so many times more", 1)
    spectral: bool = option(False, "keep every layer of the critic from stretching anything (spectral norm)")
    feature_matching: float = option(
        0.0, "weight of the distance between mean inner features of real and generated", 0.0
    )
    minibatch: str = option(
        "none", "whether the critic hears how alike a batch is", choices=("none", "deviation", "discrimination")
    )
    historical: float = option(0.0, "weight of the pull towards the mean of a player's former weights", 0.0)
    smoothing: float = option(0.0, "how far real music's target stays below 1, for laws that have one", 0.0, 0.5)
    noise: float = option(0.0, "noise added to all that the critic hears", 0.0)
    clip_weights: float = option(0.0, "the critic's weights are kept within this (wgan: 0.01); 0 does not", 0.0)
    margin: float = option(1.0, "of ebgan: how much worse than nothing generated music may be given back", 0.0)
    repelling: float = option(0.1, "of ebgan: weight that keeps the codes of a batch apart", 0.0)
    gamma: float = option(
        0.75, "of began: generated music is given back so many times as badly as real music", 0.0, 1.0
    )
    critic_steps: int = option(2, "moves of the critic for each of the generator", 1)
    critic_rate: float = option(1.0, "the critic's learning rate, as a multiple", 0.0)
    momentum: float = option(0.0, "of both players' optimisers; .5 is the classic, 0 the calmest", 0.0, 0.99)
