"""Fill: a stretch, a voice or the gaps written anew from both sides; all else, and what is locked, stays."""

from __future__ import annotations

from dataclasses import dataclass

from engine.jobs.job import Report
from engine.options import option
from engine.verbs.holes import ALL_VOICES, MARKED, VOICES, WHERE
from engine.verbs.remade import remade
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
    return remade(asked, "inpaint", report)


VERB = Verb("fill", "Fill", "Writes a stretch, a voice or the gaps of my music anew, knowing what is around.",
            "inpaints", 1, Options, run)  # fmt: skip
