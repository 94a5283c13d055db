"""Networks of the composer's own: the names they are given, which are their files' names as well."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from engine.errors import UserError
from engine.models.row import OWN

LONGEST = 60  # letters of a title
_ALLOWED = set(" -_'(),+&")  # besides letters and digits: what every system of files takes


def title_from(text: str) -> str:
    """A title that can be a file's name everywhere, as near to the text as that allows.

    Raises:
        UserError: nothing is left of it.
    """
    plain = unicodedata.normalize("NFC", text)
    kept = "".join(letter if letter.isalnum() or letter in _ALLOWED else " " for letter in plain)
    title = " ".join(kept.split())[:LONGEST].strip()
    if not any(letter.isalnum() for letter in title):
        raise UserError("This name has no letters in it.", "Give the model a name of letters and digits.")
    return title


def free_name(system: str, title: str, folder: Path) -> str:
    """Name of a new network of a system: with a number behind the title if another one is called so already."""
    wanted = title_from(title)
    taken = {path.name.partition(".")[0].casefold() for path in folder.glob(f"{system}{OWN}*")}  # bundles, checkpoints
    number, name = 1, f"{system}{OWN}{wanted}"
    while name.casefold() in taken:
        number += 1
        name = f"{system}{OWN}{wanted[: LONGEST - 4]} {number}"
    return name
