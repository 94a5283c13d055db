"""What generated music is held against: the music of a corpus in two halves, by tune, and what was held out of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.codecs.catalog import MELODIC, TUNES
from engine.codecs.chorale import CHORALE
from engine.codecs.codec import Codec
from engine.codecs.melody import BAR_SLOTS, MELODY, PHRASE
from engine.codecs.roll import ROLL
from engine.corpus.corpora import CORPORA
from engine.corpus.dataset import Split
from engine.evaluation.currency import Coins, changed
from engine.evaluation.metrics.variety import shapes_of
from engine.jobs.job import Report, silent, stretch

Windows = NDArray[np.uint8]
PIECES = 500  # of eight bars
MOST = 4  # references that are kept for the next time
LARGEST = 3_000  # windows of the reference: as many as all figures of melodies are measured against


@dataclass(frozen=True)
class Reference:
    """The music of a corpus as two-bar melodies, in random keys.

    Attributes:
        corpus: its name.
        near: half of the tunes that systems learn from; everything is measured against these. At most LARGEST windows.
        far: the other half of the tunes: how near real music can come.
        held_out: tunes that no system has learnt from.
        known: keys (`shapes_of`) of all windows of the first half; `learnt`: of both halves.
        compound: bars of 12 sixteenths.
        pieces: eight bars at a time of the far half and of what was held out, each [8, 16]; none if not asked for.
    """

    corpus: str
    near: Coins
    far: Coins
    held_out: Coins
    known: frozenset[bytes]
    learnt: frozenset[bytes]
    compound: bool = False
    pieces: tuple[tuple[Windows, ...], tuple[Windows, ...]] = ((), ())


_READ_AS: dict[str, Codec] = {"chorales": CHORALE, "rags": ROLL}
_KEPT: dict[tuple[str, str, bool, int, bool], Reference] = {}


def real_codec(codec: Codec, corpus: str) -> Codec:
    """The codec in which real music is read: tune books two bars at a time from every bar, chorales in sixteenths, rags
    as rolls, whoever is held against them.
    """
    if corpus in _READ_AS:
        return _READ_AS[corpus]
    return MELODY if codec.name in (*MELODIC, *TUNES) else codec


def read(
    corpus: str, codec: Codec, compound: bool, seed: int, long: bool = False, report: Report = silent
) -> Reference:
    """The reference of a corpus (a name or a folder), as systems of this codec hear it.

    Args:
        corpus: whose music.
        codec: of the systems that are held against it.
        compound: bars of 12 sixteenths.
        seed: of the halves.
        long: with pieces of eight bars, where the corpus holds single melodies.
        report: progress and cancel point.

    Raises:
        UserError: no such corpus, or too little music in it.
    """
    codec = real_codec(codec, corpus)
    key = (corpus, codec.name, compound, seed, long)
    if key not in _KEPT:
        found = _read(corpus, codec, compound, seed, long, report)
        if corpus not in CORPORA:
            return found  # a folder may change
        while len(_KEPT) >= MOST:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[key] = found
    return _KEPT[key]


def _read(corpus: str, codec: Codec, compound: bool, seed: int, long: bool, report: Report) -> Reference:
    from engine.training.make import read_data

    long = long and codec is MELODY
    first = stretch(report, 0.0, 0.4 if long else 1.0)
    data = read_data(corpus, codec, stretch(first, 0.0, 0.5))
    train = _coins(data.train, codec, compound, stretch(first, 0.5, 0.9))
    held = _coins(data.held_out, codec, compound, stretch(first, 0.9, 1.0))
    found = of(corpus, train, held, compound, seed)
    return replace(found, pieces=_pieces(corpus, compound, seed, stretch(report, 0.4, 1.0))) if long else found


def _pieces(corpus: str, compound: bool, seed: int, report: Report) -> tuple[tuple[Windows, ...], tuple[Windows, ...]]:
    """Eight bars of each of many tunes to learn from, and of held-out ones."""
    from engine.training.make import read_data

    data, rng = read_data(corpus, PHRASE, report), np.random.default_rng([seed, 19])
    sides = []
    for split in (data.train.where(compound), data.held_out.where(compound)):
        first = np.unique(split.tunes, return_index=True)[1]  # one of each tune: where it begins
        chosen = rng.permutation(first)[:PIECES]
        sides.append(tuple(split.windows[index].reshape(-1, BAR_SLOTS) for index in chosen))
    return sides[0], sides[1]


def of(corpus: str, train: Coins, held_out: Coins, compound: bool, seed: int) -> Reference:
    """The reference of music in the common currency."""
    rng = np.random.default_rng([seed, 11])
    tunes = rng.permutation(np.unique(train.pieces))
    first = np.asarray(np.isin(train.pieces, tunes[: len(tunes) // 2]))
    near, far = train.at(first), train.at(~first)
    return Reference(
        corpus,
        mixed(near, rng).first(LARGEST),
        mixed(far, rng),
        mixed(held_out, rng),
        frozenset(shapes_of(near.windows)),
        frozenset(shapes_of(train.windows)),
        compound,
    )


def mixed(coins: Coins, rng: np.random.Generator) -> Coins:
    """In random order, each in a random key: no key counts for or against a system."""
    some = coins.at(rng.permutation(len(coins)))
    return replace(some, windows=MELODY.transpose_randomly(some.windows, rng))


def _coins(split: Split, codec: Codec, compound: bool, report: Report) -> Coins:
    """Every two-bar melody of a split once."""
    if codec is MELODY:
        chosen = split.where(compound)
        return Coins(chosen.windows, chosen.tunes)
    coins = changed(split.windows, codec, compound, split.tunes.tolist(), report)
    sounding = np.asarray(
        (coins.windows >= 2).any(1)
    )  # where the top voices of a score pause for two bars there is no melody
    coins = coins.at(sounding)
    return coins.at(np.sort(np.unique(coins.windows, axis=0, return_index=True)[1]))
