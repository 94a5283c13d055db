"""New music from nothing: codes drawn by a law, decoded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.codecs import melody
from engine.codecs.catalog import MELODIC, NAMES, STREAMS, TUNES
from engine.codecs.codec import Tokens
from engine.jobs.job import Report
from engine.options import option
from engine.verbs.at_home import ANY, MINE, at_home
from engine.verbs.codes import row_of, sampling
from engine.verbs.nearest import remark
from engine.verbs.verb import Asked, Idea, Verb

LAWS = ("fitted", "box", "uniform", "wide")  # those of models.laws, which brings torch: buttons and --help need none


@dataclass(frozen=True)
class Options:
    """How many, how daring, and after which law."""

    count: int = option(4, "how many", 1, 64)
    kind: str = option("", "of models that know kinds of music: which kind, and so in which bars; empty: any")
    key: str = option(MINE, "as mine: moved into the key of my piece; any: as it was drawn", choices=(MINE, ANY))
    density: float = option(0.0, "of chords frame by frame: above 0 fuller ones, below 0 thinner", -4.0, 4.0)
    seed: int = option(1, "the same seed draws the same music", 0)
    temperature: float = option(0.0, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    spread: float = option(1.0, "below 1 more typical, above 1 more daring", 0.0, 3.0)
    throws: int = option(1, "of a GAN: melodies made for each that is kept, the one its critic likes best", 1, 64)
    law: str = option(
        "fitted",
        "where labels come from: fitted to the training codes, their box, or U(-1, 1), U(-10, 10), or zeros and ones",
        choices=(*LAWS, "binary"),
    )


def run(asked: Asked, report: Report) -> list[Idea]:
    """`count` new ideas, each with its code where the model has codes."""
    import torch

    options, network = sampling(asked), asked.network
    report(0, asked.options.count, "drawing")
    with torch.inference_mode():
        if hasattr(network, "draw"):
            codes = network.draw(asked.options.count, options)
            windows, places = network.decode(codes, options), [row_of(code) for code in codes.numpy()]
        else:
            windows = network.sample(asked.options.count, options, report)
            places = [()] * len(windows)
    made = []
    for index, (window, code) in enumerate(zip(windows.numpy().astype(np.uint8), places, strict=True)):
        report(index, len(windows), "listening for copies")
        idea = asked.idea(f"{index + 1}", window, code, remark(asked, window))
        made.append(at_home(asked, _in_its_bars(asked, idea, window), asked.options.key))
    return made


def _in_its_bars(asked: Asked, idea: Idea, window: Tokens) -> Idea:
    """The idea with its own length and meter, if what was drawn has other bars than were asked for: a jig, in 4/4."""
    if window.ndim != 1 or asked.codec.name not in MELODIC or melody.is_compound(window) == asked.compound:
        return idea
    ticks = asked.codec.span_ticks(asked.ticks_per_quarter, not asked.compound)
    return replace(idea, ticks=ticks, meter=(4, 4) if asked.compound else (6, 8))


VERB = Verb("draw", "New ideas", "Draws new music from nothing.", "samples", 0, Options, run,
            codecs=tuple(name for name in NAMES if name not in (*TUNES, *STREAMS)))  # fmt: skip
