"""As the other kind: my passage rewritten as music of another kind, mildly and thoroughly; the tune stays mine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.codecs import melody
from engine.codecs.codec import Tokens, Voice
from engine.errors import UserError
from engine.jobs.job import Report, stretch
from engine.options import option
from engine.score import Note
from engine.verbs.codes import sampling
from engine.verbs.verb import Asked, Idea, Verb

LONGEST, USUAL = 64, 8  # bars
MILDEST = 0.6  # share of the wanted strength that the mildest of several has


@dataclass(frozen=True)
class Options:
    """As what, how much of the passage, and how thoroughly."""

    kind: str = option("", "as which kind; empty: the one it is not, or both")
    bars: int = option(0, "how many bars of mine; 0: to the end of what is marked, or eight", 0, LONGEST)
    count: int = option(3, "how many of each kind at most, the mildest first", 1, 8)
    strength: float = option(1.0, "of the strongest: 0 leaves nearly everything, 1 rewrites as learnt", 0.0, 2.0)
    temperature: float = option(0.0, "0 takes the likeliest notes, 1 surprises as much as in training", 0.0, 1.5)
    seed: int = option(1, "the same seed rewrites the same", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """A row for each kind that is wanted, the mildest first, the kind that is furthest from mine first of all; mine
    opens them. A kind that mine has already is left out, unless it was asked for by name.
    """
    o, mine = asked.options, _mine(asked)
    kinds, rows = _wanted(asked.network, o.kind), []
    for index, kind in enumerate(kinds):
        part = stretch(report, index / len(kinds), (index + 1) / len(kinds))
        rows.append(_as_kind(asked, mine, kind, part))
    rows.sort(key=lambda row: -row[0])
    rows = [row for row in rows if row[0] > 0] or rows[:1]
    own = replace(_idea(asked, "mine", mine, rows[0][1][0].row), written=() if asked.passage else None)
    return [own, *(idea for _, ideas in rows for idea in ideas)]


def _as_kind(asked: Asked, mine: Tokens, kind: int, report: Report) -> tuple[float, list[Idea]]:
    """How much the strongest changes, and mine as a kind; what comes out as the one before is left out."""
    import torch

    o, name = asked.options, asked.network.names[kind]
    made: list[Idea] = []
    x, before, changed = torch.from_numpy(mine.astype(np.int64)), mine, 0.0
    for number in range(o.count):
        strength = o.strength * (1.0 if o.count == 1 else MILDEST + (1 - MILDEST) * number / (o.count - 1))
        options = sampling(asked, strength=strength, seed=o.seed + number, one_key=True)
        part = stretch(report, number / o.count, (number + 1) / o.count)
        with torch.inference_mode():
            found = asked.network.transfer(x, kind, options, part).numpy().astype(np.uint8)
        changed = float((mine != found)[mine != melody.PAD].mean())
        if np.array_equal(found, before) and not (number == o.count - 1 and not made):
            continue
        remark = f"{100 * changed:.0f} % of the steps changed" if changed else f"it is a {name} already"
        made.append(replace(_idea(asked, f"strength {strength:.2g}", found, f"as a {name}"), remark=remark))
        asked.keep(made[-1])
        before = found
    return changed, made


def _wanted(network: Any, kind: str) -> list[int]:
    """The kinds that are asked for, by number.

    Raises:
        UserError: the network knows no such kind.
    """
    if not kind.strip():
        return list(range(len(network.names)))
    found = [number for number, name in enumerate(network.names) if name.lower() == kind.strip().lower()]
    if not found:
        raise UserError(f"This model knows no {kind.strip()}.", f"It knows: {', '.join(network.names)}.")
    return found


def _mine(asked: Asked) -> Tokens:
    """The passage as windows [n, slots] one behind the other; what lies beyond its end is silent."""
    if asked.passage is None:
        return np.stack(asked.windows[:1])
    codec, bars = asked.codec, _bars(asked)
    limit = bars * melody.BAR_SLOTS
    windows = []
    for number in range(-(-bars // codec.bars)):
        try:
            window = asked.window(number * asked.span)
        except UserError:  # nothing begins there
            window = melody.encode_steps([], asked.compound, codec.bars)
        kept = limit - number * codec.shape[0]
        windows.append(_cut(window, kept, asked.compound, codec.bars) if kept < codec.shape[0] else window)
    return np.stack(windows)


def _bars(asked: Asked) -> int:
    """How many bars are rewritten: those asked for, as far as there is music."""
    if asked.passage is None:
        return asked.codec.bars
    bar, passage = asked.span // asked.codec.bars, asked.passage
    there = -(-(max(track.end for track in passage.tracks) - passage.at_tick) // bar)
    return max(1, min(length(asked.options.bars, passage.marked, passage.at_tick, bar), there))


def length(bars: int, marked: tuple[int, int] | None, at_tick: int, bar_ticks: int) -> int:
    """How many bars are meant, whether there is music in them or not.

    Args:
        bars: as the options say; 0 leaves it to what is marked.
        marked: first tick and end of that, if anything is.
        at_tick: where the passage begins.
        bar_ticks: length of a bar.
    """
    if bars:
        return bars
    return USUAL if marked is None else max(1, min(LONGEST, -(-(marked[1] - at_tick) // bar_ticks)))


def _cut(window: Tokens, slots: int, compound: bool, bars: int) -> Tokens:
    """The window with silence from a slot on."""
    steps = slots // melody.BAR_SLOTS * melody.steps_per_bar(compound)
    notes = [(start, min(end, steps), pitch) for start, end, pitch in melody.decode_steps(window) if start < steps]
    return melody.encode_steps(notes, compound, bars)


def _idea(asked: Asked, caption: str, windows: Tokens, row: str = "") -> Idea:
    """Windows one after the other, as long as the passage is."""
    parts = [asked.codec.write(window, asked.ticks_per_quarter)[0] for window in windows]
    notes = [note.moved(number * asked.span) for number, part in enumerate(parts) for note in part.notes]
    ticks = _bars(asked) * asked.span // asked.codec.bars
    kept = tuple(replace(note, length=min(note.end, ticks) - note.start) for note in notes if note.start < ticks)
    voice = Voice(parts[0].name, parts[0].program, _touched(asked, kept))
    return Idea(caption, (voice,), row=row, at=asked.place(), ticks=ticks)


def _touched(asked: Asked, notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """The notes; those that the piece has in the same place are struck as there."""
    if asked.passage is None:
        return notes
    step, at = asked.ticks_per_quarter / 4, asked.passage.at_tick
    touch = {(round((n.start - at) / step), n.pitch): n.velocity for n in asked.passage.tracks[0].notes}
    return tuple(replace(n, velocity=touch.get((round(n.start / step), n.pitch), n.velocity)) for n in notes)


VERB = Verb("transfer", "As the other kind", "Rewrites my passage as music of another kind; the tune stays mine.",
            "transfers", 1, Options, run)  # fmt: skip
