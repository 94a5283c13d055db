"""Repair: some steps of my bars are taken out and filled in again by the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.codecs import melody
from engine.errors import UserError
from engine.jobs.job import Report
from engine.options import option
from engine.verbs.codes import sampling
from engine.verbs.verb import Asked, Idea, Verb

WHERE = ("steps by chance", "first bar", "last bar", "second half of each bar")


@dataclass(frozen=True)
class Options:
    """What is taken out."""

    where: str = option("steps by chance", "which steps are filled in again", choices=WHERE)
    share: float = option(0.3, "how many of the steps, where they are taken by chance", 0.0, 1.0)
    count: int = option(4, "how many repairs, each with its own luck", 1, 32)
    temperature: float = option(0.6, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed repairs the same", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Mine with its hole, and repairs of it; what was not taken out stays as it was."""
    import torch

    mine, o = asked.windows[0], asked.options
    hole = taken_out(asked, o.where, o.share, o.seed)
    if not hole.any():
        raise UserError("Nothing was taken out.", "Choose a larger share.")
    made = [asked.idea("mine", mine), asked.idea("with the hole", _without(mine, hole))]
    x, open_ = torch.from_numpy(mine[None].astype(np.int64)), torch.from_numpy(hole[None])
    for index in range(o.count):
        report(index, o.count, "repairing")
        options = sampling(asked, seed=o.seed + index)
        with torch.inference_mode():
            window = asked.network.inpaint(x, open_, options, report)[0].numpy().astype(np.uint8)
        made.append(asked.idea(f"repair {index + 1}", window))
    return made


def taken_out(asked: Asked, where: str, share: float, seed: int) -> np.ndarray:
    """Bool like a window: the steps that are filled in again."""
    bars, bar = asked.codec.bars, melody.steps_per_bar(asked.compound)
    used = melody.slots(asked.compound, bars)
    step = np.arange(len(used))
    chosen = {
        "steps by chance": np.random.default_rng(seed).random(len(used)) < share,
        "first bar": step < bar,
        "last bar": step >= len(used) - bar,
        "second half of each bar": step % bar >= bar // 2,
    }[where]
    hole = np.zeros(asked.codec.shape, dtype=bool)
    hole[used] = chosen
    return hole


def _without(mine: np.ndarray, hole: np.ndarray) -> np.ndarray:
    return np.where(hole, melody.REST, mine).astype(np.uint8)


VERB = Verb("repair", "Repair", "Takes steps out of my bars and fills them in again.", "inpaints", 1, Options, run,
            codecs=("melody",))  # fmt: skip
