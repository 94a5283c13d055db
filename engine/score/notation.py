"""From notes in ticks to what stands on paper: note values on a grid, tied over beats and bars, in voices.

The grid has 24 units in a quarter. In each beat of a quarter either 32nds or triplets of sixteenths are used, whichever
lie nearer to what begins and ends there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.score.note import Note

UNITS = 24  # in a quarter
_STRAIGHT, _TRIPLET = 3, 4  # units of the smallest value: a 32nd, a triplet of sixteenths
_DOTTED_QUARTER = 36
VOICES = 4
# units -> name of the value, dots, whether it is one of three in the time of two
VALUES: dict[int, tuple[str, int, bool]] = {
    96: ("whole", 0, False), 72: ("half", 1, False), 48: ("half", 0, False), 36: ("quarter", 1, False),
    24: ("quarter", 0, False), 18: ("eighth", 1, False), 12: ("eighth", 0, False), 9: ("16th", 1, False),
    6: ("16th", 0, False), 3: ("32nd", 0, False),
    16: ("quarter", 0, True), 8: ("eighth", 0, True), 4: ("16th", 0, True),
}  # fmt: skip
_PLAIN = [units for units, value in VALUES.items() if not value[2]]  # longest first
_OF_THREE = [units for units, value in VALUES.items() if value[2]]


@dataclass(frozen=True)
class Sign:
    """One note, chord or rest as it is written: a single note value.

    Attributes:
        start, length: in units from the beginning of the piece.
        pitches: that are struck or held; none: a rest.
        tied_from, tied_to: whether it goes on from the sign before, and into the next.
    """

    start: int
    length: int
    pitches: tuple[int, ...]
    tied_from: bool = False
    tied_to: bool = False


def voices_of(notes: Sequence[Note], ticks_per_quarter: int) -> list[list[tuple[int, int, tuple[int, ...]]]]:
    """Notes as chords (start, end, pitches) in units, in as few voices as they need, and no more than four.

    In a voice nothing overlaps; what finds no room in the last one is cut where the next chord begins.
    """
    chords: dict[tuple[int, int], list[int]] = defaultdict(list)
    for start, end, pitch in _snapped(notes, ticks_per_quarter):
        chords[start, end].append(pitch)
    voices: list[list[tuple[int, int, tuple[int, ...]]]] = []
    for (start, end), pitches in sorted(chords.items(), key=lambda item: (item[0][0], -max(item[1]))):
        chord = (start, end, tuple(sorted(set(pitches))))
        room = next((voice for voice in voices if voice[-1][1] <= start), None)
        if room is not None:
            room.append(chord)
        elif len(voices) < VOICES:
            voices.append([chord])
        else:
            _squeeze(voices[-1], chord)
    return voices


def _squeeze(voice: list[tuple[int, int, tuple[int, ...]]], chord: tuple[int, int, tuple[int, ...]]) -> None:
    """A chord into a voice that still sounds: what sounds is cut short, or joined if both begin together."""
    start, end, pitches = voice.pop()
    if start == chord[0]:
        voice.append((start, max(end, chord[1]), tuple(sorted({*pitches, *chord[2]}))))
    else:
        voice += [(start, chord[0], pitches), chord]


def _snapped(notes: Sequence[Note], ticks_per_quarter: int) -> Iterator[tuple[int, int, int]]:
    """Start, end and pitch in units, each beat on the grid that suits it."""
    exact = [(n.start * UNITS / ticks_per_quarter, n.end * UNITS / ticks_per_quarter, n.pitch) for n in notes]
    off: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])  # beat -> how far off each grid is
    for start, end, _ in exact:
        for at in (start, end):
            for which, step in enumerate((_STRAIGHT, _TRIPLET)):
                off[int(at // UNITS)][which] += abs(at - step * round(at / step))

    def nearest(at: float) -> int:
        straight, triplet = off[int(at // UNITS)]
        step = _TRIPLET if triplet < straight - 0.5 else _STRAIGHT
        return step * round(at / step)

    for start, end, pitch in exact:
        first, last = nearest(start), nearest(end)
        shortest = _TRIPLET if first % _STRAIGHT else _STRAIGHT
        yield first, max(last, first + shortest), pitch


def signs(
    voice: Iterable[tuple[int, int, tuple[int, ...]]], bars: Sequence[int], beats: Sequence[int] = ()
) -> list[list[Sign]]:
    """The signs of a voice, bar by bar, rests and all; a bar of silence is one rest, however long.

    Args:
        voice: chords that do not overlap, in order.
        bars: where bars begin, in units, and where the last one ends.
        beats: units of a beat in each bar; quarters by default.
    """
    rows: list[list[Sign]] = [[] for _ in bars[1:]]
    filled = list(_with_rests(voice, bars[-1]))
    bar = 0
    for start, end, pitches in filled:
        at = start
        while at < end:
            while at >= bars[bar + 1]:
                bar += 1
            stop = min(end, bars[bar + 1])
            silent = not pitches and (at, stop) == (bars[bar], bars[bar + 1])
            beat = beats[bar] if beats else UNITS
            for length in (stop - at,) if silent else lengths(at - bars[bar], stop - at, beat):
                rows[bar].append(
                    Sign(at, length, pitches, bool(pitches) and at > start, bool(pitches) and at + length < end)
                )
                at += length
    return rows


def _with_rests(
    voice: Iterable[tuple[int, int, tuple[int, ...]]], until: int
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    at = 0
    for start, end, pitches in voice:
        if start > at:
            yield at, start, ()
        yield start, end, pitches
        at = end
    if at < until:
        yield at, until, ()


def beat_of(numerator: int, denominator: int) -> int:
    """Units of what is felt as a beat: three eighths in 6/8, else a quarter."""
    return 3 * 4 * UNITS // denominator if denominator in (8, 16) and numerator % 3 == 0 else UNITS


def lengths(at: int, length: int, beat: int = UNITS) -> Iterator[int]:
    """Note values that together last `length`, for something that begins `at` units into its bar.

    What begins or ends inside a beat is parted at the beat, so that the beats can be seen; but for what every player
    reads at a glance: dotted quarters, and quarters between eighths, that do not hide the middle of a bar of four.
    """
    while length > 0:
        part = _dotted(at, length, beat) if beat != UNITS else _plain(at, length)
        yield part
        at, length = at + part, length - part


def _dotted(at: int, length: int, beat: int) -> int:
    """The first value where beats have three parts."""
    inside = at % beat
    if inside or length < beat:
        return next(_values(min(length, beat - inside)))
    return max(units for units in _PLAIN if units % beat == 0 and units <= length)


def _plain(at: int, length: int) -> int:
    """The first value where a beat is a quarter."""
    inside, half = at % UNITS, at % (2 * UNITS)
    if (half == 0 and length == _DOTTED_QUARTER) or (half == UNITS // 2 and length in (UNITS, _DOTTED_QUARTER)):
        return length
    room = UNITS - inside if inside else length // UNITS * UNITS or length
    return next(_values(min(length, room)))


def _values(length: int) -> Iterator[int]:
    """Note values for a length, the longest first."""
    while length > 0:
        fitting = _OF_THREE if length % _STRAIGHT else _PLAIN
        value = next((units for units in fitting if units <= length), length)
        yield value
        length -= value
