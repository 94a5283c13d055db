"""Improvise: a sketch for two hands, from nothing, in free time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.codecs.catalog import STREAMS
from engine.codecs.stream import STREAM
from engine.jobs.job import Report, stretch
from engine.options import option
from engine.verbs.at_home import ANY, MINE, at_home
from engine.verbs.codes import sampling
from engine.verbs.nearest import remark
from engine.verbs.verb import Asked, Idea, Verb

GRIDS = ("learnt", "free", "sixteenths", "triplets")  # those of models.parts.stream_home, which brings torch
SCALES = ("free", "white keys")


@dataclass(frozen=True)
class Options:
    """How many, how daring, and how free."""

    count: int = option(4, "how many to choose from", 1, 20)
    temperature: float = option(1.0, "0 leaves nothing to chance, 1 plays as it has learnt", 0.0, 1.5)
    grid: str = option("learnt", "where notes may begin: on the corpus' own grid, on mine, or anywhere", choices=GRIDS)
    scale: str = option("free", "which keys may be played; it improvises in C", choices=SCALES)
    key: str = option(MINE, "as mine: moved into the key of my piece; any: as it was drawn", choices=(MINE, ANY))
    seed: int = option(1, "the same seed plays the same music", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """`count` improvisations, each as long as its notes take."""
    import torch

    with torch.inference_mode():
        windows = asked.network.sample(asked.options.count, sampling(asked), stretch(report, 0.0, 0.6))
    made = []
    for index, window in enumerate(windows.numpy().astype(np.uint8)):
        report(0.6 + 0.4 * index / len(windows), 1.0, "listening for copies")
        idea = asked.idea(f"{index + 1}", window, remark=remark(asked, window))
        made.append(
            at_home(asked, replace(idea, ticks=STREAM.ticks(window, asked.ticks_per_quarter)), asked.options.key)
        )
        asked.keep(made[-1])
    return made


VERB = Verb("improvise", "Improvise", "Plays sketches for two hands, with timing and touch of its own.", "samples", 0,
            Options, run, codecs=STREAMS)  # fmt: skip
