"""The variational recurrent autoencoder: the first music VAE, and its flat map of short loops.

A tanh recurrent network hears a melody step by step, and its last state names a place z on the map; a second one
starts from that place, h0 = tanh(W z + b), and plays the melody out, hearing what it has just played. The KL term
keeps the places of all melodies in one cloud without holes, so that a walk across it changes a few notes at a time.
After Fabius and van Amersfoort, "Variational Recurrent Auto-Encoders" (ICLR 2015 workshop), who learnt loops from
eight video-game songs with 2 and with 20 dimensions. The paper's decoder always hears its own output (here:
`feedback` = 1); hearing the tune itself with some steps forgotten learns better, and that is the default.
Pitches are heard as distances from the first note, which the place tells too.

For a composer: with two dimensions the map is the model itself. Every point of the plane is a loop: click, hear, walk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.parts.brick_prior import gumbel
from engine.models.parts.melody_pitch import REGISTERS, absolute, relative
from engine.options import option

SLOTS, BAR, PAD = melody.SLOTS, melody.BAR_SLOTS, melody.PAD
NOTHING = PAD + 1  # what the decoder hears before the first step, and in place of a forgotten one
DICE = 11  # seed of the one throw
COLLAPSED = 1.0  # nats below which the code says nothing


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    latent: int = option(2, "dimensions of a code; with 2 the code is the map", 1)
    hidden: int = option(400, "units of each recurrent layer", 4)
    embedding: int = option(64, "features of a step on its way in", 2)
    variational: bool = option(True, "codes are clouds with a KL term; without, a plain autoencoder")
    beta: float = option(0.2, "weight of the KL term at the end, nats to nats", 0.0)
    warmup: float = option(0.2, "share of the training over which the KL term is let in", 0.0, 1.0)
    free_bits: float = option(0.0, "bits of a whole code that cost nothing", 0.0)
    remind: bool = option(True, "the decoder is told the code and the step at every step, not only before the first")
    forget: float = option(0.3, "share of the steps the decoder does not hear while learning", 0.0, 1.0)
    feedback: float = option(0.0, "share of the others at which it hears its own choice (1: always, the paper)", 0.0, 1)
    luck: float = option(0.0, "chance in the melody of a place at temperature 0, the same chance everywhere", 0.0, 1.5)
    batch: int = option(128, "melodies in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How melodies are drawn."""

    temperature: float = option(0.0, "0 takes the likeliest note, 1 surprises as much as the corpus", 0.0, 1.5)
    spread: float = option(1.0, "below 1 more typical melodies, above 1 more daring ones", 0.0, 2.0)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed draws the same melodies", 0)


class VRAE(nn.Module):
    """Melody tokens [n, 32] <-> codes [n, latent] whose prior is a standard normal."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.law: Tensor  # mean and deviation of the codes of a plain autoencoder, [2, latent]
        self.register_buffer("law", torch.stack([torch.zeros(o.latent), torch.ones(o.latent)]))
        self.tokens = nn.Embedding(PAD + 1, o.embedding)
        self.listen = nn.RNN(o.embedding, o.hidden, batch_first=True)
        self.register = nn.Embedding(REGISTERS, o.hidden)
        self.posterior = nn.Linear(o.hidden, 2 * o.latent)
        self.opening = nn.Linear(o.latent + 1, o.hidden)
        self.heard = nn.Embedding(NOTHING + 1, o.hidden)
        if o.remind:
            self.reminder = nn.Linear(o.latent, o.hidden, bias=False)
            self.places = nn.Parameter(torch.randn(SLOTS, o.hidden) * 0.1)
        self.again = nn.Linear(o.hidden, o.hidden)
        self.say = nn.Linear(o.hidden, melody.VOCABULARY)
        self.first = nn.Linear(o.hidden, REGISTERS)
        for turn in (self.listen.all_weights[0][1], self.again.weight):
            nn.init.orthogonal_(turn)  # 32 turns of a plain tanh network would otherwise fade or burst
        nn.init.normal_(self.heard.weight, std=0.1)
        nn.init.normal_(self.register.weight, std=0.1)
        nn.init.normal_(self.posterior.weight, std=0.01)

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Negative ELBO in nats per melody of tokens [n, 32]; `loss` first, its parts after it."""
        o, tokens, first = self.options, *relative(batch.long())
        mean, log_variance = self._posterior(tokens, first)
        z, kl = mean, mean.new_zeros(())
        if o.variational:
            z = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
            kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(-1).mean()
        opening = self._open(z, tokens[:, BAR - 1] == PAD)
        logits = self._follow(opening, self._told(z), tokens)
        used = tokens != PAD
        cost = F.cross_entropy(logits[used], tokens[used], reduction="sum") / len(tokens)
        cost = cost + F.cross_entropy(self.first(opening).float(), first)
        right = (logits.argmax(-1) == tokens)[used].float().mean()
        beta = o.beta * min(1.0, self.progress / max(o.warmup, 1e-9))
        loss = cost + beta * (kl - o.free_bits * math.log(2)).clamp_min(0.0)
        return {"loss": loss, "cost": cost, "kl": kl, "accuracy": right}

    def collapsed(self, parts: dict[str, float]) -> str:
        """Why the training has failed, in words; empty while it has not."""
        if self.options.variational and self.progress > 0.3 and parts.get("kl", math.inf) < COLLAPSED:
            return f"The code tells {parts['kl']:.2f} nats: the decoder no longer listens to it."
        return ""

    def _posterior(self, tokens: Tensor, first: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance [n, latent] from the last state."""
        _, last = self.listen(self.tokens(tokens))
        mean, log_variance = self.posterior(last[0] + self.register(first)).float().chunk(2, -1)
        return mean, log_variance.clamp(-12.0, 4.0)

    def _open(self, z: Tensor, compound: Tensor) -> Tensor:
        return torch.tanh(self.opening(torch.cat([z, compound[:, None].to(z.dtype)], -1)))

    def _told(self, z: Tensor) -> Tensor:
        """What the decoder is told at every step, beside what it hears: [n or 1, 32, hidden]."""
        if not self.options.remind:
            return z.new_zeros(1, SLOTS, self.options.hidden)
        return self.reminder(z)[:, None] + self.places

    def _follow(self, state: Tensor, told: Tensor, tokens: Tensor) -> Tensor:
        """Logits [n, 32, V] while the decoder hears the tune, its own choices or nothing, as the options say."""
        o = self.options
        n, device = len(tokens), tokens.device
        deaf = torch.rand(tokens.shape, device=device) < (o.forget if self.training else 0.0)
        alone = torch.rand(tokens.shape, device=device) < (o.feedback if self.training else 0.0)
        heard = torch.full((n,), NOTHING, device=device)
        logits = []
        for step in range(SLOTS):
            state = torch.tanh(self.again(state) + self.heard(heard) + told[:, step])
            logits.append(self.say(state).float())
            heard = tokens[:, step]
            if o.feedback and self.training:
                chosen = torch.distributions.Categorical(logits=logits[-1].detach(), validate_args=False).sample()
                heard = torch.where(alone[:, step] & (heard != PAD), chosen, heard)
            heard = torch.where(deaf[:, step] & (heard != PAD), NOTHING, heard)
        return torch.stack(logits, 1)

    @torch.no_grad()
    def settle(self, windows: Tensor) -> None:
        """Keep the law of a plain autoencoder's codes: it has no prior to draw from."""
        if not self.options.variational:
            codes = self.encode(windows)
            self.law.copy_(torch.stack([codes.mean(0), codes.std(0)]))

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """Codes [n, latent] of tokens [n, 32]: the middles of their clouds."""
        return self._posterior(*relative(x.long()))[0]

    @torch.no_grad()
    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 32] of codes [n, latent]. A row's music depends on its code, its place and the seed only."""
        n, device = len(z), z.device
        state = self._open(z, torch.full((n,), options.compound, device=device))
        first, told = self.first(state).argmax(-1), self._told(z)
        noise = self._chance(n, options)
        in_use = set(melody.slots(options.compound).tolist())
        tokens = torch.full((n, SLOTS), PAD, dtype=torch.long, device=device)
        heard = torch.full((n,), NOTHING, device=device)
        for step in range(SLOTS):
            state = torch.tanh(self.again(state) + self.heard(heard) + told[:, step])
            if step in in_use:
                logits = self.say(state)
                if noise is not None:
                    logits = logits + noise[:, step].to(device)
                if step == 0:
                    logits[:, melody.HOLD] = -math.inf
                tokens[:, step] = logits.argmax(-1)
            heard = tokens[:, step]
        return absolute(tokens, first)

    def _chance(self, n: int, options: SampleOptions) -> Tensor | None:
        """What is added to the logits, [n or 1, 32, V], that the largest of them is a draw at some temperature.

        Two numbers leave so much open that the likeliest melody is long notes nearly everywhere. With some `luck` a
        place plays what it would by chance, but by one throw of the dice for the whole map: places stay comparable.
        """
        if options.temperature > 0:
            return gumbel((n, SLOTS, melody.VOCABULARY), options.seed) * options.temperature
        return gumbel((1, SLOTS, melody.VOCABULARY), DICE) * self.options.luck if self.options.luck > 0 else None

    def draw(self, n: int, options: SampleOptions) -> Tensor:
        """n codes from the prior, on the CPU, [n, latent]; repeatable by the seed."""
        generator = torch.Generator().manual_seed(options.seed)
        normal = torch.randn(n, self.options.latent, generator=generator) * options.spread
        return normal if self.options.variational else self.law[0].cpu() + self.law[1].cpu() * normal

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies, tokens [n, 32]."""
        report(0, n, "drawing")
        return self.decode(self.draw(n, options).to(self.posterior.weight.device), options)
