"""Two bars and the two that follow them: who answers the first with the second, and who judges both together.

Both are convolutions that look at sixteenths, then eighths, quarters and half bars. What the answerer heard at each
scale is put beside what it says there (Ronneberger, Fischer, Brox, 2015, "U-Net"), and so is its luck: told only once,
at the beginning, luck is soon ignored by a network that has two bars to go by.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.parts import melody_symbols
from engine.models.parts.critic_parts import Head, normed
from engine.models.parts.game_rules import GameOptions

HEARD = melody_symbols.SYMBOLS + melody_symbols.PITCHES  # numbers by which a slot is heard
HALF = 32  # slots of two bars
SCALES = 3  # each half as fine as the one before
GROUPS = 8
LEAK = 0.2


def heard(music: Tensor) -> Tensor:
    """Music [n, slots, SYMBOLS] with what sounds in each slot, [n, slots, HEARD]."""
    return torch.cat([music, melody_symbols.sounding(music)], -1)


def _leaky(x: Tensor) -> Tensor:
    return F.leaky_relu(x, LEAK)


def _channels(narrow: int, width: int) -> tuple[int, ...]:
    """Of slots, and of the scales from the finest to the coarsest."""
    return (narrow, width, width * 3 // 2, width * 2)


class Answerer(nn.Module):
    """Two bars and some luck to logits of the two bars that follow."""

    def __init__(self, narrow: int, width: int, luck: int) -> None:
        """`narrow`: features of a slot; `width`: of the finest scale (a multiple of 16); `luck`: its numbers."""
        super().__init__()
        sizes = _channels(narrow, width)
        coarse = HALF // 2**SCALES
        self.ear = nn.Conv1d(HEARD + 1, narrow, 1)
        self.down = nn.ModuleList(nn.Conv1d(a, b, 4, 2, 1) for a, b in pairwise(sizes))
        self.think = nn.Linear(sizes[-1] * coarse + luck, sizes[-1] * coarse)
        said = (sizes[1], *sizes[1:-1])  # what comes out at slots, eighths, quarters
        self.up = nn.ModuleList(
            nn.ConvTranspose1d(2 * sizes[scale], said[scale - 1], 4, 2, 1) for scale in range(SCALES, 0, -1)
        )
        self.chance = nn.ModuleList(
            nn.Linear(luck, said[scale - 1] * HALF // 2 ** (scale - 1)) for scale in range(SCALES, 1, -1)
        )
        self.last_chance = nn.Linear(luck, narrow * HALF)
        self.norms = nn.ModuleList(nn.GroupNorm(GROUPS, said[scale - 1]) for scale in range(SCALES, 0, -1))
        self.mouth = nn.Conv1d(sizes[1] + 2 * narrow, sizes[2], 3, 1, 1)
        self.out = nn.Conv1d(sizes[2], melody_symbols.SYMBOLS, 1)

    def forward(self, prior: Tensor, luck: Tensor) -> Tensor:
        """Logits [n, 32, SYMBOLS] that answer two bars [n, 32, SYMBOLS] (zeros: nothing is known) with luck [n, l]."""
        known = prior.sum(-1, keepdim=True)
        x = _leaky(self.ear(torch.cat([heard(prior), known], -1).transpose(1, 2)))
        taps = [x]
        for layer in self.down:
            taps.append(_leaky(layer(taps[-1])))
        coarse = taps[-1]
        h = _leaky(self.think(torch.cat([coarse.flatten(1), luck], 1))).view_as(coarse)
        for place, (layer, norm) in enumerate(zip(self.up, self.norms, strict=True)):
            h = layer(torch.cat([h, taps[-1 - place]], 1))
            if place < len(self.chance):
                h = h + self.chance[place](luck).view_as(h)
            h = _leaky(norm(h))
        chance = self.last_chance(luck).unflatten(1, (-1, HALF))
        said: Tensor = self.out(_leaky(self.mouth(torch.cat([h, taps[0], chance], 1))))
        return said.transpose(1, 2)


class Listener(nn.Module):
    """The critic: hears four bars, the given ones and the others, as one."""

    def __init__(self, options: GameOptions, narrow: int, width: int, features: int) -> None:
        """`narrow`: features of a slot; `width`: of the finest scale; `features`: of all four bars."""
        super().__init__()
        sizes = _channels(narrow, width)
        self.ear = normed(nn.Conv1d(HEARD, narrow, 1), options)
        self.down = nn.ModuleList(normed(nn.Conv1d(a, b, 4, 2, 1), options) for a, b in pairwise(sizes))
        self.gather = normed(nn.Linear(sizes[-1] * 2 * HALF // 2**SCALES, features), options)
        self.head = Head(options, features, (2 * HALF, HEARD))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What is `heard` of four bars [n, 64, HEARD] to scores [n] and features [n, features]."""
        h = _leaky(self.ear(x.transpose(1, 2)))
        for layer in self.down:
            h = _leaky(layer(h))
        scores: tuple[Tensor, Tensor] = self.head(_leaky(self.gather(h.flatten(1))), x)
        return scores
