"""What the header of a bundle says, looked through before anyone believes it: kinds, ranges, plain text, no ways."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import UserError
from engine.models.checks.container import Refused
from engine.models.checks.plain import is_name, is_plain
from engine.models.own import title_from
from engine.models.registry import find
from engine.models.row import Row
from engine.options import changed

MOST = 10_000_000  # of a number that has no bound of its own; a seed may be any
MOST_NAMES, LONGEST_NAME, LONGEST_LINE, MOST_CURVES = 3_000, 300, 1_000, 100
_GATE = re.compile(r"[<>]= -?[0-9.e+-]{1,24}")
_TEXTS = {"model", "codec", "checksum", "changed", "title"}
_TEXT_OF_CORPUS = ("name", "title", "terms")
_PARTS = {  # what is a table itself
    "options", "corpus", "recipe", "training", "took", "evaluation", "curves", "twins", "map",
}  # fmt: skip
_NAMES = (("corpus", "name"), ("recipe", "corpus"), ("recipe", "start"))


def row_of(header: Mapping[str, Any]) -> Row:
    """The system that a header names.

    Raises:
        Refused: there is none of that name.
    """
    known = find(str(header.get("model")))
    if known is None or known.own:
        raise Refused("is of a system that this Melomorph does not have")
    return known


def check_header(header: Mapping[str, Any]) -> None:
    """Everything that can be said without the network's own file.

    Raises:
        Refused: something is of the wrong kind, beyond its bounds, or no plain text.
    """
    row = row_of(header)
    _text(header)
    for name in _PARTS & header.keys():
        _need(isinstance(header[name], dict), f"has a part “{name}” of the wrong kind")
    for name in _TEXTS & header.keys():
        _need(isinstance(header[name], str), f"has a part “{name}” of the wrong kind")
    _need("options" in header, "does not say how its network is built")
    _need(header.get("codec", row.codec) == row.codec, "is written for another kind of music than its system")
    for part, name in _NAMES:
        value = header.get(part, {}).get(name, "")
        _need(isinstance(value, str) and (not value or is_name(value)), "names a place where only a name should be")
    for title in (*([header["title"]] if "title" in header else []), *_list(header, "was", str)):
        _need(_is_title(title), "has a title that is none")
    _figures(header)
    _titles(header)


def _is_title(text: str) -> bool:
    try:
        return title_from(text) == text
    except UserError:
        return False


def _figures(header: Mapping[str, Any]) -> None:
    """Everything that is measured: numbers by name, curves of one length."""
    _called(header.get("training", {}))
    _need(not any(isinstance(value, dict | list) for value in header.get("training", {}).values()), "has odd figures")
    evaluation = header.get("evaluation", {})
    _numbers(evaluation.get("figures", {}))
    for gate in _list(evaluation, "gates", dict):
        words = all(isinstance(gate.get(name), str) for name in ("name", "gate"))
        fine = words and _is_number(gate.get("value")) and isinstance(gate.get("holds"), bool)
        _need(fine and bool(_GATE.fullmatch(gate["gate"])), "has figures of the wrong kind")
        _called([gate["name"]])
    _called(header.get("twins", {}))
    for figures in header.get("twins", {}).values():
        _numbers(figures)
    _called(header.get("curves", {}))
    _need(len(header.get("curves", {})) <= MOST_CURVES, "has curves without end")
    for curve in header.get("curves", {}).values():
        _need(isinstance(curve, dict), "has curves of the wrong kind")
        _called(curve)
        for values in curve.values():
            fine = isinstance(values, list) and all(_is_number(value) for value in values)
            _need(fine, "has curves of the wrong kind")
    for name in ("seconds", "steps"):
        _need(_is_number(header.get("took", {}).get(name, 0)), "has figures of the wrong kind")
    for name, value in header.get("corpus", {}).items():
        text = isinstance(value, str) and len(value) <= LONGEST_LINE
        fine = text if name in _TEXT_OF_CORPUS else not isinstance(value, dict | list)
        _need(
            fine and (not name.startswith(("train_", "held_out_")) or type(value) is int), "says nothing of its music"
        )


def _titles(header: Mapping[str, Any]) -> None:
    """What belongs to extras: titles, the words of dials, how true the planes are."""
    _list(header.get("map", {}), "titles", str)
    _list(header, "corpus_titles", str)
    for name in _list(header, "dials", dict):
        words = [name.get(key, "") for key in ("less", "more", "quality")] + _list(name, "also", str)
        _need(all(isinstance(word, str) for word in words), "has names of dials that are none")
        _called(words)
        _need(_is_number(name.get("strength", 0.0)), "has names of dials that are none")
    distortion = header.get("map", {}).get("distortion", {})
    _need(isinstance(distortion, dict), "has figures of the wrong kind")
    for figures in distortion.values():
        _numbers(figures)
        _need(figures.keys() == {"kept", "distances"}, "has figures of the wrong kind")


def checked_options(header: Mapping[str, Any], kind: type) -> Any:
    """The network's options: each known, of its own kind, and in its range.

    Args:
        header: of the bundle.
        kind: the dataclass of the system's options; what the header does not say stays at its default.

    Raises:
        Refused: one is not.
    """
    said, plain = header["options"], kind()
    known = {field.name: type(getattr(plain, field.name)) for field in dataclasses.fields(plain)}
    for name, value in said.items():
        _need(name in known, "has options that this version of its system does not know")
        wanted = known[name]
        same = type(value) is wanted or (wanted is float and type(value) is int)
        _need(same, f"has an option of the wrong kind: {name}")
        bound = not isinstance(value, int | float) or abs(value) <= MOST or name == "seed"
        _need(bound, f"has an option out of its range: {name}")
    try:
        return changed(plain, said)
    except UserError as error:
        raise Refused(f"has an option out of its range. {error.what}".rstrip(".")) from error


def _text(found: Any) -> None:
    """Every text in it is plain, names as well."""
    if isinstance(found, dict):
        for name, inner in found.items():
            _text(name)
            _text(inner)
    elif isinstance(found, list):
        for inner in found:
            _text(inner)
    elif isinstance(found, str):
        _need(is_plain(found), "holds text with hidden characters")


def _numbers(found: Any) -> None:
    fine = isinstance(found, dict) and all(_is_number(value) for value in found.values())
    _need(fine, "has figures of the wrong kind")
    _called(found)


def _called(names: Iterable[str]) -> None:
    """Names of figures and lines, which stand in tables and legends: no marks of those, and no end of them."""
    known = list(names)
    fine = len(known) <= MOST_NAMES and not any(set(name) & set("<>|") or len(name) > LONGEST_NAME for name in known)
    _need(fine, "has figures with names that are none")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _list(found: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    values = found.get(name, [])
    _need(isinstance(values, list) and all(isinstance(value, kind) for value in values), f"has no list of {name}")
    return list(values)


def _need(holds: bool, why: str) -> None:
    if not holds:
        raise Refused(why)
