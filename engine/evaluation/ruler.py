"""Everything that is measured of a set of two-bar melodies, in one pass, against one reference."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from engine.evaluation.comparison_table import HIGHER, LOWER, Column
from engine.evaluation.currency import Coins
from engine.evaluation.features import Meter
from engine.evaluation.metrics import variety
from engine.evaluation.reference import Reference
from engine.jobs.job import Report, silent

FLOOR = 0.02  # least deviation of a feature: one leap of a seventh must not outweigh all else


class Ruler:
    """Measures sets of melodies against a reference; what both sides need is made once."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference

    @cached_property
    def meter(self) -> Meter:
        """The meter of 54 features."""
        return Meter(self.reference.near.windows, FLOOR)

    def measure(self, coins: Coins, learnt: bool, report: Report = silent) -> dict[str, float]:
        """Figures by the names of COLUMNS.

        Args:
            coins: two-bar melodies of the reference's kind of bar.
            learnt: whether they come from tunes of the reference's own half: copies then are counted in that only.
            report: progress and cancel point.
        """
        found: dict[str, float] = {}
        for index, (column, measure) in enumerate(_MEASURES):
            report(index, len(_MEASURES), column.title)
            found[column.name] = measure(self, coins, learnt)
        return found


def _distance(ruler: Ruler, coins: Coins, learnt: bool) -> float:
    return ruler.meter.frechet(coins.windows)


def _different(ruler: Ruler, coins: Coins, learnt: bool) -> float:
    return variety.different_share(coins.windows, coins.pieces)


def _copies(ruler: Ruler, coins: Coins, learnt: bool) -> float:
    known = ruler.reference.known if learnt else ruler.reference.learnt
    return variety.known_share(coins.windows, set(known))


_MEASURES: tuple[tuple[Column, Callable[[Ruler, Coins, bool], float]], ...] = (
    (
        Column(
            "distance",
            "distance",
            "Frechet distance over 54 musical features: how far the whole of the melodies is from real ones. "
            "Real music stands at the least that can be reached; a Markov chain at what counting neighbours is worth.",
            LOWER,
            digits=1,
        ),
        _distance,
    ),
    (
        Column(
            "different",
            "different",
            "Melodies that no other piece drawn had before, in any key. Low: the system repeats itself.",
            HIGHER,
            percent=True,
        ),
        _different,
    ),
    (
        Column(
            "copies",
            "copies",
            "Melodies that stand, in some key, among those learnt from. Real tunes share some with one another.",
            LOWER,
            percent=True,
        ),
        _copies,
    ),
)
COLUMNS = tuple(column for column, _ in _MEASURES)
