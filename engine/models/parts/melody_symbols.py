"""Melodies as the players of a game see them: one symbol per slot, in one key and one register, written as 0 and 1.

What is learnt once holds in all keys: music is brought home before it is heard and moved away when it is written (see
home_key and home_range). A generator must say one symbol, not a mixture, or the critic would know it by that alone: it
draws one, and gradients pass as if it had said the mixture (straight-through, with the Gumbel noise of Jang, Gu, Poole,
2017, "Categorical Reparameterization with Gumbel-Softmax").
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.codecs import melody
from engine.models.parts import home_range

PAD = home_range.SYMBOLS  # a slot that bars of 12 sixteenths do not use
SYMBOLS = PAD + 1  # hold, rest, 39 pitches, pad
PITCHES = home_range.SYMBOLS - melody.FIRST_PITCH_TOKEN
NEVER = -1e4


def compound(tokens: Tensor) -> Tensor:
    """Which windows [n, slots] have bars of 12 sixteenths, bool [n]."""
    return tokens[:, melody.BAR_SLOTS - 1] == melody.PAD


def way_home(tokens: Tensor, known: Tensor | None = None) -> Tensor:
    """Semitones [n] that bring tokens [n, slots] home; `known`, bool like tokens, are those that may be looked at."""
    return home_range.way_home(tokens, known)


def heard(tokens: Tensor, shift: Tensor) -> Tensor:
    """Tokens [n, slots], moved by semitones [n], as 0 and 1: float [n, slots, SYMBOLS]."""
    padded = tokens == melody.PAD
    symbols = home_range.brought_home(tokens.masked_fill(padded, melody.HOLD), shift)
    return F.one_hot(symbols.masked_fill(padded, PAD), SYMBOLS).float()


def written(music: Tensor, shift: Tensor) -> Tensor:
    """The reverse: tokens int64 [n, slots] of music [n, slots, SYMBOLS] or of symbols [n, slots], moved back."""
    symbols = music.argmax(-1) if music.ndim == 3 else music
    padded = symbols == PAD
    tokens = home_range.taken_back(symbols.masked_fill(padded, melody.HOLD), shift)
    return tokens.masked_fill(padded, melody.PAD)


def bars(logits: Tensor, is_compound: Tensor, opening: bool = True) -> Tensor:
    """Logits [n, slots, SYMBOLS] with what cannot be barred: pads stand exactly where bars of 12 sixteenths [n] have
    them, and, as an `opening`, the first slot begins something: there is nothing to hold.
    """
    slots = torch.arange(logits.shape[1], device=logits.device) % melody.BAR_SLOTS
    padded = (slots >= melody.steps_per_bar(True)) & is_compound[:, None]  # [n, slots]
    never = torch.zeros_like(logits, dtype=torch.bool)
    never[..., PAD] = ~padded
    never[..., :PAD] = padded[..., None]
    if opening:
        never[:, 0, melody.HOLD] = True
    return logits.masked_fill(never, NEVER)


def spoken(logits: Tensor, noise: Tensor | None = None, temperature: float = 1.0) -> Tensor:
    """One symbol per slot, as exact 0 and 1 [n, slots, SYMBOLS]; gradients pass as through the softmax.

    Without noise the likeliest is said. `temperature` is that of the softmax: lower is nearer to what is said.
    """
    soft = ((logits if noise is None else logits + noise) / temperature).softmax(-1)
    hard = F.one_hot(soft.argmax(-1), logits.shape[-1]).to(soft.dtype)
    return hard + soft - soft.detach()


def sounding(music: Tensor) -> Tensor:
    """Which pitch sounds in each slot, [n, slots, PITCHES]: a hold repeats what was before, pads count as holds.

    Differentiable: a critic so hears intervals across held notes, and what a symbol said early does to what comes.
    """
    keeps = music[..., melody.HOLD] + music[..., PAD]  # [n, slots]
    found, reach = music[..., melody.FIRST_PITCH_TOKEN : PAD], 1
    while reach < music.shape[1]:  # what `reach` slots bring, told as far again: five rounds instead of 31
        found = found + keeps[..., None] * F.pad(found, (0, 0, reach, 0))[:, :-reach]
        keeps = keeps * F.pad(keeps, (reach, 0))[:, :-reach]
        reach *= 2
    return found
