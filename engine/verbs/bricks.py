"""Bricks: my bars as numbered bricks; some are kept, the others drawn again, or two pieces swap theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.jobs.job import Report
from engine.options import option
from engine.verbs.codes import sampling
from engine.verbs.verb import Asked, Idea, Verb

KEPT = ("first half", "second half", "every other", "nothing")


@dataclass(frozen=True)
class RebuildOptions:
    """Which bricks stay."""

    keep: str = option("first half", "which of my bricks stay where they are", choices=KEPT)
    count: int = option(4, "how many", 1, 32)
    temperature: float = option(0.9, "0 takes the likeliest bricks, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed draws the same bricks", 0)


@dataclass(frozen=True)
class SwapOptions:
    """How the swapped bricks are decoded."""

    temperature: float = option(0.0, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed decodes the same", 0)


def rebuild(asked: Asked, report: Report) -> list[Idea]:
    """Mine as bricks give it back, and mine with the open bricks drawn again."""
    ids = _bricks(asked, asked.windows[:1])
    place = np.arange(ids.shape[1])
    half = place < ids.shape[1] // 2
    stays = {"first half": half, "second half": ~half, "every other": place % 2 == 0, "nothing": place < 0}
    open_ids = np.where(stays[asked.options.keep], ids, -1)
    made = [asked.idea("mine", asked.windows[0]), _built(asked, "as bricks", ids)]
    for index in range(asked.options.count):
        report(index, asked.options.count, "laying bricks")
        made.append(_built(asked, f"{index + 1}", _composed(asked, open_ids, asked.options.seed + index)))
    return made


def swap(asked: Asked, report: Report) -> list[Idea]:
    """A and B as bricks, and every bar of A replaced by B's, one at a time; last, all even bars."""
    ids = _bricks(asked, asked.windows[:2])
    bars, per_bar = asked.codec.bars, ids.shape[1] // asked.codec.bars
    made = [_built(asked, "A", ids[:1]), _built(asked, "B", ids[1:])]
    choices = [*([bar] for bar in range(bars)), [bar for bar in range(bars) if bar % 2]]
    for index, chosen in enumerate(choices):
        report(index, len(choices), "swapping")
        mixed = ids[:1].copy()
        for bar in chosen:
            mixed[:, bar * per_bar : (bar + 1) * per_bar] = ids[1:, bar * per_bar : (bar + 1) * per_bar]
        name = f"bar {chosen[0] + 1} of B" if len(chosen) == 1 else "every other bar of B"
        made.append(_built(asked, name, mixed))
    return made


def _bricks(asked: Asked, windows: tuple[np.ndarray, ...]) -> np.ndarray:
    import torch

    with torch.inference_mode():
        found: np.ndarray = asked.network.bricks(torch.from_numpy(np.stack(windows).astype(np.int64))).numpy()
    return found


def _composed(asked: Asked, ids: np.ndarray, seed: int) -> np.ndarray:
    import torch

    with torch.inference_mode():
        found: np.ndarray = asked.network.compose(torch.from_numpy(ids), sampling(asked, seed=seed)).numpy()
    return found


def _built(asked: Asked, caption: str, ids: np.ndarray) -> Idea:
    import torch

    with torch.inference_mode():
        window = asked.network.build(torch.from_numpy(ids), sampling(asked, temperature=0.0))[0]
    return asked.idea(caption, window.numpy().astype(np.uint8), remark=" ".join(str(int(i)) for i in ids[0]))


REBUILD = Verb("rebuild", "Draw bricks again", "Keeps some bricks of my bars and draws the others again.", "bricks", 1,
               RebuildOptions, rebuild)  # fmt: skip
SWAP = Verb("swap", "Swap bars", "Puts bars of one melody into another.", "bricks", 2, SwapOptions, swap)
