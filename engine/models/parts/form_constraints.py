"""What a piece is shaped like, so that another can be made to be shaped alike: structure, tonality, meter.

The three constraints of Lattner, Grachten and Widmer (2016, "Imposing higher-level structure in polyphonic music
generation using convolutional restricted Boltzmann machines and constraints"). All can be told of music that is not
decided yet, of the likelihoods of all symbols at every step, and have a slope there:

- structure: which steps are like which others (self-similarity), so what returns and when;
- tonality: how well every stretch of two bars fits each of 24 keys (Krumhansl and Kessler, 1982);
- meter: how often something begins at each step of the bar, which is rhythm and density.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.codecs import melody
from engine.latent.qualities import MAJOR, MINOR
from engine.models.parts.home_range import LOWEST, SYMBOLS

CONSTRAINTS = ("structure", "tonality", "meter")
ALIKE = 4  # steps over which likeness is judged
HOLD_WEIGHT, REST_WEIGHT = 0.4, 0.7  # that both hold says less than that both begin the same note
BARS_OF_A_KEY = 2


@dataclass(frozen=True)
class Form:
    """The shape of one piece.

    Attributes:
        likeness: self-similarity [steps', steps'], 0..1.
        keys: fit of each stretch to each of 24 keys [stretches, 24], -1..1.
        onsets: how often a note begins at each step of the bar [steps of a bar], 0..1.
    """

    likeness: Tensor
    keys: Tensor
    onsets: Tensor

    def errors(self, chances: Tensor) -> Tensor:
        """How far music [n, steps, SYMBOLS] is from this shape, [3, n], in the order of CONSTRAINTS."""
        bar = len(self.onsets)
        return torch.stack(
            [
                (likeness(chances) - self.likeness).square().mean((1, 2)),
                (keys(chances, bar) - self.keys).square().mean((1, 2)),
                (onsets(chances, bar) - self.onsets).square().mean(1),
            ]
        )


def form_of(chances: Tensor, bar: int) -> Form:
    """The shape of a piece [steps, SYMBOLS] with so many steps in a bar."""
    whole = chances[None]
    return Form(likeness(whole)[0], keys(whole, bar)[0], onsets(whole, bar)[0])


def likeness(chances: Tensor) -> Tensor:
    """How alike every two places are, [n, places, places], 0..1, each with the few steps that follow it."""
    weights = torch.ones(SYMBOLS, device=chances.device)
    weights[melody.HOLD], weights[melody.REST] = HOLD_WEIGHT, REST_WEIGHT
    stretches = (chances * weights).unfold(1, ALIKE, 1).flatten(2)  # [n, places, SYMBOLS * ALIKE]
    rows = stretches / (stretches.square().sum(2, keepdim=True) + 1e-6).sqrt()
    return rows @ rows.transpose(1, 2)


def keys(chances: Tensor, bar: int) -> Tensor:
    """How well every stretch of two bars fits each key, [n, stretches, 24], correlations; silence fits none."""
    notes = chances[..., melody.FIRST_PITCH_TOKEN :].unflatten(1, (-1, bar)).sum(2)
    bars = notes @ _degrees().to(chances.device)
    stretches = bars.unfold(1, BARS_OF_A_KEY, 1).sum(-1)
    centred = stretches - stretches.mean(2, keepdim=True)
    return centred / (centred.square().sum(2, keepdim=True) + 1e-3).sqrt() @ profiles().to(chances.device).t()


def onsets(chances: Tensor, bar: int) -> Tensor:
    """How often a note begins at each step of the bar, [n, bar], 0..1."""
    return chances[..., melody.FIRST_PITCH_TOKEN :].sum(-1).unflatten(1, (-1, bar)).mean(1)


@cache
def _degrees() -> Tensor:
    """Which of 12 degrees each pitch is, [pitches, 12]."""
    return F.one_hot((torch.arange(SYMBOLS - melody.FIRST_PITCH_TOKEN) + LOWEST) % 12, 12).float()


@cache
def profiles() -> Tensor:
    """How well each of 12 degrees fits each of 24 keys, [24, 12]: C, C sharp ... major, then minor; mean 0, norm 1."""
    keys = [torch.tensor(profile, dtype=torch.float32).roll(key) for profile in (MAJOR, MINOR) for key in range(12)]
    rows = torch.stack(keys)
    return F.normalize(rows - rows.mean(1, keepdim=True), dim=1)
