"""What may come next in a tune, so that bars add up: the length of a bar is a law, nothing a network guesses."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.codecs.tune import (
    BAR,
    END,
    FILLABLE,
    FIRST_METER,
    FIRST_MODE,
    FIRST_PITCH,
    HEAD,
    LONGEST_BAR,
    REST,
    SYMBOLS,
    TIE,
    UNITS,
)
from engine.models.parts.event_ear import Heard

FEWEST = 4  # bars before a tune may end by itself
_NUMBERS = torch.arange(SYMBOLS)
_EVENTS = (_NUMBERS >= FIRST_PITCH) | (_NUMBERS == REST) | (_NUMBERS == TIE)
_UNITS = torch.as_tensor(UNITS)
_FILLABLE = torch.as_tensor(FILLABLE)


def symbols(heard: Heard, sounding: Tensor, bars: Tensor, row: int) -> Tensor:
    """Which symbols [n, SYMBOLS] may stand in a row; heard of it [n, 1].

    Args:
        heard: at this row.
        sounding: bool [n], a note was the last event.
        bars: int [n], how many there are to be; 0: it ends when it wants to.
        row: its number.
    """
    n = len(bars)
    if row < HEAD:
        return _head(row).expand(n, -1)
    onset, room, bar = heard.onset[:, -1], heard.room[:, -1], heard.bar[:, -1]
    may = _EVENTS.repeat(n, 1)
    may[:, TIE] = sounding
    full, line = room == 0, onset == 0
    over = line & (bars > 0) & (bar >= bars)
    may[full | over] = False
    may[:, BAR] = full
    may[:, END] = over | (line & (bars == 0) & (bar >= FEWEST))
    return may


def loosely(sounding: Tensor, row: int) -> Tensor:
    """Which symbols may stand in a row where bars need not add up: head where the head is, events behind it."""
    if row < HEAD:
        return _head(row).expand(len(sounding), -1)
    may = (_EVENTS | (_NUMBERS == BAR) | (_NUMBERS == END)).repeat(len(sounding), 1)
    may[:, TIE] = sounding
    return may


def _head(row: int) -> Tensor:
    """Symbols of the meter, or of the mode."""
    low, high = ((FIRST_METER, FIRST_MODE), (FIRST_MODE, FIRST_PITCH))[row]
    return (low <= _NUMBERS) & (high > _NUMBERS)


def lengths(symbol: Tensor, room: Tensor) -> Tensor:
    """Which lengths [n, numbers] may follow a symbol [n] where so many units [n] are open; none where none belongs.

    What is left behind it can be filled.
    """
    timed = (symbol >= FIRST_PITCH) | (symbol == REST) | (symbol == TIE)
    behind = room[:, None] - _UNITS[None]
    fits = (behind >= 0) & _FILLABLE[behind.clamp(0, LONGEST_BAR)] & (_UNITS > 0)
    return torch.where(timed[:, None], fits, _UNITS == 0)
