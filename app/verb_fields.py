"""What the form of a verb calls its options, and which of them a model has no use for: these it does not show."""

from __future__ import annotations

from dataclasses import fields

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
VOICES = ("chorale",)  # codecs of several voices
HARMONY = {  # codec -> options of a harmony that systems of another codec have no use for
    "chorale": {"bars", "voice", "everyone", "temperature"},
    "frames": {"temperature", "density"},
    "roll": {"iterations"},
}
FRAMES = ("density",)  # of chords frame by frame
TITLES = {
    "iterations": "Steps of the search",
    "everyone": "Ask every system",
    "scaler": "Weight of the rules",
    "episodes": "Melodies to learn from",
    "keep_it": "Keep what it learnt",
}


def titles(verb: Verb) -> dict[str, str]:
    """Names of fields that are not plain words -> what they are called."""
    rules = {name: words[:1].upper() + words[1:] for name, words in RULES.items()} if verb.name == "teach" else {}
    return TITLES | rules


def unused(row: Row, verb: Verb) -> frozenset[str]:
    """Names of the fields of a verb's options that make no difference for a model."""
    found: set[str] = set()
    if verb.name == "draw":
        found |= {"law"} if row.name not in BY_LAW else set()
        found |= {"spread"} if "encodes" not in row.capabilities else set()
    elif verb.capability == "harmonizes":
        found |= set().union(*HARMONY.values()) - HARMONY.get(row.codec, set())
    elif row.codec not in VOICES:
        found |= {"voice"}
    found |= set(FRAMES if row.codec != "frames" else ())
    return frozenset(found & {field.name for field in fields(verb.options)})
