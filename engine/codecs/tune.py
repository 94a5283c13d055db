"""Whole tunes as events: bar lines, notes and rests with their lengths (after Sturm and others, 2016).

A window is one tune, [ROWS, 2]. Its first two rows are its head: the meter, then the mode with the key it stands in.
After it every row is an event: a pitch or a rest in the first column and the number of its length in the second, a TIE
that lets the note before sound on, a BAR when a bar is full, and END behind the last bar. PAD fills up.

Pitches are written as if the tune stood on the white keys; by how many semitones it was moved for that is kept in the
head. So a network learns one key, transposing changes one number, and what goes on in a tune comes back in its key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Tokens, Voice
from engine.codecs.tune_grid import UNITS_PER_QUARTER, one_line, seems_triple, snapped
from engine.codecs.tune_key import MODES, guessed, printed
from engine.errors import UserError
from engine.score import Note, Origin, Score, Track

ROWS = 320
METERS = ((4, 4), (2, 2), (2, 4), (6, 8), (9, 8), (3, 4), (3, 2), (12, 8), (3, 8), (6, 4))
PAD, END, BAR, REST, TIE = range(5)
FIRST_METER = 5
FIRST_MODE = FIRST_METER + len(METERS)
FIRST_PITCH = FIRST_MODE + len(MODES)
LOWEST, HIGHEST = 48, 95  # on the white keys
SYMBOLS = FIRST_PITCH + HIGHEST - LOWEST + 1
WHOLE = 4 * UNITS_PER_QUARTER
LENGTHS = (3, 4, 6, 8, 9, 12, 16, 18, 24, 36, 48, 54, 72, 96, 144)  # in 1/96 of a whole note; number 0 is no length
LONGEST_BAR = 144
HEAD = 2
NO_SHIFT = 30  # how a tune that stands on the white keys writes its key
FEWEST_BARS = 4  # of a tune to learn from

UNITS = np.array((0, *LENGTHS), dtype=np.int64)  # by the number of a length
BAR_UNITS = np.array([WHOLE * top // bottom for top, bottom in METERS], dtype=np.int64)
TimedNote = tuple[int, int, int]  # onset and end in units from the beginning of a tune, MIDI pitch


def _pieces() -> list[tuple[int, ...] | None]:
    """For every stretch of a bar the fewest lengths that fill it, the longest first; None if none do."""
    found: list[tuple[int, ...] | None] = [()]
    for stretch in range(1, LONGEST_BAR + 1):
        ways = [(n, *rest) for n in LENGTHS if n <= stretch and (rest := found[stretch - n]) is not None]
        fewest = min(ways, key=lambda way: len(way)) if ways else None
        found.append(None if fewest is None else tuple(sorted(fewest, reverse=True)))
    return found


PIECES = _pieces()
FILLABLE = np.array([ways is not None for ways in PIECES])


def is_event(symbols: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which symbols take time: pitches, rests and ties."""
    return np.asarray((symbols >= FIRST_PITCH) | (symbols == REST) | (symbols == TIE))


def starts(tokens: Tokens) -> NDArray[np.int64]:
    """Where each row of tunes [..., ROWS, 2] begins, in units from the beginning."""
    lasting = np.where(is_event(tokens[..., 0]), UNITS[np.minimum(tokens[..., 1], len(LENGTHS))], 0)
    return np.asarray(lasting.cumsum(-1) - lasting)


def encode(
    notes: Sequence[TimedNote], meter: int, bars: int, ended: bool = True, signature: int | None = None
) -> tuple[Tokens, int]:
    """A tune [ROWS, 2] of notes that follow one another, and how many of its bars found room.

    Args:
        notes: in order; silence between them becomes rests.
        meter: number in METERS.
        bars: how many there are.
        ended: the tune ends with the last of them.
        signature: semitones above the white keys that the signature says, if there is one; the notes may overrule it.
    """
    pitches, lengths = [pitch for _, _, pitch in notes], [end - start for start, end, _ in notes]
    shift, mode = guessed(pitches, lengths) if signature is None else printed(pitches, lengths, signature)
    octave = round((np.average(pitches, weights=lengths) - shift - 71) / 12) if notes else 0
    shift = int(np.clip(shift + 12 * octave, -NO_SHIFT, NO_SHIFT))
    rows = [(FIRST_METER + meter, 0), (FIRST_MODE + mode, shift + NO_SHIFT)]
    room, bar_length, done = ROWS - 1, int(BAR_UNITS[meter]), 0
    for one in _by_bar(notes, bar_length, bars):
        bar = _spelt(one, bar_length, shift)
        if len(rows) + len(bar) > room:
            ended = False
            break
        rows += bar
        done += 1
    if ended:
        rows.append((END, 0))
    tokens = np.zeros((ROWS, 2), dtype=np.uint8)
    tokens[: len(rows)] = rows
    return tokens, done


def _by_bar(notes: Sequence[TimedNote], bar_length: int, bars: int) -> Iterator[list[tuple[int, int, int | None]]]:
    """The notes of each bar as (onset in it, end in it, pitch); what sounds on from the bar before has no pitch."""
    for bar in range(bars):
        low, high = bar * bar_length, (bar + 1) * bar_length
        yield [
            (max(start, low) - low, min(end, high) - low, pitch if start >= low else None)
            for start, end, pitch in notes
            if start < high and end > low
        ]


def _spelt(bar: list[tuple[int, int, int | None]], bar_length: int, shift: int) -> list[tuple[int, int]]:
    """The rows of one bar, rests and bar line among them."""
    rows: list[tuple[int, int]] = []
    at = 0
    for start, end, pitch in [*bar, (bar_length, bar_length, None)]:
        rows += [(REST, LENGTHS.index(n) + 1) for n in PIECES[start - at] or ()]
        symbol = TIE if pitch is None else FIRST_PITCH + _folded(pitch - shift) - LOWEST
        for n in PIECES[end - start] or ():
            rows.append((symbol, LENGTHS.index(n) + 1))
            symbol = TIE
        at = end
    return [*rows, (BAR, 0)]


def _folded(pitch: int) -> int:
    while pitch < LOWEST:
        pitch += 12
    while pitch > HIGHEST:
        pitch -= 12
    return pitch


def decode(tokens: Tokens) -> list[TimedNote]:
    """The notes of one tune [ROWS, 2], in its own key."""
    shift, at = int(tokens[1, 1]) - NO_SHIFT, 0
    notes: list[TimedNote] = []
    for symbol, number in tokens[HEAD:].tolist():
        if symbol in (PAD, END):
            break
        length = int(UNITS[min(number, len(LENGTHS))])
        if symbol >= FIRST_PITCH:
            notes.append((at, at + length, max(0, min(127, symbol - FIRST_PITCH + LOWEST + shift))))
        elif symbol == TIE and notes and notes[-1][1] == at:
            notes[-1] = (notes[-1][0], at + length, notes[-1][2])
        at += length if symbol != BAR else 0
    return [note for note in notes if note[1] > note[0]]


def meter_of(tokens: Tokens) -> int:
    """Number in METERS of a tune [ROWS, 2]."""
    return max(0, min(len(METERS) - 1, int(tokens[0, 0]) - FIRST_METER))


def length_of(tokens: Tokens) -> int:
    """How long a tune [ROWS, 2] is, in units; a last bar that was begun counts whole."""
    bar = int(BAR_UNITS[meter_of(tokens)])
    last = int((tokens[:, 0] != PAD).sum()) - 1
    beyond = starts(tokens)[last] + UNITS[min(int(tokens[last, 1]), len(LENGTHS))] * is_event(tokens[last, 0])
    return int(-(-beyond // bar) * bar)


@dataclass(frozen=True)
class TuneCodec:
    """Whole tunes as a `Codec`; of a piece it reads eight bars."""

    name: str = "tune"
    bars: int = 8
    shape: tuple[int, int] = (ROWS, 2)
    vocabulary: int = max(SYMBOLS, 2 * NO_SHIFT + 1)

    def span_ticks(self, ticks_per_quarter: int, compound: bool = False) -> int:
        """Length of a passage in ticks."""
        return self.bars * (12 if compound else 16) * ticks_per_quarter // 4

    def ticks(self, tokens: Tokens, ticks_per_quarter: int) -> int:
        """Length of a whole tune in ticks."""
        return length_of(tokens) * ticks_per_quarter // UNITS_PER_QUARTER

    def read(self, tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int = 0, compound: bool = False) -> Tokens:
        """Eight bars of the first track; bars of twelve sixteenths are 3/4 where its notes say so, else 6/8.

        Raises:
            UserError: nothing starts there.
        """
        end = at_tick + self.span_ticks(ticks_per_quarter, compound)
        inside = [note for track in tracks[:1] for note in track.notes if at_tick <= note.start < end]
        if not inside:
            raise UserError(f"There are no notes in these {self.bars} bars.", "Draw some, or choose other bars.")
        span = self.bars * (72 if compound else 96)
        notes = one_line(snapped(inside, ticks_per_quarter, at_tick), span)
        meter = (6, 8) if compound else (4, 4)
        if compound and seems_triple([start % 72 for start, _, _ in notes]):
            meter = (3, 4)
        return encode(notes, METERS.index(meter), self.bars, ended=False)[0]

    def write(self, tokens: Tokens, ticks_per_quarter: int) -> tuple[Voice, ...]:
        """One voice, for whichever track is edited."""
        bar = int(BAR_UNITS[meter_of(tokens)])
        beat = 36 if bar % 36 == 0 and METERS[meter_of(tokens)][1] == 8 else UNITS_PER_QUARTER
        made = []
        for start, end, pitch in decode(tokens):
            first, last = (at * ticks_per_quarter // UNITS_PER_QUARTER for at in (start, end))
            accent = 6 if start % bar == 0 else 0 if start % bar % beat == 0 else -8
            made.append(Note(first, pitch, max(1, last - first), 88 + accent, Origin.GENERATED))
        return (Voice("", 0, tuple(made)),)

    def windows(self, score: Score) -> Iterator[Tokens]:
        """Every melodic track as tunes: as many bars at a time as find room, without bars of silence around them."""
        first = score.meters[0]
        if (first.numerator, first.denominator) not in METERS:
            return
        meter = METERS.index((first.numerator, first.denominator))
        bar = int(BAR_UNITS[meter])
        for track in score.tracks:
            if track.drums or not track.notes:
                continue
            grid = snapped(track.notes, score.ticks_per_quarter, 0)
            line = one_line(grid, -(-max(end for _, end, _ in grid) // bar) * bar)
            yield from tunes_of(line, meter)

    def transpose_randomly(self, windows: Tokens, rng: np.random.Generator) -> Tokens:
        """Windows [n, ROWS, 2], each in another key: only what their heads say of it changes."""
        moved = windows.copy()
        shift = windows[:, 1, 1].astype(int) + rng.integers(-5, 7, len(windows))
        moved[:, 1, 1] = np.clip(shift, 0, 2 * NO_SHIFT)
        return moved

    def cells(self, tokens: Tokens, first: int, end: int) -> NDArray[np.bool_]:
        """The notes and rests that begin in the sixteenths from `first` up to `end`, with what is tied to them."""
        symbols, at = tokens[:, 0], starts(tokens)
        inside = is_event(symbols) & (at >= 6 * first) & (at < 6 * end)
        for row in np.flatnonzero(inside & (symbols == TIE)):  # the rest of a note that began before
            before = np.flatnonzero(is_event(symbols[:row]))
            inside[row] = bool(len(before)) and bool(inside[before[-1]])
        return np.repeat(inside[:, None], 2, axis=1)

    def shape_of(self, windows: Tokens) -> Tokens:
        """Tunes as rows: pitches counted from the first one, and no head but the meter."""
        symbols = windows[:, :, 0].astype(np.int16)
        pitched = symbols >= FIRST_PITCH
        first = np.take_along_axis(symbols, pitched.argmax(1)[:, None], 1)
        rows = windows.copy()
        rows[:, :, 0] = np.where(pitched, symbols - first + 128, symbols)
        rows[:, 1] = 0
        return rows.reshape(len(rows), -1)


def tunes_of(
    notes: Sequence[TimedNote], meter: int, bars: int = 0, ended: bool = True, signature: int | None = None
) -> Iterator[Tokens]:
    """A line of notes as one tune or, where that has no room, as several; silent bars divide it."""
    bar = int(BAR_UNITS[meter])
    bars = bars or -(-max((end for _, end, _ in notes), default=0) // bar)
    sounding = np.zeros(bars + 1, dtype=bool)
    for start, end, _ in notes:
        sounding[start // bar : -(-end // bar)] = True
    first = 0
    while first < bars:
        if not sounding[first]:
            first += 1
            continue
        last = first + int(np.argmin(sounding[first:]))
        part = [(s - first * bar, e - first * bar, p) for s, e, p in notes if first * bar <= s < last * bar]
        tokens, done = encode(part, meter, last - first, ended and last == bars, signature)
        if done >= FEWEST_BARS:
            yield tokens
        first += max(1, done)


TUNE = TuneCodec()
