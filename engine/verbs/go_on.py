"""Continue: what could come after my music, several ways."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.codecs.codec import Tokens, Voice
from engine.jobs.job import Report, stretch
from engine.options import option
from engine.verbs.codes import sampling
from engine.verbs.listening import listening
from engine.verbs.nearest import remark
from engine.verbs.verb import Asked, Idea, Picture, Verb


@dataclass(frozen=True)
class Options:
    """How many, how long and how daring."""

    count: int = option(4, "how many to choose from", 1, 10)
    bars: int = option(8, "how many bars are added", 1, 64)
    temperature: float = option(0.9, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    density: float = option(0.0, "of chords frame by frame: above 0 fuller ones, below 0 thinner", -4.0, 4.0)
    seed: int = option(1, "the same seed goes on in the same way", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """`count` continuations; each belongs right behind the passage."""
    import torch

    o = asked.options
    made = []
    ticks = asked.span // asked.codec.bars * o.bars
    for index in range(o.count):
        part = stretch(report, index / o.count, (index + 1) / o.count)
        last, found = asked.windows[0], []
        rounds = -(-o.bars // asked.codec.bars)
        for round_ in range(rounds):
            step = stretch(part, round_ / rounds, (round_ + 1) / rounds)
            x = torch.from_numpy(last[None].astype(np.int64))
            with torch.inference_mode():
                options = sampling(asked, seed=o.seed + index + 1009 * round_)
                last = asked.network.extend(x, options, step)[0].numpy().astype(np.uint8)
            found.append(last)
            asked.sketch(_idea(asked, f"{index + 1}", found, ticks))
        pictures = _listened(asked, found[0]) if "attends" in asked.row.capabilities else ()
        idea = _idea(asked, f"{index + 1}", found, ticks)
        made.append(replace(idea, remark=remark(asked, found[0]), pictures=pictures))
        asked.keep(made[-1])
    return made


def _listened(asked: Asked, found: Tokens) -> tuple[Picture, ...]:
    """What the first window listened to in mine."""
    return (listening(asked.network, asked.windows[0], found, "which of my notes each new one listened to"),)


def _idea(asked: Asked, caption: str, windows: list[Tokens], ticks: int) -> Idea:
    """Windows one after the other, cut at so many ticks."""
    parts = [asked.codec.write(window, asked.ticks_per_quarter) for window in windows]
    voices = []
    for number, voice in enumerate(parts[0]):
        notes = [note.moved(n * asked.span) for n, part in enumerate(parts) for note in part[number].notes]
        kept = tuple(replace(note, length=min(note.end, ticks) - note.start) for note in notes if note.start < ticks)
        voices.append(Voice(voice.name, voice.program, kept))
    return Idea(caption, tuple(voices), at=asked.place(asked.span), ticks=ticks)


VERB = Verb("continue", "Continue", "Goes on where my music ends, several ways.", "continues", 1, Options, run)
