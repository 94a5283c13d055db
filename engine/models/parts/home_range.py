"""Melodies in one key and one register, for machines that know pitches only as they are: the way there and back.

A Boltzmann machine has weights for every pitch of every step: what it learns in one key it does not know in another.
So everything is heard in the common key (`home_key`), in the octave around the middle of the treble staff, and moved
back afterwards.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.codecs import melody
from engine.models.parts.home_key import homeward, pitched

LOWEST, HIGHEST = 53, 91  # MIDI: what is beyond is folded in by octaves
SYMBOLS = melody.FIRST_PITCH_TOKEN + HIGHEST - LOWEST + 1  # hold, rest, 39 pitches
MIDDLE = 65  # mean pitches lie from here up to an octave above


def squeezed(tokens: Tensor, compound: bool) -> Tensor:
    """Only the steps in use, [n, steps], of tokens [n, slots] or anything else about them."""
    return tokens[:, torch.from_numpy(melody.slots(compound, tokens.shape[1] // melody.BAR_SLOTS)).to(tokens.device)]


def spread(steps: Tensor, compound: bool) -> Tensor:
    """The reverse: tokens [n, slots] with PAD in the slots that are not in use."""
    bars = steps.shape[1] // melody.steps_per_bar(compound)
    tokens = torch.full((len(steps), bars * melody.BAR_SLOTS), melody.PAD, device=steps.device)
    tokens[:, torch.from_numpy(melody.slots(compound, bars)).to(steps.device)] = steps
    return tokens


def way_home(steps: Tensor, known: Tensor | None = None) -> Tensor:
    """Semitones [n] that bring tokens of steps [n, steps] home; `known`, bool, are the steps that may be looked at."""
    heard = pitched(steps) if known is None else pitched(steps) & known
    shift = homeward(steps, heard)
    count = heard.sum(1)
    mean = ((steps - melody.FIRST_PITCH_TOKEN + melody.LOWEST) * heard).sum(1) / count.clamp_min(1) + shift
    octaves = ((MIDDLE - mean) / 12).ceil().long()
    return torch.where(count > 0, shift + 12 * octaves, 0)


def brought_home(steps: Tensor, shift: Tensor) -> Tensor:
    """Tokens of steps [n, steps] as symbols 0..40, moved by semitones [n]."""
    pitch = steps - melody.FIRST_PITCH_TOKEN + melody.LOWEST + shift[:, None]
    symbols = _folded(pitch, LOWEST, HIGHEST) - LOWEST + melody.FIRST_PITCH_TOKEN
    return torch.where(steps >= melody.FIRST_PITCH_TOKEN, symbols, steps)


def taken_back(symbols: Tensor, shift: Tensor) -> Tensor:
    """The reverse: symbols [n, steps] as tokens, where they came from."""
    pitch = symbols - melody.FIRST_PITCH_TOKEN + LOWEST - shift[:, None]
    tokens = _folded(pitch, melody.LOWEST, melody.HIGHEST) - melody.LOWEST + melody.FIRST_PITCH_TOKEN
    return torch.where(symbols >= melody.FIRST_PITCH_TOKEN, tokens, symbols)


def _folded(pitch: Tensor, low: int, high: int) -> Tensor:
    """Moved by octaves into low..high."""
    pitch = torch.where(pitch < low, low + (pitch - low) % 12, pitch)
    return torch.where(pitch > high, high - 11 + (pitch - high + 11) % 12, pitch)


def any_key(n: int, generator: torch.Generator) -> Tensor:
    """Semitones [n] away from home, -5..6, as keys are spread in training."""
    return torch.randint(melody.TRANSPOSE_DOWN, melody.TRANSPOSE_UP + 1, (n,), generator=generator)
