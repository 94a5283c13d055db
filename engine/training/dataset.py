"""From pieces to a training set: duplicates out first, then a split by tune, then arrays."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.codecs.melody import MELODY
from engine.errors import UserError
from engine.training.windows import Piece

HELD_OUT_SHARE = 0.15
ALIKE = 0.3  # tunes that share this part of the shorter one's windows are one tune


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
        if not self.kinds:
            return np.full(len(self.windows), -1)
        places = {name: place for place, name in enumerate(names)}
        return np.array([places.get(kind, -1) for kind in self.kinds])[self.tunes]

    @property
    def tune_count(self) -> int:
        """Number of different tunes that have a window here."""
        return len(np.unique(self.tunes))


@dataclass(frozen=True)
class Dataset:
    """Training and held-out windows; no tune, nor one that shares much with it, is on both sides."""

    train: Split
    held_out: Split
    duplicates: int  # tunes left out as copies or variants of a tune already there

    def save(self, path: Path) -> None:
        """Keep it as an .npz file (no pickles)."""
        arrays: dict[str, NDArray[np.generic]] = {"duplicates": np.array(self.duplicates)}
        for side, split in (("train", self.train), ("held_out", self.held_out)):
            arrays[f"{side}_windows"], arrays[f"{side}_tunes"] = split.windows, split.tunes
            arrays[f"{side}_titles"] = np.array(split.titles, dtype=np.str_)
            arrays[f"{side}_kinds"] = np.array(split.kinds, dtype=np.str_)
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> Dataset:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            train, held = (_loaded(file, side) for side in ("train", "held_out"))
            return cls(train, held, int(file["duplicates"]))


def _loaded(file: Mapping[str, NDArray[np.generic]], side: str) -> Split:
    titles, kinds = (tuple(str(word) for word in file[f"{side}_{what}"]) for what in ("titles", "kinds"))
    return Split(file[f"{side}_windows"], file[f"{side}_tunes"], titles, kinds)  # type: ignore[arg-type]


def build(pieces: list[Piece], codec: Codec = MELODY, held_out_share: float = HELD_OUT_SHARE, seed: int = 1) -> Dataset:
    """Group variants of a tune, keep the whole group on one side, keep every window once.

    Raises:
        UserError: fewer than 20 windows are left.
    """
    groups, duplicates = _groups(pieces, codec)
    sides: dict[bool, list[int]] = {False: [], True: []}
    for members in groups:
        key = hashlib.sha256(f"{seed} {pieces[members[0]].title} {pieces[members[0]].book}".encode()).digest()
        sides[int.from_bytes(key[:8], "big") / 2**64 < held_out_share] += members
    if sum(len(p.windows) for p in pieces) < 20:
        raise UserError("There is too little music to learn from.", "Add more files: at least a few dozen bars.")
    if not sides[True] or not sides[False]:  # tiny corpora: every seventh group is held out
        sides = {False: [], True: []}
        for index, members in enumerate(groups):
            sides[index % 7 == 6 or len(groups) == 1] += members
    train = _collect(pieces, sides[False] or sides[True], codec)
    held = _collect(pieces, sides[True], codec, forbidden={w.tobytes() for w in codec.shape_of(train.windows)})
    return Dataset(train, held, duplicates)


def _groups(pieces: list[Piece], codec: Codec) -> tuple[list[list[int]], int]:
    """Union of tunes that share windows in any key; exact copies of a whole tune are dropped."""
    shapes = [set(piece.traits) or {w.tobytes() for w in codec.shape_of(piece.windows)} for piece in pieces]
    owners: dict[bytes, list[int]] = defaultdict(list)
    parent = list(range(len(pieces)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    dropped: set[int] = set()
    for index, mine in enumerate(shapes):
        shared: dict[int, int] = defaultdict(int)
        for shape in mine:
            for other in owners[shape]:
                shared[other] += 1
            owners[shape].append(index)
        for other, count in shared.items():
            if count >= ALIKE * min(len(mine), len(shapes[other])):
                parent[root(index)] = root(other)
                if count == len(mine):
                    dropped.add(index)
    groups: dict[int, list[int]] = defaultdict(list)
    for index in range(len(pieces)):
        if index not in dropped:
            groups[root(index)].append(index)
    return list(groups.values()), len(dropped)


def _collect(pieces: list[Piece], chosen: list[int], codec: Codec, forbidden: set[bytes] | None = None) -> Split:
    """Windows of some pieces, each spelt music once; none whose shape is `forbidden` (it is in training)."""
    seen: set[bytes] = set()
    windows: list[NDArray[np.uint8]] = []
    tunes: list[int] = []
    titles: list[str] = []
    kinds: list[str] = []
    for index in sorted(chosen):
        shapes = codec.shape_of(pieces[index].windows)
        for window, shape in zip(pieces[index].windows, shapes, strict=True):
            if window.tobytes() in seen or (forbidden is not None and shape.tobytes() in forbidden):
                continue
            seen.add(window.tobytes())
            windows.append(window)
            tunes.append(len(titles))
        titles.append(pieces[index].title)
        kinds.append(pieces[index].kind)
    array = np.array(windows, dtype=np.uint8).reshape(-1, *codec.shape)
    return Split(array, np.array(tunes, dtype=np.int32), tuple(titles), tuple(kinds))


def mix_bars(split: Split, chosen: NDArray[np.integer], rng: np.random.Generator, share: float) -> NDArray[np.uint8]:
    """The chosen melodies [n] of a split, a `share` of them with one half from another window of their tune."""
    windows = split.windows[chosen].copy()
    start = np.searchsorted(split.tunes, split.tunes[chosen], "left")
    stop = np.searchsorted(split.tunes, split.tunes[chosen], "right")
    other = split.windows[rng.integers(start, stop)]
    half = windows.shape[1] // 2
    late = rng.random(len(chosen)) < 0.5
    bars = np.where(late[:, None], other[:, half:], other[:, :half])
    swap = rng.random(len(chosen)) < share
    windows[swap, half:] = bars[swap]
    return windows
