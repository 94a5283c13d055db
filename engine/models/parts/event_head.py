"""Chained heads of an event: which symbol, and then, knowing the symbol, how long it lasts."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs.tune import FIRST_PITCH, HEAD, PAD, REST, SYMBOLS, TIE, UNITS


class EventHead(nn.Module):
    """p(symbol | all before) and p(length | all before, symbol)."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.symbol = nn.Linear(width, SYMBOLS)
        self.listen = nn.Linear(width, hidden)
        self.told = nn.Embedding(SYMBOLS, hidden)
        self.length = nn.Linear(hidden, len(UNITS))

    def symbols(self, state: Tensor) -> Tensor:
        """Logits of the symbol [..., SYMBOLS] of states [..., width]."""
        logits: Tensor = self.symbol(state)
        return logits.float()

    def lengths(self, state: Tensor, symbol: Tensor) -> Tensor:
        """Logits of the number of the length, the symbol [...] being known."""
        logits: Tensor = self.length(F.relu(self.listen(state) + self.told(symbol)))
        return logits.float()

    def nats(self, state: Tensor, rows: Tensor) -> Tensor:
        """How surprising rows [n, t, 2] are, [n, t]; PAD is not surprising, and neither is in which key a tune is."""
        symbol, number = rows[..., 0], rows[..., 1]
        which = F.cross_entropy(self.symbols(state).flatten(0, 1), symbol.flatten(), reduction="none")
        timed = (symbol >= FIRST_PITCH) | (symbol == REST) | (symbol == TIE)
        number = torch.where(timed, number, 0).clamp(0, len(UNITS) - 1)
        long = F.cross_entropy(self.lengths(state, symbol).flatten(0, 1), number.flatten(), reduction="none")
        nats = which.view_as(symbol) + torch.where(timed, long.view_as(symbol), 0.0)
        return torch.where(symbol == PAD, 0.0, nats)


def counted(rows: Tensor) -> Tensor:
    """Which rows of whole tunes [n, t, 2] are events that count: no PAD, and not the head."""
    place = torch.arange(rows.shape[1], device=rows.device)
    return (rows[..., 0] != PAD) & (place >= HEAD)
