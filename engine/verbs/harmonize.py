"""Harmonize: what fits around my melody, which stays as it is; by one system, or by all that can, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import chorale
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Tokens, Voice
from engine.errors import Cancelled, UserError
from engine.jobs.job import Report, stretch
from engine.models.row import Row
from engine.options import fitting, option
from engine.verbs.listening import listening
from engine.verbs.nearest import remark
from engine.verbs.verb import Asked, Idea, Picture, Verb
from engine.verbs.voices import led

AS_WRITTEN = "as it lies"
GIVEN = (AS_WRITTEN, *(name.lower() for name in chorale.VOICES))
HALF = chorale.STEPS // 2  # steps by which the windows of a longer passage overlap
AT_ONCE = 4  # harmonies that are looked for together
LISTENED = "which of my notes each new chord listened to"
Cells = NDArray[np.bool_]


@dataclass(frozen=True)
class Options:
    """How many, how long, around which voice, and by whom."""

    count: int = option(3, "how many", 1, 16)
    bars: int = option(4, "of a chorale: how many bars of mine", 4, 64)
    voice: str = option("soprano", "of a chorale: which voice mine is; as it lies: all that is written", choices=GIVEN)
    everyone: bool = option(False, "ask every system that harmonizes chorales, side by side")
    temperature: float = option(0.9, "of the last one; the first takes the likeliest notes", 0.0, 1.5)
    density: float = option(0.0, "of chords frame by frame: above 0 fuller ones, below 0 thinner", -4.0, 4.0)
    iterations: int = option(300, "of ragtime: steps of the search for each", 10, 5_000)
    seed: int = option(1, "where the search begins", 0)


@dataclass(frozen=True)
class _Song:
    """The composer's music [4, steps], the cells that stay (whole voices), and what is to be said of it."""

    tokens: Tokens
    given: Cells
    words: str = ""

    @property
    def end(self) -> int:
        """Steps of the bars in which mine sounds: what would come behind them has nothing to fit around."""
        return _bars_of(np.asarray((chorale.pitches(self.tokens) != chorale.SILENT).any(axis=0)), chorale.BAR)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Mine, and mine with what was found around it."""
    if asked.codec.name != chorale.CHORALE.name:
        return _ragtime(asked, report)
    mine = _song(asked)
    systems = _everyone(asked) if asked.options.everyone else [asked.row]
    made = [replace(_idea(asked, "mine", mine.tokens, mine), remark=mine.words, written=())]
    total = len(systems) * asked.options.count
    for index in range(total):
        row, number = systems[index // asked.options.count], index % asked.options.count
        part = stretch(report, index / total, (index + 1) / total)
        idea = _harmony(asked, row, number, mine, part)
        made.append(replace(idea, row=row.title if asked.options.everyone else ""))
        asked.keep(made[-1])
    return made


def _harmony(asked: Asked, row: Row, number: int, mine: _Song, report: Report) -> Idea:
    """One harmony by one system: window after window, each knowing the half before it."""
    import torch

    o, steps = asked.options, mine.tokens.shape[1]
    heat = o.temperature * number / max(1, o.count - 1)
    network: Any = asked.shelf.network(row.name)
    module = row.load_module()
    kind = getattr(module, "HarmonizeOptions", module.SampleOptions)
    tokens, fixed, written = mine.tokens.copy(), mine.given.copy(), 0
    pictures: tuple[Picture, ...] = ()
    starts = [*range(0, steps - chorale.STEPS, HALF), steps - chorale.STEPS]
    for index, start in enumerate(starts):
        here, new = slice(start, start + chorale.STEPS), slice(written, start + chorale.STEPS)
        x = torch.from_numpy(_cut(tokens, here)[None].astype(np.int64))

        def watch(now: torch.Tensor, new: slice = new, start: int = start) -> None:
            so_far = tokens.copy()
            so_far[:, new] = now[0, :, new.start - start :].numpy()
            asked.sketch(_idea(asked, f"{number + 1}", so_far, mine))

        wanted = fitting(kind, {"temperature": heat, "seed": o.seed + number + 1009 * index})
        part = stretch(report, index / len(starts), (index + 1) / len(starts))
        with torch.inference_mode():
            found = network.harmonize(x, torch.from_numpy(fixed[None, :, here]), wanted, part, watch)
        tokens[:, new] = np.where(mine.given[:, new], tokens[:, new], found[0, :, new.start - start :].numpy())
        if "attends" in row.capabilities and not index:
            pictures = (listening(network, x[0].numpy(), found[0].numpy(), LISTENED),)
        written = new.stop
        fixed[:, :written] = True
    idea = _idea(asked, f"{number + 1}", tokens, mine)
    return replace(idea, remark=f"surprise {heat:.1f}; {led(asked, idea.voices)}", pictures=pictures)


def _song(asked: Asked) -> _Song:
    """The composer's music: so many bars of it as were asked for and as there are."""
    o, passage = asked.options, asked.passage
    voice, octaves = GIVEN.index(o.voice) - 1, 0
    if passage is None:
        tokens = asked.windows[0] if o.voice == AS_WRITTEN else chorale.as_voice(asked.windows[0], voice)
    else:
        tpq, at = asked.ticks_per_quarter, passage.at_tick
        there = -(-(max(track.end for track in passage.tracks) - at) // tpq) * chorale.BEAT
        steps = max(chorale.STEPS, min(o.bars * chorale.BAR, -(-there // chorale.BAR) * chorale.BAR))
        if o.voice == AS_WRITTEN:
            tokens = chorale.read_steps(passage.tracks, tpq, at, steps)
        else:
            tokens, octaves = chorale.read_as_voice(passage.tracks, tpq, at, voice, steps)
    sung = np.asarray((tokens >= chorale.FIRST_PITCH).any(axis=1))
    if sung.all():
        raise UserError("All four voices are written already.", "Say which of them is given, or leave one out.")
    many = f"{abs(octaves)} octaves" if abs(octaves) > 1 else "an octave"
    words = f"heard {many} {'higher' if octaves > 0 else 'lower'}" if octaves else ""
    return _Song(tokens, np.repeat(sung[:, None], tokens.shape[1], axis=1), words)


def _cut(tokens: Tokens, here: slice) -> Tokens:
    """A window of longer music [4, n]; what sounds into it begins with it."""
    window = tokens[:, here].copy()
    sounding = chorale.pitches(tokens)[:, here.start]
    spoken = np.where(sounding == chorale.SILENT, chorale.REST, sounding - chorale.LOWEST + chorale.FIRST_PITCH)
    window[:, 0] = np.where(window[:, 0] == chorale.HOLD, spoken, window[:, 0])
    return window


def _idea(asked: Asked, caption: str, tokens: Tokens, mine: _Song) -> Idea:
    """Four voices, of which those that were given are heard but not written; they end with the last bar of mine."""
    voices: tuple[Voice, ...] = codec_of(asked.row.codec).write(tokens, asked.ticks_per_quarter)
    new = tuple(np.flatnonzero(~mine.given.all(1)).tolist())
    ticks = mine.end * asked.ticks_per_quarter // 4
    return Idea(caption, tuple(_before(voice, ticks) for voice in voices), at=asked.place(), ticks=ticks, written=new)


def _before(voice: Voice, ticks: int) -> Voice:
    """A voice as far as a tick."""
    notes = (replace(note, length=min(note.length, ticks - note.start)) for note in voice.notes if note.start < ticks)
    return replace(voice, notes=tuple(notes))


def _bars_of(sounds: Cells, bar: int) -> int:
    """Steps of whole bars up to the last one that sounds; all of them where none does."""
    steps = np.flatnonzero(sounds)
    return min(len(sounds), -(-(int(steps[-1]) + 1) // bar) * bar) if len(steps) else len(sounds)


def _everyone(asked: Asked) -> list[Row]:
    """All that are trained and harmonize what this one does."""
    rows = [entry.row for entry in asked.shelf.entries() if entry.path is not None]
    return [row for row in rows if VERB.offered_by(row) and row.codec == asked.row.codec]


def _ragtime(asked: Asked, report: Report) -> list[Idea]:
    """Around a melody in a roll or in frames: what is found there, by a search on the code or chord by chord.

    A search goes down for several at once, which costs little more than for one. Stopped, what it has found by then
    stays: it fits less well than it would, but it fits.
    """
    mine, o = asked.windows[0], asked.options
    made = [asked.idea("mine", mine)]
    at_once = AT_ONCE if hasattr(asked.network, "harmonies") else 1
    for first in range(0, o.count, at_once):
        many = min(at_once, o.count - first)
        latest: list[Tokens] = []

        def watch(now: Any, first: int = first, latest: list[Tokens] = latest) -> None:
            latest[:] = _written(asked, mine, now)
            asked.sketch(_around(asked, f"{first + 1}", mine, latest[0]))

        try:
            part = stretch(report, first / o.count, (first + many) / o.count)
            found = _written(asked, mine, _searched(asked, mine, first, many, part, watch))
        except Cancelled:
            for number, window in enumerate(latest if at_once > 1 else []):
                asked.keep(_told(asked, _around(asked, f"{first + number + 1}", mine, window), window))
            raise
        for number, window in enumerate(found):
            made.append(_told(asked, _around(asked, f"{first + number + 1}", mine, window), window))
            asked.keep(made[-1])
    return made


def _searched(asked: Asked, mine: Tokens, first: int, many: int, report: Report, watch: Callable[[Any], None]) -> Any:
    """So many harmonies [many, *window], from the first one's number on: each has a seed of its own."""
    import torch

    o, network = asked.options, asked.network
    x = torch.from_numpy(mine[None].astype(np.int64))
    known = {"iterations": o.iterations, "temperature": o.temperature, "density": o.density}
    wanted = fitting(asked.row.load_module().HarmonizeOptions, {"seed": o.seed + first, **known})
    if hasattr(network, "harmonies"):
        return network.harmonies(x[0], x[0] > 0, wanted, many, report, watch)
    return network.harmonize(x, x > 0, wanted, report, watch)


def _written(asked: Asked, mine: Tokens, found: Any) -> list[Tokens]:
    """Found windows as far as mine goes."""
    windows = found.numpy().astype(np.uint8)
    windows[:, _end(asked, mine) :] = 0
    return list(windows)


def _told(asked: Asked, idea: Idea, window: Tokens) -> Idea:
    """The idea, with how much of it is in the music the system has learnt from."""
    return replace(idea, remark=remark(asked, window))


def _around(asked: Asked, caption: str, mine: Tokens, window: Tokens) -> Idea:
    """What was found around mine; of frames only the new keys are written, mine is there to be heard."""
    idea = asked.idea(caption, window)
    if asked.codec.name != "frames":
        return idea
    heard = asked.codec.write(mine, asked.ticks_per_quarter)
    melody = Voice("Mine", heard[0].program, tuple(sorted(note for voice in heard for note in voice.notes)))
    others = asked.codec.write(window * (mine == 0), asked.ticks_per_quarter)
    written = tuple(range(1, len(others) + 1))
    ticks = asked.span * _end(asked, mine) // len(mine)
    return replace(idea, voices=(melody, *others), at=asked.place(), ticks=ticks, written=written)


def _end(asked: Asked, mine: Tokens) -> int:
    """Steps of the bars of a roll in which mine sounds."""
    return _bars_of(np.asarray((mine > 0).any(axis=1)), len(mine) // asked.codec.bars)


VERB = Verb("harmonize", "Harmonize mine", "Finds voices that fit around my melody; the melody stays.", "harmonizes", 1,
            Options, run)  # fmt: skip
