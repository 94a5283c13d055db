"""What a step of training is given: windows in random keys, with the kind of music in front where a network asks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Codec, Tokens
from engine.corpus import corpora
from engine.corpus.dataset import Dataset, Split, mix_bars
from engine.corpus.shards import on_disk, taken
from engine.corpus.shares import everything, of_kinds, of_tunes
from engine.errors import UserError
from engine.options import changed
from engine.training.options import Order

Batches = Callable[[np.random.Generator, float], NDArray[np.uint8]]  # given the progress, 0..1


def names_of(options: Any) -> tuple[str, ...]:
    """The kinds of music a network tells apart, in the order of their numbers; without any, it does not ask."""
    return tuple(name for name in getattr(options, "kinds", "").split(",") if name)


class Source:
    """Where batches come from: [n, *shape], or [n, 1 + length] with the number of the kind in front."""

    def __init__(self, split: Split, codec: Codec, kinds: tuple[str, ...] = ()) -> None:
        """Only windows of the kinds named are drawn, if any are."""
        self._codec, self._split = codec, split
        self._numbers = split.numbers(kinds) if kinds else None
        self._chosen = everything(split) if self._numbers is None else of_kinds(split, self._numbers >= 0)
        if not len(self._chosen):
            raise UserError(
                f"None of this music is said to be one of: {', '.join(kinds)}.",
                "Put the files of each kind into a sub-folder of that name.",
            )

    def share(self, process: int, of: int) -> Source:
        """What one of many processes draws from: tunes that no other one hears; alone, everything.

        Raises:
            UserError: there are more processes than windows.
        """
        if of < 2:
            return self
        found = copy.copy(self)
        tunes = of_tunes(self._split, None if self._numbers is None else self._numbers >= 0)
        found._chosen = tunes.share(process, of)
        return found

    def draw(self, rng: np.random.Generator, n: int, mix: float = 0.0) -> Tokens:
        """n windows; of melodies, a share `mix` takes one half from elsewhere in the tune."""
        return self._given(self._chosen.at(rng.integers(0, len(self._chosen), n)), rng, mix)

    def many(self, limit: int) -> Tokens:
        """Up to `limit` different windows, always the same."""
        rng, count = np.random.default_rng(13), len(self._chosen)
        if on_disk(self._split.windows):  # too many for all their numbers
            return self._given(self._chosen.at(rng.choice(count, min(limit, count), replace=False)), rng)
        return self._given(self._chosen.at(rng.permutation(count)[:limit]), rng)

    def batches(self, size: int, mix: float) -> Batches:
        """Batches for the trainer. Early in training melodies are mixed: a corpus of tunes holds many more pairs of
        bars than neighbours, and codes learnt on them carry over better.
        """
        return lambda rng, progress: self.draw(rng, size, mix * max(0.0, 1 - progress / 0.6))

    def _given(self, places: NDArray[np.intp], rng: np.random.Generator, mix: float = 0.0) -> Tokens:
        if len(self._codec.shape) == 1 and mix:
            windows = mix_bars(self._split, places, rng, share=mix)
        else:
            windows = taken(self._split.windows, places)
        windows = self._codec.transpose_randomly(windows, rng)
        if self._numbers is None:
            return windows
        numbers = self._numbers[self._split.tunes_of(places)]
        return np.concatenate([numbers[:, None].astype(np.uint8), windows], axis=1)


def with_kinds(order: Order, data: Dataset) -> Order:
    """The order; a network that tells kinds apart learns those of the composer's own folder.

    Raises:
        UserError: the folder has fewer than two of them.
    """
    if not hasattr(order.row.load_module().Options(), "kinds") or order.corpus in corpora.CORPORA:
        return order
    found = sorted(set(data.train.kinds) - {""})
    if len(found) < 2:
        raise UserError(
            f"{order.row.title} learns to tell kinds of music apart, and this folder holds one kind only.",
            "Put the files of each kind into a sub-folder of its own.",
        )
    network = {"kinds": ",".join(found), **order.network}
    changed(order.row.load_module().Options(), network)
    return replace(order, network=network)
