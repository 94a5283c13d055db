"""Chords written out as notes: an accompaniment on a track of its own, each chord near the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from engine.commands.chords import Span, bar_spans, sounding_spans
from engine.commands.phrases import replace_span
from engine.errors import UserError
from engine.score import Chord, Note, Score, Track

TRACK = "Chords"
STYLES = ("block", "broken", "stride")
BASS = (36, 47)  # pitches the lowest voice stays within
MIDDLE = (52, 72)  # and the others
CENTRE = 62  # what the first chord lies around
VELOCITY, SOFT = 66, 56
_WIDEST, _CLOSEST = 16, 3  # semitones from the lowest to the highest upper voice


@dataclass(frozen=True)
class Played:
    """A piece with its chords written out, and the track they are on."""

    score: Score
    track: int


def play_chords(score: Score, style: str = "block", span: Span | None = None) -> Played:
    """Write the chords of a piece as notes on the track `Chords`, made if there is none.

    What stood on that track in the same stretch makes way, if it is not locked. A chord is struck anew at every bar.

    Args:
        score: the piece.
        style: `block` (held), `broken` (eighths, up and down) or `stride` (the root, then the chord on the
            other beats).
        span: first tick and the tick after it; None: from the first chord on.

    Raises:
        UserError: there are no chords there.
    """
    strokes = list(_strokes(score, span))
    if not strokes:
        raise UserError("There are no chords to play.", "Write some into the lane of chords, or let them be found.")
    notes: list[Note] = []
    hand: tuple[int, ...] = ()
    for chord, start, end in strokes:
        hand = voiced(chord, hand)
        notes += _written(score, style, hand, bass_of(chord), start, end)
    score, track = _track(score)
    first, last = span or (strokes[0][1], strokes[-1][2])
    return Played(replace_span(score, track, first, last, notes).score, track)


def voiced(chord: Chord, before: tuple[int, ...] = ()) -> tuple[int, ...]:
    """Upper voices of a chord, rising: as near as can be to those of the chord before; at most four."""
    classes = set(chord.classes[-4:] if len(chord.classes) > 4 else chord.classes)  # a ninth gives up its root
    if not classes:
        return ()
    wanted = before or (CENTRE,)
    low, high = MIDDLE
    pitches = [pitch for pitch in range(low, high + 1) if pitch % 12 in classes]
    hands = [
        hand
        for hand in combinations(pitches, len(classes))
        if {pitch % 12 for pitch in hand} == classes and hand[-1] - hand[0] <= _WIDEST
    ]

    def cost(hand: tuple[int, ...]) -> tuple[float, float, int]:
        moves = sum(min(abs(pitch - old) for old in wanted) for pitch in hand)
        moves += sum(min(abs(pitch - old) for pitch in hand) for old in wanted)
        close = sum(max(0, _CLOSEST - (b - a)) for a, b in pairwise(hand))
        drift = abs(sum(hand) / len(hand) - CENTRE)
        return moves + 0.5 * drift + close, hand[-1] - hand[0], hand[0]

    return min(hands, key=cost)


def bass_of(chord: Chord) -> int:
    """Pitch of the lowest voice."""
    low, _ = BASS
    root = chord.root if chord.bass is None else chord.bass
    return low + (root - low) % 12


def heard(chord: Chord) -> tuple[int, ...]:
    """The pitches of a chord as one would strike it to hear it, rising; none for no chord."""
    return (bass_of(chord) + 12, *voiced(chord)) if chord.classes else ()


def _strokes(score: Score, span: Span | None) -> Iterator[tuple[Chord, int, int]]:
    """Every chord, cut at bar lines and at the ends of the span."""
    spans = sounding_spans(score)
    if not spans:
        return
    first, last = span or (0, spans[-1][2])
    bars = bar_spans(score, spans[-1][2])
    at = 0
    for chord, start, end in spans:
        while at > 0 and bars[at][0] > start:
            at -= 1
        while at < len(bars) and bars[at][0] < end:
            left, right = max(start, bars[at][0], first), min(end, bars[at][1], last)
            if left < right:
                yield chord, left, right
            at += 1
        at = min(at, len(bars) - 1)


def _written(score: Score, style: str, hand: tuple[int, ...], bass: int, start: int, end: int) -> list[Note]:
    """One stroke as notes."""
    quarter = score.ticks_per_quarter
    if style == "block":
        return [Note(start, pitch, end - start, VELOCITY) for pitch in (bass, *hand)]
    meter = score.meter_at(start)
    eighth = max(1, quarter // 2)
    if style == "broken":
        way = (bass, *hand, *hand[-2:0:-1])
        ticks = range(start, end, eighth)
        return [
            Note(tick, way[i % len(way)], min(eighth, end - tick), VELOCITY if i % len(way) == 0 else SOFT)
            for i, tick in enumerate(ticks)
        ]
    beat = max(1, quarter * 4 // meter.denominator)
    notes = [Note(start, bass, min(beat, end - start), VELOCITY)]
    for tick in range(start + beat, end, beat):
        notes += [Note(tick, pitch, min(beat, end - tick), SOFT) for pitch in hand]
    return notes if end - start > beat else notes + [Note(start, pitch, end - start, SOFT) for pitch in hand]


def _track(score: Score) -> tuple[Score, int]:
    """The track that plays the chords, made at the end if there is none."""
    for index, track in enumerate(score.tracks):
        if track.name.casefold() == TRACK.casefold() and not track.drums:
            return score, index
    return replace(score, tracks=(*score.tracks, Track(name=TRACK))), len(score.tracks)
