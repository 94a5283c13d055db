"""Rewrite: note by note my music is asked again, given all the others, until it settles (pseudo-Gibbs)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.jobs.job import Report, stretch
from engine.options import option
from engine.verbs.codes import sampling
from engine.verbs.holes import ALL_VOICES, EVERYTHING, VOICES, WHERE, filled, opened, untouched
from engine.verbs.verb import Asked, Idea, Verb


@dataclass(frozen=True)
class Options:
    """What is open, and for how long."""

    where: str = option(EVERYTHING, "what may change; with nothing marked, the second half", choices=WHERE)
    voice: str = option(ALL_VOICES, "of a chorale: which voice", choices=VOICES)
    rounds: int = option(12, "how often it is gone through: few stay near mine, many forget it", 1, 200)
    count: int = option(2, "how many", 1, 16)
    temperature: float = option(0.9, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed rewrites the same", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Mine, and what becomes of it."""
    import torch

    mine, o = asked.windows[0], asked.options
    open_, span = opened(asked, mine, o.where, o.voice)
    made = [untouched(asked, mine, open_, span)]
    x, cells = torch.from_numpy(mine[None].astype(np.int64)), torch.from_numpy(open_[None])
    for index in range(o.count):
        caption = f"{index + 1}"

        def watch(now: torch.Tensor, caption: str = caption) -> None:
            asked.sketch(filled(asked, caption, now[0].numpy().astype(np.uint8), open_, span))

        part = stretch(report, index / o.count, (index + 1) / o.count)
        with torch.inference_mode():
            found = asked.network.rewrite(x, cells, sampling(asked, seed=o.seed + index), part, watch)
        tokens = found[0].numpy().astype(np.uint8)
        changed = float((tokens != mine)[open_].mean())
        made.append(filled(asked, caption, tokens, open_, span, f"{100 * changed:.0f} % changed"))
        asked.keep(made[-1])
    return made


VERB = Verb("rewrite", "Rewrite", "Asks for every note of mine again, given all the others, until the music settles.",
            "rewrites", 1, Options, run)  # fmt: skip
