"""Which windows a process draws from: all of them, those of some kinds, or its share among many processes.

Shares are whole tunes, dealt in blocks from all over the corpus: each process hears every book, and reads only its part
of what lies on disk. Together they are everything, and nothing belongs to two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.corpus.dataset import Split
from engine.corpus.shards import on_disk
from engine.errors import UserError

BLOCKS = 64  # for each process, if there are as many tunes
Places = NDArray[np.int64]


class Stretches:
    """Places of windows in order, as stretches from a start up to a stop."""

    def __init__(self, starts: Places, stops: Places) -> None:
        self._starts, self._stops = starts, stops
        self._before = np.cumsum(stops - starts) - (stops - starts)

    def __len__(self) -> int:
        return int((self._stops - self._starts).sum())

    def at(self, numbers: Places) -> Places:
        """The places with these numbers, counted from the first stretch on."""
        which = np.searchsorted(self._before, numbers, "right") - 1
        found: Places = self._starts[which] + numbers - self._before[which]
        return found

    def one_by_one(self) -> Stretches:
        """The same, each place a stretch of its own."""
        places = self.at(np.arange(len(self)))
        return Stretches(places, places + 1)

    def share(self, process: int, of: int) -> Stretches:
        """What one of many processes draws from; stretches are not divided as long as there are enough.

        Raises:
            UserError: there are more processes than windows.
        """
        if len(self) < of:
            raise UserError("There are more processes than windows to learn from.", "Start fewer processes.")
        units = self if len(self._starts) >= of else self.one_by_one()
        each = max(1, len(units._starts) // (BLOCKS * of))
        sizes = np.add.reduceat(units._stops - units._starts, np.arange(0, len(units._starts), each))
        mine = np.repeat(_dealt(sizes, of) == process, each)[: len(units._starts)]
        return Stretches(units._starts[mine], units._stops[mine])


def _dealt(sizes: Places, among: int) -> Places:
    """Who gets each block: whoever has least so far."""
    loads = np.zeros(among)
    found = np.zeros(len(sizes), dtype=np.int64)
    for block, size in enumerate(sizes):
        found[block] = loads.argmin()
        loads[found[block]] += size
    return found


def everything(split: Split) -> Stretches:
    """All windows of a split."""
    return Stretches(np.array([0]), np.array([len(split.windows)]))


def of_tunes(split: Split, wanted: NDArray[np.bool_] | None = None) -> Stretches:
    """Each tune of a data set a stretch of its own, or only those that are wanted, [tunes]."""
    bounds = split.bounds
    chosen = np.diff(bounds) > 0
    if wanted is not None:
        chosen &= wanted
    return Stretches(bounds[:-1][chosen], bounds[1:][chosen])


def of_kinds(split: Split, wanted: NDArray[np.bool_]) -> Stretches:
    """The windows of the tunes that are wanted, [tunes], wherever they stand."""
    if on_disk(split.tunes):
        return of_tunes(split, wanted)
    places = np.flatnonzero(wanted[split.tunes])
    return Stretches(places, places + 1)
