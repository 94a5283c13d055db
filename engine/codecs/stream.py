"""Note after note in free time, as it was played: 96 events of two hands on a keyboard, with touch and timing.

A window is [96, 5]; a row is one note: the time since the note before it began, how long it sounds, its pitch, its
velocity and its hand (the form of Mogren's C-RNN-GAN, 2016, whose notes are four real numbers each; notes of a chord
have no time between them). A row without velocity is no note, and none follows. Times and lengths are numbers of
`LADDER`: every 96th of a quarter up to a quarter, then wider, so that a performance survives within the hundredth of a
second; what one note is rounded by, the next makes good.

All instruments but the drums are heard. Two tracks are two hands; of more, the higher half is the right one. A single
track with chords is parted at middle C. Training windows begin with every bar and are moved to C by the key signature,
or, where none is written, by ear. Bars matter no further: asked for `compound` ones, a passage is still eight quarters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.codecs import roll, tune_key
from engine.codecs.codec import Tokens, Voice
from engine.errors import UserError
from engine.score import Note, Origin, Score, Track

EVENTS, FIELDS = 96, 5
TIME, LENGTH, PITCH, VELOCITY, HAND = range(FIELDS)
RIGHT, LEFT = 0, 1
HANDS = ("Right hand", "Left hand")
BARS = 2
UNITS_PER_QUARTER = 96
MIDDLE_C = 60
CROWDED = 0.1  # share of a single track's notes that begin together, from which on it is played with two hands
FEWEST = 24  # notes of a training window
# units that a time or a length may have, by its number: steps of 1 up to a quarter, of 2 up to three, then of 8
LADDER = np.concatenate([np.arange(97), np.arange(98, 289, 2), np.arange(296, 793, 8)]).astype(np.int64)
_BETWEEN = (LADDER[1:] + LADDER[:-1]) / 2
_STEPS, _EDGES = LADDER.tolist(), _BETWEEN.tolist()  # for one number at a time, where numpy is slow

Played = NDArray[np.float64]  # [n, 5]: onset and length in units, pitch, velocity, hand


def rung(units: NDArray[np.floating] | float) -> NDArray[np.intp]:
    """The number of the nearest step of the ladder."""
    return np.asarray(np.searchsorted(_BETWEEN, units, "right"))


def encode(played: Played) -> Tokens:
    """Notes in their order, onsets counted from the beginning of the window, as a window [96, 5]; no more than fit."""
    notes = np.asarray(played[:EVENTS], dtype=np.float64).reshape(-1, FIELDS)
    tokens = np.zeros((EVENTS, FIELDS), dtype=np.uint8)
    tokens[: len(notes), PITCH:] = notes[:, PITCH:].astype(np.int64)
    tokens[: len(notes), LENGTH] = np.maximum(1, rung(notes[:, LENGTH]))
    at = 0
    for row, onset in enumerate(notes[:, TIME].tolist()):  # each makes good what those before were rounded by
        step = bisect_right(_EDGES, max(0.0, onset - at))
        at += _STEPS[step]
        tokens[row, TIME] = step
    return tokens


def onsets(windows: Tokens) -> NDArray[np.int64]:
    """When the notes of windows [..., 96, 5] begin, in units from the beginning, [..., 96]."""
    return np.asarray(LADDER[windows[..., TIME]].cumsum(-1))


def sounds(windows: Tokens) -> NDArray[np.bool_]:
    """Which rows of windows [..., 96, 5] are notes, [..., 96]."""
    return np.asarray(np.logical_and.accumulate(windows[..., VELOCITY] > 0, axis=-1))


def to_home(pitches: Sequence[int] | NDArray[np.integer], lengths: NDArray[np.generic]) -> int:
    """Semitones, -5..6, by which some notes are moved to stand on the white keys, by ear."""
    away = tune_key.guessed(np.asarray(pitches, dtype=int), np.asarray(lengths, dtype=float))[0]
    return 12 - away if away > 5 else -away


class StreamCodec:
    """Events uint8 [96, 5] to notes and back; see `codec.Codec`."""

    name = "stream"
    bars = BARS
    shape: tuple[int, ...] = (EVENTS, FIELDS)
    vocabulary = 256

    def span_ticks(self, ticks_per_quarter: int, compound: bool = False) -> int:
        """Eight quarter notes in ticks, whatever the meter: as much as is read at a time."""
        return 4 * BARS * ticks_per_quarter

    def ticks(self, tokens: Tokens, ticks_per_quarter: int) -> int:
        """Length of one window [96, 5] in ticks, in full quarters; at least one."""
        there = tokens[sounds(tokens)]
        end = int((onsets(there) + LADDER[there[:, LENGTH]]).max()) if len(there) else 1
        return -(-end // UNITS_PER_QUARTER) * ticks_per_quarter

    def read(self, tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int = 0, compound: bool = False) -> Tokens:
        """What begins in the eight quarters from `at_tick` on; of more than 96 notes the last ones.

        Raises:
            UserError: nothing begins there.
        """
        played = _heard(tracks, ticks_per_quarter, at_tick)
        inside = played[(played[:, 0] >= 0) & (played[:, 0] < 4 * BARS * UNITS_PER_QUARTER)]
        if not len(inside):
            raise UserError("Nothing is played in these bars.", "Choose bars with notes of a pitched instrument.")
        return encode(inside[-EVENTS:])

    def write(self, tokens: Tokens, ticks_per_quarter: int) -> tuple[Voice, ...]:
        """Two hands at a piano, from tick 0 on."""
        hands: list[list[Note]] = [[] for _ in HANDS]
        there = tokens[sounds(tokens)].astype(int)
        for at, row in zip(onsets(there).tolist(), there.tolist(), strict=True):
            start, end = (
                round(unit * ticks_per_quarter / UNITS_PER_QUARTER) for unit in (at, at + int(LADDER[row[LENGTH]]))
            )
            pitch, velocity = min(127, row[PITCH]), min(127, row[VELOCITY])
            note = Note(start, pitch, max(1, end - start), velocity, Origin.GENERATED)
            hands[min(row[HAND], LEFT)].append(note)
        return tuple(Voice(name, roll.PIANO, tuple(notes)) for name, notes in zip(HANDS, hands, strict=True))

    def windows(self, score: Score) -> Iterator[Tokens]:
        """From every bar line the 96 notes that follow, in C; at the end what is left, if that is a good quarter."""
        played = _heard(score.tracks, score.ticks_per_quarter, 0)
        for tick in _bar_lines(score):
            at = tick * UNITS_PER_QUARTER / score.ticks_per_quarter
            first = int(np.searchsorted(played[:, 0], at))
            window = played[first : first + EVENTS].copy()
            if len(window) < FEWEST or window[0, 0] - at > LADDER[-1]:
                continue
            away = roll.to_c(score, tick) if score.keys else to_home(window[:, 2].astype(int), window[:, 1])
            window[:, 0] -= at
            window[:, 2] = np.clip(window[:, 2] + away, 0, 127)
            yield encode(window)

    def transpose_randomly(self, windows: Tokens, rng: np.random.Generator) -> Tokens:
        """The windows as they are: all are in C already."""
        return windows

    def cells(self, tokens: Tokens, first: int, end: int) -> NDArray[np.bool_]:
        """The notes that begin in the sixteenths from `first` up to `end`."""
        at, sixteenth = onsets(tokens), UNITS_PER_QUARTER // 4
        inside = sounds(tokens) & (at >= first * sixteenth) & (at < end * sixteenth)
        return np.repeat(inside[:, None], FIELDS, axis=1)

    def shape_of(self, windows: Tokens) -> Tokens:
        """Rows [n, 288]: times, lengths and pitches above the lowest; touch and hands are left out."""
        there = sounds(windows)
        pitch = windows[:, :, PITCH].astype(np.int16)
        lowest = np.where(there, pitch, 127).min(1, keepdims=True)
        rows = np.stack([windows[:, :, TIME], windows[:, :, LENGTH], np.maximum(pitch - lowest, 0)], -1)
        return np.asarray(np.where(there[:, :, None], rows, 0).astype(np.uint8)).reshape(len(windows), -1)


def _bar_lines(score: Score) -> Iterator[int]:
    """Ticks where the bars of a score begin."""
    for index, meter in enumerate(score.meters):
        until = score.meters[index + 1].tick if index + 1 < len(score.meters) else score.end
        yield from range(meter.tick, until, score.bar_ticks(meter))


def _heard(tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int) -> Played:
    """All that is pitched, with its hand, by onset and from the lowest to the highest key."""
    heard = [track for track in tracks if not track.drums and len(track)]
    heard.sort(key=lambda track: -float(track.columns[1].mean()))
    unit = ticks_per_quarter / UNITS_PER_QUARTER
    parts = [np.zeros((0, FIELDS))]
    for number, track in enumerate(heard):
        start, pitch, length, velocity = (track.columns[row].astype(float) for row in range(4))
        left = np.full(len(track), float(number >= (len(heard) + 1) // 2))
        if len(heard) == 1 and (np.diff(start) == 0).sum() > CROWDED * len(start):
            left = (pitch < MIDDLE_C).astype(float)
        parts.append(np.stack([(start - at_tick) / unit, length / unit, pitch, velocity, left], 1))
    played = np.concatenate(parts)
    return played[np.lexsort((played[:, 2], played[:, 0]))]


STREAM = StreamCodec()
