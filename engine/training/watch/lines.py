"""The small table of a network that still learns: its melodies beside real ones and those of a Markov chain.

All three rows are as many two-bar melodies in random keys, held against the same training melodies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody, tune
from engine.codecs.catalog import MELODIC, TUNES
from engine.codecs.codec import Codec, Tokens
from engine.codecs.melody import MELODY
from engine.corpus.dataset import Dataset, Split
from engine.evaluation import baselines
from engine.evaluation.currency import Coins, changed, joined, once
from engine.evaluation.features import Meter
from engine.evaluation.metrics.variety import different_share, known_share, shapes_of
from engine.jobs.job import Report, silent, stretch
from engine.models.row import Row
from engine.training.progress import Line
from engine.training.watch.attempts import attempted, way_of

MELODIES, LEAST = 200, 60  # of each row; with fewer than the least there is no table
AGAINST = 1_500  # training melodies
LEARNT = 100_000  # windows among which copies are looked for
TRIES = 3  # batches in which it may write bars of the other kind
FLOOR = 0.02  # least deviation of a feature: what is rare in the music weighs less
ITSELF, REAL, CHAIN = "this one", "real music", "Markov chain"


def has_lines(row: Row) -> bool:
    """Whether a system writes melodies of its own, or goes on from some."""
    return row.codec in (*MELODIC, *TUNES) and way_of(row) in ("plays", "samples", "continues")


@dataclass(frozen=True)
class _Known:
    """What is made once: the yardstick, what the training music is in any key, and the rows that never change."""

    meter: Meter
    learnt: frozenset[bytes]
    rows: tuple[Line, Line]
    count: int


class Table:
    """Measures a network; distance, share of different melodies, share of copies, named as in comparisons."""

    def __init__(self, row: Row, data: Dataset, codec: Codec) -> None:
        self._row, self._data, self._codec = row, data, codec
        self._compound = mostly_compound(data.held_out, codec)
        self._known: _Known | None = None
        self._hopeless = not len(data.held_out.windows)

    def measure(self, network: Any, report: Report = silent) -> tuple[Line, ...]:
        """The three rows; none if there is too little music of this kind, or it writes too little of it."""
        if self._known is None and not self._hopeless:
            self._known = self._reference(stretch(report, 0.0, 0.4))
            self._hopeless = self._known is None
        if self._known is None:
            return ()
        coins = self._written(network, self._known.count, stretch(report, 0.4, 0.9))
        if len(coins) < self._known.count:
            return ()
        return _line(ITSELF, coins, self._known.meter, self._known.learnt), *self._known.rows

    def _written(self, network: Any, count: int, report: Report) -> Coins:
        """So many melodies by the network, fewer if it does not write enough in these bars."""
        rng = np.random.default_rng(23)
        held = self._data.held_out.windows
        held = held[_in_bars(held, self._codec, self._compound)] if len(held) else held
        each = max(8, 3 * count // self._codec.bars)  # what a piece repeats counts once
        wished = {"compound": self._compound, "meter": "6/8" if self._compound else "4/4", "bars": self._codec.bars}
        parts: list[Coins] = []
        for number in range(TRIES):
            part = stretch(report, number / TRIES, (number + 1) / TRIES)
            given = _with_kind(self._row, network, held[rng.integers(0, len(held), each)], rng)
            windows = attempted(self._row, network, given, 1_000 + number, wished, part)
            found = once(changed(windows, self._codec, self._compound, range(number * each, (number + 1) * each)))
            parts.append(found.at(np.asarray((found.windows >= melody.FIRST_PITCH_TOKEN).any(1))))
            if sum(map(len, parts)) >= count:
                break
        coins = joined(parts).first(count)
        return Coins(MELODY.transpose_randomly(coins.windows, rng), coins.pieces)

    def _reference(self, report: Report) -> _Known | None:
        rng = np.random.default_rng(29)
        real = self._some(self._data.held_out, 2 * MELODIES, rng, stretch(report, 0.0, 0.3))
        known = self._some(self._data.train, AGAINST, rng, stretch(report, 0.3, 0.8))
        count = min(MELODIES, len(real), len(known))
        if count < LEAST:
            return None
        learnt = known.windows
        if self._codec.name in MELODIC:
            learnt = two_bars(np.asarray(self._data.train.windows[:LEARNT]), self._compound)
        meter, shapes = Meter(known.windows, FLOOR), frozenset(shapes_of(learnt))
        real = real.first(count)
        home = baselines.markov(baselines.at_home(real.windows), rng, baselines.at_home(known.windows))
        chain = Coins(MELODY.transpose_randomly(home, rng), real.pieces)
        return _Known(meter, shapes, (_line(REAL, real, meter, shapes), _line(CHAIN, chain, meter, shapes)), count)

    def _some(self, split: Split, limit: int, rng: np.random.Generator, report: Report) -> Coins:
        """Up to so many two-bar melodies of a split, in random keys."""
        order = rng.permutation(np.flatnonzero(_in_bars(split.windows, self._codec, self._compound)))
        order = order[: max(1, limit * melody.BARS // self._codec.bars)]
        coins = changed(split.windows[order], self._codec, self._compound, split.tunes[order].tolist(), report)
        coins = coins.at(rng.permutation(len(coins))).first(limit)
        return Coins(MELODY.transpose_randomly(coins.windows, rng), coins.pieces)


def two_bars(windows: Tokens, compound: bool) -> Tokens:
    """Melodies [n, 16 * bars] with this kind of bar as melodies of two bars; what is held over a cut begins again."""
    chosen = windows[melody.is_compound(windows) == compound]
    cut = chosen.copy()
    used = melody.slots(compound, chosen.shape[1] // melody.BAR_SLOTS)
    sounding = chosen[:, used]
    last = np.maximum.accumulate(np.where(sounding != melody.HOLD, np.arange(len(used)), 0), axis=1)
    lasting = np.take_along_axis(sounding, last, axis=1)
    span = melody.steps_per_bar(compound) * melody.BARS
    for first in range(span, len(used), span):
        cut[:, used[first]] = lasting[:, first]
    return cut.reshape(-1, melody.SLOTS)


def _line(name: str, coins: Coins, meter: Meter, learnt: frozenset[bytes]) -> Line:
    figures = {
        "distance": meter.frechet(coins.windows),
        "different": different_share(coins.windows, coins.pieces),
        "copies": known_share(coins.windows, learnt),
    }
    return Line(name, {key: round(value, 4) for key, value in figures.items()})


def _in_bars(windows: Tokens, codec: Codec, compound: bool) -> NDArray[np.bool_]:
    """Which windows have this kind of bar."""
    if codec.name in MELODIC:
        return np.asarray(melody.is_compound(windows) == compound)
    kinds = {(6, 8), (3, 4)} if compound else {(4, 4), (2, 2), (2, 4)}
    return np.array([tune.METERS[tune.meter_of(window)] in kinds for window in windows], dtype=bool)


def mostly_compound(split: Split, codec: Codec) -> bool:
    """Whether most of some melodies have bars in three or six; of other music False."""
    melodies = codec.name in (*MELODIC, *TUNES) and len(split.windows) > 0
    return melodies and float(_in_bars(np.asarray(split.windows[:LEARNT]), codec, True).mean()) > 0.5


def _with_kind(row: Row, network: Any, windows: Tokens, rng: np.random.Generator) -> Tokens:
    """Windows with the number of a kind in front, where the network tells kinds apart."""
    names = [name for name in getattr(network.options, "kinds", "").split(",") if name]
    if not names:
        return windows
    return np.concatenate([rng.integers(0, len(names), (len(windows), 1)).astype(np.uint8), windows], axis=1)
