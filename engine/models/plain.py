"""What may stand in the header of a bundle: plain text and finite numbers. Written so, and expected so."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST = 2_000  # letters of a text
_NOTHING = object()
_TURNS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}  # marks that show a text other than it is written
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_RESERVED = set('/\\:*?"<>|')


def is_plain(text: str) -> bool:
    """Text that shows as what it is: no control characters, no marks that turn it round, not too long."""
    return len(text) <= LONGEST and not any(_odd(letter) for letter in text)


def is_name(text: str) -> bool:
    """Plain text that no system of files takes for a way to somewhere, or for a device."""
    stem = text.partition(".")[0].rstrip().casefold()
    odd = set(text) & _RESERVED or text.startswith((".", "~", " ")) or text.endswith((".", " "))
    return is_plain(text) and not odd and stem not in _DEVICES


def as_name(text: str) -> str:
    """The nearest text that is a name and nothing else; may be empty."""
    kept = "".join(" " if letter in _RESERVED or _odd(letter) else letter for letter in text)
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
        kept = "".join(" " if _odd(letter) else letter for letter in value[:LONGEST])
        return unicodedata.normalize("NFC", kept)[:LONGEST]
    if isinstance(value, float):
        return value if math.isfinite(value) else _NOTHING
    if isinstance(value, Mapping):
        made = {_made_plain(name): _made_plain(inner) for name, inner in value.items()}
        return {name: inner for name, inner in made.items() if inner is not _NOTHING}
    if isinstance(value, list | tuple):
        items = [_made_plain(inner) for inner in value]
        return _NOTHING if any(inner is _NOTHING for inner in items) else items
    return value


def _odd(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or ord(letter) in _TURNS
