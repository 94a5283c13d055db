"""Which brick follows which: the prior of the VQ-VAE, a GRU over the numbers it has learnt."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.parts import dice
from engine.models.parts.melody_pitch import REGISTERS

TRIES = 8  # ways to fill a gap, of which the one that goes best with what follows is likeliest to be taken
STRIDE = 7_919  # between the seeds of the tries


class Prior(nn.Module):
    """Law of rows of `length` bricks out of `book`, and of the first note's pitch, by kind of bar."""

    def __init__(self, book: int, length: int, width: int) -> None:
        super().__init__()
        self.book, self.length = book, length
        self.bricks = nn.Embedding(book + 2, width)  # then "nothing here" and "nothing yet"
        self.places = nn.Parameter(torch.randn(length, width) * 0.1)
        self.start = nn.Embedding(2 * REGISTERS, width)  # by kind of bar and first pitch
        self.registers = nn.Parameter(torch.zeros(2, REGISTERS))
        self.turn = nn.GRU(width, width, batch_first=True)
        self.out = nn.Linear(width, book)
        nn.init.normal_(self.start.weight, std=0.1)

    def cost(self, ids: Tensor, first: Tensor, compound: Tensor) -> Tensor:
        """Mean nats of a brick of ids [n, length] given those before it; the first pitch's are shared among them."""
        real = ids < self.book
        spent = self._costs(ids, first, compound).sum()
        spent = spent + F.cross_entropy(self.registers[compound.long()].float(), first, reduction="sum")
        return spent / real.sum().clamp_min(1)

    def _costs(self, ids: Tensor, first: Tensor, compound: Tensor) -> Tensor:
        """Nats of every brick, zero where there is nothing, [n, length]."""
        before = F.pad(ids, (1, 0), value=self.book + 1)[:, :-1]
        state, _ = self.turn(self.bricks(before) + self.places, self._begin(first, compound)[None])
        logits = self.out(state).float()
        spent = F.cross_entropy(logits.transpose(1, 2), ids.clamp_max(self.book - 1), reduction="none")
        return torch.where(ids < self.book, spent, torch.zeros_like(spent))

    def _begin(self, first: Tensor, compound: Tensor) -> Tensor:
        return torch.as_tensor(self.start(first + REGISTERS * compound.long()))

    def fill(self, ids: Tensor, compound: bool, spread: float, seed: int) -> Tensor:
        """Numbers [n, length + 1] (the first pitch last) with every -1 drawn, the rest as it was.

        Gaps are drawn from left to right, TRIES times; of these ways one is taken by how likely it makes the bricks
        that were given after a gap (sampling and resampling by importance: Rubin, 1987).
        """
        n, device = len(ids), ids.device
        kind = torch.full((n,), compound, device=device)
        noise = gumbel((n, REGISTERS), seed).to(device) * spread
        first = torch.where(ids[:, -1] < 0, (self.registers[kind.long()] + noise).argmax(-1), ids[:, -1])
        wanted = ids[:, :-1].clone()
        if compound:
            wanted[:, 3::4] = self.book
        told = (wanted >= 0) & (wanted < self.book) & ((wanted < 0).cumsum(1) > 0)  # given, and after a gap
        tries = TRIES if bool(told.any()) else 1
        ways = torch.stack([self._way(wanted, first, kind, spread, seed + STRIDE * i) for i in range(tries)])
        fit = torch.stack([-(self._costs(way, first, kind) * told).sum(1) for way in ways], 1)
        fit = fit + gumbel((n, TRIES), seed + STRIDE * TRIES).to(device)[:, :tries] * spread
        best = torch.where(told.any(1), fit.argmax(1), 0)
        return torch.cat([ways[best, torch.arange(n, device=device)], first[:, None]], 1)

    def _way(self, wanted: Tensor, first: Tensor, kind: Tensor, spread: float, seed: int) -> Tensor:
        """One way to fill the gaps of [n, length], from left to right."""
        noise = gumbel((len(wanted), self.length, self.book), seed).to(wanted.device) * spread
        state, before, row = self._begin(first, kind), torch.full_like(wanted[:, 0], self.book + 1), []
        for place in range(self.length):
            state = torch.gru_cell(self.bricks(before) + self.places[place], state, *self.turn.all_weights[0])
            drawn = (self.out(state) + noise[:, place]).argmax(-1)
            before = torch.where(wanted[:, place] < 0, drawn, wanted[:, place])
            row.append(before)
        return torch.stack(row, 1)


def gumbel(shape: tuple[int, ...], seed: int) -> Tensor:
    """Noise with which the largest of logits is a draw; its rows are the same however many there are."""
    return dice.gumbel(shape, torch.Generator().manual_seed(seed))
