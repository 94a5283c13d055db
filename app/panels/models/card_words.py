"""What a card says of where its model comes from, out of its bundle's header."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.i18n import tr
from engine.models.registry import REGISTRY

if TYPE_CHECKING:
    from engine.models.shelf import Entry

FOLDER = "folder"  # the corpus of a recipe, where the music was a folder


def whence(entry: Entry) -> str:
    """The kind of a composer's own network and what it has learnt from: "GAN, trained on My reels"."""
    kind, learnt = REGISTRY[entry.row.system].title, learnt_from(entry.header)
    return tr("{kind}, trained on {music}").format(kind=kind, music=learnt) if learnt else kind


def learnt_from(header: Mapping[str, Any]) -> str:
    """The name of a folder, or the title of a collection; empty if nobody knows."""
    corpus = header.get("corpus")
    if not isinstance(corpus, Mapping):
        return ""
    return str(corpus.get("name" if of_folder(header) else "title", ""))


def of_folder(header: Mapping[str, Any]) -> bool:
    """Whether a model was trained on a folder of somebody's own music."""
    recipe = header.get("recipe")
    return isinstance(recipe, Mapping) and recipe.get("corpus") == FOLDER


def origin_of(paper: str, header: Mapping[str, Any]) -> str:
    """Paper, corpus and its terms, a paragraph each."""
    corpus = header.get("corpus")
    parts = [paper.rstrip(".") + "."]
    if isinstance(corpus, Mapping) and of_folder(header):
        tunes = corpus.get("train_tunes", 0)
        words = tr("Trained on the folder “{name}” ({tunes} pieces); the terms are those of that music.")
        parts.append(words.format(name=corpus.get("name", ""), tunes=tunes))
    elif isinstance(corpus, Mapping) and corpus.get("title"):
        parts.append(tr("Trained on {corpus}. {terms}").format(corpus=corpus["title"], terms=corpus.get("terms", "")))
    parts.append(tr("What you make with it is yours."))
    return "\n\n".join(part.strip() for part in parts if part)
