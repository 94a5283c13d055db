"""One autoencoder, with and without a prior, over two-bar melodies.

Encoder and decoder look at all 32 steps at once; a small head lets every note know the notes just before it. As a
variational autoencoder (Kingma and Welling, 2014, "Auto-encoding variational Bayes") it is made to keep its codes where
a standard normal lies, so that any random code is music; as a plain autoencoder (Hinton and Salakhutdinov, 2006) the
very same network only learns to give back what it heard, and where its codes lie is found out afterwards.

For a composer: the two side by side show what a prior is worth. Draw, morph, vary, dream.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.jobs.job import Report, silent
from engine.models.parts import melody_dream, melody_mlp
from engine.models.parts.laws import CodeLaw
from engine.models.parts.melody_dream import RefineOptions
from engine.models.parts.melody_head import Head
from engine.models.parts.melody_mlp import Ear, Habits, SampleOptions, Speaker, heard, is_compound
from engine.models.parts.melody_pitch import REGISTERS
from engine.options import option

WARM = 0.2  # part of the training over which the linear schedule lets the KL term in
MAGENTA = 2.0  # Magenta's rate, .99999 a step, over its 200,000 steps: e^-2 of the way is left at the end
LEAST_NATS = 1.0  # a code that says less than this about its melody has collapsed


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    variational: bool = option(True, "codes have a prior; without, it is a plain autoencoder")
    latent: int = option(32, "dimensions of a code", 1)
    width: int = option(512, "units of a residual layer", 8)
    blocks: int = option(2, "residual layers in encoder and decoder", 1)
    embedding: int = option(32, "features of a step on its way in", 4)
    features: int = option(64, "features of a step on its way out", 4)
    mixers: int = option(1, "layers in which steps speak to each other", 0)
    beta: float = option(0.3, "weight of the KL term, nats to nats", 0.0)
    beta_schedule: str = option(
        "linear", "how that weight comes in: over the first fifth, at once, or slowly, as in Magenta",
        choices=("linear", "constant", "magenta"),
    )  # fmt: skip
    free_bits: float = option(0.0, "bits that a code may hold at no cost", 0.0)
    dropout: float = option(0.05, "share of inner units left out while learning", 0.0, 0.9)
    forget: float = option(0.3, "share of steps whose past the head may not see while learning", 0.0, 1.0)
    batch: int = option(256, "melodies in a step of training", 1)


class VAE(nn.Module):
    """Melody tokens [n, 32] <-> codes [n, latent]; the prior is N(0, I), or none."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.ear = Ear(o.embedding, o.width, o.blocks, o.mixers, o.dropout)
        self.register = nn.Embedding(REGISTERS, o.width)
        self.mean = nn.Linear(o.width, o.latent)
        self.spread = nn.Linear(o.width, o.latent) if o.variational else None
        self.speaker = Speaker(o.latent, o.width, o.blocks, o.mixers, o.features, o.dropout)
        self.first = nn.Linear(o.width, REGISTERS)
        self.head = Head(o.features)
        self.law = CodeLaw(o.latent)
        self.habits = Habits()

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per melody of tokens [n, 32], summed over the steps; of the VAE, the negative ELBO with beta."""
        tokens, first = heard(batch.long())
        mean, deviation = self._posterior(tokens, first)
        z = mean if deviation is None else mean + deviation * torch.randn_like(mean)
        said, register = self._say(z, is_compound(tokens))
        logits = self.head(said, melody_mlp.forgetful(self.head.context(tokens), self.options.forget))
        cost = melody_mlp.cost(logits, tokens) + F.cross_entropy(register.float(), first)
        kl = kl_nats(mean, deviation).mean() if deviation is not None else cost.new_zeros(())
        paid = (kl - self.options.free_bits * math.log(2)).clamp_min(0)
        onsets = melody_mlp.accuracy(logits, tokens)
        return {"loss": cost + self.beta * paid, "cost": cost, "kl": kl, "onsets": onsets}

    @property
    def beta(self) -> float:
        """Weight of the KL term at this point of the training."""
        if self.options.beta_schedule == "linear":
            return self.options.beta * min(1.0, self.progress / WARM)
        if self.options.beta_schedule == "magenta":
            return self.options.beta * (1 - math.exp(-MAGENTA * self.progress))
        return self.options.beta

    def collapsed(self, parts: dict[str, float]) -> str:
        """Why this training has collapsed, given its smoothed losses; empty if it has not."""
        if self.options.variational and self.progress > WARM and parts["kl"] < LEAST_NATS:
            return f"a code tells only {parts['kl']:.2f} nats about its melody: lower beta, or allow some free bits"
        return ""

    def settle(self, windows: Tensor) -> None:
        """Find out where the codes of the training music [n, 32] lie, and what its rhythms know."""
        self.law.fit(self.encode(windows))
        self.habits.count(windows)

    def _posterior(self, tokens: Tensor, first: Tensor) -> tuple[Tensor, Tensor | None]:
        h = self.ear(tokens, self.register(first))
        if self.spread is None:
            return self.mean(h).float(), None
        return self.mean(h).float(), F.softplus(self.spread(h).float()) + 1e-4

    def _say(self, z: Tensor, compound: Tensor) -> tuple[Tensor, Tensor]:
        h, said = self.speaker(z, compound)
        return said, self.first(h)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """Codes [n, latent] of tokens [n, 32]: means, not draws."""
        return self._posterior(*heard(x.long()))[0]

    @torch.no_grad()
    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 32] of codes [n, latent]. A row's music depends on its code, its place and the seed only."""
        said, register = self._say(z, torch.full((len(z),), options.compound, device=z.device))
        return melody_mlp.spoken(self.head, said, register.argmax(-1), self.habits, options)

    def draw(self, n: int, options: SampleOptions) -> Tensor:
        """n codes on the CPU, [n, latent], repeatable by the seed; the VAE's own law is its prior, N(0, I)."""
        if self.options.variational and options.law == "fitted":
            generator = torch.Generator().manual_seed(options.seed)
            return torch.randn(n, self.options.latent, generator=generator) * options.spread
        return self.law.draw(n, options.law, options.seed, options.spread)

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies, tokens [n, 32]."""
        report(0, n, "drawing")
        return self.decode(self.draw(n, options).to(self.mean.weight.device), options)

    def answer(self, heard: Tensor, first: Tensor, compound: Tensor) -> tuple[Tensor, Tensor]:
        """What is said of every step [n, 32, f] and the first pitch [n], of tokens [n, 32] or their probabilities."""
        said, register = self._say(self._posterior(heard, first)[0], compound)
        return said, register.argmax(-1)

    def refine(self, x: Tensor, options: RefineOptions, report: Report = silent) -> Tensor:
        """Tokens [n, 32] through code and back, again and again: every step of the way, [rounds + 1, n, 32]."""
        return melody_dream.path(self, x, options, report)


def kl_nats(mean: Tensor, deviation: Tensor) -> Tensor:
    """KL(N(mean, deviation^2) || N(0, I)) in nats, [n], of [n, d] each: summed over the dimensions."""
    return (0.5 * (mean**2 + deviation**2 - 1) - deviation.log()).sum(-1)
