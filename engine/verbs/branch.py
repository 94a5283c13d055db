"""And then? From my last two bars grows a tree: each two bars are answered several ways, and each answer in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.codecs.codec import Tokens
from engine.jobs.job import Report
from engine.options import option
from engine.verbs.codes import sampling
from engine.verbs.verb import Asked, Idea, Verb

MOST_ENDS = 64  # of a tree: from there on each end goes on alone
TRIES = 4  # answers drawn for each that is kept
DIFFER = 0.25  # share of its steps in which an answer has to differ from each of its sisters
APART = 1009  # between the seeds of two answers


@dataclass(frozen=True)
class Options:
    """How wide, how deep and how daring."""

    branches: int = option(2, "answers to each two bars; a tree with 64 ends does not divide further", 2, 4)
    depth: int = option(3, "how many times two bars", 1, 5)
    noise: float = option(1.0, "low: answers much alike; 1: as varied as it learnt; 2: the most daring ones", 0.2, 2.0)
    anchor: int = option(0, "answers my own bars again at every so-manieth two bars; 0: only at the first", 0, 5)
    seed: int = option(1, "the same seed grows the same tree", 0)


@dataclass(frozen=True)
class _Node:
    """Two bars of the tree, and those before them."""

    idea: Idea
    place: int  # among the ideas
    path: tuple[Tokens, ...]  # my two bars, then every answer


def run(asked: Asked, report: Report) -> list[Idea]:
    """My two bars, then the tree from the trunk outwards; every idea is a whole path, of which mine is not new."""
    o = asked.options
    mine = (asked.windows[0][len(asked.windows[0]) // 2 :],)
    made: list[Idea] = []

    def grown(caption: str, path: tuple[Tokens, ...], parent: int | None) -> _Node:
        made.append(_idea(asked, caption, path, parent))
        asked.keep(made[-1])
        return _Node(made[-1], len(made) - 1, path)

    ends = [grown("mine", mine, None)]
    for level in range(o.depth):
        wide = o.branches if len(ends) * o.branches <= MOST_ENDS else 1
        outer = []
        for number, end in enumerate(ends):
            report(level + number / len(ends), o.depth, "growing")
            again = o.anchor and level % o.anchor == 0
            answers = _answers(asked, mine[0] if again else end.path[-1], wide, end.place)
            for index, answer in enumerate(answers):
                caption = f"{end.idea.caption}.{index + 1}" if level else f"{index + 1}"
                outer.append(grown(caption, (*end.path, answer), end.place))
                asked.sketch(outer[-1].idea)
        ends = outer
    return made


def _answers(asked: Asked, prior: Tokens, wide: int, place: int) -> list[Tokens]:
    """So many answers to two bars, no two of them alike as far as can be."""
    import torch

    count = wide * TRIES if wide > 1 else 1
    options = sampling(asked, seed=asked.options.seed + APART * place, anchor=0)
    with torch.inference_mode():
        x = torch.from_numpy(np.repeat(prior[None].astype(np.int64), count, axis=0))
        drawn = asked.network.chain(x, 1, options)[:, 0].numpy().astype(np.uint8)
    chosen = [0]
    while len(chosen) < wide:
        nearest = (drawn[:, None] != drawn[chosen]).mean(-1).min(1)
        enough = np.flatnonzero(nearest >= DIFFER)
        chosen.append(int(enough[0] if len(enough) else nearest.argmax()))
    return [drawn[number] for number in chosen]


def _idea(asked: Asked, caption: str, path: tuple[Tokens, ...], parent: int | None) -> Idea:
    """A path: heard with my two bars in front, written without them."""
    half = asked.span // 2
    ticks = half * len(path)
    return Idea(
        caption,
        asked.codec.write(np.concatenate(path), asked.ticks_per_quarter),
        at=asked.place(half),
        ticks=ticks,
        fresh=(half, ticks),
        parent=parent,
    )


VERB = Verb(
    "branch",
    "And then?",
    "Grows a tree from my last two bars: several ways on, and from each several more.",
    "continues",
    1,
    Options,
    run,
    rows=("conditional_gan",),
)
