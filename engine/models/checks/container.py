"""The container of a bundle, a safetensors file, read without believing anything that it says of itself.

Eight bytes give the length of a JSON table; the table says where each tensor lies behind it. Everything is held
against the size of the file before it is read, so that no file, however it was made, costs more memory than it has
bytes. Nothing in it is code, and nothing is ever run.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError

MAX_BYTES = 512 << 20  # of a file; the largest network that ships has 13 million
MAX_TABLE = 32 << 20  # of its table, titles of tens of thousands of tunes included
MAX_TENSORS, MAX_DIMENSIONS, MAX_SIDE = 4_000, 6, 2**31
LONGEST_NAME = 200  # of a tensor
DEEPEST, MOST_VALUES = 8, 400_000  # of the JSON in a table
DTYPES: dict[str, np.dtype[Any]] = {
    name: np.dtype(kind).newbyteorder("<")
    for name, kind in {
        "F16": "f2",
        "F32": "f4",
        "F64": "f8",
        "I8": "i1",
        "U8": "u1",
        "I32": "i4",
        "I64": "i8",
    }.items()
}
_PROGRAMS = {  # how files begin that run what is in them when they are opened
    b"PK\x03\x04": "a zip archive, perhaps weights saved by PyTorch",
    b"\x80\x02": "a Python pickle",
    b"\x80\x03": "a Python pickle",
    b"\x80\x04\x95": "a Python pickle",
    b"\x80\x05\x95": "a Python pickle",
    b"\x1f\x8b\x08": "a compressed archive",
    b"\x89HDF": "a file of Keras",
}


class Refused(Exception):
    """What is wrong with a file, as the end of a sentence that begins with its name."""


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies in its file, in bytes from the file's beginning, and what it is."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def count(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Container:
    """What a file says of itself, found to be consistent.

    Attributes:
        path: the file.
        text: what it says of the model, JSON not yet looked at.
        tensors: name -> where it lies.
    """

    path: Path
    text: str
    tensors: Mapping[str, Tensor]

    def read(self, names: Iterable[str] | None = None) -> dict[str, NDArray[np.generic]]:
        """Tensors by name; of no names, all.

        Raises:
            UserError: the file is shorter than it was, or cannot be read.
        """
        wanted = list(self.tensors) if names is None else list(names)
        found: dict[str, NDArray[np.generic]] = {}
        try:
            with self.path.open("rb") as file:
                for name in wanted:
                    found[name] = self._one(file, self.tensors[name])
        except (OSError, ValueError) as error:
            raise UserError(f"{self.path.name} cannot be read.", "It may have been moved, or cut off.") from error
        return found

    @staticmethod
    def _one(file: Any, tensor: Tensor) -> NDArray[np.generic]:
        file.seek(tensor.begin)
        content = file.read(tensor.end - tensor.begin)
        return np.frombuffer(content, DTYPES[tensor.dtype]).reshape(tensor.shape)


def opened(path: Path) -> Container:
    """A file's table, checked against the file; no tensor is read.

    Raises:
        UserError: there is no such file, it is no bundle, it is too large, or its parts do not fit together.
    """
    try:
        size = path.stat().st_size if path.is_file() else -1
        if size < 0:
            raise Refused("is not a file")
        if size > MAX_BYTES:
            raise Refused(f"is larger than a model can be ({MAX_BYTES >> 20} MiB)")
        with path.open("rb") as file:
            length = _length(file.read(8), size)
            content = file.read(length)
        return Container(path, *_table(content, 8 + length, size))
    except (OSError, ValueError) as error:
        raise UserError(f"{path.name} cannot be opened.", "It may have been moved, renamed or locked.") from error
    except Refused as why:
        raise no_bundle(path, _program(path) or str(why)) from why


def no_bundle(path: Path, why: str) -> UserError:
    """The words in which a file is refused that is no model at all."""
    return UserError(
        f"{path.name} is not a Melomorph model: it {why}.", "Choose a .safetensors file that Melomorph has written."
    )


def _program(path: Path) -> str:
    """What a refused file is instead, if it is of a kind that runs what is in it. Its beginning alone proves nothing:
    it is the length of a table as well.
    """
    try:
        with path.open("rb") as file:
            first = file.read(4)
    except OSError:
        return ""
    found = next((what for begin, what in _PROGRAMS.items() if first.startswith(begin)), "")
    return f"is {found}, and such files can run programs. They are never opened" if found else ""


def _length(first: bytes, size: int) -> int:
    """Length of the table, believed only if it can be."""
    length = int.from_bytes(first, "little")
    if len(first) < 8 or length < 2:
        raise Refused("is too short")
    if length > size - 8:
        raise Refused("is cut off, or no safetensors file")
    if length > MAX_TABLE:
        raise Refused("has a table that is larger than any model's")
    return length


def _table(content: bytes, begin: int, size: int) -> tuple[str, dict[str, Tensor]]:
    table = parsed(content)
    about = table.pop("__metadata__", None)
    if not isinstance(about, dict) or not isinstance(about.get("melomorph"), str):
        raise Refused("says nothing of a model")
    if len(table) > MAX_TENSORS:
        raise Refused("has more tensors than any model")
    tensors = {name: _tensor(name, said, begin, size) for name, said in table.items()}
    place = begin
    for tensor in sorted(tensors.values(), key=lambda tensor: (tensor.begin, tensor.end)):
        if tensor.begin != place:
            raise Refused("has tensors that overlap, or gaps between them")
        place = tensor.end
    if place != size:
        raise Refused("is cut off" if place > size else "has something behind its last tensor")
    return about["melomorph"], tensors


def _tensor(name: str, said: Any, begin: int, size: int) -> Tensor:
    if not isinstance(said, dict) or said.keys() != {"dtype", "shape", "data_offsets"} or len(name) > LONGEST_NAME:
        raise Refused("describes a tensor in a way that is unknown")
    dtype, shape, offsets = said["dtype"], said["shape"], said["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise Refused("has tensors of a kind that no model has")
    if not _whole(shape, MAX_SIDE) or len(shape) > MAX_DIMENSIONS:
        raise Refused("has a tensor of an impossible shape")
    if not _whole(offsets, size) or len(offsets) != 2:
        raise Refused("has a tensor that lies outside of it")
    first, last = begin + offsets[0], begin + offsets[1]
    if last > size:
        raise Refused("is cut off, or has a tensor that lies outside of it")
    if last - first != math.prod(shape) * DTYPES[dtype].itemsize:
        raise Refused("has a tensor whose shape is not that of its numbers")
    return Tensor(dtype, tuple(shape), first, last)


def _whole(values: Any, most: int) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value <= most for value in values)


def parsed(content: bytes | str, longest: int = MAX_TABLE) -> dict[str, Any]:
    """A JSON object: no key twice, nothing nested deeply, no text longer than `longest`, no number beyond all bounds.

    Raises:
        Refused: it is not that.
    """
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:  # before a list is made of them
            raise Refused("has a table without end")
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused("has a table that cannot be read") from error
    if not isinstance(found, dict):
        raise Refused("has a table that cannot be read")
    _look_through(found, longest)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Refused("says two things of one name")
    return made


def _no_number(text: str) -> float:
    raise Refused("holds numbers that are none")


def _look_through(found: Any, longest: int) -> None:
    """Bounds of what can be in a table; without recursion, whatever is in it."""
    waiting = [(found, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > DEEPEST:
            raise Refused("has a table without end")
        if isinstance(value, dict):
            waiting += [(inner, depth + 1) for pair in value.items() for inner in pair]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value]
        elif isinstance(value, float) and not math.isfinite(value):
            raise Refused("holds numbers that are none")
        elif isinstance(value, int) and abs(value) > 2**63:
            raise Refused("holds numbers beyond all bounds")
        elif isinstance(value, str) and len(value) > longest:
            raise Refused("holds a text without end")
