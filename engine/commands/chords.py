"""Edits of the chords over a piece: put, take away, move, find in the music. Score -> Score."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise

import numpy as np

from engine.codecs.chord_finding import likely_chords
from engine.errors import UserError
from engine.score import Chord, Key, Quality, Score
from engine.score.chord_naming import Sounding, plain_chord
from engine.score.note import MAX_TICK

EVERY = ("bar", "half", "beat")  # how often chords may change when they are looked for
Span = tuple[int, int]
_MOST_AT_ONCE = 64  # notes of a stretch; more have no plain chord

_MAJOR_TRIADS = ((0, "major"), (7, "major"), (5, "major"), (9, "minor"), (2, "minor"), (4, "minor"), (11, "dim"))
_MAJOR_SEVENTHS = ((7, "7"), (0, "maj7"), (5, "maj7"), (9, "m7"), (2, "m7"), (4, "m7"), (11, "m7b5"))
_MINOR_TRIADS = ((0, "minor"), (7, "major"), (5, "minor"), (8, "major"), (3, "major"), (10, "major"), (2, "dim"))
_MINOR_SEVENTHS = ((7, "7"), (0, "m7"), (5, "m7"), (8, "maj7"), (3, "maj7"), (10, "7"), (2, "m7b5"))


def set_chord(score: Score, chord: Chord) -> Score:
    """The piece with a chord put in; it replaces one that begins on the same tick."""
    return replace(score, chords=(*score.chords, chord))


def remove_chords(score: Score, ticks: Collection[int]) -> Score:
    """The piece without the chords that begin on these ticks; the one before each lasts on."""
    return replace(score, chords=tuple(chord for chord in score.chords if chord.tick not in ticks))


def move_chord(score: Score, tick: int, to: int) -> Score:
    """The piece with the chord of one tick on another, in the place of what began there."""
    moved = [chord.at(min(MAX_TICK, max(0, to))) for chord in score.chords if chord.tick == tick]
    rest = [chord for chord in score.chords if chord.tick != tick]
    return replace(score, chords=(*rest, *moved))


def chords_end(score: Score) -> int:
    """Tick at which the last chord is over: a bar line, not before the music ends."""
    last = score.chords[-1].tick if score.chords else 0
    return bar_spans(score, max(score.end, last + 1))[-1][1]


def sounding_spans(score: Score) -> list[tuple[Chord, int, int]]:
    """Every chord with its first tick and the tick after it; stretches without one are left out."""
    ends = [*(chord.tick for chord in score.chords[1:]), chords_end(score)]
    return [
        (chord, chord.tick, end)
        for chord, end in zip(score.chords, ends, strict=False)  # no chords, one end
        if chord.quality is not Quality.NONE and end > chord.tick
    ]


def bar_spans(score: Score, end: int) -> list[Span]:
    """First tick and the tick after it of every bar up to one that reaches `end`; one bar at least."""
    spans: list[Span] = []
    edges = [meter.tick for meter in score.meters] + [max(end, score.meters[-1].tick + 1)]
    for meter, (start, until) in zip(score.meters, pairwise(edges), strict=True):
        length = score.bar_ticks(meter)
        last = meter is score.meters[-1]
        lines = range(start, until, length)
        spans += [(line, line + length if last else min(line + length, until)) for line in lines]
    return [span for span in spans if span[0] < max(end, 1)]


def find_chords(score: Score, span: Span | None = None, every: str = "bar") -> Score:
    """The piece with the likely chords of its music where the composer wrote none.

    A part of a bar in which a chord begins already is left alone. A chord that sounds already is not written again.

    Args:
        score: the piece; its drums are not heard.
        span: first tick and the tick after it; the bars it touches are meant. None: the whole piece.
        every: `bar`, `half` a bar or `beat`: how often chords may change.

    Raises:
        UserError: nothing sounds there.
    """
    first, end = span or (0, score.end)
    bars = [bar for bar in bar_spans(score, end) if bar[1] > first]
    parts = [part for bar in bars for part in _parts(score, bar, every)]
    notes = [
        (start, start + length, pitch)
        for track in score.tracks
        if not track.drums
        for start, pitch, length in track.columns[:3].T.tolist()
    ]
    found = _found(notes, parts)
    if not any(found):
        raise UserError("There is no music to find chords in.", "Write some notes first, or take other bars.")
    written = np.array([chord.tick for chord in score.chords], dtype=np.int64)
    for (start, stop), chord in zip(parts, found, strict=True):
        low, high = np.searchsorted(written, (start, stop))
        if low < high or chord is None:
            continue
        before = score.chord_at(start)
        if before is None or not before.sounds_like(chord):
            score = set_chord(score, chord)
    return score


def _found(notes: list[Sounding], parts: list[Span]) -> list[Chord | None]:
    """The chord of each stretch: what it plainly is, else what is likely."""
    found: list[Chord | None] = []
    rows = np.array(notes, dtype=np.int64).reshape(-1, 3)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    longest = int((rows[:, 1] - rows[:, 0]).max(initial=0))
    for (start, stop), triad in zip(parts, likely_chords(notes, parts), strict=True):
        low, high = np.searchsorted(rows[:, 0], (start - longest, stop))
        inside = [(onset, end, pitch) for onset, end, pitch in rows[low:high].tolist() if end > start]
        plain = plain_chord(inside, start, stop) if len(inside) <= _MOST_AT_ONCE else None
        likely = triad and Chord(start, triad[0], Quality.MINOR if triad[1] else Quality.MAJOR)
        found.append(plain or likely)
    return found


def chords_of_key(key: Key) -> tuple[Chord, ...]:
    """The chords that belong to a key, all on tick 0: its triads, the commonest first, then its seventh chords."""
    tonic = (key.fifths * 7 + (9 if key.minor else 0)) % 12
    rows = (_MINOR_TRIADS, _MINOR_SEVENTHS) if key.minor else (_MAJOR_TRIADS, _MAJOR_SEVENTHS)
    return tuple(Chord(0, (tonic + step) % 12, Quality(quality)) for row in rows for step, quality in row)


def degree(chord: Chord, key: Key) -> str:
    """A chord as a numeral of a key: `ii`, `V7`, `bVI`; empty for no chord."""
    if chord.quality is Quality.NONE:
        return ""
    tonic = (key.fifths * 7 + (9 if key.minor else 0)) % 12
    steps = ("I", "bII", "II", "III", "III", "IV", "#IV", "V", "VI", "VI", "VII", "VII")
    if not key.minor:
        steps = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
    step = steps[(chord.root - tonic) % 12]
    if key.minor and (chord.root - tonic) % 12 in (4, 9, 11):  # raised against the natural minor scale
        step = "#" + step
    symbol = chord.quality.symbol
    if chord.quality.is_minor:
        step = step.replace("I", "i").replace("V", "v")
        symbol = {"dim": "°", "dim7": "°7", "m7b5": "ø7"}.get(symbol, symbol.removeprefix("m"))
    return step + symbol


def _parts(score: Score, bar: Span, every: str) -> list[Span]:
    """A bar, its halves or its beats."""
    start, end = bar
    meter = score.meter_at(start)
    unit = max(1, score.ticks_per_quarter * 4 // meter.denominator)
    beat = 3 * unit if meter.denominator >= 8 and meter.numerator > 3 and meter.numerator % 3 == 0 else unit
    beats = max(1, (end - start) // beat)
    each = {"bar": beats, "half": beats // 2 if beats % 2 == 0 else beats, "beat": 1}[every]
    edges = [*range(start, end, each * beat)][: max(1, beats // each)]
    return list(zip(edges, [*edges[1:], end], strict=True))
