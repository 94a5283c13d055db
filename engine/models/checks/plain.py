"""What may stand in the header of a bundle: plain text and finite numbers. Written so, and expected so."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST = 16_000  # letters of a text; the names of many kinds of music stand in one
_NOTHING = object()
# control characters, halves of letters, ends of lines, and marks that show a text other than it is written
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028-\u202e\u2066-\u2069]")
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_RESERVED = set('/\\:*?"<>|')


def is_plain(text: str) -> bool:
    """Text that shows as what it is: no control characters, no marks that turn it round, not too long."""
    return len(text) <= LONGEST and _ODD.search(text) is None


def is_name(text: str) -> bool:
    """Plain text that no system of files takes for a way to somewhere, or for a device."""
    stem = text.partition(".")[0].rstrip().casefold()
    odd = set(text) & _RESERVED or text.startswith((".", "~", " ")) or text.endswith((".", " "))
    return is_plain(text) and not odd and stem not in _DEVICES


def as_name(text: str) -> str:
    """The nearest text that is a name and nothing else; may be empty."""
    kept = "".join(" " if letter in _RESERVED else letter for letter in _ODD.sub(" ", text))
    name = " ".join(kept.split()).strip(". ").lstrip("~ ")[:LONGEST].strip(". ")
    return name if is_name(name) else ""


def plainly(value: Any) -> Any:
    """A header's content as it is written: text made plain, and no number that is none.

    A name whose value is not finite is left out; so is a whole list that holds such a number, as its length counts.
    """
    made = _made_plain(value)
    return None if made is _NOTHING else made


def _made_plain(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", _ODD.sub(" ", value[:LONGEST]))[:LONGEST]
    if isinstance(value, float):
        return value if math.isfinite(value) else _NOTHING
    if isinstance(value, Mapping):
        made = {_made_plain(name): _made_plain(inner) for name, inner in value.items()}
        return {name: inner for name, inner in made.items() if inner is not _NOTHING}
    if isinstance(value, list | tuple):
        items = [_made_plain(inner) for inner in value]
        return _NOTHING if any(inner is _NOTHING for inner in items) else items
    return value
