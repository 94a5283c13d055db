"""What counting alone knows of tunes: the next event from the last two (smoothed after Witten and Bell, 1991)."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Tokens
from engine.codecs.tune import FIRST_PITCH, HEAD, LENGTHS, PAD, SYMBOLS

KINDS = (SYMBOLS - FIRST_PITCH + 2) * len(LENGTHS) + 2  # notes, rests and ties of every length, bar lines, the end
Context = tuple[int, ...]


def events_of(windows: Tokens) -> list[list[int]]:
    """The events of tunes [n, ROWS, 2] behind their heads as numbers: symbol and length in one."""
    joined = windows[..., 0].astype(np.int64) * 32 + windows[..., 1]
    return [row[HEAD:][tune[HEAD:, 0] != PAD].tolist() for row, tune in zip(joined, windows, strict=True)]


class NGrams:
    """Counts of events after every context of up to `order` - 1 events."""

    def __init__(self, tunes: list[list[int]], order: int) -> None:
        self.order = order
        self.counts: list[dict[Context, dict[int, int]]] = [defaultdict(dict) for _ in range(order)]
        for tune in tunes:
            padded = [-1] * (order - 1) + tune
            for at in range(order - 1, len(padded)):
                for size in range(order):
                    after = self.counts[size][tuple(padded[at - size : at])]
                    after[padded[at]] = after.get(padded[at], 0) + 1
        self.totals = [{context: sum(after.values()) for context, after in table.items()} for table in self.counts]

    def nats(self, tunes: list[list[int]], order: int) -> NDArray[np.float64]:
        """Surprise at every event of some tunes, in one row, by contexts of up to `order` - 1 events."""
        found = []
        for tune in tunes:
            padded = [-1] * (order - 1) + tune
            found += [
                self._chance(tuple(padded[at - order + 1 : at]), padded[at]) for at in range(order - 1, len(padded))
            ]
        return -np.log(np.array(found))

    def _chance(self, context: Context, event: int) -> float:
        """p(event | context): what was counted, and for what was not the shorter context, down to all being alike."""
        chance = 1 / KINDS
        for size in range(len(context) + 1):
            short = context[len(context) - size :]
            after = self.counts[size].get(short)
            if after is None:
                break
            kinds, total = len(after), self.totals[size][short]
            chance = (after.get(event, 0) + kinds * chance) / (total + kinds)
        return chance
