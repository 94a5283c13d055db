"""Four bars of piano as a binary roll: 64 sixteenths x 88 keys (the form of Sun's DeepHear, 2015).

All instruments but the drums are laid over one another. A bar is 16 sixteenths: one of 4/4 or 2/2, two of 2/4, so that
a window of a rag is eight of its notated bars; training windows begin every 16 sixteenths. Notes move to the nearest
sixteenth and fill every cell they touch (legato). Training windows are moved to C by the key signature in force where
they begin, so that what is learnt from rags in seven keys can be put together.

A roll has no onsets: a note struck again comes back as one long note. Bars of 12 sixteenths are not known here; asked
for `compound` bars, a window is still 64 sixteenths long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Tokens, Voice
from engine.errors import UserError
from engine.score import Note, Origin, Score, Track

STEPS, KEYS, LOWEST = 64, 88, 21
BAR_STEPS = 16
PIANO = 0
BASS, VELOCITY, BASS_VELOCITY = 52, 84, 76  # notes below this key are the left hand's and softer
LEAST_ONSETS, LONGEST_SILENCE = 8, 8  # of a training window: notes, steps without any


def fold(pitch: int) -> int:
    """The pitch moved by octaves onto the piano, 21..108."""
    while pitch < LOWEST:
        pitch += 12
    while pitch >= LOWEST + KEYS:
        pitch -= 12
    return pitch


def runs(roll: Tokens) -> list[tuple[int, int, int]]:
    """(onset step, end step, pitch) of every run of cells of a roll [64, 88], by onset and pitch."""
    padded = np.pad(roll.astype(bool), ((1, 1), (0, 0)))
    keys, starts = np.nonzero((padded[1:] & ~padded[:-1]).T)
    _, ends = np.nonzero((~padded[1:] & padded[:-1]).T)  # the k-th end of a key belongs to its k-th start
    found = zip(starts.tolist(), ends.tolist(), (keys + LOWEST).tolist(), strict=True)
    return sorted(found, key=lambda run: (run[0], run[2]))


def onsets(rolls: Tokens) -> NDArray[np.bool_]:
    """Cells of rolls [..., 64, 88] where a run begins."""
    on = rolls.astype(bool)
    before = np.zeros_like(on)
    before[..., 1:, :] = on[..., :-1, :]
    return np.asarray(on & ~before)


class RollCodec:
    """Rolls uint8 [64, 88] of 0 and 1 to notes and back."""

    name = "roll"
    bars = 4
    shape: tuple[int, ...] = (STEPS, KEYS)
    vocabulary = 2

    def span_ticks(self, ticks_per_quarter: int, compound: bool = False) -> int:
        """Sixteen quarter notes in ticks, whatever the meter."""
        return STEPS * ticks_per_quarter // 4

    def read(self, tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int = 0, compound: bool = False) -> Tokens:
        """The roll [64, 88] that sounds from `at_tick` on; pitches off the piano are folded onto it.

        Raises:
            UserError: nothing sounds there.
        """
        roll = _laid(tracks, ticks_per_quarter, at_tick, 0)
        if not roll.any():
            raise UserError("Nothing sounds in these bars.", "Choose bars with notes of a pitched instrument.")
        return roll

    def write(self, tokens: Tokens, ticks_per_quarter: int) -> tuple[Voice, ...]:
        """A roll [64, 88] as one piano: every run of cells is one note."""
        notes = []
        for onset, end, pitch in runs(tokens):
            start, stop = (step * ticks_per_quarter // 4 for step in (onset, end))
            accent = 6 if onset % BAR_STEPS == 0 else 0 if onset % 4 == 0 else -4
            velocity = (BASS_VELOCITY if pitch < BASS else VELOCITY) + accent
            notes.append(Note(start, pitch, max(1, stop - start), velocity, Origin.GENERATED))
        return (Voice("Piano", PIANO, tuple(notes)),)

    def windows(self, score: Score) -> Iterator[Tokens]:
        """Rolls, in C, of every four bars of 16 sixteenths in which no long silence falls."""
        span = self.span_ticks(score.ticks_per_quarter)
        for at in bar_lines(score):
            if at + span - BAR_STEPS * score.ticks_per_quarter // 4 >= score.end:
                continue  # the last bar would be empty
            roll = _laid(score.tracks, score.ticks_per_quarter, at, to_c(score, at))
            silent = np.convolve(~roll.any(1), np.ones(LONGEST_SILENCE + 1), "valid").max() > LONGEST_SILENCE
            if not silent and onsets(roll).sum() >= LEAST_ONSETS:
                yield roll

    def transpose_randomly(self, windows: Tokens, rng: np.random.Generator) -> Tokens:
        """The windows as they are: all are in C already, and so many cells by heart are enough."""
        return windows

    def cells(self, tokens: Tokens, first: int, end: int) -> NDArray[np.bool_]:
        """All keys of the sixteenths from `first` up to `end`."""
        mask = np.zeros(self.shape, dtype=bool)
        mask[first:end] = True
        return mask

    def shape_of(self, windows: Tokens) -> Tokens:
        """Rows [n, 5632]: each roll moved down until its lowest note is on the lowest key."""
        lowest = windows.any(-2).argmax(-1)
        columns = np.arange(KEYS) + lowest[:, None]
        moved = np.take_along_axis(windows, np.minimum(columns, KEYS - 1)[:, None, :], 2)
        return (moved * (columns < KEYS)[:, None, :]).astype(np.uint8).reshape(len(windows), -1)


def _laid(tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int, semitones: int) -> Tokens:
    """Everything pitched that sounds from a tick on, moved by some semitones, [64, 88]."""
    roll = np.zeros((STEPS, KEYS), dtype=np.uint8)
    step = ticks_per_quarter / 4
    until = at_tick + STEPS * step
    for track in tracks:
        if track.drums:
            continue
        start, pitch, length = track.columns[0], track.columns[1], track.columns[2]
        near = (start + length > at_tick - step) & (start < until + step)
        for tick, key, ticks in zip(start[near].tolist(), pitch[near].tolist(), length[near].tolist(), strict=True):
            onset = round((tick - at_tick) / step)
            end = onset + max(1, int(np.ceil(ticks / step - 0.1)))  # a hair too long is not another cell
            roll[max(onset, 0) : max(end, 0), fold(key + semitones) - LOWEST] = 1
    return roll


def to_c(score: Score, tick: int) -> int:
    """Semitones, -5..6, from the key signature in force at a tick to C major or A minor."""
    fifths = [key.fifths for key in score.keys if key.tick <= tick]
    away = 7 * fifths[-1] % 12 if fifths else 0
    return 12 - away if away > 5 else -away


def bar_lines(score: Score) -> Iterator[int]:
    """Ticks where a bar of 16 sixteenths begins, in the meters that divide one.

    A MIDI file does not tell how long its pickup is. A change of key does: it stands on a bar line, and bars are
    counted from it, before the first one backwards.
    """
    sixteen = BAR_STEPS * score.ticks_per_quarter // 4
    changes = [key.tick for key in score.keys if key.tick > 0]
    for index, meter in enumerate(score.meters):
        bar = score.bar_ticks(meter)
        if sixteen % bar:
            continue
        until = score.meters[index + 1].tick if index + 1 < len(score.meters) else score.end
        within = [tick for tick in changes if meter.tick < tick < until]
        first = meter.tick + (within[0] - meter.tick) % bar if within else meter.tick
        for start, end in pairwise([first, *within, until]):
            yield from range(start, end, sixteen)


ROLL = RollCodec()
