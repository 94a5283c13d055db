"""What a note would break: parallel fifths and octaves, crossed voices, leaps beyond an octave, for every pitch."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.codecs.chorale import LOWEST, VOICES

OCTAVE, FIFTH = 12, 7
CROSSED, LEAPT = 0.5, 0.5  # a crossing and a wide leap against a parallel


def broken(sounding: Tensor, classes: int) -> Tensor:
    """Float [n, 4, classes, steps] of what sounds, [n, 4, steps]: how many rules each voice would break by each pitch.

    Class 0 is silence, which breaks none, class 1 the voice's lowest pitch. All else stays as it sounds: the parallels
    counted are those into the step and those out of it.
    """
    low = torch.tensor(LOWEST, device=sounding.device)[:, None]
    sings, pitch = sounding > 0, sounding + low
    candidates = torch.arange(classes, device=sounding.device) + low
    counts = torch.zeros(*sounding.shape[:2], classes, sounding.shape[2], device=sounding.device)
    for voice in range(len(VOICES)):
        candidate = candidates[voice][None, :, None]
        for side in (1, -1):
            leap = (candidate - _beside(pitch, side)[:, voice, None]).abs() > OCTAVE
            counts[:, voice] += LEAPT * (leap & _beside(sings, side)[:, voice, None])
        for other in range(len(VOICES)):
            if other == voice:
                continue
            now = _perfect(candidate - pitch[:, other, None])
            for side in (1, -1):  # from the step before, and to the step behind
                near_pitch, near_sings = _beside(pitch, side), _beside(sings, side)
                steady = near_sings[:, voice] & near_sings[:, other] & sings[:, other]
                moves = (pitch - near_pitch)[:, other, None] * (candidate - near_pitch[:, voice, None]) > 0
                there = _perfect(near_pitch[:, voice] - near_pitch[:, other])[:, None]
                counts[:, voice] += moves & (now > 0) & (now == there) & steady[:, None]
            wrong = candidate < pitch[:, other, None] if voice < other else candidate > pitch[:, other, None]
            counts[:, voice] += CROSSED * (wrong & sings[:, other, None])
    counts[:, :, 0] = 0
    return counts


def _perfect(interval: Tensor) -> Tensor:
    """1 for octaves and unisons, 2 for fifths of any width, 0 for all others."""
    width = interval.abs() % OCTAVE
    return (width == 0).byte() + 2 * (width == FIFTH).byte()


def _beside(x: Tensor, side: int) -> Tensor:
    """Rows [n, 4, steps] one step earlier (1) or later (-1); at the edge, the step itself, to which nothing moves."""
    moved = x.roll(side, -1)
    edge = 0 if side > 0 else -1
    moved[..., edge] = x[..., edge]
    return moved
