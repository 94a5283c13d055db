"""What several melodies have in common: the mean of their codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.jobs.job import Report
from engine.options import option
from engine.verbs.codes import decode, encode, row_of
from engine.verbs.verb import Asked, Idea, Verb


@dataclass(frozen=True)
class Options:
    """How the average is decoded."""

    temperature: float = option(0.0, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed decodes the same", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """The melodies that went in, and what lies in their middle (at their mean distance from the centre)."""
    from engine.latent.interpolate import spherical_mean

    windows = np.stack(asked.windows)
    mean = spherical_mean(encode(asked, windows))
    names = [*asked.titles, *(chr(ord("A") + index) for index in range(len(asked.titles), len(windows)))]
    given = [asked.idea(name, window) for name, window in zip(names, windows, strict=False)]
    return [*given, asked.idea("average", decode(asked, mean[None])[0], row_of(mean))]


VERB = Verb("average", "Average", "Finds the melody in the middle of several.", "encodes", 2, Options, run)
