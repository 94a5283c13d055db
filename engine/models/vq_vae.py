"""The VQ-VAE: four bars of melody as a row of sixteen numbered bricks.

An encoder hears one beat (four sixteenths) at a time, with its neighbours, and picks for it the nearest of 512
learnt vectors; a decoder builds the beats again from the picked numbers, hearing the notes it has just written. A
second, small network learns which brick follows which, so that bricks can be left open and drawn anew.
After van den Oord, Vinyals and Kavukcuoglu, "Neural Discrete Representation Learning" (2017). The book follows the
encoder by running averages, lies on a sphere, starts from k-means, and gives bricks that nobody uses to beats that
are told badly, so that few numbers stay unused. Pitches are heard as distances from the window's first note.

A window is 17 numbers: sixteen bricks in order of time, and the first note's pitch (0 is the lowest the codec knows).
In bars of twelve sixteenths (6/8, 3/4) the fourth brick of each bar is the constant `book`, which stands for nothing.
As a code for interpolation, a window is the bricks' vectors in a row and that pitch in octaves above the middle.

For a composer: swap the bricks of two tunes bar by bar, keep some and have the others thought up again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.parts.brick_book import Book
from engine.models.parts.brick_prior import Prior, gumbel
from engine.models.parts.melody_pitch import REGISTERS, absolute, relative
from engine.options import option

BAR, PAD, BARS, BEAT = melody.BAR_SLOTS, melody.PAD, 4, 4
SLOTS, BRICKS = BAR * BARS, BAR * BARS // BEAT
NOTHING = PAD + 1  # what the decoder hears before the first step, and in place of a forgotten one
MIDDLE, OCTAVE = REGISTERS // 2, 12.0


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    book: int = option(512, "different bricks", 2)
    size: int = option(32, "numbers in a brick's vector", 2)
    width: int = option(128, "channels of the convolutions", 4)
    embedding: int = option(64, "features of a step on its way in", 2)
    blocks: int = option(2, "residual convolutions in encoder and decoder", 0)
    features: int = option(96, "what the bricks tell the writer about each step", 2)
    state: int = option(192, "units of the writer, which knows the notes before", 4)
    prior: int = option(192, "units of the network that knows which brick follows", 4)
    commitment: float = option(0.25, "how strongly the encoder keeps to the bricks (van den Oord's beta)", 0.0)
    decay: float = option(0.99, "of the running averages that the bricks follow", 0.0, 1.0)
    patience: int = option(200, "steps after which an unused brick is given away", 1)
    warmup: float = option(0.05, "share of the training before there are bricks", 0.0, 1.0)
    forget: float = option(0.3, "share of the steps the writer does not hear while learning", 0.0, 1.0)
    batch: int = option(128, "melodies in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How bricks are drawn and melodies built from them."""

    temperature: float = option(0.0, "0 takes the likeliest note for a brick, 1 surprises", 0.0, 1.5)
    spread: float = option(0.8, "below 1 likelier rows of bricks, above 1 more daring ones", 0.0, 2.0)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed draws the same melodies", 0)


class VQVAE(nn.Module):
    """Melody tokens [n, 64] <-> bricks [n, 17] <-> codes [n, 16 size + 1]."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.tokens = nn.Embedding(PAD + 1, o.embedding)
        self.encoder = nn.Sequential(
            nn.Conv1d(o.embedding, o.width, 4, 2, 1),
            nn.GELU(),
            nn.Conv1d(o.width, o.width, 4, 2, 1),
            *(_Block(o.width) for _ in range(o.blocks)),
            nn.Conv1d(o.width, o.size, 1),
        )
        self.book = Book(o.book, o.size, o.decay, o.patience)
        self.places = nn.Parameter(torch.randn(2, BRICKS, o.width) * 0.3)  # by kind of bar: duple, compound
        self.opening = nn.Linear(o.size, o.width)
        self.decoder = nn.Sequential(*(_Block(o.width) for _ in range(o.blocks)))
        self.spell = nn.Linear(o.width, BEAT * o.features)
        self.heard = nn.Embedding(NOTHING + 1, o.features)
        self.writer = nn.GRU(o.features, o.state, batch_first=True)
        self.say = nn.Linear(o.state, o.features)
        self.out = nn.Linear(o.features, melody.VOCABULARY)
        self.prior = Prior(o.book, BRICKS, o.prior)

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per melody of tokens [n, 64], told by its bricks; `loss` first, its parts after it.

        `prior` is what a brick costs, in nats, given those before it; `perplexity` how many bricks are in use.
        """
        o, tokens, first = self.options, *relative(batch.long())
        compound, used = tokens[:, BAR - 1] == PAD, tokens != PAD
        full = used[:, ::BEAT]  # beats that are music at all
        meant = self._meant(tokens)
        if self.training and self.progress >= o.warmup:
            self.book.follow(meant[full])
        ids, vectors = self.book.nearest(meant)
        commitment = ((meant - vectors) ** 2).sum(-1)[full].mean()
        chosen = vectors if self.progress >= o.warmup or not self.training else meant.detach()
        told = meant + (chosen - meant).detach()  # gradients go straight through to the encoder
        told = told.masked_fill(~full[..., None], 0.0)
        logits = self._write(self._plan(told, compound), tokens)
        cost = F.cross_entropy(logits[used], tokens[used], reduction="sum") / len(tokens)
        prior = self.prior.cost(torch.where(full, ids, o.book), first, compound)
        loss = cost + BRICKS * o.commitment * commitment + BRICKS * prior
        right = (logits.argmax(-1) == tokens)[used].float().mean()
        parts = {"cost": cost, "prior": prior, "accuracy": right, "commitment": commitment}
        return {"loss": loss} | parts | {"perplexity": _perplexity(ids[full], o.book)}

    def collapsed(self, parts: dict[str, float]) -> str:
        """Why the training has failed, in words; empty while it has not."""
        in_use, wanted = parts.get("perplexity", math.inf), self.options.book / 10
        if self.progress > 0.3 and in_use < wanted:
            return f"Only about {in_use:.0f} of {self.options.book} bricks are in use."
        return ""

    def _meant(self, tokens: Tensor) -> Tensor:
        """What each beat of tokens [n, 64] would like to be, on the sphere: [n, 16, size]."""
        heard = self.encoder(self.tokens(tokens).transpose(1, 2)).transpose(1, 2)
        return F.normalize(heard.float(), dim=-1)

    def _plan(self, vectors: Tensor, compound: Tensor) -> Tensor:
        """Bricks' vectors [n, 16, size] to features of every step [n, 64, f]."""
        h = self.opening(vectors) + self.places[compound.long()]
        h = self.decoder(h.transpose(1, 2)).transpose(1, 2)
        return torch.as_tensor(self.spell(h).reshape(len(vectors), SLOTS, -1))

    def _write(self, plan: Tensor, tokens: Tensor) -> Tensor:
        """Logits [n, 64, V] where the writer hears the steps before, some of them forgotten while learning."""
        before = F.pad(tokens, (1, 0), value=NOTHING)[:, :-1]
        if self.training:
            deaf = torch.rand(before.shape, device=before.device) < self.options.forget
            before = before.masked_fill(deaf & (before != PAD), NOTHING)
        state, _ = self.writer(plan + self.heard(before))
        return torch.as_tensor(self.out(F.gelu(self.say(state) + plan)).float())

    # bricks ---------------------------------------------------------------------------------------------------

    @torch.no_grad()
    def bricks(self, x: Tensor) -> Tensor:
        """Numbers int64 [n, 17] of tokens [n, 64]: sixteen bricks and the first note's pitch."""
        tokens, first = relative(x.long())
        ids = torch.where(tokens[:, ::BEAT] != PAD, self.book.nearest(self._meant(tokens))[0], self.options.book)
        return torch.cat([ids, first[:, None]], 1)

    def build(self, ids: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 64] of numbers [n, 17]; the kind of bar is that of the options."""
        return self._build(self._vectors(ids), ids[:, BRICKS], options)

    @torch.no_grad()
    def compose(self, ids: Tensor, options: SampleOptions) -> Tensor:
        """Numbers [n, 17] in which every -1 is drawn anew, so that it goes with what comes before and after it."""
        return self.prior.fill(ids, options.compound, options.spread, options.seed)

    def _vectors(self, ids: Tensor) -> Tensor:
        book = F.pad(self.book.vectors, (0, 0, 0, 1))  # the last one stands for nothing
        return book[ids[:, :BRICKS]]

    @torch.no_grad()
    def _build(self, vectors: Tensor, first: Tensor, options: SampleOptions) -> Tensor:
        n, device = len(vectors), vectors.device
        beats = torch.arange(BRICKS, device=device) % BEAT == BEAT - 1
        if options.compound:
            vectors = vectors.masked_fill(beats[:, None], 0.0)
        plan = self._plan(vectors, torch.full((n,), options.compound, device=device))
        noise = None
        if options.temperature > 0:
            noise = gumbel((n, SLOTS, melody.VOCABULARY), options.seed).to(device) * options.temperature
        state = torch.zeros(n, self.options.state, device=device)
        heard = torch.full((n,), NOTHING, device=device)
        tokens = torch.full((n, SLOTS), PAD, dtype=torch.long, device=device)
        for step in range(SLOTS):
            state = torch.gru_cell(plan[:, step] + self.heard(heard), state, *self.writer.all_weights[0])
            if not (options.compound and step % BAR >= melody.steps_per_bar(True)):
                logits = self.out(F.gelu(self.say(state) + plan[:, step]))
                if noise is not None:
                    logits = logits + noise[:, step]
                if step == 0:
                    logits[:, melody.HOLD] = -math.inf
                tokens[:, step] = logits.argmax(-1)
            heard = tokens[:, step]
        return absolute(tokens, first)

    # codes ----------------------------------------------------------------------------------------------------

    @torch.no_grad()
    def encode(self, x: Tensor) -> Tensor:
        """Codes [n, 16 size + 1] of tokens [n, 64]: the bricks' vectors, and the first note's pitch in octaves."""
        return self._code(self.bricks(x))

    def decode(self, z: Tensor, options: SampleOptions) -> Tensor:
        """Tokens [n, 64] of codes [n, 16 size + 1], each beat taken to be its nearest brick."""
        ids, _ = self.book.nearest(z[:, :-1].reshape(len(z), BRICKS, -1))
        first = (z[:, -1] * OCTAVE + MIDDLE).round().long().clamp(0, REGISTERS - 1)
        return self._build(self.book.vectors[ids], first, options)

    def draw(self, n: int, options: SampleOptions) -> Tensor:
        """n codes of rows of bricks from the prior, on the CPU; repeatable by the seed."""
        open_ids = torch.full((n, BRICKS + 1), -1, device=self.out.weight.device)
        return self._code(self.compose(open_ids, options)).cpu()

    def _code(self, ids: Tensor) -> Tensor:
        octaves = (ids[:, BRICKS] - MIDDLE) / OCTAVE
        return torch.cat([self._vectors(ids).flatten(1), octaves[:, None]], 1)

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies, tokens [n, 64]."""
        report(0, n, "drawing")
        return self.decode(self.draw(n, options).to(self.out.weight.device), options)


class _Block(nn.Module):
    """x + a small convolution over beats."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner, self.outer = nn.Conv1d(width, width, 3, padding=1), nn.Conv1d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.outer(F.gelu(self.inner(F.gelu(x))))


def _perplexity(ids: Tensor, book: int) -> Tensor:
    """exp of the entropy of the bricks [m] in use: how many there would be, were all used alike."""
    share = torch.bincount(ids, minlength=book).float() / max(1, len(ids))
    return (-(share * share.clamp_min(1e-9).log()).sum()).exp()
