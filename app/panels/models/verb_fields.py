"""What the form of a verb calls its options, and which of them a model has no use for: these it does not show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from app.i18n import tr
from app.panels.sliders.words import attribute_words
from engine.latent.learnt import qualities
from engine.models.row import Row
from engine.verbs.teach import RULES
from engine.verbs.verb import Verb

# models whose codes are drawn by a law of the composer's choice
BY_LAW = {
    "vae",
    "autoencoder",
    "auto_bach",
    "auto_bach_stacked",
    "deephear",
    "sparse_ae",
    "denoising_ae",
    "contractive_ae",
}
BY_CRITIC = {"gan", "info_gan"}  # models that draw the best of several, as their critic finds
BY_KIND = {"label_gan"}  # models that draw music of a kind that is asked for
VOICES = ("chorale",)  # codecs of several voices
HARMONY = {  # codec -> options of a harmony that systems of another codec have no use for
    "chorale": {"bars", "voice", "everyone", "temperature"},
    "frames": {"temperature", "density"},
    "roll": {"iterations"},
}
FRAMES = ("density",)  # of chords frame by frame
TITLES = {
    "count": "How many",
    "temperature": "Surprise",  # as the slider beside the map calls it
    "spread": "Daring",
    "law": "Drawn from",
    "most": "How far",
    "amount": "How far",
    "share": "How much",
    "strength": "How much",
    "steps": "In steps",
    "size": "Cells a side",
    "feed": "Fed back",
    "noise": "Variety",
    "anchor": "Mine again",
    "depth": "How deep",
    "scale": "Which keys",
    "iterations": "Steps of the search",
    "everyone": "Ask every system",
    "scaler": "Weight of the rules",
    "episodes": "Melodies to learn from",
    "keep_it": "Keep what it learnt",
    "keep_first": "Keep my first bar",
    "progression": "Chords",
    "throws": "Best of",
}


def titles(verb: Verb) -> dict[str, str]:
    """Names of fields that are not plain words -> what they are called."""
    rules = {name: words[:1].upper() + words[1:] for name, words in RULES.items()} if verb.name == "teach" else {}
    return TITLES | rules


def unused(row: Row, verb: Verb) -> frozenset[str]:
    """Names of the fields of a verb's options that make no difference for a model."""
    found: set[str] = set()
    if verb.name == "draw":
        found |= {"law"} if row.system not in BY_LAW else set()
        found |= {"kind"} if row.system not in BY_KIND else set()
        found |= {"throws"} if row.system not in BY_CRITIC else set()
        found |= {"spread"} if "encodes" not in row.capabilities else set()
    elif verb.capability == "harmonizes":
        found |= set().union(*HARMONY.values()) - HARMONY.get(row.codec, set())
    elif row.codec not in VOICES:
        found |= {"voice"}
    found |= set(FRAMES if row.codec != "frames" else ())
    return frozenset(found & {field.name for field in fields(verb.options)})


def offered(verb: Verb, path: Path | None) -> bool:
    """Whether a model as it was trained can do this at all: some have learnt no quality that could be added."""
    return verb.name != "nudge" or bool(qualities(path))


def choices(verb: Verb, header: Mapping[str, Any], path: Path | None = None) -> dict[str, dict[str, str]]:
    """What may be chosen in fields of a form that depend on how a model was trained: field -> value -> words.

    Models that tell kinds of music apart know those they have learnt from, reels or folders of the composer's own;
    those that add a quality to a melody know a few.
    """
    if verb.name == "nudge":
        words = {name: attribute_words(name) for name in qualities(path)}
        return {"quality": {name: f"{title}: {less}, {more}" for name, (title, less, more) in words.items()}}
    known = [name for name in str(header.get("options", {}).get("kinds", "")).split(",") if name]
    if not known or not any(field.name == "kind" for field in fields(verb.options)):
        return {}
    anything = tr("Any that has such bars") if verb.name == "draw" else tr("The other one")
    return {"kind": {"": anything} | {name: name[:1].upper() + name[1:] for name in known}}
