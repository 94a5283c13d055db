"""What the autoencoders that take in two bars at one look have in common.

Pitches are heard as distances from the first note, so what is learnt in one key holds in all. A code has to hold
everything needed to decode but the kind of bar: where distance alone is encoded, one more number of the code says how
high the melody begins. Decoding walks through the steps once, and every note knows the notes chosen just before it:
decoders that say all steps independently repeat notes without end.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.models.parts.laws import LAWS, CodeLaw
from engine.models.parts.layers import Mixer, Residual
from engine.models.parts.melody_head import START, Head
from engine.models.parts.melody_pitch import REGISTERS, absolute, onset_gaps, relative
from engine.options import option

MASK = melody.PAD + 1  # only ever heard: a step of which nothing is known
HEARD = MASK + 1  # different tokens that may be heard
MIDDLE = 33  # where music without any note is thought to begin: A4
RARE = 1e-4  # distances between onsets that the corpus knows less often are not written
FURTHEST = 8.0  # logits beyond it count as it: a unit is then as good as on or off


@dataclass(frozen=True)
class SampleOptions:
    """How melodies are drawn."""

    temperature: float = option(0.0, "0 takes the likeliest note, 1 surprises as much as the corpus", 0.0, 1.5)
    spread: float = option(1.0, "below 1 more typical codes, above 1 more daring ones", 0.0, 2.0)
    law: str = option(
        "fitted",
        "where codes are drawn: fitted to the codes of real music, in the box they fill, U(-1, 1), U(-10, 10)",
        choices=LAWS,
    )
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed draws the same melodies", 0)


def is_compound(tokens: Tensor) -> Tensor:
    """Whether melodies [n, 32] have 12-step bars, [n]."""
    return tokens[:, melody.BAR_SLOTS - 1] == melody.PAD


def heard(tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Tokens [n, 32], some of them perhaps MASK, with pitches as distances from the first one that is heard; and
    that pitch, 0..59, [n].
    """
    silent = ~((tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)).any(1)
    distances, first = relative(tokens)
    return distances, torch.where(silent, MIDDLE, first)


def measured_from(tokens: Tensor, first: Tensor) -> Tensor:
    """Tokens [n, 32] with pitches as distances from pitches [n] that need not be in them."""
    return relative(torch.cat([first[:, None] + melody.FIRST_PITCH_TOKEN, tokens], 1))[0][:, 1:]


def share_of_range(first: Tensor) -> Tensor:
    """Pitches 0..59 as the one number of a code, 0..1, that says how high its melody begins."""
    return first.float() / (REGISTERS - 1)


def pitch_of_share(share: Tensor) -> Tensor:
    """The reverse of `share_of_range`: whole pitches 0..59."""
    return (share * (REGISTERS - 1)).round().long().clamp(0, REGISTERS - 1)


class Ear(nn.Module):
    """Tokens [n, 32], or probabilities of tokens [n, 32, 64], to features [n, width]."""

    def __init__(self, embedding: int, width: int, blocks: int, mixers: int, dropout: float) -> None:
        super().__init__()
        self.tokens = nn.Embedding(HEARD, embedding)
        nn.init.zeros_(self.tokens.weight[MASK].detach())
        self.places = nn.Parameter(torch.randn(melody.SLOTS, embedding) * 0.3)
        self.mix = nn.Sequential(*(Mixer(embedding, melody.SLOTS) for _ in range(mixers)))
        self.gather = nn.Linear(embedding * melody.SLOTS, width)
        self.think = nn.Sequential(*(Residual(width, dropout) for _ in range(blocks)), nn.LayerNorm(width))

    def forward(self, tokens: Tensor, beside: Tensor | None = None) -> Tensor:
        """`beside`: features [n, width] of something that is known beside the tokens."""
        told = tokens @ self.tokens.weight if tokens.is_floating_point() else self.tokens(tokens)
        gathered = self.gather(self.mix(told + self.places).flatten(1))
        thought: Tensor = self.think(gathered if beside is None else gathered + beside)
        return thought


class Speaker(nn.Module):
    """Codes [n, latent] and the kind of bar [n] to features [n, width] and features of every step [n, 32, f]."""

    def __init__(self, latent: int, width: int, blocks: int, mixers: int, features: int, dropout: float) -> None:
        super().__init__()
        self.opening = nn.Linear(latent + 1, width)
        self.think = nn.Sequential(*(Residual(width, dropout) for _ in range(blocks)), nn.LayerNorm(width))
        self.plan = nn.Linear(width, melody.SLOTS * features)
        self.mix = nn.Sequential(*(Mixer(features, melody.SLOTS) for _ in range(mixers)))

    def forward(self, z: Tensor, compound: Tensor) -> tuple[Tensor, Tensor]:
        h = self.think(self.opening(torch.cat([z, compound[:, None].to(z.dtype)], -1)))
        return h, self.mix(self.plan(h).unflatten(-1, (melody.SLOTS, -1)))


class Past(Head):
    """Adds what the notes just before suggest to what a code says by itself.

    The code's own logits [..., V] pass through unchanged: what a unit says stays readable, and no scale can be hidden
    behind them.
    """

    def __init__(self, width: int) -> None:
        super().__init__(width)
        nn.init.zeros_(self.out.weight)

    def forward(self, said: Tensor, context: Tensor) -> Tensor:
        """Logits [..., V] and context [..., k] to logits [..., V]."""
        return said + self.out(F.gelu(self.recall(context)))

    @torch.no_grad()
    def choose(self, said: Tensor, noise: Tensor | None, compound: bool, known: Tensor | None = None) -> Tensor:
        """As `Head.choose`, of logits [n, 32, V]."""
        return self._many(said, noise, compound, known)


class Habits(nn.Module):
    """What is usual in the corpus: how far apart its onsets stand, and what is heard in each step."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: Tensor  # share of each distance between onsets, 0..32 steps, in duple and compound bars
        self.register_buffer("gaps", torch.ones(2, melody.SLOTS + 1))  # so far anything may be
        self.tokens: Tensor  # share of each token in each step, pitches from the first one, in either kind of bar
        self.register_buffer("tokens", torch.full((2, melody.SLOTS, HEARD), 1 / HEARD))

    def count(self, windows: Tensor) -> None:
        """Learn them from melodies [n, 32]. A kind of bar that is not among them may do anything."""
        windows = windows.long()
        shares = onset_gaps(windows)
        self.gaps.copy_(torch.where(shares.sum(1, keepdim=True) > 0, shares, 1.0))
        kinds = is_compound(windows)
        for kind in (False, True):
            if (kinds == kind).any():
                self.tokens[int(kind)] = F.one_hot(heard(windows[kinds == kind])[0], HEARD).float().mean(0)

    def known(self, compound: bool) -> Tensor:
        """Whether a note may follow another after 0..32 steps, bool [33]."""
        known = self.gaps[int(compound)] > RARE
        known[0] = True  # the first note may begin anywhere
        return known


class UnitLaw(CodeLaw):
    """The law of codes whose units lie between 0 and 1: a Gaussian of their logits, so that draws lie there too."""

    def fit(self, codes: Tensor) -> None:
        """Remember the codes of the training music, [n, d]."""
        super().fit(torch.logit(codes.double(), 1e-6).clamp(-FURTHEST, FURTHEST))

    def draw(self, n: int, law: str, seed: int, spread: float = 1.0) -> Tensor:
        """As `CodeLaw.draw`; what the lecture's uniform laws draw outside 0..1 is brought to its edge."""
        drawn = super().draw(n, law, seed, spread)
        return torch.sigmoid(drawn) if law in ("fitted", "box") else drawn.clamp(0, 1)


def cost(logits: Tensor, tokens: Tensor, hold_weight: float = 1.0) -> Tensor:
    """Cross entropy in nats per melody, summed over the steps in use: logits [n, 32, V], tokens [n, 32]."""
    used = tokens != melody.PAD
    weight = torch.ones(melody.VOCABULARY, device=logits.device)
    weight[melody.HOLD] = hold_weight
    return F.cross_entropy(logits.float()[used], tokens[used], weight, reduction="sum") / len(tokens)


def accuracy(logits: Tensor, tokens: Tensor) -> Tensor:
    """Share of the onsets that are foreseen, each knowing the true notes before it."""
    onsets = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
    return (logits.argmax(-1) == tokens)[onsets].float().mean()


def forgetful(context: Tensor, share: float) -> Tensor:
    """The context [n, 32, k] with a share of the steps whose past is not seen: the code has to say those."""
    hidden = torch.rand(context.shape[:2], device=context.device) < share
    return context.masked_fill(hidden[..., None], START)


def surprise(n: int, temperature: float, seed: int) -> Tensor | None:
    """Gumbel's noise [n, 32, V] on the CPU: the largest of logits plus this is a draw. None if there is none."""
    if temperature <= 0:
        return None
    generator = torch.Generator().manual_seed(seed)
    uniform = torch.rand(n, melody.SLOTS, melody.VOCABULARY, generator=generator).clamp_(1e-9, 1 - 1e-9)
    return -torch.log(-torch.log(uniform)) * temperature


def choose(head: Head, said: Tensor, noise: Tensor | None, compound: Tensor, habits: Habits | None = None) -> Tensor:
    """`Head.choose` for melodies of both kinds of bar: tokens [n, 32] of what is said of every step [n, 32, f].

    `compound` is bool [n]; only distances between onsets that are usual are written, if `habits` is given.
    """
    tokens = torch.full(said.shape[:2], melody.PAD, device=said.device)
    for kind in (False, True):
        rows = (compound == kind).nonzero()[:, 0]
        if len(rows):
            known = None if habits is None else habits.known(kind)
            tokens[rows] = head.choose(said[rows], None if noise is None else noise[rows], kind, known)
    return tokens


def spoken(head: Head, said: Tensor, first: Tensor, habits: Habits, options: SampleOptions) -> Tensor:
    """Tokens [n, 32] of what is said of every step [n, 32, f] and where the melodies begin, 0..59, [n]."""
    noise = surprise(len(said), options.temperature, options.seed)
    noise = None if noise is None else noise.to(said.device)
    return absolute(head.choose(said, noise, options.compound, habits.known(options.compound)), first)
