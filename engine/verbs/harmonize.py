"""Harmonize: what fits under my melody, which stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.jobs.job import Report, stretch
from engine.options import fitting, option
from engine.verbs.nearest import remark
from engine.verbs.verb import Asked, Idea, Verb


@dataclass(frozen=True)
class Options:
    """How many, and how long is searched."""

    count: int = option(4, "how many", 1, 16)
    iterations: int = option(300, "steps of the search for each", 10, 5_000)
    seed: int = option(1, "where the search begins", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Mine, and mine with what was found around it."""
    import torch

    mine, o = asked.windows[0], asked.options
    x = torch.from_numpy(mine[None].astype(np.int64))
    kind = asked.row.load_module().HarmonizeOptions
    made = [asked.idea("mine", mine)]
    for index in range(o.count):
        part = stretch(report, index / o.count, (index + 1) / o.count)
        wanted = fitting(kind, {"seed": o.seed + index, "iterations": o.iterations})
        window = asked.network.harmonize(x, x > 0, wanted, part)[0].numpy().astype(np.uint8)
        made.append(asked.idea(f"{index + 1}", window, remark=remark(asked, window)))
    return made


VERB = Verb("harmonize", "Harmonize mine", "Finds music that fits around my melody; the melody stays.", "harmonizes", 1,
            Options, run)  # fmt: skip
