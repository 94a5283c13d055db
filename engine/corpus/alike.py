"""Which pieces share music, and which windows were there before: by 64-bit hashes, a part of them at a time.

Two different windows have one hash with a chance of n^2 / 2^65: of a hundred million windows, one pair in four thousand
such corpora.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from engine.corpus.shards import Room, Rows

ALIKE = 0.3  # tunes that share this part of the shorter one's windows are one tune
SORTING = 40  # bytes for each hash while hashes are sorted

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]
Chosen = NDArray[np.bool_]


def hashes(rows: NDArray[np.generic]) -> Hashes:
    """One for each row of an array [n, ...]: [n]."""
    each = rows[0].nbytes if len(rows) else 0
    data = np.ascontiguousarray(rows).tobytes()
    return of_bytes(data[at : at + each] for at in range(0, len(data), each or 1))


def of_bytes(words: Iterable[bytes]) -> Hashes:
    """One for each."""
    digests = b"".join(hashlib.blake2b(word, digest_size=8).digest() for word in words)
    return np.frombuffer(digests, np.uint64)


def families(marks: Rows, counts: NDArray[np.int64], room: Room) -> tuple[NDArray[np.int64], Chosen]:
    """Pieces that share much music: the root of each piece's family [n], and which are copies of one before them [n].

    `marks` are hashes of what may be shared, those of a piece one behind the other and each once; `counts`, [n], says
    how many each piece has.
    """
    parent = np.arange(len(counts))
    copies = np.zeros(len(counts), dtype=bool)
    owner, start, at = _shared(marks, counts, room)
    by_piece = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[by_piece], np.arange(len(counts) + 1))
    for index in np.flatnonzero(np.diff(bounds)):
        mine = by_piece[bounds[index] : bounds[index + 1]]
        others, common = np.unique(owner[_ranges(start[mine], at[mine])], return_counts=True)
        alike = common >= ALIKE * np.minimum(counts[index], counts[others])
        for other in others[alike]:
            parent[_root(parent, int(index))] = _root(parent, int(other))
        copies[index] = bool((common[alike] == counts[index]).any())
    return np.array([_root(parent, index) for index in range(len(parent))], dtype=np.int64), copies


def _root(parent: NDArray[np.int64], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = int(parent[i])
    return i


def _shared(marks: Rows, counts: NDArray[np.int64], room: Room) -> tuple[Places, Places, Places]:
    """The marks that several pieces have, those of one kind together and by piece: the piece of each, the place of the
    first of its kind, and its own place.
    """
    ends = np.cumsum(counts)
    owners: list[Places] = []
    starts: list[Places] = []
    before = 0
    for places, found in _by_hash(marks, room, lambda first, rows: np.ones(len(rows), dtype=bool)):
        order = np.argsort(found, kind="stable")
        same = found[order[1:]] == found[order[:-1]]
        begins = np.concatenate([[True], ~same]) if len(order) else np.zeros(0, dtype=bool)
        several = np.concatenate([same, [False]]) | ~begins if len(order) else begins
        kept = begins[several]
        first = np.maximum.accumulate(np.where(kept, np.arange(len(kept)), 0))
        owners.append(np.searchsorted(ends, places[order[several]], "right"))
        starts.append(first + before)
        before += len(kept)
    owner, start = np.concatenate(owners), np.concatenate(starts)
    return owner, start, np.arange(len(owner))


def _ranges(starts: Places, stops: Places) -> Places:
    """All numbers from each start up to its stop."""
    lengths = stops - starts
    shift = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return shift + np.arange(lengths.sum())


def firsts(rows: Rows, among: Callable[[int, int], Chosen], room: Room) -> Chosen:
    """Which hashes are the first of their kind among those that are asked about: `among`, given the first row and how
    many, says which of them are.
    """
    kept = np.zeros(len(rows), dtype=bool)
    for places, found in _by_hash(rows, room, lambda first, part: among(first, len(part))):
        kept[places[np.unique(found, return_index=True)[1]]] = True
    return kept


def known(rows: Rows, here: Callable[[int, int], Chosen], there: Callable[[int, int], Chosen], room: Room) -> Chosen:
    """Which rows of hashes that are asked about (`here`) are also `there`."""
    found = np.zeros(len(rows), dtype=bool)
    ours = _by_hash(rows, room, lambda first, part: here(first, len(part)))
    theirs = _by_hash(rows, room, lambda first, part: there(first, len(part)))
    for (places, mine), (_, others) in zip(ours, theirs, strict=True):
        found[places[np.isin(mine, others)]] = True
    return found


def _by_hash(rows: Rows, room: Room, wanted: Callable[[int, Hashes], Chosen]) -> Iterator[tuple[Places, Hashes]]:
    """All hashes that are wanted, equal ones in one part; as many parts as memory asks for: places in order, hashes."""
    parts = room.parts(SORTING * len(rows))
    for part in range(parts):
        places: list[Places] = [np.zeros(0, dtype=np.int64)]
        found: list[Hashes] = [np.zeros(0, dtype=np.uint64)]
        for first, chunk in rows.chunks():
            mine = wanted(first, chunk)
            if parts > 1:
                mine &= chunk % np.uint64(parts) == part
            places.append(first + np.flatnonzero(mine))
            found.append(chunk[mine])
        yield np.concatenate(places), np.concatenate(found)
