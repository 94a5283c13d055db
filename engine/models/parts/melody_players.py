"""The two players of a game over melodies, and who finds the way back from a melody to the numbers it came from.

All three look at a melody as symbols in one key (see melody_symbols). The generator begins with a few places and
doubles them up to one per slot, as in Radford, Metz, Chintala (2016), "Unsupervised Representation Learning with Deep
Convolutional GANs"; its numbers are told anew at every scale, or only the coarsest would know of them. The critic goes
the other way, and is also told which pitch sounds in each slot: so it hears an interval across a held note.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.models.parts.critic_parts import Head, normed
from engine.models.parts.game_rules import GameOptions
from engine.models.parts.melody_symbols import PITCHES, SYMBOLS, bars, sounding

SLOPE = 0.2  # of leaky units below zero
HEARD = SYMBOLS + PITCHES
SLOTS = melody.SLOTS


class Composer(nn.Module):
    """The generator: numbers [n, latent] and the kind of bar, bool [n], to logits [n, 32, SYMBOLS]."""

    def __init__(self, latent: int, width: int) -> None:
        """`width`: channels of the finest scale; the coarser ones have up to twice as many."""
        super().__init__()
        self.widths = (2 * width, 2 * width, width + width // 2, width)
        self.places = (SLOTS // 8, SLOTS // 4, SLOTS // 2, SLOTS)
        sizes = zip(self.widths, self.places, strict=True)
        self.told = nn.ModuleList(nn.Linear(latent + 1, wide * places) for wide, places in sizes)
        neighbours = zip(self.widths, self.widths[1:], strict=False)
        self.doubled = nn.ModuleList(nn.ConvTranspose1d(coarse, fine, 4, 2, 1) for coarse, fine in neighbours)
        self.even = nn.ModuleList(nn.LayerNorm(wide) for wide in self.widths)
        self.smooth = nn.Conv1d(width, width, 5, padding=2)
        self.say = nn.Linear(width, SYMBOLS)

    def forward(self, z: Tensor, compound: Tensor) -> Tensor:
        """What cannot be barred (see `melody_symbols.bars`) is left to those who speak."""
        known = torch.cat([z, compound[:, None].to(z.dtype)], 1)
        h = self._scale(0, known, None)
        for scale, doubled in enumerate(self.doubled, 1):
            h = self._scale(scale, known, doubled(h))
        h = h + F.gelu(self.smooth(h))
        return bars(self.say(h.transpose(1, 2)), compound)

    def _scale(self, scale: int, known: Tensor, below: Tensor | None) -> Tensor:
        h = self.told[scale](known).unflatten(1, (self.widths[scale], self.places[scale]))
        h = h if below is None else h + below
        return F.gelu(self.even[scale](h.transpose(1, 2))).transpose(1, 2)


class Ear(nn.Module):
    """Melodies [n, 32, SYMBOLS] to features [n, out]: convolutions, each half as long as the one before."""

    def __init__(self, width: int, out: int, options: GameOptions | None = None) -> None:
        """`width`: channels of the finest scale; `options`: whether a game keeps the layers from stretching."""
        super().__init__()
        wide, deep = width + width // 2, 2 * width
        layers = (
            nn.Conv1d(HEARD, width, 3, padding=1),
            nn.Conv1d(width, wide, 4, 2, 1),
            nn.Conv1d(wide, deep, 4, 2, 1),
            nn.Linear(deep * SLOTS // 4, out),
        )
        self.layers = nn.ModuleList(layer if options is None else normed(layer, options) for layer in layers)
        self.beat = nn.Parameter(torch.zeros(width, SLOTS))  # what is heard where

    def events(self, music: Tensor) -> Tensor:
        """What happens around each slot, [n, width, 32]."""
        heard = self.layers[0](torch.cat([music, sounding(music)], -1).transpose(1, 2))
        return F.leaky_relu(heard + self.beat, SLOPE)

    def gathered(self, events: Tensor) -> Tensor:
        """Features [n, out] of what happens around each slot."""
        h = events
        for layer in self.layers[1:-1]:
            h = F.leaky_relu(layer(h), SLOPE)
        return F.leaky_relu(self.layers[-1](h.flatten(1)), SLOPE)

    def forward(self, music: Tensor) -> Tensor:
        return self.gathered(self.events(music))


class Listener(nn.Module):
    """The critic: melodies [n, 32, SYMBOLS] to scores [n] and features [n, 2 * width]."""

    def __init__(self, width: int, options: GameOptions) -> None:
        super().__init__()
        self.ear = Ear(width, 2 * width, options)
        self.head = Head(options, 2 * width, (SLOTS, SYMBOLS))

    def forward(self, music: Tensor) -> tuple[Tensor, Tensor]:
        scores: tuple[Tensor, Tensor] = self.head(self.ear(music), music)
        return scores


class Tracker(nn.Module):
    """From melodies [n, 32, SYMBOLS] to the numbers [n, latent] a generator would make them from, at first sight."""

    def __init__(self, latent: int, width: int) -> None:
        super().__init__()
        self.ear = Ear(width, 4 * width)
        self.guess = nn.Linear(4 * width, latent)

    def forward(self, music: Tensor) -> Tensor:
        guessed: Tensor = self.guess(self.ear(music))
        return guessed
