"""From pieces to a training set: duplicates out first, then a split by tune, then arrays."""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.codecs.melody import MELODY
from engine.corpus import alike, shards
from engine.corpus.shards import Room, taken
from engine.corpus.windows import Piece
from engine.errors import UserError

HELD_OUT_SHARE = 0.15
NEAR = 16 << 20  # bytes of windows that are looked through to measure a network, where the others lie on disk
NAME = "data.json"  # in a folder of `save`


@dataclass(frozen=True)
class Split:
    """One side of a data set.

    Attributes:
        windows: uint8 [n, *shape].
        tunes: the number of the tune each comes from, [n].
        titles: of the tunes.
        kinds: of the tunes, reel, hymn ...; without any, nobody asked.
    """

    windows: NDArray[np.uint8]
    tunes: NDArray[np.int32]
    titles: tuple[str, ...]
    kinds: tuple[str, ...] = ()

    def where(self, compound: bool) -> Split:
        """Only the windows with this kind of bar."""
        chosen = melody.is_compound(self.windows) == compound
        return Split(self.windows[chosen], self.tunes[chosen], self.titles, self.kinds)

    def numbered(self, names: Sequence[str]) -> NDArray[np.intp]:
        """The place of each window's kind among `names`, [n]; -1 where it is none of them."""
        return self.numbers(names)[self.tunes]

    def numbers(self, names: Sequence[str]) -> NDArray[np.intp]:
        """The place of each tune's kind among `names`, [tunes]; -1 where it is none of them."""
        if not self.kinds:
            return np.full(len(self.titles), -1)
        places = {name: place for place, name in enumerate(names)}
        return np.array([places.get(kind, -1) for kind in self.kinds])

    @property
    def tune_count(self) -> int:
        """Number of different tunes that have a window here."""
        if shards.on_disk(self.tunes):
            return int((np.diff(self.bounds) > 0).sum())
        return len(np.unique(self.tunes))

    @cached_property
    def bounds(self) -> NDArray[np.int64]:
        """Where the windows of each tune of a data set begin, and where the last one's end: [tunes + 1]."""
        counts = np.zeros(len(self.titles), dtype=np.int64)
        for part in shards.chunks(self.tunes):
            counts += np.bincount(part, minlength=len(counts))
        return np.concatenate([[0], np.cumsum(counts)])

    def tunes_of(self, places: NDArray[np.integer]) -> NDArray[np.integer]:
        """The numbers of the tunes that some windows come from."""
        if shards.on_disk(self.tunes):
            return np.searchsorted(self.bounds, places, "right") - 1
        return self.tunes[places]

    def within(self, size: int) -> Split:
        """At most so many bytes of windows, in memory: every so manieth tune."""
        bounds = self.bounds
        share = max(1, -(-self.windows.nbytes // max(1, size)))
        places = [np.arange(low, high) for low, high in zip(bounds[:-1:share], bounds[1::share], strict=False)]
        chosen = np.concatenate([np.zeros(0, dtype=np.int64), *places])[: max(1, size // max(1, self._each))]
        windows, tunes = shards.taken(self.windows, chosen), shards.taken(self.tunes, chosen)
        return Split(windows, tunes, self.titles, self.kinds)

    @property
    def _each(self) -> int:
        return int(np.prod(self.windows.shape[1:]))


@dataclass(frozen=True)
class Dataset:
    """Training and held-out windows; no tune, nor one that shares much with it, is on both sides."""

    train: Split
    held_out: Split
    duplicates: int  # tunes left out as copies or variants of a tune already there
    on_disk: bool = False  # its windows are read when they are asked for

    @cached_property
    def near(self) -> Dataset:
        """What can be looked through as a whole: all of it if it is in memory, else a part of NEAR bytes a side."""
        return self.within(NEAR)

    def within(self, size: int) -> Dataset:
        """The same in memory; of what lies on disk, every so manieth tune, at most `size` bytes of windows a side."""
        if not self.on_disk:
            return self
        return Dataset(self.train.within(size), self.held_out.within(size), self.duplicates)

    def save(self, folder: Path, key: str = "") -> None:
        """Keep it in a folder of .npy files (no pickles), for `load` with the same key; windows already there stay.

        Raises:
            UserError: the disk is full.
        """
        said: dict[str, Any] = {"key": key, "duplicates": self.duplicates}
        for side, split in (("train", self.train), ("held_out", self.held_out)):
            for what, rows in (("windows", split.windows), ("tunes", split.tunes)):
                if not shards.on_disk(rows):
                    shards.write(folder / f"{side}_{what}.npy", iter([rows]), len(rows), rows.shape[1:], rows.dtype)
            said[side] = {"titles": split.titles, "kinds": split.kinds}
        part = folder / "data.part"
        part.write_text(json.dumps(said), encoding="utf-8")
        part.replace(folder / NAME)  # last: what is there is whole

    @classmethod
    def load(cls, folder: Path, key: str = "") -> Dataset | None:
        """What `save` keeps under this key, read from disk as it is asked for; None if there is no such thing."""
        try:
            said = json.loads((folder / NAME).read_text(encoding="utf-8"))
            if said["key"] != key:
                return None
            train, held = (_loaded(folder, side, said[side]) for side in ("train", "held_out"))
            return cls(train, held, int(said["duplicates"]), True)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _loaded(folder: Path, side: str, said: Mapping[str, Sequence[str]]) -> Split:
    windows, tunes = (shards.opened(folder / f"{side}_{what}.npy") for what in ("windows", "tunes"))
    return Split(windows, tunes, tuple(said["titles"]), tuple(said["kinds"]))


def build(
    pieces: Iterable[Piece],
    codec: Codec = MELODY,
    held_out_share: float = HELD_OUT_SHARE,
    seed: int = 1,
    room: Room | None = None,
) -> Dataset:
    """Group variants of a tune, keep the whole group on one side, keep every window once.

    With a `room` that is full, windows lie on disk in its folder; the data set is the same.

    Raises:
        UserError: fewer than 20 windows are left.
    """
    room = room or Room()
    heap = _Heap(codec, room)
    for piece in pieces:
        heap.add(piece, _number(f"{seed} {piece.title} {piece.book}") < held_out_share)
    families, copies = alike.families(heap.marks, np.array(heap.marked, dtype=np.int64), room)
    if len(heap.windows) < 20:
        room.free()
        raise UserError("There is too little music to learn from.", "Add more files: at least a few dozen bars.")
    held = _sides(families, copies, np.array(heap.held, dtype=bool))
    learnt = ~copies & ~held
    if not learnt.any():
        learnt = held
    train = heap.side("train", learnt)
    rest = heap.side("held_out", held, known_in=learnt)
    spilled = room.spilled
    room.free()
    return Dataset(train, rest, int(copies.sum()), spilled)


def _number(text: str) -> float:
    """Always the same for the same text, 0..1."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def _sides(families: NDArray[np.int64], copies: alike.Chosen, held: alike.Chosen) -> alike.Chosen:
    """Which pieces are held out, [n]: each as the first of its family that is no copy; copies are on no side."""
    kept = np.flatnonzero(~copies)
    _, first, family = np.unique(families[kept], return_index=True, return_inverse=True)
    side = held[kept[first]]
    if side.all() or not side.any():  # tiny corpora: every seventh family is held out
        number = np.argsort(np.argsort(first))
        side = (number % 7 == 6) | (len(first) == 1)
    found = np.zeros(len(families), dtype=bool)
    found[kept] = side[family]
    return found


class _Heap:
    """The pieces of a data set while it is made: their windows and hashes may lie on disk, their titles never do."""

    def __init__(self, codec: Codec, room: Room) -> None:
        self._codec, self._room = codec, room
        self.windows = room.rows(codec.shape, np.uint8)
        self._exact, self._shapes, self.marks = (room.rows((), np.uint64) for _ in range(3))
        self._titles: list[str] = []
        self._kinds: list[str] = []
        self._counts, self.marked, self.held = array("q"), array("q"), array("b")

    def add(self, piece: Piece, held: bool) -> None:
        """One more; `held`: it is held out, if its family is asked about it."""
        shapes = alike.hashes(self._codec.shape_of(piece.windows))
        marks = alike.of_bytes(piece.traits) if piece.traits else np.unique(shapes)
        self.windows.add(piece.windows)
        self._exact.add(alike.hashes(piece.windows))
        self._shapes.add(shapes)
        self.marks.add(marks)
        self._titles.append(piece.title)
        self._kinds.append(sys.intern(piece.kind))
        self._counts.append(len(piece.windows))
        self.marked.append(len(marks))
        self.held.append(held)

    def side(self, name: str, chosen: alike.Chosen, known_in: alike.Chosen | None = None) -> Split:
        """The windows of some pieces, each spelt music once; none that is, in any key, in the pieces `known_in`."""
        ends = np.cumsum(np.array(self._counts, dtype=np.int64))

        def pieces(first: int, count: int) -> NDArray[np.int64]:
            return np.searchsorted(ends, np.arange(first, first + count), "right")

        def among(first: int, count: int) -> alike.Chosen:
            return chosen[pieces(first, count)]

        kept = alike.firsts(self._exact, among, self._room)
        if known_in is not None:
            kept &= ~alike.known(self._shapes, among, lambda *at: known_in[pieces(*at)], self._room)
        number = (np.cumsum(chosen) - 1).astype(np.int32)
        windows = (part[kept[first : first + len(part)]] for first, part in self.windows.chunks())
        tunes = (
            number[pieces(first, len(part))[kept[first : first + len(part)]]] for first, part in self.windows.chunks()
        )
        places = np.flatnonzero(chosen)
        titles, kinds = (tuple(words[place] for place in places) for words in (self._titles, self._kinds))
        count = int(kept.sum())
        return Split(
            self._kept(f"{name}_windows", windows, count, self._codec.shape, np.uint8),
            self._kept(f"{name}_tunes", tunes, count, (), np.int32),
            titles,
            kinds,
        )

    def _kept(self, name: str, parts: Iterator[Any], count: int, shape: tuple[int, ...], dtype: Any) -> Any:
        if self._room.spilled:
            return shards.write(self._room.path(f"{name}.npy"), parts, count, shape, dtype)
        return np.concatenate([np.zeros((0, *shape), dtype), *parts])


def mix_bars(split: Split, chosen: NDArray[np.integer], rng: np.random.Generator, share: float) -> NDArray[np.uint8]:
    """The chosen melodies [n] of a split, a `share` of them with one half from another window of their tune."""
    windows = taken(split.windows, chosen)
    tunes = split.tunes_of(chosen)
    other = taken(split.windows, rng.integers(split.bounds[tunes], split.bounds[tunes + 1]))
    half = windows.shape[1] // 2
    late = rng.random(len(chosen)) < 0.5
    bars = np.where(late[:, None], other[:, half:], other[:, :half])
    swap = rng.random(len(chosen)) < share
    windows[swap, half:] = bars[swap]
    return windows
