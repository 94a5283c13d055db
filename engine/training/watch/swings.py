"""How often a figure swings to and fro: the mark of two players who run round one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

WINDOW = 24  # values that are looked at, the newest
LEAST = 0.5  # of the range of the window, what counts as a swing
LARGE = 0.3  # of the range of all values, what the window has to cover
SMOOTH = 0.5  # correlation of a value with the next, below which it is noise and no swing


def swings(values: Sequence[float]) -> int:
    """Half circles among the newest values: turning points of slow, large swings; 0 for noise and for what settles."""
    recent = np.asarray(values[-WINDOW:], dtype=float)
    if len(recent) < WINDOW // 2 or not np.isfinite(recent).all():
        return 0
    places = np.arange(len(recent))
    rest = recent - np.polyval(np.polyfit(places, recent, 1), places)
    whole = float(np.ptp(np.asarray(values, dtype=float)[len(values) // 10 :]))  # without the first, wild ones
    if np.ptp(rest) <= max(LARGE * whole, 1e-9 * float(np.abs(recent).max())):
        return 0
    if float(rest[1:] @ rest[:-1]) < SMOOTH * float(rest @ rest):
        return 0
    return _turns(rest.tolist(), LEAST * float(np.ptp(rest)))


def _turns(values: Sequence[float], least: float) -> int:
    """How often the direction changes, counting moves of at least so much."""
    count, way = 0, 0
    low = high = values[0]
    for value in values[1:]:
        low, high = min(low, value), max(high, value)
        if way <= 0 and value - low >= least:
            count, way, high = count + 1, 1, value
        elif way >= 0 and high - value >= least:
            count, way, low = count + 1, -1, value
    return count
