"""MusicVAE for melodies of a few bars: a bidirectional LSTM listens, a code in the middle, an LSTM speaks.

The encoder reads the melody from both ends; the decoder starts from the code, is reminded of it at every step, and
hears the token it chose before (Roberts, Engel, Raffel, Hawthorne and Eck, ICML 2018). While learning, a share of those
tokens is hidden, so that the code has to carry the melody and a slip does not spread; that takes the place of the
paper's scheduled sampling. Pitches are distances from the first note, which is a choice of its own; the decoder is told
where in its bar it stands. Weight of the KL term, free bits and how the weight rises are options.

For a composer: the workhorse of the field. Sample, morph one idea into another, average several, add what others have.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.parts.melody_pitch import REGISTERS, absolute, onset_gaps, relative
from engine.models.parts.recurrent import NOTHING, Limits, Listener, Speaker, before, gumbel, improved, in_bar
from engine.options import option

RARE = 1e-4  # distances between onsets that the corpus knows less often are not written
WATCHED = 16  # melodies of a batch that are also told with another's code, for the alarm
ENCODED_AT_ONCE = 256


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    bars: int = option(2, "bars of a melody", 1, 16)
    latent: int = option(128, "dimensions of a code", 2)
    width: int = option(256, "units of the encoder in each direction", 8)
    decoder_width: int = option(256, "units of the decoder", 8)
    embedding: int = option(64, "features of a token", 4)
    notes: int = option(32, "features each state of the encoder passes on; 0 hears its last ones only, as published", 0)
    plan: int = option(48, "what the code says to each step; 0 tells every step the whole code, as published", 0)
    beta: float = option(0.3, "weight of the KL term, nats to nats", 0.0)
    beta_schedule: str = option("linear", "how that weight rises", choices=("constant", "linear", "exponential"))
    warm_up: float = option(0.2, "share of the training in which it rises", 0.0, 1.0)
    free_bits: float = option(16.0, "bits of a code that cost nothing", 0.0)
    forget: float = option(0.3, "share of steps that are not told the token before them while learning", 0.0, 1.0)
    care: int = option(6, "steps of descent by which a code is improved when a melody is encoded", 0, 100)
    batch: int = option(128, "melodies in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How melodies are drawn."""

    temperature: float = option(0.0, "0 takes the likeliest note, 1 surprises as much as the corpus", 0.0, 1.5)
    spread: float = option(1.0, "below 1 more typical melodies, above 1 more daring ones", 0.0, 2.0)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed draws the same melodies", 0)


class Annealed(Protocol):
    """Options that say how the KL term's weight rises."""

    @property
    def beta(self) -> float: ...

    @property
    def beta_schedule(self) -> str: ...

    @property
    def warm_up(self) -> float: ...


def weight_of_kl(options: Annealed, progress: float) -> float:
    """The KL term's weight at some progress 0..1 of the training."""
    done = progress / max(options.warm_up, 1e-9)
    if options.beta_schedule == "linear":
        return options.beta * min(1.0, max(0.05, done))  # without a little of it the first codes fly apart
    if options.beta_schedule == "exponential":  # the paper's (1 - rate^t), 95 % reached at the end of the warm-up
        return options.beta * (1 - math.exp(-3 * done))
    return options.beta


def why_collapsed(parts: dict[str, float]) -> str:
    """Why a code is no longer used, in words; "" if it is. `parts` are smoothed losses."""
    if parts["kl"] < 1.0:
        return f"The codes hold {parts['kl']:.2f} nats: the decoder has learnt to do without them."
    if parts["cost"] > 0.98 * parts["shuffled_cost"]:
        return "What is told with its own code is told no better than with another's."
    return ""


class MusicVAE(nn.Module):
    """Melody tokens [n, 16 * bars] <-> codes [n, latent] with prior N(0, I)."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        steps = o.bars * melody.BAR_SLOTS
        self.gaps: Tensor  # share of each distance between onsets, in duple and compound bars
        self.register_buffer("gaps", torch.ones(2, steps + 1))  # so far anything may be
        self.heard = nn.Embedding(melody.PAD + 1, o.embedding)
        self.where = nn.Embedding(2 * melody.BAR_SLOTS, o.embedding)
        self.listener = Listener(o.embedding, o.width, steps, o.notes)
        self.register = nn.Embedding(REGISTERS, 2 * o.width)
        self.posterior = nn.Linear(2 * o.width, 2 * o.latent)
        self.first = nn.Linear(o.latent, REGISTERS)
        self.plan = nn.Linear(o.latent, o.plan * steps) if o.plan else None
        self.speaker = Speaker(o.latent, o.plan or o.latent, o.embedding, o.decoder_width)

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Cross-entropy summed over the steps plus beta * max(KL - free bits, 0), nats per melody [n, 16 * bars]."""
        tokens, first = relative(batch.long())
        mean, deviation = self._posterior(tokens, first)
        z = mean + deviation * torch.randn_like(mean)
        kl = (0.5 * (mean**2 + deviation**2 - 1) - deviation.log()).sum(-1)
        told = before(tokens, self.options.forget if self.training else 0.0)
        cost, right = self._cost(z, tokens, first, told)
        paid = F.relu(kl - self.options.free_bits * math.log(2)).mean()
        loss = cost.mean() + weight_of_kl(self.options, self.progress) * paid
        with torch.no_grad():  # what the melody costs when told with another's code
            few = slice(0, WATCHED)
            wrong, _ = self._cost(z[few].roll(1, 0), tokens[few], first[few], told[few])
        return {"loss": loss, "cost": cost.mean(), "kl": kl.mean(), "accuracy": right, "shuffled_cost": wrong.mean()}

    @torch.no_grad()
    def settle(self, windows: Tensor) -> None:
        """Count which distances between onsets training melodies [n, 16 * bars] know (two bars only)."""
        if self.options.bars == melody.BARS:
            shares = onset_gaps(windows)
            self.gaps.copy_(torch.where(shares.sum(1, keepdim=True) > 0, shares, 1.0))

    def _posterior(self, tokens: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
        places = in_bar(_compound(tokens), self.options.bars)
        heard = self.listener(self.heard(tokens) + self.where(places)) + self.register(first)
        mean, spread = self.posterior(heard).float().chunk(2, -1)
        return mean, F.softplus(spread) + 1e-4

    def _cost(self, z: Tensor, tokens: Tensor, first: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
        """Nats of each melody [n], and the share of steps whose likeliest token is right."""
        logits = self.speaker(z, self._given(z), told, in_bar(_compound(tokens), self.options.bars)).float()
        used = tokens != melody.PAD
        target = tokens.masked_fill(~used, -100)
        cost = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none").unflatten(0, tokens.shape)
        right = ((logits.argmax(-1) == tokens) & used).sum() / used.sum()
        return cost.sum(1) + F.cross_entropy(self.first(z).float(), first, reduction="none"), right

    def _given(self, z: Tensor) -> Tensor:
        """What codes [n, d] say to every step: [n, 16 * bars, p], or themselves."""
        return z if self.plan is None else self.plan(z).unflatten(-1, (-1, self.options.plan))

    def collapsed(self, parts: dict[str, float]) -> str:
        """Why the code is no longer used, in words; "" while it is. `parts` are the smoothed losses."""
        return why_collapsed(parts) if self.progress >= self.options.warm_up else ""

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def guess(self, x: Tensor) -> Tensor:
        """Codes [n, latent] of tokens [n, 16 * bars] as the encoder alone sees them: the posterior's mean."""
        parts = [self._posterior(*relative(part.long()))[0] for part in x.split(ENCODED_AT_ONCE)]
        return torch.cat(parts) if parts else torch.zeros(0, self.options.latent)

    def encode(self, x: Tensor) -> Tensor:
        """Codes [n, latent] of tokens [n, 16 * bars]: the encoder's guess, improved by a few steps of descent.

        The decoder can tell how good a guess is (Kim et al., 2018, "Semi-amortized variational autoencoders").
        """
        with torch.inference_mode(mode=False), torch.enable_grad():
            codes = [self._with_care(part.long().clone()) for part in x.split(ENCODED_AT_ONCE)]
        return torch.cat(codes) if codes else torch.zeros(0, self.options.latent)

    def _with_care(self, batch: Tensor) -> Tensor:
        tokens, first = relative(batch)
        told = before(tokens)
        told[:, ::2] = NOTHING  # half of the steps must be told by the code alone, or early slips would spread

        def cost(z: Tensor) -> Tensor:
            return self._cost(z, tokens, first, told)[0]

        return improved(self._posterior(tokens, first)[0], cost, self.options.care)

    @torch.no_grad()
    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 16 * bars] of codes [n, latent]. A row's music depends on its code, place and seed only."""
        z = z.float()
        compound = torch.full((len(z),), options.compound, device=z.device)
        places = in_bar(compound, self.options.bars)
        noise = gumbel((*places.shape, melody.VOCABULARY), options.temperature, options.seed)
        gaps = self.gaps[int(options.compound)] > RARE
        gaps[0] = True  # the first note may begin anywhere
        limits = Limits(torch.ones_like(compound), gaps)
        tokens = self.speaker.speak(z, self._given(z), places, noise, limits)
        return absolute(tokens, self.first(z).argmax(-1))

    def draw(self, n: int, options: SampleOptions) -> Tensor:
        """n codes from the prior, on the CPU, [n, latent]; repeatable by the seed."""
        generator = torch.Generator().manual_seed(options.seed)
        return torch.randn(n, self.options.latent, generator=generator) * options.spread

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies, tokens [n, 16 * bars]."""
        report(0, n, "drawing")
        return self.decode(self.draw(n, options).to(self.posterior.weight.device), options)


def _compound(tokens: Tensor) -> Tensor:
    return tokens[:, melody.BAR_SLOTS - 1] == melody.PAD
