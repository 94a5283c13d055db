"""What the systems of frames have in common: the keys they know, the key they hear everything in, and their options.

A frame is 88 keys, music that is learnt from uses some fifty of them in a row: only those are units of a network. What
a composer gives is moved to C major or A minor first, by how often each tone of the scale sounds there in the corpus,
and what comes of it is moved back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.codecs.roll import KEYS, LOWEST
from engine.jobs.job import Report, silent
from engine.models.parts.boltzmann_machine import usual
from engine.options import option

# How often each tone of the scale sounds in chorales that stand in C by their signature.
TONES = (0.157, 0.014, 0.140, 0.004, 0.152, 0.080, 0.020, 0.164, 0.017, 0.145, 0.013, 0.092)
FURTHEST = 6  # semitones that music is moved to C at most
MIDDLE_C = 60
COUNTED = 2_000  # windows on which keys are counted before training
LEAST_HEAT = 0.5  # from nothing: the likeliest chord after chord would be one chord for ever


@dataclass(frozen=True)
class SampleOptions:
    """How frames are drawn."""

    temperature: float = option(0.9, "0 takes the likeliest keys, 1 surprises as much as the corpus", 0.0, 1.5)
    density: float = option(0.0, "above 0 more keys sound at a time, below 0 fewer", -4.0, 4.0)
    lid: bool = option(True, "nothing sounds above a melody that is given (if it lies above middle C)")
    seed: int = option(1, "the same seed draws the same music", 0)


@dataclass(frozen=True)
class Keys:
    """The keys a network knows: MIDI pitches from `lowest` to `highest`."""

    lowest: int
    highest: int

    @property
    def count(self) -> int:
        """How many there are."""
        return self.highest - self.lowest + 1

    def cut(self, x: Tensor) -> Tensor:
        """Their cells, float [..., count], of frames [..., 88]; a mask stays a mask."""
        first = self.lowest - LOWEST
        found = x[..., first : first + self.count]
        return found if found.dtype == torch.bool else found.float()

    def whole(self, cells: Tensor) -> Tensor:
        """Frames int64 [..., 88] in which only these keys may sound."""
        first = self.lowest - LOWEST
        return F.pad(cells.long(), (first, KEYS - first - self.count))


def to_c(x: Tensor) -> Tensor:
    """Semitones [n], -5..6, that move each window [n, t, 88] to C major or A minor; 0 where nothing sounds."""
    tones = torch.stack([x[..., (tone - LOWEST) % 12 :: 12].flatten(1).sum(1) for tone in range(12)], 1).double()
    law = torch.tensor(TONES, dtype=torch.float64, device=x.device).log()
    shifts = sorted(range(1 - FURTHEST, FURTHEST + 1), key=abs)  # of equals the nearest
    speaks = torch.stack([tones @ law.roll(-shift) for shift in shifts], 1)
    return torch.tensor(shifts, device=x.device)[speaks.argmax(1)]


def moved(x: Tensor, semitones: Tensor) -> Tensor:
    """Windows [n, t, 88] each moved by its semitones [n]; what leaves the piano is gone."""
    place = torch.arange(KEYS, device=x.device)[None] - semitones[:, None]
    inside = ((place >= 0) & (place < KEYS))[:, None]
    places = place.clamp(0, KEYS - 1)[:, None].expand(x.shape)
    return torch.where(inside, x.gather(-1, places), torch.zeros_like(x))


def under_lid(x: Tensor, given: Tensor, wanted: bool = True) -> Tensor:
    """What stays, bool [n, t, 88]: what is given, and, under a melody above middle C, the silence over it."""
    sounding = given & (x > 0)
    key = torch.arange(KEYS, device=x.device)
    highest = torch.where(sounding, key, -1).amax(-1, keepdim=True)
    return given | ((key > highest) & (highest >= MIDDLE_C - LOWEST) if wanted else torch.zeros_like(given))


def kept(x: Tensor, stays: Tensor, work: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Windows [n, t, 88] made anew by `work` in C, given what stays of them, bool; that comes back as it was."""
    x = x.long()
    known = torch.where(stays, x, 0)
    shift = to_c(known)
    open_ = moved((~stays).to(torch.uint8), shift).bool()  # beyond the ends of the piano nothing is open
    made = work(moved(known, shift), ~open_)
    return torch.where(stays, x, moved(made, -shift))


def usual_biases(draw: Callable[[int], Tensor], keys: Keys, report: Report = silent) -> Tensor:
    """The biases [count] at which keys sound as often as in the training music."""
    report(0, 1, "how often each key sounds")
    return usual(keys.cut(draw(COUNTED)).flatten(0, -2).mean(0))
