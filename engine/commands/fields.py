"""Reading JSON that somebody else may have written: every wrong field is named in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from engine.errors import UserError
from engine.score.columns import Columns, no_columns
from engine.score.note import MAX_TICK

_Made = TypeVar("_Made")
_NONE: Any = object()  # no default: the field must be there


class Fields:
    """One JSON object; fields nobody asks for are ignored, so that a later version may add some.

    Args:
        value: what should be an object.
        where: its name in error messages, such as `score.tracks[2]`.

    Every method raises UserError, naming the field, if it is missing without a default or not what it should be.
    """

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise wrong(where, "an object")
        self._value = value
        self.where = where

    def _get(self, name: str, default: Any) -> Any:
        found = self._value.get(name, default)
        if found is _NONE:
            raise wrong(f"{self.where}.{name}", "there")
        return found

    def text(self, name: str, default: str = _NONE) -> str:
        """A string."""
        found = self._get(name, default)
        if not isinstance(found, str):
            raise wrong(f"{self.where}.{name}", "text")
        return found

    def flag(self, name: str, default: bool = _NONE) -> bool:
        """True or false."""
        found = self._get(name, default)
        if not isinstance(found, bool):
            raise wrong(f"{self.where}.{name}", "true or false")
        return found

    def whole(self, name: str, low: int, high: int, default: int = _NONE) -> int:
        """A whole number from low to high."""
        found = self._get(name, default)
        if not _is_whole(found) or not low <= found <= high:
            raise wrong(f"{self.where}.{name}", f"a whole number from {low} to {high}")
        return int(found)

    def number(self, name: str, default: float = _NONE) -> float:
        """A finite number."""
        return _finite(self._get(name, default), f"{self.where}.{name}")

    def numbers(self, name: str) -> tuple[float, ...]:
        """A list of finite numbers; empty if missing."""
        found = self._list(name, [])
        return tuple(_finite(value, f"{self.where}.{name}[{i}]") for i, value in enumerate(found))

    def table(self, name: str) -> dict[str, float]:
        """Finite numbers by name; empty if missing."""
        inner = Fields(self._get(name, {}), f"{self.where}.{name}")
        return {key: inner.number(key) for key in inner._value}

    def part(self, name: str) -> Fields:
        """An object inside this one."""
        return Fields(self._get(name, _NONE), f"{self.where}.{name}")

    def parts(self, name: str, default: list[Any] = _NONE) -> list[Fields]:
        """A list of objects."""
        return [Fields(value, f"{self.where}.{name}[{i}]") for i, value in enumerate(self._list(name, default))]

    def rows(self, name: str, width: int) -> list[list[int]]:
        """A list of rows of `width` whole numbers of at most 62 bits."""
        rows = self._list(name, _NONE)
        for i, row in enumerate(rows):
            if not isinstance(row, list) or len(row) != width or not all(map(_is_short, row)):
                raise wrong(f"{self.where}.{name}[{i}]", f"a row of {width} whole numbers")
        return rows

    def _list(self, name: str, default: Any) -> list[Any]:
        found = self._get(name, default)
        if not isinstance(found, list):
            raise wrong(f"{self.where}.{name}", "a list")
        return found

    def checked(self, make: Callable[[], _Made]) -> _Made:
        """What `make` makes; a ValueError of its own checks is told as a damaged field."""
        try:
            return make()
        except ValueError as error:
            raise UserError(f"This project file is damaged: in {self.where}, {error}.", _REMEDY) from error


_REMEDY = "Open an earlier version or an autosave of it."


def wrong(where: str, expected: str) -> UserError:
    """The error for a field that is not what it should be."""
    return UserError(f"This project file is damaged: {where} is not {expected}.", _REMEDY)


def notes_of(fields: Fields) -> Columns:
    """The field `notes`, rows of start, pitch, length, velocity and marks, as columns."""
    rows = fields.rows("notes", 5)
    if not rows:
        return no_columns()
    columns = np.array(rows, dtype=np.int64).T.copy()
    start, pitch, length, velocity, marks = columns
    for row, low, high, name in (
        (start, 0, MAX_TICK, "start"),
        (length, 1, MAX_TICK, "length"),
        (start + length, 1, MAX_TICK, "end"),
        (pitch, 0, 127, "pitch"),
        (velocity, 1, 127, "velocity"),
        (marks, 0, 3, "origin"),
    ):
        bad = np.flatnonzero((row < low) | (row > high))
        if len(bad):
            raise wrong(f"{fields.where}.notes[{bad[0]}]", f"a note: its {name} is not from {low} to {high}")
    return columns


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_short(value: Any) -> bool:
    return _is_whole(value) and -(2**61) < value < 2**61  # two of them added still fit a column


def _finite(value: Any, where: str) -> float:
    try:
        number = math.nan if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
    except OverflowError:  # a whole number of hundreds of digits
        number = math.inf
    if not math.isfinite(number):
        raise wrong(where, "a number")
    return number
