"""Time signature, key and tempo from a place of the piece on: Score -> Score. What says the same again is not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.commands.arrange import FASTEST, SLOWEST
from engine.errors import UserError
from engine.score import Key, Meter, Score, Tempo
from engine.score.note import MAX_TICK

T = TypeVar("T", Tempo, Meter, Key)
MOST = 64  # beats that a bar may have; the limit of files is 255, but nobody counts so far


def bar_of(score: Score, tick: float) -> int:
    """Tick at which the bar around a tick begins."""
    meter = score.meter_at(int(tick))
    length = score.bar_ticks(meter)
    return meter.tick + (int(tick) - meter.tick) // length * length


def bars_around(score: Score, ticks: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ticks at which the bars around some ticks begin, and at which the next ones do; shapes as given."""
    begins = np.array([meter.tick for meter in score.meters])
    lengths = np.array([score.bar_ticks(meter) for meter in score.meters])
    which = np.searchsorted(begins, ticks, side="right") - 1
    first = begins[which] + (ticks - begins[which]) // lengths[which] * lengths[which]
    return first, np.minimum(first + lengths[which], np.append(begins[1:], MAX_TICK)[which])


def read_meter(text: str) -> tuple[int, int]:
    """A time signature as it is written: "7/8" is (7, 8).

    Raises:
        UserError: it is none.
    """
    parts = [part.strip() for part in text.split("/")]
    if len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts):
        beats, unit = int(parts[0]), int(parts[1])
        if 1 <= beats <= MOST and unit in (1, 2, 4, 8, 16, 32):
            return beats, unit
    raise UserError(f"“{text.strip()}” is no time signature.", "Write it like 3/4, 6/8 or 7/16.")


def with_meter(score: Score, numerator: int, denominator: int, tick: float = 0) -> Score:
    """The piece in another time signature from the bar around `tick` on, until the next one. No note moves."""
    meters = score.marked(Meter(bar_of(score, tick), numerator, denominator)).meters
    return replace(score, meters=_needed(meters, lambda meter: (meter.numerator, meter.denominator)))


def with_key(score: Score, key: Key, tick: float = 0) -> Score:
    """The piece in another key from the bar around `tick` on, until the next one; before the first it is in C major."""
    written = score if score.keys else score.marked(Key(0))
    keys = written.marked(replace(key, tick=bar_of(score, tick))).keys
    return replace(score, keys=_needed(keys, lambda one: (one.fifths, one.minor)))


def with_tempo_from(score: Score, bpm: float, tick: int) -> Score:
    """The piece at another tempo from `tick` on, until the next one; the same tempo as before takes a change away."""
    tempos = score.marked(Tempo.of_bpm(tick, min(FASTEST, max(SLOWEST, bpm)))).tempos
    return replace(score, tempos=_needed(tempos, lambda tempo: tempo.microseconds))


def _needed(marks: Iterable[T], said: Callable[[T], object]) -> tuple[T, ...]:
    """Without those that say what the one before has said."""
    kept: list[T] = []
    for mark in marks:
        if not kept or said(kept[-1]) != said(mark):
            kept.append(mark)
    return tuple(kept)
