"""Options as frozen dataclasses whose fields say what they mean: forms, flags and help are made from them."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from engine.errors import UserError

T = TypeVar("T")
Value = bool | int | float | str


def option(
    default: T, text: str, low: float | None = None, high: float | None = None, choices: tuple[str, ...] = ()
) -> T:
    """A dataclass field with a sentence of help and, for numbers, the range it may take; for words, the choices."""
    return dataclasses.field(default=default, metadata={"text": text, "low": low, "high": high, "choices": choices})


def add_flags(
    parser: argparse.ArgumentParser, kind: type, skip: tuple[str, ...] = (), given_only: bool = False
) -> None:
    """One `--flag` per field of an options class; with `given_only`, flags not given leave nothing behind."""
    for field in dataclasses.fields(kind):
        if field.name in skip:
            continue
        flag = "--" + field.name.replace("_", "-")
        text = str(field.metadata.get("text", ""))
        default = argparse.SUPPRESS if given_only else field.default
        if choices := field.metadata.get("choices"):
            said = f"{text} (default: {field.default})"
            parser.add_argument(flag, choices=choices, default=default, help=said)
        elif isinstance(field.default, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=default, help=text)
        else:
            parser.add_argument(
                flag, type=type(field.default), default=default, help=f"{text} (default: {field.default})"
            )


def given(kind: type, arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields of an options class that flags were given for."""
    names = [field.name for field in dataclasses.fields(kind)]
    return {name: getattr(arguments, name) for name in names if hasattr(arguments, name)}


def from_flags(kind: type[T], arguments: argparse.Namespace, **fixed: Any) -> T:
    """The options class filled from parsed flags; `fixed` wins.

    Raises:
        UserError: a number is outside its range, or a word is none of the choices.
    """
    names = [field.name for field in dataclasses.fields(kind) if hasattr(arguments, field.name)]  # type: ignore[arg-type]
    return checked(kind(**({name: getattr(arguments, name) for name in names} | fixed)))


def checked(options: T) -> T:
    """The same options, if every number is in its range.

    Raises:
        UserError: one is not.
    """
    for field in dataclasses.fields(options):  # type: ignore[arg-type]
        value, low, high = getattr(options, field.name), field.metadata.get("low"), field.metadata.get("high")
        if isinstance(value, int | float) and (
            value != value or (low is not None and value < low) or (high is not None and value > high)
        ):
            words = f"from {low} to {high}" if high is not None else f"at least {low}"
            raise UserError(f"{field.name.replace('_', ' ')} is {value}.", f"It has to be {words}.")
        if (choices := field.metadata.get("choices")) and value not in choices:
            raise UserError(
                f"{field.name.replace('_', ' ')} cannot be {value}.", f"It has to be one of: {', '.join(choices)}."
            )
    return options


def changed(options: T, changes: Mapping[str, Value]) -> T:
    """The same options with some fields changed; text becomes whatever kind of value the field holds.

    Raises:
        UserError: no such field, a value of another kind, or a number outside its range.
    """
    known = {field.name: getattr(options, field.name) for field in dataclasses.fields(options)}  # type: ignore[arg-type]
    for name, value in changes.items():
        if name not in known:
            raise UserError(f"There is no option called {name}.", f"Choose from: {', '.join(known)}.")
        known[name] = _of_kind(value, type(known[name]), name)
    return checked(type(options)(**known))


def fitting(kind: type, wanted: Mapping[str, Any]) -> Any:
    """An options class filled with what it knows of the wanted values; the rest stays at its defaults."""
    known = {field.name for field in dataclasses.fields(kind)}
    return kind(**{name: value for name, value in wanted.items() if name in known})


def _of_kind(value: Value, kind: type, name: str) -> Value:
    words = {"true": True, "yes": True, "false": False, "no": False}
    try:
        if kind is bool:
            return value if isinstance(value, bool) else words[str(value).lower()]
        return kind(value)
    except (KeyError, ValueError) as error:
        needed = {bool: "yes or no", int: "a whole number", float: "a number"}.get(kind, "text")
        raise UserError(f"{name.replace('_', ' ')} cannot be {value}.", f"It has to be {needed}.") from error


def pair(text: str) -> tuple[str, str]:
    """Name and value of `name=value`; dashes in the name count as underscores.

    Raises:
        UserError: it has no equals sign.
    """
    name, sign, value = text.partition("=")
    if not sign:
        raise UserError(f"{text} sets nothing.", "Write it as name=value.")
    return name.strip().replace("-", "_"), value.strip()
