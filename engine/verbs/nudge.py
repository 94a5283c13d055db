"""Add a quality to my melody, or take it away: its attribute vector, times an amount, is added to the code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.errors import UserError
from engine.jobs.job import Report
from engine.latent.attributes import AXES
from engine.options import option
from engine.verbs.at_home import WORTH_OF_MINE, at_home
from engine.verbs.codes import decode, encode, row_of
from engine.verbs.verb import Asked, Idea, Verb

HEIGHT = "height"


@dataclass(frozen=True)
class Options:
    """Which quality, and how far."""

    quality: str = option("density", "what is added or taken away", choices=tuple(AXES))
    most: float = option(2.0, "how far it goes either way, in deviations of the corpus", 0.1, 4.0)
    steps: int = option(5, "ideas from least to most", 3, 15)


def run(asked: Asked, report: Report) -> list[Idea]:
    """A row from much less of the quality to much more; my own notes are not in it, but their code is in the middle."""
    from engine.latent.map import LatentMap

    chart = LatentMap.from_bundle(asked.shelf.bundle(asked.row.name))
    quality = asked.options.quality
    if quality not in chart.sliders:
        others = f"Choose one of: {', '.join(chart.sliders)}." if chart.sliders else "Choose another model."
        raise UserError(f"This model has learnt no {quality}.", others)
    code = encode(asked, asked.windows[0][None])[0]
    amounts = np.linspace(-asked.options.most, asked.options.most, asked.options.steps)
    codes = code + amounts[:, None] * chart.sliders[quality]
    less, more = AXES[quality]
    names = [f"{abs(a):.1f} {less if a < 0 else more}" if abs(a) > 1e-9 else "mine, given back" for a in amounts]
    made = [
        asked.idea(name, window, row_of(moved))
        for name, window, moved in zip(names, decode(asked, codes), codes, strict=True)
    ]
    if quality == HEIGHT:  # to be moved is what was asked for
        return made
    return [at_home(asked, idea, worth=WORTH_OF_MINE) for idea in made]


VERB = Verb("nudge", "More or less of it", "Adds a quality to my melody, or takes it away.", "encodes", 1, Options, run)
