"""Which cells of a passage are made anew: what the composer marked, a part of the bars, or what is silent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.codecs import chorale, melody, tune
from engine.codecs.codec import Tokens
from engine.errors import UserError
from engine.score import Note
from engine.verbs.verb import Asked, Idea
from engine.verbs.voices import as_they_were, led, on_their_tracks

Cells = NDArray[np.bool_]
MARKED, EVERYTHING, GAPS = "what is marked", "everything", "the gaps"
WHERE = (MARKED, "first half", "second half", "first bar", "last bar", GAPS, EVERYTHING)
ALL_VOICES = "all"
VOICES = (ALL_VOICES, *(name.lower() for name in chorale.VOICES))


def opened(asked: Asked, tokens: Tokens, where: str, voice: str = ALL_VOICES) -> tuple[Cells, tuple[int, int]]:
    """The cells that are open, bool like the window, and the ticks from its beginning between which they lie.

    Nothing marked means the second half. Locked notes stay closed.

    Raises:
        UserError: nothing is open.
    """
    first, end = _stretch(asked, where)
    cells = asked.codec.cells(tokens, first, end)
    if where == GAPS:
        cells = cells & _silent(tokens)
    if asked.codec.name == chorale.CHORALE.name and voice != ALL_VOICES:
        cells = cells & (np.arange(len(tokens)) == VOICES.index(voice) - 1)[:, None]
    for note in asked.passage.locked if asked.passage else ():
        cells = cells & ~_of_note(asked, tokens, note)
    if not cells.any():
        raise UserError("Nothing there is open: it is all locked, or there is no gap.", "Mark other bars or a voice.")
    sixteenth = asked.ticks_per_quarter / 4
    return cells, (round(first * sixteenth), round(end * sixteenth))


def filled(asked: Asked, caption: str, tokens: Tokens, cells: Cells, span: tuple[int, int], remark: str = "") -> Idea:
    """An idea of a window of which only the open cells are new; only their stretch and their voices are written."""
    voices, written = asked.codec.write(tokens, asked.ticks_per_quarter), None
    if asked.codec.name == chorale.CHORALE.name:
        written = tuple(np.flatnonzero(cells.any(1)).tolist())
        remark = "; ".join(part for part in (remark, led(asked, voices)) if part)
        voices = on_their_tracks(asked, asked.windows[0], voices)
    voices = as_they_were(asked, voices)
    return Idea(caption, voices, remark=remark, at=asked.place(), ticks=asked.span, fresh=span, written=written)


def untouched(asked: Asked, tokens: Tokens, cells: Cells, span: tuple[int, int]) -> Idea:
    """The composer's own, to compare with: where there is a place for it, nothing of it is written."""
    idea = filled(asked, "mine", tokens, cells, span)
    return idea if asked.passage is None else replace(idea, written=())


def _stretch(asked: Asked, where: str) -> tuple[int, int]:
    """First and last of the open sixteenths of the window, the end not among them."""
    sixteenth = asked.ticks_per_quarter / 4
    steps = round(asked.span / sixteenth)
    bar = steps // asked.codec.bars
    if where == MARKED and asked.passage is not None and asked.passage.marked is not None:
        low, high = ((tick - asked.passage.at_tick) / sixteenth for tick in asked.passage.marked)
        first, end = max(0, int(low)), min(steps, int(-(-high // 1)))
        if first >= end:
            raise UserError("What is marked lies outside these bars.", "Mark something inside of them.")
        return first, end
    half = asked.codec.bars // 2 * bar or steps // 2
    return {
        MARKED: (half, steps),
        "first half": (0, half),
        "second half": (half, steps),
        "first bar": (0, bar),
        "last bar": (steps - bar, steps),
    }.get(where, (0, steps))


def _silent(tokens: Tokens) -> Cells:
    """Cells at which nothing sounds; of rolls, none is known to be."""
    if tokens.shape == chorale.CHORALE.shape:
        return np.asarray(chorale.pitches(tokens) == chorale.SILENT)
    if tokens.shape == tune.TUNE.shape:
        return np.repeat((tokens[:, :1] == tune.REST), 2, axis=1)
    if tokens.ndim != 1:
        return np.ones(tokens.shape, dtype=bool)
    spoken = np.maximum.accumulate(np.where(tokens != melody.HOLD, np.arange(len(tokens)), 0))
    return np.asarray((tokens[spoken] < melody.FIRST_PITCH_TOKEN) | (tokens == melody.PAD))


def _of_note(asked: Asked, tokens: Tokens, note: Note) -> Cells:
    """The cells that a note of the piece fills."""
    assert asked.passage is not None
    sixteenth = asked.ticks_per_quarter / 4
    first, end = (round((tick - asked.passage.at_tick) / sixteenth) for tick in (note.start, note.end))
    steps = round(asked.span / sixteenth)
    if end <= 0 or first >= steps:
        return np.zeros(tokens.shape, dtype=bool)
    cells = asked.codec.cells(tokens, max(0, first), min(steps, max(end, first + 1)))
    if asked.codec.name == chorale.CHORALE.name:
        sung = chorale.pitches(tokens)[:, max(0, first)] % 12 == note.pitch % 12
        cells = cells & sung[:, None]
    return cells
