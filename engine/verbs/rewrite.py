"""Rewrite: note by note my music is asked again, given all the others, until it settles (pseudo-Gibbs)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.jobs.job import Report
from engine.options import option
from engine.verbs.holes import ALL_VOICES, EVERYTHING, VOICES, WHERE
from engine.verbs.remade import remade
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
    return remade(asked, "rewrite", report, tells_change=True)


VERB = Verb("rewrite", "Rewrite", "Asks for every note of mine again, given all the others, until the music settles.",
            "rewrites", 1, Options, run)  # fmt: skip
