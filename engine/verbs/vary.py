"""My bars through the model and back: what it hears in them, and variations of that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.jobs.job import Report
from engine.options import option
from engine.verbs.at_home import WORTH_OF_MINE, at_home
from engine.verbs.codes import decode, encode, row_of
from engine.verbs.nearest import remark
from engine.verbs.verb import Asked, Idea, Verb


@dataclass(frozen=True)
class Options:
    """How far the variations go."""

    count: int = option(6, "how many variations", 1, 64)
    amount: float = option(0.3, "how far from mine: 0 is the same place, 1 is anywhere", 0.0, 1.0)
    temperature: float = option(0.0, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed makes the same variations", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Mine, mine as the model gives it back, and variations around it: the code a part of the way to a drawn one."""
    from engine.verbs.codes import sampling

    mine = asked.windows[0]
    code = encode(asked, mine[None])[0]
    back = decode(asked, code[None])[0]
    share = float(np.mean(back == mine))
    made = [asked.idea("mine", mine), asked.idea("given back", back, row_of(code), f"{100 * share:.0f} % as it was")]
    others = asked.network.draw(asked.options.count, sampling(asked)).numpy()
    a = asked.options.amount
    moved = np.sqrt(1 - a * a) * code + a * others if a < 1 else others
    for index, window in enumerate(decode(asked, moved)):
        report(index, len(moved), "varying")
        idea = asked.idea(f"variation {index + 1}", window, row_of(moved[index]), remark(asked, window))
        made.append(at_home(asked, idea, worth=WORTH_OF_MINE))
    return made


VERB = Verb(
    "vary", "Vary mine", "Gives my bars back as the model hears them, with variations.", "encodes", 1, Options, run
)
