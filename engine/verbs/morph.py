"""From one melody to another, twice: through latent space, and by mixing their notes. To be compared by ear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.jobs.job import Report
from engine.options import option
from engine.verbs.codes import decode, encode, row_of
from engine.verbs.verb import Asked, Idea, Verb

LATENT, DATA = "Through the model", "Notes mixed"


@dataclass(frozen=True)
class Options:
    """How many steps."""

    steps: int = option(7, "ideas from A to B, both included", 3, 64)
    crossfade: bool = option(True, "show the mixed notes beside the morph")
    seed: int = option(1, "of the notes mixed", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """A row of ideas from A to B on the arc between their codes, and one that takes notes of A or of B by chance."""
    from engine.latent.interpolate import slerp

    a, b = asked.windows[:2]
    code_a, code_b = encode(asked, np.stack([a, b]))
    places = np.linspace(0, 1, asked.options.steps)
    codes = np.stack([slerp(code_a, code_b, float(t)) for t in places])
    windows = [a, *decode(asked, codes[1:-1]), b]
    captions = ["A", *(f"{t:.2f}" for t in places[1:-1]), "B"]
    made = [
        asked.idea(caption, window, row_of(code), row=LATENT)
        for caption, window, code in zip(captions, windows, codes, strict=True)
    ]
    return made + (_mixed(asked, a, b, places, captions) if asked.options.crossfade else [])


def _mixed(asked: Asked, a: np.ndarray, b: np.ndarray, places: np.ndarray, captions: list[str]) -> list[Idea]:
    from engine.latent.crossfade import crossfade

    if a.ndim > 1:
        return []
    rng = np.random.default_rng(asked.options.seed)
    windows = [crossfade(a, b, float(t), rng) for t in places]
    return [asked.idea(caption, window, row=DATA) for caption, window in zip(captions, windows, strict=True)]


VERB = Verb("interpolate", "A to B", "Walks from one melody to another.", "encodes", 2, Options, run)
