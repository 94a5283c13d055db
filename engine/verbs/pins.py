"""Compose through my notes: some of them are pinned, and everything between them is composed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Tokens
from engine.errors import UserError
from engine.jobs.job import Report, stretch
from engine.options import option
from engine.score import Note
from engine.verbs.codes import sampling
from engine.verbs.holes import filled
from engine.verbs.verb import Asked, Idea, Verb

ALL, LOCKED, FIRST_BEATS = "all notes", "locked notes", "first beats"
WHICH = (ALL, LOCKED, FIRST_BEATS)
BEGINNINGS, LENGTHS = "beginnings", "beginnings and lengths"
FITS = ((2.0, "well"), (2.8, "fairly well"), (4.0, "hardly"))  # mean surprise up to which they do
WORST = "badly"
Cells = NDArray[np.bool_]


@dataclass(frozen=True)
class Options:
    """What is pinned, and how many ways through it."""

    which: str = option(ALL, "which of my notes are pinned; first beats: those that begin with a bar", choices=WHICH)
    what: str = option(BEGINNINGS, "where a note begins, or also how long it is", choices=(BEGINNINGS, LENGTHS))
    count: int = option(4, "how many ways through them", 1, 16)
    temperature: float = option(0.8, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed composes the same", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Mine, and `count` melodies in which the pins are where they are in mine."""
    import torch

    mine, o = asked.windows[0], asked.options
    onsets = _pinned(asked, mine, o.which)
    closed, ends = _cells(mine, onsets) if o.what == LENGTHS else (onsets, np.zeros_like(onsets))
    hole = ~closed & (mine != melody.PAD)
    if not hole.any():
        raise UserError("Everything is pinned: nothing is left to compose.", "Pin fewer notes, or only beginnings.")
    x, open_, over = (torch.from_numpy(cells[None]) for cells in (mine.astype(np.int64), hole, ends))
    made = [asked.idea("mine", mine, remark=f"{int(onsets.sum())} notes pinned")]
    for index in range(o.count):
        part = stretch(report, index / o.count, (index + 1) / o.count)
        with torch.inference_mode():
            found = asked.network.through(x, open_, sampling(asked, seed=o.seed + index), over, part)
            surprise = asked.network.surprise(found, torch.zeros_like(open_))[0].numpy()[onsets]
        tokens = found[0].numpy().astype(np.uint8)
        made.append(filled(asked, f"{index + 1}", tokens, hole, (0, asked.span), natural(float(surprise.mean()))))
        asked.keep(made[-1])
    return made


def natural(surprise: float) -> str:
    """How natural pins are in a melody, given the mean surprise at them, in nats, of one who does not know of them."""
    level = next((words for most, words in FITS if surprise <= most), WORST)
    return f"the pins fit {level} (surprise {surprise:.1f} nats; notes of real tunes about 1.7)"


def _pinned(asked: Asked, mine: Tokens, which: str) -> Cells:
    """Where pinned notes begin, bool like the window.

    Raises:
        UserError: no note is pinned.
    """
    onsets = np.asarray((mine >= melody.FIRST_PITCH_TOKEN) & (mine < melody.PAD))
    if which == FIRST_BEATS:
        onsets = onsets & (np.arange(len(mine)) % melody.BAR_SLOTS == 0)
    if which == LOCKED:
        kept = np.zeros_like(onsets)
        for note in asked.passage.locked if asked.passage else ():
            kept |= _beginning(asked, mine, note)
        onsets = onsets & kept
    if not onsets.any():
        raise UserError("No note is pinned.", "Lock some notes, or choose to pin all of them.")
    return onsets


def _beginning(asked: Asked, mine: Tokens, note: Note) -> Cells:
    """The cell in which a note of the piece begins, if it is this one that is heard there."""
    assert asked.passage is not None
    step = round((note.start - asked.passage.at_tick) / (asked.ticks_per_quarter / 4))
    if not 0 <= step < melody.steps_per_bar(asked.compound) * asked.codec.bars:
        return np.zeros(mine.shape, dtype=bool)
    cell = asked.codec.cells(mine, step, step + 1)
    return cell & (mine == melody.FIRST_PITCH_TOKEN + melody.fold(note.pitch) - melody.LOWEST)


def _cells(mine: Tokens, onsets: Cells) -> tuple[Cells, Cells]:
    """The cells that pinned notes fill, and those right behind them, at which they may not be held on."""
    closed, ends, sounding = onsets.copy(), np.zeros_like(onsets), False
    for step in melody.slots(bool(melody.is_compound(mine)), len(mine) // melody.BAR_SLOTS):
        if onsets[step]:
            sounding = True
        elif sounding and mine[step] == melody.HOLD:
            closed[step] = True
        else:
            ends[step], sounding = sounding, False
    return closed, ends


VERB = Verb("pins", "Compose through my notes", "Keeps my notes where they are and composes all that lies between.",
            "inpaints", 1, Options, run, rows=("anticipation_rnn",))  # fmt: skip
