"""Harmonize: what fits around my melody, which stays as it is; by one system, or by all that can, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import chorale
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Tokens, Voice
from engine.errors import UserError
from engine.jobs.job import Report, stretch
from engine.models.registry import REGISTRY
from engine.models.row import Row
from engine.options import fitting, option
from engine.verbs.nearest import remark
from engine.verbs.verb import Asked, Idea, Verb

AS_WRITTEN = "as it lies"
GIVEN = (AS_WRITTEN, *(name.lower() for name in chorale.VOICES))
HALF = chorale.STEPS // 2  # steps by which the windows of a longer passage overlap
Cells = NDArray[np.bool_]


@dataclass(frozen=True)
class Options:
    """How many, how long, around which voice, and by whom."""

    count: int = option(3, "how many", 1, 16)
    bars: int = option(4, "of a chorale: how many bars of mine", 4, 64)
    voice: str = option("soprano", "of a chorale: which voice mine is; as it lies: all that is written", choices=GIVEN)
    everyone: bool = option(False, "ask every system that harmonizes chorales, side by side")
    temperature: float = option(0.9, "of the last one; the first takes the likeliest notes", 0.0, 1.5)
    iterations: int = option(300, "of ragtime: steps of the search for each", 10, 5_000)
    seed: int = option(1, "where the search begins", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Mine, and mine with what was found around it."""
    if asked.codec.name != chorale.CHORALE.name:
        return _ragtime(asked, report)
    mine, given = _melody(asked)
    rows = [row for row in REGISTRY.values() if VERB.offered_by(row) and row.codec == asked.row.codec]
    systems = [row for row in rows if _trained(asked, row)] if asked.options.everyone else [asked.row]
    made = [] if len(systems) > 1 else [_idea(asked, "mine", mine, given, asked.row)]
    total = len(systems) * asked.options.count
    for index in range(total):
        row, number = systems[index // asked.options.count], index % asked.options.count
        part = stretch(report, index / total, (index + 1) / total)
        idea = _harmony(asked, row, number, mine, given, part)
        made.append(replace(idea, row=row.title if len(systems) > 1 else ""))
        asked.keep(made[-1])
    return made


def _harmony(asked: Asked, row: Row, number: int, mine: Tokens, given: Cells, report: Report) -> Idea:
    """One harmony by one system: window after window, each knowing the half before it."""
    import torch

    o, steps = asked.options, mine.shape[1]
    heat = o.temperature * number / max(1, o.count - 1)
    network: Any = asked.shelf.network(row.name)
    module = row.load_module()
    kind = getattr(module, "HarmonizeOptions", module.SampleOptions)
    tokens, fixed = mine.copy(), given.copy()
    starts = range(0, steps - chorale.STEPS + 1, HALF)
    for index, start in enumerate(starts):
        here = slice(start, start + chorale.STEPS)
        x = torch.from_numpy(tokens[None, :, here].astype(np.int64))
        stays = torch.from_numpy(fixed[None, :, here])

        def watch(now: torch.Tensor, here: slice = here) -> None:
            so_far = tokens.copy()
            so_far[:, here] = now[0].numpy()
            asked.sketch(_idea(asked, f"{number + 1}", so_far, given, row))

        wanted = fitting(kind, {"temperature": heat, "seed": o.seed + number + 1009 * index})
        part = stretch(report, index / len(starts), (index + 1) / len(starts))
        with torch.inference_mode():
            found = network.harmonize(x, stays, wanted, part, watch)
        tokens[:, here] = found[0].numpy().astype(np.uint8)
        fixed[:, : start + chorale.STEPS] = True
    return _idea(asked, f"{number + 1}", tokens, given, row, f"temperature {heat:.1f}")


def _melody(asked: Asked) -> tuple[Tokens, Cells]:
    """The composer's music [4, 64 + k * 32] and the cells that stay: whole voices."""
    o = asked.options
    tokens = asked.windows[0]
    longer = max(0, o.bars - chorale.BARS) * chorale.BAR
    if asked.passage is not None:
        for start in range(HALF, longer + HALF, HALF) if longer else ():
            try:
                window = asked.window(start * asked.ticks_per_quarter // 4)
            except UserError:
                break  # the music ends here
            tokens = np.concatenate([tokens, window[:, -HALF:]], axis=1)
    if o.voice != AS_WRITTEN:
        tokens = chorale.as_voice(tokens, GIVEN.index(o.voice) - 1)
    sung = np.asarray((tokens >= chorale.FIRST_PITCH).any(axis=1))
    return tokens, np.repeat(sung[:, None], tokens.shape[1], axis=1)


def _idea(asked: Asked, caption: str, tokens: Tokens, given: Cells, row: Row, words: str = "") -> Idea:
    """Four voices, of which those that were given are heard but not written."""
    voices: tuple[Voice, ...] = codec_of(row.codec).write(tokens, asked.ticks_per_quarter)
    new = tuple(np.flatnonzero(~given.all(1)).tolist())
    ticks = tokens.shape[1] * asked.ticks_per_quarter // 4
    return Idea(caption, voices, remark=words, at=asked.place(), ticks=ticks, written=new)


def _trained(asked: Asked, row: Row) -> bool:
    try:
        return asked.shelf.path(row.name).is_file()
    except UserError:
        return False


def _ragtime(asked: Asked, report: Report) -> list[Idea]:
    """Around a melody in a roll: what a search on the code finds."""
    import torch

    mine, o = asked.windows[0], asked.options
    x = torch.from_numpy(mine[None].astype(np.int64))
    kind = asked.row.load_module().HarmonizeOptions
    made = [asked.idea("mine", mine)]
    for index in range(o.count):
        part = stretch(report, index / o.count, (index + 1) / o.count)
        wanted = fitting(kind, {"seed": o.seed + index, "iterations": o.iterations})
        window = asked.network.harmonize(x, x > 0, wanted, part)[0].numpy().astype(np.uint8)
        made.append(asked.idea(f"{index + 1}", window, remark=remark(asked, window)))
        asked.keep(made[-1])
    return made


VERB = Verb("harmonize", "Harmonize mine", "Finds voices that fit around my melody; the melody stays.", "harmonizes", 1,
            Options, run)  # fmt: skip
