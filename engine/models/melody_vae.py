"""A variational autoencoder over two-bar melodies, quick enough to decode under the mouse.

The encoder and decoder are residual MLPs over all 32 steps at once (Kingma and Welling, 2014; Roberts et al., 2018
for music), so one decode is a few matrix products. Two things make the space between the melodies musical: the prior
is a coupling flow learnt together with the codes (Dinh et al., 2017; Chen et al., 2017, "Variational lossy
autoencoder"), and a small autoregressive head lets every note know the notes just chosen before it.

The codes that are handed out live in the flow's base space, where the prior is a standard normal: a point halfway
between two codes on the sphere is as likely a melody as its ends.

For a composer: drag through melodies, morph one tune into another, sample new ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent

HISTORY = 6  # steps back that the head sees
PITCHES_BACK = 3  # sounding pitches back that it sees


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    latent: int = 64  # dimensions of a code
    width: int = 768  # units of a residual layer
    blocks: int = 3  # residual layers in encoder and decoder
    features: int = 96  # what the decoder says about each step
    couplings: int = 8  # layers of the prior's flow
    flow_width: int = 256  # units inside a coupling
    beta: float = 0.5  # weight of the KL term, nats to nats
    forget: float = 0.3  # share of history hidden from the head while learning, so that it listens to the code
    batch: int = 512
    learning_rate: float = 1.2e-3


@dataclass(frozen=True)
class SampleOptions:
    """How melodies are drawn."""

    temperature: float = 0.0  # 0 takes the likeliest token, 1 draws as surprisingly as the corpus [0, 1.5]
    spread: float = 1.0  # radius of the draw: below 1 more typical, above more daring [0, 2]
    compound: bool = False  # 12-step bars (6/8, 3/4)
    seed: int = 1


class Residual(nn.Module):
    """x + W2 gelu(W1 norm(x))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, width)
        self.outer = nn.Linear(width, width)
        nn.init.zeros_(self.outer.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.outer(F.gelu(self.inner(self.norm(x))))


class Coupling(nn.Module):
    """Half the dimensions scale and shift the other half (Dinh et al., 2017)."""

    def __init__(self, latent: int, width: int, flip: bool) -> None:
        super().__init__()
        self.flip = flip
        half = latent // 2
        self.net = nn.Sequential(
            nn.Linear(half, width), nn.GELU(), nn.Linear(width, width), nn.GELU(), nn.Linear(width, latent)
        )
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)

    def _terms(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        scale, shift = self.net(kept).float().chunk(2, -1)
        return 1.5 * torch.tanh(scale / 1.5), shift

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Towards the base: returns the result and log |det|, [n]."""
        a, b = z.chunk(2, -1)
        if self.flip:
            a, b = b, a
        scale, shift = self._terms(a)
        b = (b + shift) * torch.exp(scale)
        return torch.cat((b, a) if self.flip else (a, b), -1), scale.sum(-1)

    def inverse(self, u: Tensor) -> Tensor:
        a, b = u.chunk(2, -1)
        if self.flip:
            a, b = b, a
        scale, shift = self._terms(a)
        b = b * torch.exp(-scale) - shift
        return torch.cat((b, a) if self.flip else (a, b), -1)


class Flow(nn.Module):
    """The learnt prior: couplings with fixed random rotations between them."""

    def __init__(self, latent: int, width: int, couplings: int) -> None:
        super().__init__()
        self.couplings = nn.ModuleList(Coupling(latent, width, bool(i % 2)) for i in range(couplings))
        generator = torch.Generator().manual_seed(0)
        turns = [torch.linalg.qr(torch.randn(latent, latent, generator=generator))[0] for _ in range(couplings)]
        self.register_buffer("turns", torch.stack(turns))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Codes [n, d] to the base space, and log |det| [n]."""
        total = z.new_zeros(len(z))
        for turn, coupling in zip(self.turns, self.couplings, strict=True):
            z, log_det = coupling(z @ turn)
            total = total + log_det
        return z, total

    def inverse(self, u: Tensor) -> Tensor:
        """Base space to codes."""
        for turn, coupling in zip(reversed(self.turns), reversed(self.couplings), strict=True):
            u = coupling.inverse(u) @ turn.T
        return u


class Head(nn.Module):
    """Chooses a token from what the decoder says of the step and the notes just before it."""

    START = melody.PAD  # stands for "nothing yet"

    def __init__(self, width: int) -> None:
        super().__init__()
        size = melody.PAD + 1
        self.offsets: Tensor
        self.register_buffer("offsets", torch.arange(HISTORY + PITCHES_BACK) * size, persistent=False)
        self.history = nn.Embedding((HISTORY + PITCHES_BACK) * size, width)
        nn.init.normal_(self.history.weight, std=0.1)
        self.out = nn.Linear(width, melody.VOCABULARY)

    def context(self, tokens: Tensor) -> Tensor:
        """Tokens [n, 32] to what each step may look back on, int64 [n, 32, HISTORY + PITCHES_BACK]."""
        n, steps = tokens.shape
        padded = F.pad(tokens, (HISTORY, 0), value=self.START)
        back = [padded[:, HISTORY - k : HISTORY - k + steps] for k in range(1, HISTORY + 1)]
        pitched = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
        count = F.pad(pitched.long().cumsum(1), (1, 0))[:, :-1]  # notes before each step
        order = torch.full((n, steps + PITCHES_BACK), self.START, dtype=tokens.dtype, device=tokens.device)
        where = torch.where(pitched, count + PITCHES_BACK, torch.zeros_like(count))
        order.scatter_(1, where, torch.where(pitched, tokens, torch.full_like(tokens, self.START)))
        back += [order.gather(1, count + PITCHES_BACK - k) for k in range(1, PITCHES_BACK + 1)]
        return torch.stack(back, -1)

    def forward(self, said: Tensor, context: Tensor) -> Tensor:
        """Features [..., f] and context [..., k] to logits [..., V]."""
        return self.out(F.gelu(said + self.recall(context)))

    def recall(self, context: Tensor) -> Tensor:
        """Summed embeddings of a context [..., k], [..., f]; a bag is twice as quick as embed-and-sum."""
        rows = (context + self.offsets).flatten(0, -2)
        return F.embedding_bag(rows, self.history.weight, mode="sum").unflatten(0, context.shape[:-1])


class MelodyVAE(nn.Module):
    """Melody tokens [n, 32] <-> codes [n, latent] whose prior is a standard normal."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.tokens = nn.Embedding(melody.SLOTS * (melody.PAD + 1), o.width)
        nn.init.normal_(self.tokens.weight, std=0.15)
        self.places: Tensor
        self.register_buffer("places", torch.arange(melody.SLOTS) * (melody.PAD + 1), persistent=False)
        self.encoder = nn.Sequential(*(Residual(o.width) for _ in range(o.blocks)), nn.LayerNorm(o.width))
        self.posterior = nn.Linear(o.width, 2 * o.latent)
        self.flow = Flow(o.latent, o.flow_width, o.couplings)
        self.opening = nn.Linear(o.latent + 1, o.width)
        self.decoder = nn.Sequential(*(Residual(o.width) for _ in range(o.blocks)), nn.LayerNorm(o.width))
        self.say = nn.Linear(o.width, melody.SLOTS * o.features)
        self.head = Head(o.features)

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Negative ELBO in nats per melody of tokens [n, 32]; `loss` first, its parts after it."""
        tokens = batch.long()
        mean, deviation = self._posterior(tokens)
        z = mean + deviation * torch.randn_like(mean)
        u, log_det = self.flow(z)
        log_q = (-0.5 * ((z - mean) / deviation) ** 2 - deviation.log()).sum(-1)
        kl = (log_q + 0.5 * (u**2).sum(-1) - log_det).mean()
        context = self.head.context(tokens)
        hidden = torch.rand(context.shape[:2], device=context.device) < self.options.forget
        context = context.masked_fill(hidden[..., None], Head.START)
        logits = self.head(self._say(z, tokens[:, melody.BAR_SLOTS - 1] == melody.PAD), context).float()
        used = tokens != melody.PAD
        cost = F.cross_entropy(logits[used], tokens[used], reduction="sum") / len(tokens)
        right = (logits.argmax(-1) == tokens)[used].float().mean()
        return {"loss": cost + self.options.beta * kl, "cost": cost, "kl": kl, "accuracy": right}

    def _posterior(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        h = F.embedding_bag(tokens + self.places, self.tokens.weight, mode="sum")
        mean, spread = self.posterior(self.encoder(h)).float().chunk(2, -1)
        return mean, F.softplus(spread) + 1e-4

    def _say(self, z: Tensor, compound: Tensor) -> Tensor:
        h = self.opening(torch.cat([z, compound[:, None].to(z.dtype)], -1))
        return self.say(self.decoder(h)).unflatten(-1, (melody.SLOTS, -1))

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """Codes [n, latent] of tokens [n, 32]: the posterior's mean, seen from the base space."""
        return self.flow(self._posterior(x.long())[0])[0]

    @torch.no_grad()
    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 32] of codes [n, latent]. With the same seed, the same music, whatever the batch around it."""
        compound = torch.full((len(z),), options.compound, device=z.device)
        said = self._say(self.flow.inverse(z), compound)
        noise = None
        if options.temperature > 0:
            generator = torch.Generator().manual_seed(options.seed)
            uniform = torch.rand(melody.SLOTS, melody.VOCABULARY, generator=generator).clamp_(1e-9, 1 - 1e-9)
            noise = (-torch.log(-torch.log(uniform)) * options.temperature).to(z.device)
        return self._choose(said, noise, options.compound)

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies, tokens [n, 32]."""
        report(0, n, "drawing")
        generator = torch.Generator().manual_seed(options.seed)
        u = torch.randn(n, self.options.latent, generator=generator) * options.spread
        return self.decode(u.to(self.posterior.weight.device), options)

    def _choose(self, said: Tensor, noise: Tensor | None, compound: bool) -> Tensor:
        """Walk through the steps, each knowing the tokens chosen before. said [n, 32, f] -> tokens [n, 32]."""
        n = len(said)
        tokens = torch.full((n, melody.SLOTS), melody.PAD, dtype=torch.long, device=said.device)
        pitches = torch.full((n, PITCHES_BACK), Head.START, dtype=torch.long, device=said.device)
        recent = torch.full((n, HISTORY), Head.START, dtype=torch.long, device=said.device)
        in_use = set(melody.slots(compound).tolist())
        for step in range(melody.SLOTS):
            token = torch.full((n,), melody.PAD, dtype=torch.long, device=said.device)
            if step in in_use:
                logits = self.head(said[:, step], torch.cat([recent, pitches], 1))
                if noise is not None:
                    logits = logits + noise[step]
                if step == 0:
                    logits[:, melody.HOLD] = -math.inf
                token = logits.argmax(-1)
                tokens[:, step] = token
            recent = torch.cat([token[:, None], recent[:, :-1]], 1)
            heard = ((token >= melody.FIRST_PITCH_TOKEN) & (token < melody.PAD))[:, None]
            pitches = torch.where(heard, torch.cat([token[:, None], pitches[:, :-1]], 1), pitches)
        return tokens
