"""What a benchmark has to hold, and how its samples are summed up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np


class Missing(Exception):
    """Something this machine lacks; the text says what. The figures are then left out and their gates do not hold."""


@dataclass(frozen=True)
class Gate:
    """A figure that has to be at most (or at least) a number.

    Attributes:
        name: what holds.
        figure: name of the figure within its benchmark.
        limit: the number.
        at_least: True for speed against a peer, False for time.
    """

    name: str
    figure: str
    limit: float
    at_least: bool = False

    def holds(self, figures: dict[str, float]) -> bool:
        """Whether it holds; a figure that is missing does not."""
        value = figures.get(self.figure)
        if value is None:
            return False
        return value >= self.limit if self.at_least else value <= self.limit

    @property
    def words(self) -> str:
        """The limit as people read it."""
        return f"{'>=' if self.at_least else '<='} {self.limit:g}"


def summed_up(name: str, milliseconds: Iterable[float], parts: tuple[int, ...] = (50, 95)) -> dict[str, float]:
    """Percentiles of samples, as `{name}_p50_ms` and so on."""
    samples = np.array(list(milliseconds))
    return {f"{name}_p{part}_ms": round(float(np.percentile(samples, part)), 3) for part in parts}


def timed(call: Callable[[], object], times: int, seconds: float = 10.0) -> list[float]:
    """Milliseconds of each of `times` calls, fewer if they last longer than `seconds`; one before is not counted."""
    call()
    spent: list[float] = []
    limit = time.perf_counter() + seconds
    while len(spent) < times and (now := time.perf_counter()) < limit:
        call()
        spent.append((time.perf_counter() - now) * 1e3)
    return spent
