"""Shape: another tune with the shape of this one, by constraints on what a machine settles on (Lattner, 2016)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.codecs import melody
from engine.codecs.codec import Tokens
from engine.jobs.job import Report, stretch
from engine.options import option
from engine.verbs.codes import sampling
from engine.verbs.verb import Asked, Idea, Picture, Plot, Verb

SHOWN = 5  # rounds between two looks
CONSTRAINTS = ("structure", "tonality", "meter")  # those of models.form_constraints, which brings torch
PICTURE = 64  # places of a self-similarity that are painted along each side, at most


@dataclass(frozen=True)
class Options:
    """How much of the shape is imposed, and for how long."""

    structure: float = option(1.0, "how much it counts what returns, and when", 0.0, 5.0)
    tonality: float = option(1.0, "how much the keys of every two bars count", 0.0, 5.0)
    meter: float = option(1.0, "how much the rhythm counts", 0.0, 5.0)
    rounds: int = option(40, "turns of settling: more come nearer", 1, 1_000)
    count: int = option(2, "how many", 1, 16)
    temperature: float = option(0.8, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed makes the same", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Mine, and `count` others of its shape; each is kept as soon as it stands."""
    import torch

    mine, o = asked.windows[0], asked.options
    template = torch.from_numpy(mine.astype(np.int64))
    wanted = asked.row.load_module().ShapeOptions(o.structure, o.tonality, o.meter, o.rounds, temperature=o.temperature)
    likeness = picture(asked, "what of mine is like what else of it", mine)
    made = [replace(asked.idea("mine", mine), pictures=(likeness,))]
    for index in range(o.count):
        part, caption = stretch(report, index / o.count, (index + 1) / o.count), f"{index + 1}"

        def watch(now: torch.Tensor, errors: dict[str, list[float]], caption: str = caption) -> None:
            if len(errors[CONSTRAINTS[0]]) % SHOWN == 0:
                asked.sketch(_placed(asked, asked.idea(caption, now.numpy().astype(np.uint8))))

        with torch.no_grad():
            free = asked.network.sample(1, sampling(asked, seed=o.seed + index), stretch(part, 0.0, 0.3))[0]
            found, errors = asked.network.shaped(
                template, replace(wanted, seed=o.seed + index), stretch(part, 0.3, 1.0), watch
            )
            before, after = (asked.network.errors(x, template).tolist() for x in (free, found))
        made.append(_told(asked, caption, found.numpy().astype(np.uint8), (before, after), errors, likeness))
        asked.keep(made[-1])
    return made


def _told(
    asked: Asked,
    caption: str,
    tokens: Tokens,
    ends: tuple[list[float], list[float]],
    errors: dict[str, list[float]],
    likeness: Picture,
) -> Idea:
    """What came, with its pictures: both self-similarities, and how the errors fell."""
    found = picture(asked, "what of the new one is like what else of it", tokens)
    fallen = Plot(
        "how far it is from my shape, of what it was at first",
        tuple((name, tuple(error / max(line[0], 1e-9) for error in line)) for name, line in errors.items()),
        "rounds",
    )
    idea = asked.idea(caption, tokens, remark=_remark(asked.windows[0], tokens, *ends))
    return _placed(asked, replace(idea, pictures=(likeness, found, fallen)))


def _placed(asked: Asked, idea: Idea) -> Idea:
    return replace(idea, at=asked.place(), ticks=asked.span)


def _remark(mine: Tokens, tokens: Tokens, before: list[float], after: list[float]) -> str:
    """Each error unasked and now, and how much of mine is in it."""
    fallen = ", ".join(
        f"{name} {free:.3f} to {now:.3f}" for name, free, now in zip(CONSTRAINTS, before, after, strict=True)
    )
    notes = (mine >= melody.FIRST_PITCH_TOKEN) & (mine < melody.PAD)
    return (
        f"errors, unasked to now: {fallen}; {100 * float((tokens == mine)[notes].mean()):.0f} % of my notes are in it"
    )


def picture(asked: Asked, caption: str, tokens: Tokens) -> Picture:
    """The self-similarity of a window as a matrix."""
    import torch

    form: Any = asked.network.form(torch.from_numpy(tokens.astype(np.int64)))
    rows = form.likeness.numpy()
    every = -(-len(rows) // PICTURE)
    smaller = rows[: len(rows) // every * every, : len(rows) // every * every]
    smaller = smaller.reshape(len(smaller) // every, every, -1, every).max((1, 3))
    return Picture(caption, tuple(tuple(round(float(v), 3) for v in row) for row in smaller), "time", "time")


VERB = Verb("shape", "Same shape", "Makes something with the shape of this piece: its repeats, its keys, its rhythm.",
            "samples", 1, Options, run, rows=("c_rbm",))  # fmt: skip
