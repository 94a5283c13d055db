"""Blocked Gibbs sampling, annealed: part of the open cells is asked for again, given all others, until it settles.

At first nearly everything open is redrawn at once, which is quick but rough; towards the end only a few cells are, each
knowing nearly all the others (Yao, Ozair, Cho, Bengio, 2014; Huang and others, 2017, for music). The share of redrawn
cells falls along a line and stays at its least for the last part of the rounds, where the music is polished.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

MOST, LEAST = 0.9, 0.1  # share of the open cells redrawn in the first and in the last rounds
FALLING = 0.7  # part of the rounds in which it falls


def shares(rounds: int, most: float = MOST, least: float = LEAST, falling: float = FALLING) -> list[float]:
    """Which share of the open cells each round redraws."""
    return [max(least, most - (most - least) * number / max(1.0, falling * rounds)) for number in range(rounds)]


def blocks(open_: Tensor, share: float, generator: torch.Generator, width: int = 1) -> Tensor:
    """Open cells [n, voices, steps] that are redrawn now: each with probability `share`, in groups of `width` steps.

    Wherever something is open, at least one cell is redrawn.
    """
    n, voices, steps = open_.shape
    luck = torch.rand(n, voices, -(-steps // width), generator=generator)
    luck = luck.repeat_interleave(width, -1)[..., :steps]
    chosen = open_ & (luck < share)
    least = torch.where(open_, luck, 2.0).flatten(1).argmin(1)
    empty = ~chosen.flatten(1).any(1)
    chosen.view(n, -1)[empty, least[empty]] = True
    return chosen & open_


def schedule(
    open_: Tensor, rounds: int, generator: torch.Generator, most: float = MOST, least: float = LEAST
) -> Iterator[Tensor]:
    """The cells to redraw, round by round; whole beats and single steps take turns until only details are left."""
    for number, share in enumerate(shares(rounds, most, least)):
        wide = number % 2 == 1 and number < rounds * FALLING
        yield blocks(open_, share, generator, 4 if wide else 1)
