"""Rows of bytes and numbers that may be more than fits into memory: kept there while they fit, on disk from then on.

What lies on disk is known by a mapping, which can be looked into as any array can. Whoever wants many of its rows reads
them from the file: a mapping would leave all that was ever read in memory, counted as the process' own.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from mmap import mmap
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError

Array = NDArray[Any]
CHUNK = 1 << 20  # bytes read at a time
WORKING = 3  # rows in memory may take one part in so many: sorting them and putting them together needs the rest
FULL = "The disk is full, or its folder may not be written."


class Room:
    """How much memory there is for all rows of one data set, and where they go when it is full.

    Args:
        budget: bytes; None: without end.
        folder: where rows go then; None: the system's folder for temporary files.
    """

    def __init__(self, budget: int | None = None, folder: Path | None = None) -> None:
        self.budget, self._folder = budget, folder
        self._held = 0
        self._rows: list[Rows] = []
        self._own: tempfile.TemporaryDirectory[str] | None = None
        self.spilled = False

    def rows(self, shape: tuple[int, ...], dtype: Any) -> Rows:
        """New rows of this shape and kind; none so far."""
        self._rows.append(Rows(self, shape, dtype))
        return self._rows[-1]

    def path(self, name: str) -> Path:
        """Where a file of this data set lies."""
        if self._folder is None:
            self._own = self._own or tempfile.TemporaryDirectory(prefix="melomorph-")
            return Path(self._own.name) / name
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / name

    def parts(self, bytes_needed: int) -> int:
        """In how many parts work has to be done that needs so many bytes at once."""
        return 1 if self.budget is None or not self.spilled else 1 + WORKING * bytes_needed // self.budget

    def holds(self, more: int) -> None:
        """So many bytes more are in memory; when it is full, all rows go to disk."""
        self._held += more
        if not self.spilled and self.budget is not None and self._held > self.budget // WORKING:
            self.spilled = True
            for rows in self._rows:
                rows.spill()

    def free(self) -> None:
        """Let go of all rows, and of their files."""
        for rows in self._rows:
            rows.free()
        self._rows.clear()


class Rows:
    """Rows [n, *shape], one behind the other; only `Room` makes them."""

    def __init__(self, room: Room, shape: tuple[int, ...], dtype: Any) -> None:
        self._room, self._shape, self._dtype = room, shape, np.dtype(dtype)
        self._kept: list[Array] = []
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Array) -> None:
        """Some more.

        Raises:
            UserError: they do not fit into memory, and not on the disk either.
        """
        rows = np.ascontiguousarray(rows, self._dtype).reshape(-1, *self._shape)
        self._count += len(rows)
        if self._room.spilled:
            self._write(rows)
        else:
            self._kept.append(rows)
            self._room.holds(rows.nbytes)

    def spill(self) -> None:
        """From memory to disk."""
        for rows in self._kept:
            self._write(rows)
        self._kept.clear()

    def _write(self, rows: Array) -> None:
        try:
            if self._file is None:
                self._path = self._room.path(f"{id(self):x}.rows")
                self._file = self._path.open("wb", buffering=1 << 16)
            self._file.write(rows.data)
        except OSError as error:
            raise UserError(FULL, "This music needs more memory than there is: free some space.") from error

    def chunks(self) -> Iterator[tuple[int, Array]]:
        """All of them, some at a time: number of the first, rows."""
        if self._path is None:
            if len(self._kept) > 1:
                self._kept = [np.concatenate(self._kept)]
            yield from ((0, rows) for rows in self._kept)
            return
        assert self._file is not None
        self._file.flush()
        each = max(1, CHUNK // max(1, int(np.prod(self._shape)) * self._dtype.itemsize))
        with self._path.open("rb") as file:
            for first in range(0, self._count, each):
                wanted = min(each, self._count - first)
                found = np.fromfile(file, self._dtype, wanted * int(np.prod(self._shape)))
                yield first, found.reshape(wanted, *self._shape)

    def free(self) -> None:
        """Let go of them, and of the file."""
        self._kept.clear()
        if self._file is not None and self._path is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)
            self._file = self._path = None


def write(path: Path, chunks: Iterator[Array], count: int, shape: tuple[int, ...], dtype: Any) -> Array:
    """`count` rows as one .npy file, which is returned as a mapping that reads it.

    Raises:
        UserError: the disk is full.
    """
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": (count, *shape)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for rows in chunks:
                file.write(np.ascontiguousarray(rows, dtype).data)
    except OSError as error:
        raise UserError(FULL, "This music needs more memory than there is: free some space.") from error
    return opened(path)


def opened(path: Path) -> Array:
    """An .npy file as a mapping; nothing is unpickled, and rows are read when they are asked for."""
    found: Array = np.load(path, mmap_mode="r" if path.stat().st_size > 256 else None, allow_pickle=False)
    return found


def on_disk(rows: Array) -> bool:
    """Whether they are read from a file when they are asked for."""
    return isinstance(rows, np.memmap) and isinstance(rows.base, mmap)  # not a part of such rows


def taken(rows: Array, places: Array) -> Array:
    """The rows at some places, in memory."""
    if not on_disk(rows):
        return np.asarray(rows[places])
    found = np.empty((len(places), *rows.shape[1:]), rows.dtype)
    each = rows[:1].nbytes
    with _file_of(rows) as file:
        for row, place in zip(found.view(np.uint8).reshape(len(found), each), places.tolist(), strict=True):
            file.seek(_begin(rows) + place * each)
            file.readinto(row.data)
    return found


def chunks(rows: Array) -> Iterator[Array]:
    """All rows in order, some at a time if they lie on disk."""
    if not on_disk(rows):
        yield rows
        return
    with _file_of(rows) as file:
        file.seek(_begin(rows))
        size = int(np.prod(rows.shape[1:]))
        each = max(1, CHUNK // (size * rows.itemsize))
        for first in range(0, len(rows), each):
            yield np.fromfile(file, rows.dtype, min(each, len(rows) - first) * size).reshape(-1, *rows.shape[1:])


def _file_of(rows: Any) -> io.FileIO:
    return io.FileIO(rows.filename)


def _begin(rows: Any) -> int:
    return int(rows.offset)
