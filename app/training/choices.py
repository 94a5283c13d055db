"""What a model can be trained on, what it can begin with and how long is sensible: choices of the form, no window."""

from __future__ import annotations

import dataclasses
import importlib.util
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.i18n import tr
from engine.codecs.catalog import MELODIC, TUNES
from engine.corpus.corpora import CORPORA
from engine.corpus.survey import LEAST
from engine.models.row import Row
from engine.options import Value
from engine.training.options import TrainOptions, by_recipe

if TYPE_CHECKING:
    from engine.corpus.survey import Survey
    from engine.models.shelf import Entry

OWN = ""  # in the place of a collection's name: a folder of the composer's own
NOTHING = ""  # in the place of a trained model's name: to begin with random weights
LENGTH = ("steps", "minutes")  # options about how long it takes; the others are for those who know
SEVERAL_VOICES = {"chorale": ("chorales",), "roll": ("rags", "chorales"), "frames": ("chorales", "rags")}
INSIDE = ("rags",)  # collections that lie among the program's own files; the others come with music21
TITLES = {
    "device": "Chip", "mix": "Mixed melodies", "average": "Running average", "clip": "Longest gradient",
    "judge_every": "Steps between two judgements", "checkpoint_seconds": "Seconds between two keepings",
    "hear_minutes": "Minutes between two samples",
}  # fmt: skip
TOLD_APART = {"label_gan": (2, 0), "cycle_gan": (2, 2)}  # kinds of music these need, at least and at most (0: any)
LONGEST, SHORTEST = 10, 4  # minutes of learning that are proposed for music of the composer's own
GENTLER = 1 / 3  # of the learning rate and of the time, where something is known already
MUCH = 0.25  # of the music that the shipped network learnt from: as much is worth the longest time


@dataclass(frozen=True)
class Wish:
    """A training that the composer asks for.

    Attributes:
        model: a name of the registry.
        corpus: a collection's name, or a folder.
        changes: what differs from the recipe's `TrainOptions`.
        network: what differs from the network's own options.
        title: of the card of the result.
        start: name of a trained model of the same kind to begin with; empty: with nothing.
    """

    model: str
    corpus: str
    changes: Mapping[str, Value] = field(default_factory=dict)
    network: Mapping[str, Value] = field(default_factory=dict)
    title: str = ""
    start: str = NOTHING


def collections(row: Row) -> dict[str, str]:
    """Names of the collections a model can learn from -> what they are; the recipe's own first, a folder last."""
    names = [row.recipe.corpus]
    if row.codec in (*MELODIC, *TUNES):
        names += [corpus.name for corpus in CORPORA.values() if corpus.folders and corpus.name != "kinds"]
    names += SEVERAL_VOICES.get(row.codec, ())
    found = {name: CORPORA[name].title for name in dict.fromkeys(names) if name in CORPORA}
    return found | {OWN: tr("A folder of your own…")}


def terms(name: str) -> str:
    """On what terms a collection may be used."""
    if name == OWN:
        return tr("MIDI, MusicXML and ABC files, sub-folders and all. Nothing leaves this computer.")
    return CORPORA[name].terms


def warning(name: str) -> str:
    """What is to be heeded about a collection: its weights should not be given away, or it is not here; else empty."""
    if name == OWN:
        return ""
    if not at_hand(name):
        return tr("This collection comes with music21, which is not on this computer. Choose a folder of your own.")
    if not CORPORA[name].shippable:
        return tr("Keep what you train on it to yourself: its terms do not let you give it away.")
    return ""


def at_hand(name: str) -> bool:
    """Whether the music of a collection is on this computer."""
    return name in (OWN, *INSIDE) or importlib.util.find_spec("music21") is not None


def starts(entries: Iterable[Entry], system: str) -> dict[str, Entry]:
    """What a model of a system can begin with: trained ones of the same kind, the shipped one first."""
    return {entry.row.name: entry for entry in entries if entry.row.system == system and entry.path is not None}


def learnt_from(entry: Entry) -> int:
    """How many windows a trained network learnt from; 0: nobody knows."""
    return int(entry.header.get("corpus", {}).get("train_windows", 0))


def usual_start(entry: Entry, windows: int | None) -> str:
    """What is proposed to begin with: for less music than the shipped network knows, that one. It learns so little
    music far better than one that knows nothing.

    Args:
        entry: the system with its shipped bundle.
        windows: in the composer's folder; None: a collection is learnt.
    """
    able = entry.path is not None and entry.row.system not in TOLD_APART
    return entry.row.name if able and windows is not None and windows < learnt_from(entry) else NOTHING


def recipe(row: Row) -> TrainOptions:
    """How long and how fast by the recipe."""
    return by_recipe(row.recipe)


def sensible(row: Row, windows: int | None, shipped: int, fine: bool, device: str = "auto") -> TrainOptions:
    """How long and how fast is proposed.

    Collections are learnt by the recipe. Music of one's own is learnt by the clock: from `SHORTEST` minutes to
    `LONGEST`, by how much there is. Where something is known already, a third of all that is enough.

    Args:
        row: the model.
        windows: in the composer's folder; None: a collection is learnt.
        shipped: windows that the shipped network learnt from; 0: nobody knows.
        fine: it begins with a trained network.
        device: the chip that the composer prefers.
    """
    options = dataclasses.replace(recipe(row), device=device)
    share = GENTLER if fine else 1.0
    if fine:
        options = dataclasses.replace(options, learning_rate=float(f"{options.learning_rate * GENTLER:.2g}"))
    if windows is None:
        return dataclasses.replace(options, steps=max(1, round(options.steps * share)))
    part = min(1.0, windows / max(1, shipped or LEAST) / MUCH)
    return dataclasses.replace(options, minutes=float(math.ceil(max(SHORTEST, LONGEST * math.sqrt(part)) * share)))


def why_not(row: Row, survey: Survey, start: Mapping[str, Any]) -> str:
    """Why nothing can be learnt from a folder, in words; empty if something can.

    Args:
        row: the model.
        survey: what is in the folder.
        start: the header of the bundle it begins with, or nothing.
    """
    windows = survey.windows.get(row.codec, 0)
    if windows < LEAST:
        said = [f"{worry.what} {worry.remedy}" for worry in survey.worries.get(row.codec, ())]
        few = tr("There is too little music in it for this model: add more files.")
        return said[0] if said and not windows else few
    least, most = TOLD_APART.get(row.system, (0, 0))
    if len(survey.kinds) < least or (most and len(survey.kinds) > most):
        wanted = tr("exactly two") if most else tr("at least two")
        return tr("This model tells kinds of music apart: it needs {n} sub-folders, one of each kind.").format(n=wanted)
    known = [name for name in str(start.get("options", {}).get("kinds", "")).split(",") if name]
    if known and not set(known) & set(survey.kinds):
        return tr("What it begins with knows {kinds}: name the sub-folders so, or begin with nothing.").format(
            kinds=", ".join(known)
        )
    return ""


def changes(now: Any, before: Any) -> dict[str, Any]:
    """The fields of options that differ."""
    names = [field.name for field in dataclasses.fields(now)]
    return {name: getattr(now, name) for name in names if getattr(now, name) != getattr(before, name)}
