"""What is counted rather than learnt about melody tokens: distances from the first note, qualities, gaps of onsets."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.codecs import melody

REGISTERS = melody.HIGHEST - melody.LOWEST + 1  # pitches the first note may have
SAME = melody.FIRST_PITCH_TOKEN + REGISTERS // 2  # the token of "the first note's pitch"


def relative(tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Tokens [n, 32] with pitches as distances from the first one, and that first pitch (0..59) [n].

    Distances beyond two and a half octaves are folded by octaves.
    """
    pitched = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
    first = tokens.gather(1, pitched.long().argmax(1, keepdim=True)) - melody.FIRST_PITCH_TOKEN
    first = first.clamp(0, REGISTERS - 1)
    distance = tokens - melody.FIRST_PITCH_TOKEN - first
    half = REGISTERS // 2
    folded = torch.where(distance >= half, (distance - half) % 12 + half - 12, distance)
    folded = torch.where(distance < -half, (distance + half) % 12 - half, folded)
    return torch.where(pitched, folded + SAME, tokens), first[:, 0]


def qualities(tokens: Tensor) -> Tensor:
    """Onsets per step and mean pitch (above the lowest) of tokens [n, 32], as [n, 2]."""
    pitched = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
    onsets = pitched.sum(1)
    height = torch.where(pitched, tokens - melody.FIRST_PITCH_TOKEN, 0).sum(1) / onsets.clamp_min(1)
    return torch.stack([onsets / (tokens != melody.PAD).sum(1), height], 1)


def onset_gaps(tokens: Tensor) -> Tensor:
    """How often onsets follow one another after 0..32 steps, as shares [2, 33] of duple and compound tokens [n, 32]."""
    pitched = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
    compound = tokens[:, melody.BAR_SLOTS - 1] == melody.PAD
    step = torch.arange(melody.SLOTS, device=tokens.device).repeat(len(tokens), 1)
    step = torch.where(compound[:, None] & (step >= melody.BAR_SLOTS), step - 4, step)
    last = torch.where(pitched, step, -1).cummax(1).values
    before = F.pad(last, (1, 0), value=-1)[:, :-1]
    gap = torch.where(pitched & (before >= 0), step - before, 0)
    counts = torch.stack([torch.bincount(gap[compound == kind].flatten(), minlength=33) for kind in (False, True)])
    counts[:, 0] = 0
    return counts / counts.sum(1, keepdim=True).clamp_min(1)


def absolute(tokens: Tensor, first: Tensor) -> Tensor:
    """The reverse of `relative`; pitches outside the codec's range are folded in by octaves."""
    pitched = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
    pitch = tokens - SAME + first[:, None]
    pitch = torch.where(pitch < 0, pitch % 12, pitch)
    pitch = torch.where(pitch >= REGISTERS, pitch % 12 + REGISTERS - 12, pitch)
    return torch.where(pitched, pitch + melody.FIRST_PITCH_TOKEN, tokens)
