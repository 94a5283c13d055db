"""Two players who write and judge single bars: given a chord, the bar before and some noise (see `midinet`).

Convolutions over time at four scales, after Yang, Chou and Yang (2017): whatever is known of the bar before, of the
chord and of the noise is told again at every scale.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from engine.codecs import melody
from engine.models.parts import chord_symbols
from engine.models.parts.contest import Judgement
from engine.models.parts.critic_parts import Head, normed
from engine.models.parts.game_rules import GameOptions
from engine.models.parts.melody_symbols import PITCHES, SYMBOLS, sounding

BAR = melody.BAR_SLOTS
HEARD = SYMBOLS + PITCHES  # of a slot: what is written, what sounds
SLOPE = 0.2
PROJECTED = 8  # numbers of the noise that every scale is told


class BarMaker(nn.Module):
    """The generator: a bar as logits, from noise, a chord, the kind of bar and the bar before."""

    def __init__(self, noise: int, width: int) -> None:
        super().__init__()
        self.hear = nn.Conv1d(HEARD, width // 2, 3, padding=1)
        self.listen = nn.ModuleList(nn.Conv1d(width // 2, width // 2, 4, 2, 1) for _ in range(3))
        self.project = nn.Linear(noise, PROJECTED)
        told = chord_symbols.FEATURES + 2
        self.begin = nn.Linear(noise + told + width, 2 * width)
        at_scale = width + width // 2 + told + PROJECTED
        self.grow = nn.ModuleList(nn.ConvTranspose1d(at_scale, width, 4, 2, 1) for _ in range(3))
        self.norms = nn.ModuleList(nn.GroupNorm(4, width) for _ in range(3))
        self.say = nn.Conv1d(at_scale, width, 3, padding=1)
        self.out = nn.Conv1d(width, SYMBOLS + chord_symbols.ROLES, 1)

    def forward(self, noise: Tensor, chord: Tensor, compound: Tensor, before: Tensor) -> Tensor:
        """Logits [n, 16, SYMBOLS].

        Args:
            noise: [n, noise].
            chord: triads at home, int64 [n].
            compound: bool [n].
            before: the bar before, [n, 16, SYMBOLS], 0 and 1; all 0: there is none.
        """
        n, nothing = len(noise), before.sum((1, 2)) == 0
        told = torch.cat([chord_symbols.told(chord), torch.stack([compound, nothing], 1).float()], 1)
        taps = [torch.relu(self.hear(torch.cat([before, sounding(before)], 2).transpose(1, 2)))]
        for listen in self.listen:
            taps.append(torch.relu(listen(taps[-1])))
        h = torch.relu(self.begin(torch.cat([noise, told, taps[-1].flatten(1)], 1))).view(n, -1, 2)
        everywhere = torch.cat([told, self.project(noise)], 1)[:, :, None]
        for grow, norm in zip(self.grow, self.norms, strict=True):
            h = torch.relu(norm(grow(_told(h, taps.pop(), everywhere))))
        said = self.out(torch.relu(self.say(_told(h, taps.pop(), everywhere)))).transpose(1, 2)
        logits, wanted = said[..., :SYMBOLS], said[..., SYMBOLS:]
        towards = wanted @ chord_symbols.roles(chord)
        return torch.cat(
            [logits[..., : melody.FIRST_PITCH_TOKEN],
             logits[..., melody.FIRST_PITCH_TOKEN : -1] + towards,
             logits[..., -1:]], 2
        )  # fmt: skip


def _told(h: Tensor, tap: Tensor, everywhere: Tensor) -> Tensor:
    return torch.cat([h, tap, everywhere.expand(-1, -1, h.shape[2])], 1)


class BarCritic(nn.Module):
    """The critic: hears some bars in a row with the chords under them, the first of which may be empty."""

    def __init__(self, options: GameOptions, bars: int, width: int) -> None:
        super().__init__()
        self.bars = bars
        self.hear = normed(nn.Conv1d(HEARD + chord_symbols.ROLES, width // 2, 3, padding=1), options)
        sizes = (width // 2, width, width, width)
        self.under = normed(nn.Linear(bars * (chord_symbols.FEATURES + 1), width), options)
        self.deeper = nn.ModuleList(normed(nn.Conv1d(size, after, 4, 2, 1), options) for size, after in pairwise(sizes))
        self.join = normed(nn.Linear(width * bars * BAR // 8 + width, width), options)
        self.head = Head(options, width, (bars * BAR, SYMBOLS))

    def forward(self, music: Tensor, chords: Tensor, compound: Tensor) -> Judgement:
        """Judge music [n, 16 * bars, SYMBOLS] over triads at home, int64 [n, bars], in bars of 12 or 16 [n]."""
        sounds = sounding(music)
        roles = chord_symbols.roles(chords).transpose(2, 3)  # [n, bars, PITCHES, ROLES]
        fits = (sounds.unflatten(1, (self.bars, BAR)) @ roles).flatten(1, 2)
        h = _leaky(self.hear(torch.cat([music, sounds, fits], 2).transpose(1, 2)))
        for deeper in self.deeper:
            h = _leaky(deeper(h))
        told = torch.cat([chord_symbols.told(chords), compound.float()[:, None, None].expand(-1, self.bars, 1)], 2)
        under = _leaky(self.under(told.flatten(1)))
        h = _leaky(self.join(torch.cat([h.flatten(1), under], 1)))
        return Judgement(*self.head(h, music))


def _leaky(h: Tensor) -> Tensor:
    return nn.functional.leaky_relu(h, SLOPE)
