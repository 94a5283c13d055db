"""New tune: whole tunes from nothing, in a meter, a mode and a length of the composer's choice."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.codecs import tune
from engine.codecs.catalog import TUNES
from engine.codecs.tune_key import MODES, TONICS
from engine.jobs.job import Report, stretch
from engine.options import option
from engine.verbs.at_home import ANY, MINE, moved, way_home
from engine.verbs.codes import sampling
from engine.verbs.nearest import remark
from engine.verbs.verb import Asked, Idea, Verb

USUAL = ("4/4", "2/2", "2/4", "6/8", "9/8", "3/4")  # meters that the tune books are full of
KEYS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True)
class Options:
    """What kind of tune, and how many."""

    count: int = option(4, "how many to choose from", 1, 10)
    meter: str = option(MINE, "as mine: the piece's; reels are in 4/4 or 2/2, jigs in 6/8", choices=(MINE, ANY, *USUAL))
    mode: str = option(ANY, "major, minor or one of the two in between", choices=(ANY, *MODES))
    key: str = option(
        MINE, "the note on which it is at home; as mine: wherever it fits my piece", choices=(MINE, ANY, *KEYS)
    )
    bars: int = option(16, "how long; 0: as long as it wants", 0, 32)
    temperature: float = option(0.9, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed writes the same tunes", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """`count` new tunes, each as long as it is."""
    import torch

    o = asked.options
    with torch.inference_mode():
        wanted = sampling(asked, meter=_meter(asked, o.meter), key=ANY if o.key == MINE else o.key)
        tunes = asked.network.sample(o.count, wanted, stretch(report, 0.0, 0.8)).numpy().astype(np.uint8)
    made = []
    for index, tokens in enumerate(tunes):
        report(0.8 + 0.2 * index / len(tunes), 1.0, "listening for copies")
        idea = asked.idea(f"{index + 1}", tokens)
        shift = way_home(asked.passage, idea.voices) if o.key == MINE else 0
        words = f"{_described(tokens, shift)}; {remark(asked, tokens)}".rstrip("; ")
        idea = moved(idea, shift, words)
        long, meter = tune.TUNE.ticks(tokens, asked.ticks_per_quarter), tune.METERS[tune.meter_of(tokens)]
        made.append(replace(idea, ticks=max(1, long), meter=meter))
        asked.keep(made[-1])
    return made


def _meter(asked: Asked, wished: str) -> str:
    """The meter by name; as mine: that of the piece where the composer is, if tunes know it."""
    if wished != MINE:
        return wished
    if asked.passage is not None:
        meter = asked.passage.score.meter_at(asked.passage.at_tick)
        if (meter.numerator, meter.denominator) in tune.METERS:
            return f"{meter.numerator}/{meter.denominator}"
    return "6/8" if asked.compound else "4/4"


def _described(tokens: tune.Tokens, shift: int) -> str:
    """`6/8 in D major`, once it is moved by so many semitones."""
    mode = int(tokens[1, 0]) - tune.FIRST_MODE
    tonic = (TONICS[mode] + int(tokens[1, 1]) - tune.NO_SHIFT + shift) % 12
    return f"{'/'.join(map(str, tune.METERS[tune.meter_of(tokens)]))} in {KEYS[tonic]} {MODES[mode]}"


VERB = Verb("tune", "New tune", "Writes whole tunes: a reel, a jig, an air.", "samples", 0, Options, run, codecs=TUNES)
