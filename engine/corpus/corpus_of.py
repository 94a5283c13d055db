"""Which collection a trained model's music was. A file may name one of those that Melomorph has, never a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.corpus.corpora import CORPORA
from engine.errors import UserError

FOLDER = "folder"  # what the recipe of a model says that was trained on a composer's folder


def is_folder(header: Mapping[str, Any]) -> bool:
    """Whether a model was trained on a folder of somebody's own music."""
    recipe, corpus = header.get("recipe", {}), header.get("corpus", {})
    return recipe.get("corpus") == FOLDER or corpus.get("name") not in CORPORA


def corpus_of(header: Mapping[str, Any], title: str) -> str:
    """Name of the collection that a model was trained on.

    Args:
        header: of its bundle.
        title: what the model is called.

    Raises:
        UserError: it was a folder, and where that is now only the composer knows.
    """
    name = str(header.get("corpus", {}).get("name", ""))
    if is_folder(header):
        where = f"the folder “{name}”" if name else "a folder"
        raise UserError(
            f"“{title}” was trained on {where}, which is not known here.",
            "Choose the music it is held against: under “Against” in the studio, with --corpus on the command line.",
        )
    return name
