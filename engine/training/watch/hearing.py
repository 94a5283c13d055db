"""What a network makes while it still learns, for the composer to hear: every few minutes a `Heard`.

A copy of the running average (of a game, of its best stage) is asked on the CPU, from the same dice each time. The
training itself is not touched: its weights, its random draws and its state stay as they are, and all the hearing
together takes no more than a small share of the time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.codecs.catalog import MELODIC
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.errors import Cancelled
from engine.jobs.job import Report, silent
from engine.models.row import Row
from engine.training.batches import Source, names_of
from engine.training.progress import Heard
from engine.training.watch.attempts import TICKS_PER_QUARTER, attempted, ideas, way_of
from engine.training.watch.forming import Forming
from engine.training.watch.lines import Table, has_lines, mostly_compound
from engine.verbs.idea import Idea

PIECES, DRAWN, SEED = 4, 12, 5  # let hear; drawn, of a network that writes a few bars from nothing
EARLY = (1 / 12, 1 / 4, 1 / 2)  # of the usual time between two hearings: the first ones come sooner
SHARE = 0.025  # of the training's time, all hearings together
DEARER = 3  # times what the pieces cost: what is expected of the other parts
SETTLED_ON = 600  # training windows that a network looks back on, if it does so before it is asked
WORDS = "listening to what it makes"


@dataclass
class _Part:
    """One thing that is asked of it, and what came of it last.

    Attributes:
        name: of a field of `Heard`.
        ask: given the network and where to report.
        found: None before it was asked, or if it could not answer.
        cost: seconds it took last.
    """

    name: str
    ask: Callable[[Any, Report], Any]
    found: Any = None
    cost: float = 0.0


class Hearing:
    """Asks one network that learns, when it is time to."""

    def __init__(
        self, row: Row, network: Any, data: Dataset, codec: Codec, minutes: float,
        clock: Callable[[], float] = time.monotonic, before: NDArray[np.float32] | None = None,
    ) -> None:  # fmt: skip
        """Nothing is asked yet.

        Args:
            row: who learns.
            network: of it only the options are looked at here.
            data: from which it learns, and what it is held against.
            codec: of the row.
            minutes: between two hearings, as a rule.
            clock: seconds; tests bring their own.
            before: the last `places` of a training that goes on.
        """
        self._row, self._codec, self._clock, self._minutes = row, codec, clock, minutes
        names = names_of(network.options)
        self._source = Source(data.train, codec, names)
        unheard = Source(data.held_out, codec, names) if len(data.held_out.windows) else self._source
        draws = way_of(row) in ("plays", "samples") and codec.name in MELODIC
        self._given = unheard.draw(np.random.default_rng(SEED), DRAWN if draws else PIECES)
        self._compound = mostly_compound(data.train, codec)
        self._game = "plays" in row.capabilities
        self._parts = [_Part("samples", self._samples)]
        self._kinds: NDArray[np.uint8] | None = None
        self._names: tuple[str, ...] = ()
        if "encodes" in row.capabilities and not self._game:  # a game learns last what its codes mean
            forming = Forming(data.train, codec)
            forming.go_on(before)
            self._kinds, self._names = forming.kinds, forming.names
            self._parts.append(_Part("places", lambda network, _: forming.look(network)))
        if has_lines(row):
            self._parts.append(_Part("table", Table(row, data, codec).measure))
        self._began, self._count, self.spent = clock(), 0, 0.0

    def due(self) -> bool:
        """Whether it is time, by the clock and by what all hearing has cost so far."""
        return self._clock() - self._began >= max(self._next(), (self.spent + self._parts[0].cost) / SHARE)

    def listen(self, network: Any, step: int, fraction: float, report: Report = silent) -> Heard:
        """What it makes now; `network` is a copy on the CPU that nobody else needs.

        Raises:
            Cancelled: by the report.
        """
        started = self._clock()
        network.eval()
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(SEED)
            if hasattr(network, "settle") and not self._game:
                network.settle(torch.from_numpy(self._source.many(SETTLED_ON).astype(np.int64)))
            for part in self._parts[: 1 + self._count]:  # what costs most comes last
                if part is self._parts[0] or self._affordable(part, started - self._began):
                    self._ask(part, network, lambda done, total, text="": report(done, total, WORDS))
        now = self._clock()
        self.spent += now - started
        while self._next() <= now - self._began:  # what was missed is not made up for
            self._count += 1
        return self._heard(step, fraction)

    def _affordable(self, part: _Part, elapsed: float) -> bool:
        """Whether a part may be asked now; of one that never was it is only known what the pieces cost."""
        guess = DEARER * self._parts[0].cost if part.found is None else part.cost
        return self.spent + guess <= SHARE * elapsed

    def _ask(self, part: _Part, network: Any, report: Report) -> None:
        started = self._clock()
        try:
            part.found = part.ask(network, report)
        except Cancelled:
            raise
        except Exception:  # it may be too young to answer; hours of training do not end because somebody listened
            part.found = None
        part.cost = self._clock() - started

    def _heard(self, step: int, fraction: float) -> Heard:
        """What is known by now: what was too dear to ask again is as it was when it was last asked."""
        found = {part.name: part.found for part in self._parts}
        samples, places, table = (found.get(name) for name in ("samples", "places", "table"))
        kinds = self._kinds if places is not None else None
        return Heard(step, fraction, samples or (), TICKS_PER_QUARTER, places, kinds, table or (), self._names)

    def _samples(self, network: Any, report: Report) -> tuple[Idea, ...]:
        """Pieces in the commoner kind of bar of its music; a tune that is not ended soon would take its time."""
        wished = {"bars": self._codec.bars, "compound": self._compound}
        made = ideas(self._row, attempted(self._row, network, self._given, SEED, wished, report), self._codec)
        return usual(made, PIECES)

    def _next(self) -> float:
        """Seconds after the beginning at which the next one comes."""
        part = EARLY[self._count] if self._count < len(EARLY) else 1 + self._count - len(EARLY)
        return 60 * self._minutes * part


def usual(made: Sequence[Idea], count: int) -> tuple[Idea, ...]:
    """So many of them, by their numbers, without the emptiest and the fullest quarter: chance may throw three notes in
    two bars, which says nothing of a network. As far as can be the same numbers each time.
    """
    if len(made) <= count:
        return tuple(made)
    notes = [sum(len(voice.notes) for voice in idea.voices) for idea in made]
    odd = (len(made) - count) // 2 if len(made) < 2 * count else len(made) // 4
    by_notes = sorted(range(len(made)), key=notes.__getitem__)
    return tuple(made[number] for number in sorted(by_notes[odd : len(made) - odd])[:count])
