"""What a network hears of a tune before each event: the event before, the place in the bar, what stood here earlier.

The place (how much of the bar is over, how much is left, which bar of a phrase) follows exactly from the lengths, so a
network need not count. What stood at the same place 1, 2, 4 and 8 bars ago, and whether the last event kept to it, is
the look back of Magenta's Lookback RNN (Waite, 2016), made for events.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.codecs.tune import (
    BAR,
    BAR_UNITS,
    FIRST_METER,
    FIRST_MODE,
    FIRST_PITCH,
    HEAD,
    LONGEST_BAR,
    METERS,
    MODES,
    REST,
    SYMBOLS,
    TIE,
    UNITS,
)

AGO = (1, 2, 4, 8)  # bars
NOTHING = SYMBOLS  # heard where nothing was yet
PHRASE = 16  # bars after which the count begins anew
UNKNOWN_LEFT, MOST_LEFT = 0, 18


@dataclass(frozen=True)
class Heard:
    """What is known before each row of tunes; every tensor [n, rows] but where it says otherwise.

    Attributes:
        symbol, length: of the row before.
        onset, room: units of the bar that are over, and that are left.
        bar: number of the bar.
        left: bars that are still to come with this one, plus 1; 0: nobody knows.
        meter, mode: numbers, plus 1; 0 as long as they are not told.
        ago: rows that stood here, and whether they began just here: [n, rows, len(AGO)] (-1: none).
        began: bool like `ago`.
        kept: whether the row before was the one that stood there then, bool like `ago`.
    """

    symbol: Tensor
    length: Tensor
    onset: Tensor
    room: Tensor
    bar: Tensor
    left: Tensor
    meter: Tensor
    mode: Tensor
    ago: Tensor
    began: Tensor
    kept: Tensor

    def part(self, rows: slice) -> Heard:
        """Only some of the rows."""
        return Heard(**{name: value[:, rows] for name, value in vars(self).items()})


def lasting(x: Tensor) -> Tensor:
    """Units that each row of tunes [n, rows, 2] takes."""
    symbols = x[..., 0]
    events = (symbols >= FIRST_PITCH) | (symbols == REST) | (symbols == TIE)
    units = torch.as_tensor(UNITS, device=x.device)
    return torch.where(events, units[x[..., 1].clamp(0, len(UNITS) - 1)], 0)


def hear(x: Tensor, bars: Tensor | None = None) -> Heard:
    """What is known before each row of tunes [n, rows, 2]; `bars` [n] they are to have, 0 where nobody knows."""
    n, rows = x.shape[:2]
    symbols, long = x[..., 0], lasting(x)
    ends = long.cumsum(1)
    start = ends - long
    lines = symbols == BAR
    bar = lines.long().cumsum(1) - lines.long()
    line = torch.where(lines, start, 0).cummax(1).values
    line = torch.cat([torch.zeros_like(line[:, :1]), line[:, :-1]], 1)
    meter = (x[:, :1, 0] - FIRST_METER).clamp(0, len(METERS) - 1)
    bar_units = torch.as_tensor(BAR_UNITS, device=x.device)[meter]
    told = torch.arange(rows, device=x.device)[None]
    onset = torch.where(told >= HEAD, start - line, 0)
    mode = (x[:, 1:2, 0] - FIRST_MODE).clamp(0, len(MODES) - 1) if rows > 1 else torch.zeros_like(meter)
    left = torch.zeros_like(bar)
    if bars is not None:
        left = torch.where(bars[:, None] > 0, (bars[:, None] - bar + 1).clamp(1, MOST_LEFT - 1), UNKNOWN_LEFT)
    ago, began = _ago(start, bar, bar_units)
    then = x[torch.arange(n, device=x.device)[:, None, None], ago.clamp_min(0)]
    same = (then == x[:, :, None]).all(-1) & began
    return Heard(
        symbol=_before(symbols, NOTHING),
        length=torch.where(told > HEAD, _before(x[..., 1], 0), 0).clamp(0, len(UNITS) - 1),
        onset=onset.clamp(0, LONGEST_BAR),
        room=torch.where(told >= HEAD, bar_units - onset, 0).clamp(0, LONGEST_BAR),
        bar=bar,
        left=left,
        meter=torch.where(told >= 1, meter + 1, 0),
        mode=torch.where(told >= HEAD, mode + 1, 0),
        ago=ago,
        began=began,
        kept=torch.cat([torch.zeros_like(same[:, :1]), same[:, :-1]], 1),
    )


def _before(values: Tensor, first: int) -> Tensor:
    return torch.cat([torch.full_like(values[:, :1], first), values[:, :-1]], 1)


def _ago(start: Tensor, bar: Tensor, bar_units: Tensor) -> tuple[Tensor, Tensor]:
    """The row that stood at each place so many bars ago (-1: none), and whether it began just there."""
    found, exact = [], []
    start = start.contiguous()
    for bars in AGO:
        then = (start - bars * bar_units).contiguous()
        row = torch.searchsorted(start, then, right=True) - 1
        known = (bar >= bars) & (row >= HEAD)
        row = torch.where(known, row, -1)
        found.append(row)
        exact.append(known & (start.gather(1, row.clamp_min(0)) == then))
    return torch.stack(found, -1), torch.stack(exact, -1)


class Ear(nn.Module):
    """What is heard [n, rows] as features [n, rows, width]."""

    def __init__(self, width: int, embedding: int, look_back: bool) -> None:
        super().__init__()
        self.look_back = look_back
        self.symbol = nn.Embedding(SYMBOLS + 1, embedding)
        self.length = nn.Embedding(len(UNITS), embedding)
        self.onset = nn.Embedding(LONGEST_BAR + 1, embedding)
        self.room = nn.Embedding(LONGEST_BAR + 1, embedding)
        self.phrase = nn.Embedding(PHRASE, embedding)
        self.left = nn.Embedding(MOST_LEFT, embedding)
        self.meter = nn.Embedding(len(METERS) + 1, embedding)
        self.mode = nn.Embedding(len(MODES) + 1, embedding)
        known = (2 + len(AGO)) * embedding + 2 * len(AGO) if look_back else 2 * embedding
        self.together = nn.Linear(known, width)

    def forward(self, x: Tensor, heard: Heard) -> Tensor:
        """Features of what is heard of tunes x [n, all rows, 2] at some of their rows."""
        place = self.onset(heard.onset) + self.room(heard.room) + self.phrase(heard.bar % PHRASE)
        place = place + self.left(heard.left) + self.meter(heard.meter) + self.mode(heard.mode)
        parts = [self.symbol(heard.symbol) + self.length(heard.length), place]
        if self.look_back:
            then = x[torch.arange(len(x), device=x.device)[:, None, None], heard.ago.clamp_min(0)]
            none = heard.ago < 0
            symbol = torch.where(none, NOTHING, then[..., 0])
            length = torch.where(none, 0, then[..., 1]).clamp(0, len(UNITS) - 1)
            parts.append((self.symbol(symbol) + self.length(length)).flatten(2))
            parts += [heard.began.to(parts[0].dtype), heard.kept.to(parts[0].dtype)]
        found: Tensor = self.together(torch.cat(parts, -1))
        return found
