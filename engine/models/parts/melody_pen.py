"""How a melody said all at once is written down: the likeliest symbols, but no rhythm that the music does not know.

A network that says all slots at one look now and then puts a note where none can be: seven sixteenths after the last.
Such distances between onsets are counted in the music that is learnt from, and a note that would stand at one that is
not known waits for the next slot that is free.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.codecs import melody
from engine.models.parts import melody_symbols as symbols
from engine.models.parts.melody_pitch import onset_gaps

RARE = 1e-4  # share of the distances between onsets below which one is not known


class Pen(nn.Module):
    """Writes logits [n, 32, SYMBOLS] as symbols [n, 32]; remembers how far apart onsets stand."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: Tensor  # how often onsets stand 0..32 steps apart, in duple and compound bars; nothing counted: 0
        self.register_buffer("gaps", torch.zeros(2, melody.SLOTS + 1))

    def count(self, tokens: Tensor) -> None:
        """Hear some more music, tokens [n, 32]."""
        self.gaps += onset_gaps(tokens)

    def known(self) -> Tensor:
        """Whether a note may follow another after 0..32 steps, bool [2, 33]; everything may where nothing was heard."""
        total = self.gaps.sum(1, keepdim=True)
        known = (self.gaps > RARE * total) | (total == 0)
        known[:, 0] = True  # the first note may begin anywhere
        return known

    @torch.no_grad()
    def forward(self, logits: Tensor, compound: Tensor) -> Tensor:
        """Symbols [n, 32] of logits in which only what can be barred is said (`symbols.bars`); compound is bool [n]."""
        known = self.known()[compound.long()]  # [n, 33]
        rows = torch.arange(len(logits), device=logits.device)
        said = logits.argmax(-1)
        age = torch.zeros_like(rows)  # steps since the last onset; 0 before the first
        waiting = torch.zeros_like(rows)  # the note that could not be written yet; 0: none
        found = said.clone()
        for slot in range(said.shape[1]):
            now = said[:, slot]
            used = now != symbols.PAD
            now = torch.where((now == melody.HOLD) & (waiting > 0), waiting, now)
            begins = (now >= melody.FIRST_PITCH_TOKEN) & used
            barred = begins & ~known[rows, age]
            found[:, slot] = torch.where(barred, melody.HOLD, now)
            waiting = torch.where(used, torch.where(barred, now, 0), waiting)
            written = begins & ~barred
            age = torch.where(written, 1, torch.where(used & (age > 0), age + 1, age)).clamp_max(melody.SLOTS)
        return found
