"""Notes of the codec `stream` as numbers a network can hear and say: time, length, velocity and hand, then the pitch.

Times and lengths go by their logarithm, and all four numbers lie between -1 and 1 (Mogren's raw ticks and hertz let the
pitch drown the rest). The pitch is a fifth number, or one of the 88 keys: the scale of a piece lives in single keys,
and a number between two of them is neither.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.codecs.stream import HAND, LADDER, LENGTH, PITCH, TIME, VELOCITY

NUMBERS = 4  # time, length, velocity, hand
LOWEST, KEYS = 21, 88
FINE = 6.0  # units of the ladder up to which times are told apart evenly rather than by their ratio
HEIGHT = 3.53  # half the logarithm of the longest time
MIDDLE, REACH = 60.0, 40.0  # semitones, of pitches as numbers


def size(keys: bool) -> int:
    """Features of a note."""
    return NUMBERS + (KEYS if keys else 1)


def features(tokens: Tensor, keys: bool) -> Tensor:
    """Notes [..., 5] as float [..., size(keys)]."""
    ladder = torch.from_numpy(_HIGH).to(tokens.device)
    pitch = folded(tokens[..., PITCH])
    numbers = torch.stack([
        ladder[tokens[..., TIME]],
        ladder[tokens[..., LENGTH]],
        tokens[..., VELOCITY] / 64 - 1,
        1 - 2.0 * tokens[..., HAND],
    ], -1)  # fmt: skip
    if keys:
        return torch.cat([numbers, F.one_hot(pitch - LOWEST, KEYS).float()], -1)
    return torch.cat([numbers, ((pitch - MIDDLE) / REACH)[..., None]], -1)


def tokens_of(heard: Tensor, grid: int = 1) -> Tensor:
    """Features [..., f] as notes, tokens int64 [..., 5], none without velocity; times in multiples of `grid` units."""
    pitch = heard[..., NUMBERS:].argmax(-1) + LOWEST
    if heard.shape[-1] == NUMBERS + 1:
        pitch = (heard[..., NUMBERS] * REACH + MIDDLE).round().long().clamp(LOWEST, LOWEST + KEYS - 1)
    time, length = (_steps(heard[..., number], grid) for number in (0, 1))
    shortest = int(np.searchsorted(LADDER, grid))
    velocity = ((heard[..., 2] + 1) * 64).round().long().clamp(1, 127)
    rows = [time, length.clamp_min(shortest), pitch, velocity, (heard[..., 3] < 0).long()]
    return torch.stack(rows, -1)


def as_played(heard: Tensor, grid: int = 1) -> Tensor:
    """Features [..., f] as those of the notes that would be played; slopes go straight through.

    A critic that could hear what rounding takes away would tell real music by that alone.
    """
    exact = features(tokens_of(heard.detach(), grid), heard.shape[-1] > NUMBERS + 1)
    return heard + (exact - heard).detach()


def folded(pitch: Tensor) -> Tensor:
    """Pitches moved by octaves onto the piano."""
    pitch = torch.where(pitch < LOWEST, pitch + 12 * ((LOWEST - pitch + 11) // 12), pitch)
    over = pitch - (LOWEST + KEYS - 1)
    return torch.where(over > 0, pitch - 12 * ((over + 11) // 12), pitch)


def whole(tokens: Tensor) -> Tensor:
    """Windows [n, events, 5] without gaps at their ends: where there is no note, the window begins again."""
    count = there(tokens).sum(1, keepdim=True).clamp_min(1)
    places = torch.arange(tokens.shape[1], device=tokens.device) % count
    return torch.take_along_dim(tokens, places[..., None], 1)


def there(tokens: Tensor) -> Tensor:
    """Which rows of windows [n, events, 5] are notes, bool [n, events]."""
    return (tokens[..., VELOCITY] > 0).long().cumprod(1).bool()


_HIGH = (np.log2(1 + LADDER / FINE) / HEIGHT - 1).astype(np.float32)


def _steps(high: Tensor, grid: int) -> Tensor:
    """Numbers as places on the ladder, at multiples of `grid` units."""
    units = (((high.clamp(-1, 1) + 1) * HEIGHT).exp2() - 1) * FINE
    units = (units / grid).round() * grid
    between = torch.from_numpy(((LADDER[1:] + LADDER[:-1]) / 2).astype(np.float32)).to(high.device)
    return torch.searchsorted(between, units.contiguous(), right=True)
