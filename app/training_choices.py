"""What a model can be trained on, and how long that takes: choices of the form, without a window."""

from __future__ import annotations

import dataclasses
from typing import Any

from app.i18n import tr
from engine.codecs.catalog import MELODIC, TUNES
from engine.models.row import Row
from engine.training.corpora import CORPORA
from engine.training.options import TrainOptions, by_recipe

OWN = ""  # in the place of a collection's name: a folder of the composer's own
LENGTH = ("steps", "minutes")  # options about how long it takes; the others are for those who know
SEVERAL_VOICES = {"chorale": ("chorales",), "roll": ("rags", "chorales"), "frames": ("chorales", "rags")}
TITLES = {"mix": "Mixed melodies", "average": "Running average", "judge_every": "Steps between two hearings",
          "checkpoint_seconds": "Seconds between two keepings", "clip": "Longest gradient"}  # fmt: skip


def collections(row: Row) -> dict[str, str]:
    """Names of the collections a model can learn from -> what they are; the recipe's own first, a folder last."""
    names = [row.recipe.corpus]
    if row.codec in (*MELODIC, *TUNES):
        names += [corpus.name for corpus in CORPORA.values() if corpus.folders and corpus.name != "kinds"]
    names += SEVERAL_VOICES.get(row.codec, ())
    found = {name: CORPORA[name].title for name in dict.fromkeys(names) if name in CORPORA}
    return found | {OWN: tr("A folder of your own…")}


def terms(name: str) -> str:
    """On what terms a collection may be used, with a warning where its weights should not be given away."""
    if name == OWN:
        return tr("MIDI files, and ABC files of melodies, sub-folders and all. What it learns is yours.")
    return CORPORA[name].terms


def recipe(row: Row) -> TrainOptions:
    """How long and how fast by the recipe."""
    return by_recipe(row.recipe)


def changes(now: Any, before: Any) -> dict[str, Any]:
    """The fields of options that differ."""
    names = [field.name for field in dataclasses.fields(now)]
    return {name: getattr(now, name) for name in names if getattr(now, name) != getattr(before, name)}


def time_words(options: TrainOptions, pace: float) -> str:
    """How long a training takes, in words.

    Args:
        options: as chosen.
        pace: steps in a second as they were before; 0 if nobody knows.
    """
    if options.minutes > 0:
        return tr("It learns for {time}, and is measured afterwards.").format(time=_time(options.minutes * 60))
    if not pace:
        return tr("How long that takes is known when it has learnt for a moment.")
    time = _time(options.steps / pace)
    return tr("About {time}, if it is as quick as the last time.").format(time=time)


def _time(seconds: float) -> str:
    if seconds < 90:
        return tr("{n} s").format(n=max(1, round(seconds)))
    if seconds < 5400:
        return tr("{n} min").format(n=round(seconds / 60))
    return tr("{n} h").format(n=round(seconds / 3600, 1))
