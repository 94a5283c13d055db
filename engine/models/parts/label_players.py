"""Two players who know what kind of music is played: one invents melodies, the other tells them from real ones.

Both look at all steps at once, in layers in which steps speak to each other and then each to itself. The inventor's
chance numbers and the kind bend every one of its layers, not only the first (class-conditional normalisation, as in
Miyato and Koyama, 2018), or it would soon listen to neither. The critic hears what sounds beside what is struck.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.parts import melody_symbols
from engine.models.parts.contest import Judgement
from engine.models.parts.critic_parts import Head, normed
from engine.models.parts.game_rules import GameOptions
from engine.models.parts.melody_symbols import PITCHES, SYMBOLS, sounding

KIND = 16  # numbers that stand for a kind of music and of bar
PLAN = 128  # units of the first idea of a melody


class Mixing(nn.Module):
    """Steps speak to each other, then each to itself; told of something, both are bent by it."""

    def __init__(self, width: int, steps: int, told: int = 0, rules: GameOptions | None = None) -> None:
        """`told`: how many numbers bend it; with `rules`, a critic's layer."""
        super().__init__()
        self.before, self.after = (nn.LayerNorm(width, elementwise_affine=not told) for _ in range(2))
        layers = nn.Linear(steps, steps), nn.Linear(width, width), nn.Linear(width, width)
        nn.init.normal_(layers[0].weight, std=0.05)
        self.across, self.inner, self.outer = (normed(layer, rules) if rules else layer for layer in layers)
        self.bend = nn.Linear(told, 4 * width) if told else None

    def forward(self, x: Tensor, told: Tensor | None = None) -> Tensor:
        """[n, steps, width] to the same."""
        first, second = self.before(x), None
        if self.bend is not None:
            scale, shift, second, also = self.bend(told)[:, None].chunk(4, -1)
            first = first * (1 + scale) + shift
        x = x + self.across(first.transpose(1, 2)).transpose(1, 2)
        then = self.after(x)
        if second is not None:
            then = then * (1 + second) + also
        spoken: Tensor = x + self.outer(F.relu(self.inner(then)))
        return spoken


class Inventor(nn.Module):
    """Chance and a kind to a melody: what could be said in every step."""

    def __init__(self, kinds: int, chance: int, width: int, blocks: int, steps: int) -> None:
        super().__init__()
        told = chance + KIND
        self.kind = nn.Embedding(2 * kinds, KIND)
        self.idea = nn.Linear(told, PLAN)
        self.plan = nn.Linear(PLAN, steps * (width // 2))
        self.open = nn.Linear(width // 2, width)
        self.places = nn.Parameter(torch.randn(steps, width) * 0.3)
        self.mix = nn.ModuleList(Mixing(width, steps, told) for _ in range(blocks))
        self.say = nn.Linear(width, SYMBOLS)

    def forward(self, z: Tensor, kind: Tensor, compound: Tensor) -> Tensor:
        """Logits [n, steps, SYMBOLS] of chance [n, chance], kinds [n] and whether bars are of 12 sixteenths [n]."""
        told = torch.cat([z, self.kind(2 * kind + compound.long())], 1)
        planned = self.plan(F.gelu(self.idea(told))).unflatten(1, (len(self.places), -1))
        h = self.open(planned) + self.places
        for layer in self.mix:
            h = layer(h, told)
        return melody_symbols.bars(self.say(h), compound)


class Critic(nn.Module):
    """Melodies [n, steps, SYMBOLS] of given kinds to judgements, in one of three ways.

    - projection: the score is what any melody is worth, and how well its features point the way of its kind.
    - cgan: the kind is heard beside the music, from the first layer on.
    - ac-gan: the kind is not told; a second head has to say it.
    """

    def __init__(self, kinds: int, condition: str, width: int, blocks: int, steps: int, rules: GameOptions) -> None:
        super().__init__()
        self.condition = condition
        self.open = normed(nn.Linear(SYMBOLS + PITCHES, width), rules)
        self.places = nn.Parameter(torch.randn(steps, width) * 0.3)
        self.mix = nn.ModuleList(Mixing(width, steps, 0, rules) for _ in range(blocks))
        self.gather = normed(nn.Linear(steps * width, PLAN), rules)
        self.head = Head(rules, PLAN, (steps, SYMBOLS))
        if condition == "projection":
            self.kind = normed(nn.Linear(kinds, PLAN, bias=False), rules)
        elif condition == "cgan":
            self.kind = normed(nn.Linear(kinds, (blocks + 1) * width, bias=False), rules)
        else:
            self.name = nn.Linear(PLAN, kinds)
        self.kinds = kinds

    def forward(self, music: Tensor, kind: Tensor) -> Judgement:
        """Scores and features of music whose kinds [n] are known."""
        told = F.one_hot(kind, self.kinds).to(music.dtype)
        h = self.open(torch.cat([music, sounding(music)], -1)) + self.places
        beside = self.kind(told)[:, None].chunk(len(self.mix) + 1, -1) if self.condition == "cgan" else ()
        for index, layer in enumerate(self.mix):
            h = layer(h + beside[index] if beside else h)
        features = F.leaky_relu(self.gather((h + beside[-1] if beside else h).flatten(1)), 0.2)
        score, named = self.head(features, music)
        if self.condition == "projection":
            score = score + (features * self.kind(told)).sum(1)
        return Judgement(score, named)

    def named(self, features: Tensor, kind: Tensor) -> Tensor:
        """Cross-entropy in nats of saying the kinds [n] from features [n, d]."""
        return F.cross_entropy(self.name(features), kind)
