"""Fill: a stretch, a voice or the gaps written anew from both sides; all else, and what is locked, stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.jobs.job import Report, stretch
from engine.options import option
from engine.verbs.codes import sampling
from engine.verbs.holes import ALL_VOICES, MARKED, VOICES, WHERE, filled, opened, untouched
from engine.verbs.verb import Asked, Idea, Verb


@dataclass(frozen=True)
class Options:
    """What is filled, and how often."""

    where: str = option(MARKED, "what is written anew; with nothing marked, the second half", choices=WHERE)
    voice: str = option(ALL_VOICES, "of a chorale: which voice", choices=VOICES)
    count: int = option(4, "how many fillings", 1, 16)
    temperature: float = option(0.9, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    density: float = option(0.0, "of chords frame by frame: above 0 fuller ones, below 0 thinner", -4.0, 4.0)
    seed: int = option(1, "the same seed fills the same", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """`count` fillings of one hole, and mine for comparison."""
    import torch

    mine, o = asked.windows[0], asked.options
    hole, span = opened(asked, mine, o.where, o.voice)
    made = [untouched(asked, mine, hole, span)]
    x, open_ = torch.from_numpy(mine[None].astype(np.int64)), torch.from_numpy(hole[None])
    for index in range(o.count):
        caption = f"{index + 1}"

        def watch(now: torch.Tensor, caption: str = caption) -> None:
            asked.sketch(filled(asked, caption, now[0].numpy().astype(np.uint8), hole, span))

        part = stretch(report, index / o.count, (index + 1) / o.count)
        with torch.inference_mode():
            found = asked.network.inpaint(x, open_, sampling(asked, seed=o.seed + index), part, watch)
        made.append(filled(asked, caption, found[0].numpy().astype(np.uint8), hole, span))
        asked.keep(made[-1])
    return made


VERB = Verb("fill", "Fill", "Writes a stretch, a voice or the gaps of my music anew, knowing what is around.",
            "inpaints", 1, Options, run)  # fmt: skip
