"""Bars, beats and the snap grid of a score, through changes of meter."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.score import Meter, Score

GRIDS: dict[str, float] = {  # name -> part of a quarter note; 0 does not snap
    "1/1": 4.0,
    "1/2": 2.0,
    "1/4": 1.0,
    "1/8": 1 / 2,
    "1/16": 1 / 4,
    "1/32": 1 / 8,
    "1/2T": 4 / 3,
    "1/4T": 2 / 3,
    "1/8T": 1 / 3,
    "1/16T": 1 / 6,
    "1/32T": 1 / 12,
    "off": 0.0,
}


def grid_ticks(name: str, ticks_per_quarter: int) -> int:
    """Ticks of one step of a named grid; 0 for "off"."""
    return round(GRIDS[name] * ticks_per_quarter)


@dataclass(frozen=True, slots=True)
class _Span:
    """Ticks in which one meter rules."""

    tick: int
    bar: int  # number of the first bar, from 0
    bar_ticks: int
    beat_ticks: int


def _beat_ticks(meter: Meter, ticks_per_quarter: int) -> int:
    """What a musician counts: the dotted note in 6/8, 9/8, 12/8, the written unit elsewhere."""
    unit = max(1, ticks_per_quarter * 4 // meter.denominator)
    compound = meter.denominator >= 8 and meter.numerator > 3 and meter.numerator % 3 == 0
    return unit * 3 if compound else unit


class Bars:
    """Bar numbers and grid lines of one score. Build a new one when the score changes; it is a few tuples."""

    def __init__(self, score: Score) -> None:
        self._spans: list[_Span] = []
        bar = 0
        for meter, following in zip(score.meters, (*score.meters[1:], None), strict=True):
            length = score.bar_ticks(meter)
            beat = min(length, _beat_ticks(meter, score.ticks_per_quarter))
            self._spans.append(_Span(meter.tick, bar, length, beat))
            if following is not None:
                bar += -(-(following.tick - meter.tick) // length)

    def _span_at(self, tick: float) -> _Span:
        return self._spans[max(0, bisect_right(self._spans, tick, key=lambda span: span.tick) - 1)]

    def place(self, tick: int) -> tuple[int, int]:
        """Bar and beat of a tick as a musician counts them, both from 1."""
        span = self._span_at(tick)
        bar, rest = divmod(tick - span.tick, span.bar_ticks)
        return span.bar + bar + 1, rest // span.beat_ticks + 1

    def beat_start(self, tick: int) -> int:
        """Tick at which the beat around a tick starts."""
        start = self.bar_start(tick)
        beat = self._span_at(tick).beat_ticks
        return start + (tick - start) // beat * beat

    def next_beat(self, tick: int) -> int:
        """The first beat after a tick; a bar line is one."""
        start = self.beat_start(tick)
        return min(start + self._span_at(tick).beat_ticks, self.bar_end(tick + 1))

    def near_beat(self, tick: float) -> int:
        """The beat nearest to a tick."""
        start, following = self.beat_start(int(tick)), self.next_beat(int(tick))
        return start if tick - start <= following - tick else following

    def bar_start(self, tick: int) -> int:
        """Tick at which the bar around a tick starts."""
        span = self._span_at(tick)
        return span.tick + (tick - span.tick) // span.bar_ticks * span.bar_ticks

    def bar_end(self, tick: int) -> int:
        """First bar line at or after a tick."""
        start = self.bar_start(tick)
        return tick if start == tick else start + self._span_at(tick).bar_ticks

    def snap(self, tick: float, step: int, mode: str = "near") -> int:
        """A tick moved to the grid, which starts anew at every bar line.

        Args:
            tick: any place >= 0.
            step: ticks of the grid; 0 only rounds to whole ticks.
            mode: "near", "down" or "up".
        """
        if step <= 0:
            return max(0, round(tick))
        origin = self.bar_start(int(tick))
        steps = (tick - origin) / step
        whole = {"near": np.floor(steps + 0.5), "down": np.floor(steps), "up": np.ceil(steps)}[mode]
        return max(0, min(origin + int(whole) * step, self.bar_end(int(tick) + 1)))

    def _each(self, left: float, right: float) -> list[tuple[_Span, float, float]]:
        """The spans of meter between two ticks, with where each begins and ends there."""
        ends = [span.tick for span in self._spans[1:]] + [float("inf")]
        clipped = [(span, max(left, span.tick), min(right, end)) for span, end in zip(self._spans, ends, strict=True)]
        return [(span, start, end) for span, start, end in clipped if start < end]

    def bars(self, left: float, right: float, closest: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Bar lines between two ticks, thinned to 1, 2, 4, 8 ... bars so that they are `closest` ticks apart.

        Returns:
            ticks [n] and bar numbers from 1 [n].
        """
        ticks, numbers = [np.zeros(0)], [np.zeros(0, np.int64)]
        for span, start, end in self._each(left, right):
            every = 1
            while span.bar_ticks * every < closest:
                every *= 2
            first = -(-(span.bar + (start - span.tick) / span.bar_ticks) // every) * every
            last = span.bar + (end - span.tick) / span.bar_ticks
            bars = np.arange(first, last, every)
            ticks.append(span.tick + (bars - span.bar) * span.bar_ticks)
            numbers.append(bars.astype(np.int64) + 1)
        return np.concatenate(ticks), np.concatenate(numbers)

    def beats(self, left: float, right: float, closest: float) -> NDArray[np.float64]:
        """Beat lines (bar lines among them) between two ticks; none where they would be closer than `closest`."""
        return self._lines(left, right, closest, 0)

    def grid(self, left: float, right: float, closest: float, step: int) -> NDArray[np.float64]:
        """Lines of the snap grid (beats and bars among them); none where they would be closer than `closest`."""
        return self._lines(left, right, closest, step) if step > 0 else np.zeros(0)

    def _lines(self, left: float, right: float, closest: float, step: int) -> NDArray[np.float64]:
        lines = [np.zeros(0)]
        for span, start, end in self._each(left, right):
            distance = step or span.beat_ticks
            if distance < closest:
                continue
            bars = np.arange((start - span.tick) // span.bar_ticks, (end - span.tick) / span.bar_ticks)
            inside = np.arange(0, span.bar_ticks, distance)
            ticks = (span.tick + bars[:, None] * span.bar_ticks + inside[None, :]).ravel()
            lines.append(ticks[(ticks >= start) & (ticks < end)])
        return np.concatenate(lines)
