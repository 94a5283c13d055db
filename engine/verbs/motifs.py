"""The dictionary: what every unit of a sparse code stands for, the most used first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.jobs.job import Report
from engine.options import option
from engine.verbs.codes import sampling
from engine.verbs.verb import Asked, Idea, Verb


@dataclass(frozen=True)
class Options:
    """How much of the dictionary."""

    count: int = option(32, "how many motifs, the most used first", 1, 512)


def run(asked: Asked, report: Report) -> list[Idea]:
    """One idea per unit, with how often the unit is on in the training music."""
    import torch

    report(0, 1, "reading the dictionary")
    with torch.inference_mode():
        windows, often = asked.network.motifs(sampling(asked))
    order = np.argsort(-often.numpy(), kind="stable")[: asked.options.count]
    tokens = windows.numpy().astype(np.uint8)
    return [
        asked.idea(
            f"unit {index + 1}", tokens[index], remark=f"on in {100 * float(often[index]):.0f} % of the melodies"
        )
        for index in order
    ]


VERB = Verb("motifs", "Dictionary", "Shows what every unit of the code stands for.", "motifs", 0, Options, run)
