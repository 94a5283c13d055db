"""What every verb of the command line uses: where models are, progress on a terminal, JSON or words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from app.settings import user_paths
from engine.errors import UserError
from engine.models.registry import REGISTRY, find
from engine.models.shelf import Shelf
from engine.resources import root
from engine.terminal import judging, progress

__all__ = ["judging", "model_name", "progress", "say", "shelf"]


def shelf() -> Shelf:
    """The composer's own models before the shipped ones."""
    return Shelf([user_paths().models, root() / "bundles"], user_paths().models)


def model_name(text: str) -> str:
    """The name of a model by the words of a command line: a system's, that of one of the composer's own
    (`gan~My reels`), or the title of such a one; no words, no name.

    Raises:
        UserError: there is no model called so.
    """
    kept, known = shelf(), find(text)
    if not text or (known is not None and not known.own):
        return text
    own = [entry.row for entry in kept.entries() if entry.row.own]
    if known is not None:
        kept.path(text)  # told in words if it is not here
        return kept.now_called(text)
    titled = [row.name for row in own if row.title.casefold() == text.casefold()]
    if len(titled) == 1:
        return titled[0]
    if titled:
        raise UserError(f"Several of your models are called {text}.", f"Name one of: {', '.join(titled)}.")
    mine = f" Yours are: {', '.join(row.name for row in own)}." if own else ""
    raise UserError(f"There is no model called {text}.", f"Choose one of: {', '.join(REGISTRY)}.{mine}")


def say(data: Any, as_json: bool, words: Callable[[], str]) -> None:
    """Print data as JSON or in words."""
    print(json.dumps(data, ensure_ascii=False, indent=2) if as_json else words())
