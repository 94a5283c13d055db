"""How neighbouring notes of a corpus stand to one another, and saying melodies that keep to it.

A network that says all steps at once now and then puts two notes side by side that no tune has: neither knew what the
other would be. Said one after the other, each knows the note before it, and leaps and distances in time that the corpus
does not know are passed over for what is next likely.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.codecs import melody
from engine.models.parts import melody_symbols
from engine.models.parts.home_key import pitched

WIDEST = melody_symbols.PITCHES - 1
LONGEST = 16  # steps between two onsets from which on nothing is barred: somebody has to break the silence
RARE_LEAP, RARE_WAIT = 1e-3, 1e-4  # what fewer of the corpus' notes do is not said
NEVER = -1e4


class Neighbours(nn.Module):
    """Counts leaps and distances in time, and says symbols one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.leaps: Tensor  # share of each leap from -38 to 38 semitones, in bars of 16 and of 12 sixteenths
        self.register_buffer("leaps", torch.ones(2, 2 * WIDEST + 1))  # so far any may be
        self.waits: Tensor  # share of each distance between onsets, 0 to 16 steps and more
        self.register_buffer("waits", torch.ones(2, LONGEST + 1))

    def count(self, tokens: Tensor) -> None:
        """Learn them from melodies [n, slots]. A kind of bar that is not among them may do anything."""
        kinds = melody_symbols.compound(tokens)
        for kind in (False, True):
            music = tokens[kinds == kind]
            if len(music):
                music = music[:, music[0] != melody.PAD]
                rows, places = pitched(music).nonzero(as_tuple=True)
                pitch, same = music[rows, places], rows[1:] == rows[:-1]
                leap = (pitch[1:] - pitch[:-1])[same].clamp(-WIDEST, WIDEST) + WIDEST
                wait = (places[1:] - places[:-1])[same].clamp_max(LONGEST)
                for shares, found in ((self.leaps, leap), (self.waits, wait)):
                    counts = torch.bincount(found, minlength=shares.shape[1]).float()
                    shares[int(kind)] = counts / counts.sum().clamp_min(1)

    def said(self, logits: Tensor, before: Tensor, compound: Tensor) -> Tensor:
        """Symbols [n, slots] of logits [n, slots, SYMBOLS], the likeliest each time, behind music `before`
        [n, slots, SYMBOLS] (zeros: nothing) in bars of a kind [n].
        """
        leaps, waits = (self.leaps > RARE_LEAP)[compound.long()], (self.waits > RARE_WAIT)[compound.long()]
        waits = waits | (torch.arange(LONGEST + 1, device=logits.device) == LONGEST)
        last, wait = _heard_last(before)
        pitches = torch.arange(melody_symbols.PITCHES, device=logits.device)
        notes = slice(melody.FIRST_PITCH_TOKEN, melody_symbols.PAD)
        found = []
        for slot in range(logits.shape[1]):
            leap = (pitches - last[:, None] + WIDEST).clamp(0, 2 * WIDEST)
            known = leaps.gather(1, leap) & waits.gather(1, wait[:, None].clamp_max(LONGEST))
            here = logits[:, slot].clone()
            here[:, notes] = here[:, notes].masked_fill(~known & (last >= 0)[:, None], NEVER)
            symbol = here.argmax(1)
            struck = (symbol >= melody.FIRST_PITCH_TOKEN) & (symbol < melody_symbols.PAD)
            last = torch.where(struck, symbol - melody.FIRST_PITCH_TOKEN, last)
            wait = torch.where(struck, 1, wait + (symbol != melody_symbols.PAD))
            found.append(symbol)
        return torch.stack(found, 1)


def _heard_last(music: Tensor) -> tuple[Tensor, Tensor]:
    """The pitch [n] that was struck last in music [n, slots, SYMBOLS], -1 if there is none, and how many steps before
    the next one [n].
    """
    symbols, used = music.argmax(2), music[..., melody_symbols.PAD] < 0.5
    struck = (symbols >= melody.FIRST_PITCH_TOKEN) & used & (music.sum(2) > 0.5)
    places = torch.arange(music.shape[1], device=music.device)
    last = torch.where(struck, places, -1).amax(1)
    pitch = symbols.gather(1, last.clamp_min(0)[:, None])[:, 0] - melody.FIRST_PITCH_TOKEN
    wait = (used & (places >= last[:, None])).sum(1)
    return torch.where(last >= 0, pitch, -1), wait
