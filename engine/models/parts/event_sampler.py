"""Tunes written event by event: new ones, what follows on a tune, and fillings of a stretch between two ends of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.codecs.tune import BAR, BAR_UNITS, END, FIRST_METER, FIRST_PITCH, HEAD, LONGEST_BAR, PAD, TIE
from engine.jobs.job import Report
from engine.models.parts import event_rules
from engine.models.parts.event_ear import hear, lasting

if TYPE_CHECKING:
    from engine.models.parts.event_network import EventNetwork

NUCLEUS = 0.97  # of the probability; what lies beyond is never played
NEVER = 1 << 20


@dataclass(frozen=True)
class Task:
    """What is to be written.

    Attributes:
        given: rows [n, g, 2] that stand already.
        rows: how many of them, int [n].
        bars: after how many bars a tune ends, int [n]; 0: when it wants to; NEVER: it does not.
        told: the same as far as the network may know it; 0: it is not told.
        end: units from the beginning where writing stops, int [n].
        longest: rows that there is room for.
        strict: bars add up; else they do as the network pleases.
    """

    given: Tensor
    rows: Tensor
    bars: Tensor
    told: Tensor
    end: Tensor
    longest: int
    strict: bool = True


def task(given: Tensor, rows: int | Tensor, longest: int, bars: int = 0, told: int = 0, end: int = NEVER) -> Task:
    """A task of which all tunes are alike but for what is given, [n, g, 2]."""
    n = len(given)
    rows = rows if isinstance(rows, Tensor) else torch.full((n,), rows)
    return Task(given, rows, torch.full((n,), bars), torch.full((n,), told), torch.full((n,), end), longest)


def loose(task: Task) -> Task:
    """The same, with bars as the network pleases."""
    return replace(task, strict=False)


def write(network: EventNetwork, task: Task, temperature: float, generator: torch.Generator, report: Report) -> Tensor:
    """Rows int64 [n, longest, 2]: what was given and what comes behind it, PAD behind the end."""
    n, known = len(task.given), task.given.shape[1]
    x = torch.zeros(n, task.longest, 2, dtype=torch.int64)
    x[:, :known] = torch.where((torch.arange(known) < task.rows[:, None])[..., None], task.given, PAD)
    first = max(0, min(int(task.rows.min()), task.longest))
    state = network.body.begin(n)
    if first:
        state = network.body.caught_up(network.ear(x, hear(x[:, :first], task.told)))
    done = torch.zeros(n, dtype=torch.bool)
    for row in range(first, task.longest):
        report(row, task.longest, "writing")
        now = hear(x[:, : row + 1], task.told).part(slice(row, row + 1))
        said, state = network.body.step(network.ear(x, now)[:, 0], state)
        at = lasting(x[:, :row]).sum(1)
        done = done | ((row >= task.rows) & (at >= task.end))
        fresh = ~done & (row >= task.rows)
        if fresh.any():
            now = replace(now, room=torch.minimum(now.room, (task.end - at).clamp(0)[:, None]))
            made = _next(network, task, said, now, _sounding(x, row), row, temperature, generator)
            x[:, row] = torch.where(fresh[:, None], made, x[:, row])
        done = done | (fresh & (x[:, row, 0] == END))
        if done.all():
            break
    return x


def _sounding(x: Tensor, row: int) -> Tensor:
    """Whether the last row before this one that is no bar line is a note, [n]."""
    symbols = x[:, max(0, row - 2) : row, 0]
    if not symbols.shape[1]:
        return torch.zeros(len(x), dtype=torch.bool)
    last = torch.where(symbols[:, -1] == BAR, symbols[:, 0], symbols[:, -1])
    return (last >= FIRST_PITCH) | (last == TIE)


def _next(
    network: EventNetwork,
    task: Task,
    said: Tensor,
    now: event_rules.Heard,
    sounding: Tensor,
    row: int,
    temperature: float,
    generator: torch.Generator,
) -> Tensor:
    """One more row [n, 2] of each tune."""
    if task.strict:
        may = event_rules.symbols(now, sounding, task.bars, row)
    else:
        may = event_rules.loosely(sounding, row)
    symbol = chosen(network.head.symbols(said), may, temperature, generator)
    room = now.room[:, 0] if task.strict else torch.full_like(symbol, LONGEST_BAR)
    fits = event_rules.lengths(symbol, room)
    return torch.stack([symbol, chosen(network.head.lengths(said, symbol), fits, temperature, generator)], -1)


def chosen(logits: Tensor, may: Tensor, temperature: float, generator: torch.Generator) -> Tensor:
    """One of the choices [n, k] that may be made, [n]."""
    logits = logits.masked_fill(~may, -torch.inf)
    if temperature <= 0:
        return logits.argmax(-1)
    shares = (logits / temperature).softmax(-1)
    ordered, order = shares.sort(-1, descending=True)
    ordered = torch.where(ordered.cumsum(-1) - ordered < NUCLEUS, ordered, 0.0)
    picked = torch.multinomial(ordered, 1, generator=generator)
    return order.gather(-1, picked)[:, 0]


def _from_first_note(rows: Tensor) -> Tensor:
    """A tune [rows, 2] without the silent bars it begins with."""
    notes = (rows[:, 0] >= FIRST_PITCH).nonzero()[:, 0]
    lines = (rows[:, 0] == BAR).nonzero()[:, 0]
    silent = lines[lines < notes[0]] if len(notes) else lines[:0]
    return torch.cat([rows[:HEAD], rows[int(silent[-1]) + 1 :]]) if len(silent) else rows


def follow(network: EventNetwork, x: Tensor, bars: int, temperature: float, seed: int, report: Report) -> Tensor:
    """The so many bars that follow on tunes [n, rows, 2]: tunes with the same head.

    The network hears all of each, but for silent bars before its first note.
    """
    generator = torch.Generator().manual_seed(seed)
    found = torch.zeros_like(x)
    for index, tune in enumerate(x):
        given = _from_first_note(tune[(tune[:, 0] != PAD) & (tune[:, 0] != END)])[None]
        meter = int(given[0, 0, 0]) - FIRST_METER
        heard = int((given[0, :, 0] == BAR).sum())
        end = (heard + bars) * int(BAR_UNITS[meter])
        long = given.shape[1] + x.shape[1] - 3
        made = write(network, task(given, given.shape[1], long, NEVER, 0, end), temperature, generator, report)[0]
        fresh = made[given.shape[1] :]
        fresh = torch.cat([fresh[fresh[:, 0] != PAD], torch.tensor([[BAR, 0]])])
        found[index, : 2 + len(fresh)] = torch.cat([given[0, :2], fresh])
    return found
