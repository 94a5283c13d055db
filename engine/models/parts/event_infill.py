"""A stretch of a tune written anew: many fillings of exactly its length, of which what follows chooses one.

A network that writes from left to right does not hear what comes after a hole. So it fills it many times, and each
filling is weighed by how well the music behind it then follows (importance resampling).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.codecs.tune import BAR, END, PAD
from engine.jobs.job import Report, stretch
from engine.models.capabilities import Watch
from engine.models.parts.event_ear import lasting
from engine.models.parts.event_sampler import NEVER, task, write

if TYPE_CHECKING:
    from engine.models.parts.event_network import EventNetwork

TRIES = 64  # fillings of which one is chosen
BEHIND = 24  # rows behind a hole that are heard for it


def stretches(open_: Tensor, symbols: Tensor) -> list[tuple[int, int]]:
    """First open row and the row behind the last, of each stretch of open rows [rows]; bar lines do not divide one."""
    found: list[tuple[int, int]] = []
    for row in open_.nonzero()[:, 0].tolist():
        if found and bool((symbols[found[-1][1] : row] == BAR).all()):
            found[-1] = (found[-1][0], row + 1)
        else:
            found.append((row, row + 1))
    return found


def fill(
    network: EventNetwork,
    x: Tensor,
    hole: Tensor,
    temperature: float,
    generator: torch.Generator,
    report: Report,
    watch: Watch,
) -> Tensor:
    """One tune [rows, 2] with its open rows, bool [rows], written anew; what is around them stands where it stood."""
    holes = stretches(hole, x[:, 0])
    for number, (first, last) in enumerate(reversed(holes)):  # from behind: rows before a hole keep their numbers
        part = stretch(report, number / len(holes), (number + 1) / len(holes))
        x = _one(network, x, first, last, temperature, generator, part)
        watch(x[None])
    return x


def _one(
    network: EventNetwork,
    x: Tensor,
    first: int,
    last: int,
    temperature: float,
    generator: torch.Generator,
    report: Report,
) -> Tensor:
    """One stretch of rows of a tune written anew."""
    end = int(lasting(x[None, :last]).sum())
    behind = x[last:][x[last:, 0] != PAD]
    room = len(x) - len(behind)
    ends = bool((behind[:, 0] == END).any())
    told = int((x[:, 0] == BAR).sum()) if ends else 0
    given = x[None, :first].expand(TRIES, -1, -1)
    made = write(network, task(given, first, room, NEVER, told, end), temperature, generator, report)
    tries = torch.zeros(TRIES, len(x), 2, dtype=torch.int64)
    weights = torch.full((TRIES,), -torch.inf)
    lengths = (made[..., 0] != PAD).sum(1)
    for index, long in enumerate(lengths.tolist()):
        tries[index, :long] = made[index, :long]
        tries[index, long : long + len(behind)] = behind
    nats = network.nats(tries, torch.full((TRIES,), told))
    for index, long in enumerate(lengths.tolist()):
        if int(lasting(made[index : index + 1]).sum()) == end:  # there was room for all of it
            weights[index] = -nats[index, long : long + BEHIND].sum()
    if not torch.isfinite(weights).any():
        return x
    if temperature <= 0:
        return tries[int(weights.argmax())]
    return tries[int(torch.multinomial(weights.softmax(0), 1, generator=generator))]
