"""Voice leading: what a teacher of four-part harmony would underline, as a pure function of the voices.

What counts, precisely:

- *Parallel fifth*, *parallel octave*: two voices begin new notes together, both move, in the same direction, from a
  perfect fifth (an octave or unison; any number of octaves wider) to another of the same kind. A held or repeated note
  makes none, contrary motion makes none, and nothing is carried over a rest.
- *Crossing*: of two neighbours that sound together, the upper is below the lower; counted where it begins.
- *Out of range*: a note below or above its voice; only of four voices, whose ranges are `RANGES`.
- *Leap*: one voice moves by more than an octave.
- With `strict`, also the *hidden fifth* and *hidden octave* (the outer voices move in the same direction into one, the
  upper by more than a whole tone) and the *overlap* (a voice moves beyond where its neighbour just was).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise, zip_longest

from engine.score.note import Note

# Soprano C4-A5, alto F3-D5, tenor C3-A4, bass E2-E4
RANGES = ((60, 81), (53, 74), (48, 69), (40, 64))
NAMES = ("soprano", "alto", "tenor", "bass")
OCTAVE, FIFTH, TONE = 12, 7, 2

Voices = Sequence[Sequence[Note]]
Pitches = tuple[int | None, ...]  # what each voice sings; None: it is silent


class Kind(StrEnum):
    """What is wrong."""

    FIFTH = "parallel fifth"
    OCTAVE = "parallel octave"
    HIDDEN_FIFTH = "hidden fifth"
    HIDDEN_OCTAVE = "hidden octave"
    CROSSING = "crossing"
    OVERLAP = "overlap"
    RANGE = "note out of range"
    LEAP = "leap beyond an octave"


_MANY = {Kind.RANGE: "notes out of range", Kind.LEAP: "leaps beyond an octave"}


@dataclass(frozen=True, order=True)
class Fault:
    """One fault.

    Attributes:
        tick: where it is completed.
        kind: what it is.
        upper, lower: numbers of the two voices, from the top; the same where only one is concerned.
    """

    tick: int
    kind: Kind
    upper: int
    lower: int


def faults(voices: Voices, strict: bool = False, slack: int = 60) -> tuple[Fault, ...]:
    """The faults of voices, the highest first, in order of time.

    Args:
        voices: the notes of each; where two of one voice overlap, the later one counts.
        strict: also what only strict teachers underline.
        slack: ticks by which a note may end early and still be tied to the next (played music is never exact).
    """
    found: list[Fault] = []
    crossed: set[tuple[int, int]] = set()
    for tick, before, now, begun in moments(voices, slack):
        found += _parallels(tick, before, now, begun, strict)
        neighbours = list(pairwise([v for v, pitch in enumerate(now) if pitch is not None]))
        crossing = {(a, b) for a, b in neighbours if _above(now[b], now[a])}
        found += [Fault(tick, Kind.CROSSING, a, b) for a, b in crossing - crossed]
        crossed = crossing
        for voice in begun:
            found += _alone(tick, voice, before[voice], now[voice], len(voices))
        if strict:
            found += _overlaps(tick, before, now, begun)
    return tuple(sorted(found))


def moments(voices: Voices, slack: int = 60) -> Iterator[tuple[int, Pitches, Pitches, frozenset[int]]]:
    """Every tick at which a voice begins a note or ends: tick, what sounded just before, what sounds, who begins."""
    lines = [_line(voice, slack) for voice in voices]
    ticks = sorted({tick for line in lines for note in line for tick in note[:2]})
    at = [0] * len(lines)
    for tick in ticks:
        before: list[int | None] = []
        now: list[int | None] = []
        begun = set()
        for voice, line in enumerate(lines):
            while at[voice] < len(line) and line[at[voice]][1] < tick:
                at[voice] += 1
            here = line[at[voice]] if at[voice] < len(line) else None
            last = here[2] if here is not None and here[0] < tick <= here[1] else None
            if here is not None and here[1] == tick:
                here = line[at[voice] + 1] if at[voice] + 1 < len(line) else None
            sounds = here is not None and here[0] <= tick < here[1]
            before.append(last)
            now.append(here[2] if here is not None and sounds else None)
            if sounds and here is not None and here[0] == tick:
                begun.add(voice)
        yield tick, tuple(before), tuple(now), frozenset(begun)


def chord_changes(voices: Voices) -> int:
    """Ticks at which at least one voice moves to another pitch: what faults are counted against."""
    return sum(
        any(a is not None and b is not None and a != b for a, b in zip(before, now, strict=True))
        for _, before, now, _ in moments(voices)
    )


def told(
    found: Sequence[Fault], bar_ticks: int = 1920, first_tick: int = 0, bar_of: Callable[[int], int] | None = None
) -> str:
    """Faults as one sentence, with the numbers of the bars in which they are completed, counted from 1.

    Args:
        found: what `faults` found.
        bar_ticks: length of a bar.
        first_tick: where the voices begin in the piece.
        bar_of: the number of the bar at a tick, where bars are not all equally long.
    """
    number = bar_of or (lambda tick: (first_tick + tick) // bar_ticks + 1)
    counted = []
    for kind in Kind:
        here = [fault for fault in found if fault.kind is kind]
        if here:
            bars = sorted({number(fault.tick) for fault in here})
            where = f"bar{'s' if len(bars) > 1 else ''} {', '.join(map(str, bars))}"
            counted.append(f"{len(here)} {kind if len(here) == 1 else _MANY.get(kind, f'{kind}s')} ({where})")
    return ", ".join(counted) or "no parallels, no crossings, all in range"


def _line(voice: Sequence[Note], slack: int) -> list[tuple[int, int, int]]:
    """Start, end and pitch of each note; the next cuts one off, and a gap no longer than `slack` is closed."""
    notes = sorted(voice, key=lambda note: (note.start, note.pitch))
    line: list[tuple[int, int, int]] = []
    for note, following in zip_longest(notes, notes[1:]):
        end = note.end
        if following is not None and end + slack >= following.start:
            end = following.start
        if end > note.start:
            line.append((note.start, end, note.pitch))
    return line


def _parallels(tick: int, before: Pitches, now: Pitches, begun: frozenset[int], strict: bool) -> Iterator[Fault]:
    for a, b in combinations(sorted(begun), 2):
        was_a, was_b, is_a, is_b = before[a], before[b], now[a], now[b]
        if was_a is None or was_b is None or is_a is None or is_b is None:
            continue
        if (is_a - was_a) * (is_b - was_b) <= 0:  # one of them stays, or they move against each other
            continue
        was, now_is = (was_a - was_b) % OCTAVE, (is_a - is_b) % OCTAVE
        # below a crossed voice, a fourth stands where a fifth is heard
        was, now_is = (-was % OCTAVE if was_a < was_b else was), (-now_is % OCTAVE if is_a < is_b else now_is)
        if now_is in (0, FIFTH) and was == now_is:
            yield Fault(tick, Kind.OCTAVE if now_is == 0 else Kind.FIFTH, a, b)
        elif strict and now_is in (0, FIFTH) and (a, b) == (0, len(now) - 1) and abs(is_a - was_a) > TONE:
            yield Fault(tick, Kind.HIDDEN_OCTAVE if now_is == 0 else Kind.HIDDEN_FIFTH, a, b)


def _alone(tick: int, voice: int, was: int | None, pitch: int | None, voices: int) -> Iterator[Fault]:
    assert pitch is not None
    if voices == len(RANGES) and not RANGES[voice][0] <= pitch <= RANGES[voice][1]:
        yield Fault(tick, Kind.RANGE, voice, voice)
    if was is not None and abs(pitch - was) > OCTAVE:
        yield Fault(tick, Kind.LEAP, voice, voice)


def _overlaps(tick: int, before: Pitches, now: Pitches, begun: frozenset[int]) -> Iterator[Fault]:
    for upper, lower in pairwise(range(len(now))):
        if _above(now[lower], now[upper]):
            continue  # that is a crossing already
        if (upper in begun and _above(before[lower], now[upper])) or (
            lower in begun and _above(now[lower], before[upper])
        ):
            yield Fault(tick, Kind.OVERLAP, upper, lower)


def _above(one: int | None, other: int | None) -> bool:
    """Whether both sound and the one is higher."""
    return one is not None and other is not None and one > other
