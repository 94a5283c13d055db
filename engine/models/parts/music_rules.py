"""The rules of music theory that RL Tuner teaches, each as a reward for every step of many melodies at once.

After Jaques, Gu, Turner and Eck, "Tuning Recurrent Neural Networks with Reinforcement Learning" (2017), who took them
from Gauldin's "A Practical Approach to Eighteenth-Century Counterpoint"; the values are theirs. Melodies are symbols
int [n, s] as in `parts.eighths`, in C; `bar` is eight symbols, or six in compound bars. Every rule looks at
what is there up to a step, never beyond, so that its rewards [n, s] can be given while a melody is being written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from engine.models.parts.eighths import FIRST, HOLD, REST

Symbols = NDArray[np.int64]
Rewards = NDArray[np.float32]
Flags = NDArray[np.bool_]

TONIC = FIRST + 12  # MIDI 60
FIFTH, OCTAVE = 7, 12
OUT_OF_KEY, ON_TONIC = -1.0, 3.0
REPETITION = -100.0
MOST_RESTS, MOST_REPEATS, MOST_BROKEN_REPEATS = 1, 4, 6
LAGS, AUDIBLE, AUTOCORRELATED = (1, 2, 3), 0.15, -3.0
MOTIF, MOTIF_NOTES, MOTIF_RICHER = 3.0, 3, 0.3
REPEATED, REPEATED_RICHER, RECOGNIZED = 4.0, 1.0, 0.6
INTERVAL_WEIGHT = 5.0
INTERVALS = {2: 0.08, 4: 0.09, 5: 0.07, 7: 0.02, 9: 0.05, 11: -0.3}  # semitones -> value, before it is multiplied by 5
KEY_FIFTH, KEY_THIRD, TOO_WIDE = 0.1, 0.15, -1.0
HELD, RESTED, HELD_STABLE, RESTED_STABLE = 0.075, 0.05, 0.3, 0.15
LEAP_RESOLVED, LEAP_DOUBLED, LEAP_AGE = 5.0, -5.0, 6
UNIQUE = 3.0
_WHITE = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], dtype=bool)


def in_key(symbols: Symbols, bar: int) -> Rewards:
    """-1 for a note that is not on a white key."""
    return np.where(out_of_key(symbols), OUT_OF_KEY, 0.0).astype(np.float32)


def tonic(symbols: Symbols, bar: int) -> Rewards:
    """+3 for the tonic (MIDI 60) as first note and half a bar before the end, and for letting it sound from there."""
    rewards = np.zeros(symbols.shape, dtype=np.float32)
    last = symbols.shape[1] - bar // 2
    rewards[:, [0, last]] = ON_TONIC * (symbols[:, [0, last]] == TONIC)
    rewards[:, last + 1] = ON_TONIC * (symbols[:, last + 1] == HOLD)
    rewards[:, last + 2 :] = ON_TONIC * (symbols[:, last + 2 :] < FIRST)
    return rewards


def repetition(symbols: Symbols, bar: int) -> Rewards:
    """-100 for a rest after more than one rest, and for a note already heard more than 4 times in a row, or more than
    6 times with holds or rests between; a note held on counts like a note repeated.
    """
    rewards = np.zeros(symbols.shape, dtype=np.float32)
    zero = np.zeros(len(symbols), dtype=np.int64)
    note, heard, holds, rests, broken = zero - 1, zero, zero, zero, zero > 0
    for step, now in enumerate(symbols.T):
        pitched, held = now >= FIRST, now == HOLD
        same = pitched & (now == note)
        broken = same & (broken | (holds + rests > 0))  # something stands between the repetitions
        heard = np.where(pitched & ~same, 0, heard)  # how often before this one
        much = pitched & (heard > np.where(broken, MOST_BROKEN_REPEATS, MOST_REPEATS))
        much |= held & (holds > np.where(rests > 0, MOST_BROKEN_REPEATS, MOST_REPEATS))
        rewards[:, step] = REPETITION * (much | ((now == REST) & (rests > MOST_RESTS)))
        heard = heard + pitched
        holds, rests = (np.where(pitched, 0, count + more) for count, more in ((holds, held), (rests, now == REST)))
        note = np.where(pitched, now, note)
    return rewards


def autocorrelation(symbols: Symbols, bar: int) -> Rewards:
    """-3 |c| for each of the lags 1, 2 and 3 at which the notes so far follow themselves with |c| above .15."""
    found = np.abs(correlations(symbols))
    return (AUTOCORRELATED * np.where(found > AUDIBLE, found, 0.0).sum(0)).astype(np.float32)


def motif(symbols: Symbols, bar: int) -> Rewards:
    """+3 where the last bar holds three different notes, and .3 more for each above three."""
    notes = distinct_notes(symbols, bar)
    found = MOTIF + MOTIF_RICHER * (notes - MOTIF_NOTES)
    return np.where(notes >= MOTIF_NOTES, found, 0.0).astype(np.float32)


def repeated_motif(symbols: Symbols, bar: int) -> Rewards:
    """+4 where the last bar is a motif that was there before, and 1 more for each note above three. Ours besides: a
    part of it where five of eight symbols are the same, so that there is something to climb.
    """
    notes, alike = distinct_notes(symbols, bar), recurrence(symbols, bar)
    part = np.where(alike >= RECOGNIZED, 2 * alike - 1, 0.0)
    found = (REPEATED + REPEATED_RICHER * (notes - MOTIF_NOTES)) * part
    return np.where(notes >= MOTIF_NOTES, found, 0.0).astype(np.float32)


def intervals(symbols: Symbols, bar: int) -> Rewards:
    """Five times the value of a step from the note before: seconds .08, major thirds .09, fourths .07, major sixths
    .05, fifths .02, thirds from C or E .15 and fifths from C or G .1, sevenths -.3, beyond the octave -1; holding .075
    or resting .05, after C or G .3 and .15.
    """
    before = note_before(symbols)
    degree, pitched = (before - FIRST) % 12, symbols >= FIRST
    width = np.abs(symbols - before)
    values = np.zeros(symbols.shape)
    for semitones, value in INTERVALS.items():
        values[width == semitones] = value
    values[(width == FIFTH) & np.isin(degree, (0, 7))] = KEY_FIFTH
    values[(width == 4) & np.isin(degree, (0, 4))] = KEY_THIRD
    values[width > OCTAVE] = TOO_WIDE
    stable = np.isin(degree, (0, 7))
    values = np.where(symbols == HOLD, np.where(stable, HELD_STABLE, HELD), values)
    values = np.where(symbols == REST, np.where(stable, RESTED_STABLE, RESTED), values)
    there = (before >= 0) & (pitched | (symbols < FIRST))
    return (INTERVAL_WEIGHT * np.where(there, values, 0.0)).astype(np.float32)


def leaps(symbols: Symbols, bar: int) -> Rewards:
    """+5 where a leap of a fifth or more is made good, by steps back to where it began or by a leap back after more
    than six symbols; -5 for a second leap in the same direction before that.
    """
    rewards = np.zeros(symbols.shape, dtype=np.float32)
    before = note_before(symbols)
    direction, start, age = (np.zeros(len(symbols), dtype=np.int64) for _ in range(3))
    for step, now in enumerate(symbols.T):
        age = age + 1
        moves = (now >= FIRST) & (before[:, step] >= 0)
        way = np.sign(now - before[:, step])
        leap = moves & (np.abs(now - before[:, step]) >= FIFTH)
        is_open = direction != 0
        doubled, back = leap & is_open & (way == direction), leap & is_open & (way != direction)
        returned = moves & ~leap & is_open & ((start - now) * direction >= 0)
        resolved = returned | (back & (age > LEAP_AGE))
        rewards[:, step] = LEAP_RESOLVED * resolved + LEAP_DOUBLED * doubled
        begins = leap & ~is_open
        start = np.where(begins, before[:, step], start)
        direction = np.where(begins, way, np.where(returned | back, 0, direction))
        age = np.where(leap, 0, age)
    return rewards


def extremes(symbols: Symbols, bar: int) -> Rewards:
    """At the last step, +3 if the highest note is there only once, and +3 if the lowest is."""
    rewards = np.zeros(symbols.shape, dtype=np.float32)
    highest, lowest = unique_extremes(symbols)
    rewards[:, -1] = UNIQUE * (highest.astype(int) + lowest)
    return rewards


RULES: dict[str, Callable[[Symbols, int], Rewards]] = {
    "in_key": in_key,
    "tonic": tonic,
    "repetition": repetition,
    "autocorrelation": autocorrelation,
    "motif": motif,
    "repeated_motif": repeated_motif,
    "intervals": intervals,
    "leaps": leaps,
    "extremes": extremes,
}


def rewards(symbols: Symbols, bar: int, weights: Mapping[str, float]) -> dict[str, Rewards]:
    """What every rule with a weight gives each step [n, s], times its weight."""
    wanted = {name: weight for name, weight in weights.items() if weight}
    return {name: np.float32(weight) * RULES[name](symbols, bar) for name, weight in wanted.items()}


# what the rules hear ------------------------------------------------------------------------------------------


def out_of_key(symbols: Symbols) -> Flags:
    """Notes [n, s] on black keys."""
    return (symbols >= FIRST) & ~_WHITE[(symbols - FIRST) % 12]


def note_before(symbols: Symbols) -> Symbols:
    """The pitch symbol of the last note before each step [n, s]; -1 where there was none."""
    steps = np.arange(symbols.shape[1])
    latest = np.maximum.accumulate(np.where(symbols >= FIRST, steps, -1), axis=1)
    latest = np.pad(latest[:, :-1], ((0, 0), (1, 0)), constant_values=-1)
    return np.where(latest >= 0, np.take_along_axis(symbols, np.maximum(latest, 0), 1), -1)


def correlations(symbols: Symbols) -> NDArray[np.float64]:
    """Autocorrelation at lags 1, 2, 3 of the pitches so far, at every step: [3, n, s]; 0 where there are too few.

    On pitches, not on symbols as in the released code, where rests and holds stand next to the low notes. One note said
    again and again follows itself wholly: it has no correlation, but left at 0 it is the way out that a learner finds.
    """
    pitched = symbols >= FIRST
    order = np.argsort(~pitched, axis=1, kind="stable")
    line = np.where(np.take_along_axis(pitched, order, 1), np.take_along_axis(symbols, order, 1), 0).astype(float)
    count = np.arange(1, line.shape[1] + 1, dtype=float)
    total, squares = line.cumsum(1), (line**2).cumsum(1)
    mean = total / count
    spread = np.maximum(squares - count * mean**2, 0.0)
    found = np.zeros((len(LAGS), *line.shape))
    for index, lag in enumerate(LAGS):
        if line.shape[1] <= lag:
            continue
        product = (line[:, lag:] * line[:, :-lag]).cumsum(1)
        ends = 2 * total[:, lag:] - _last(line, lag)[:, lag:] - total[:, lag - 1 : lag]
        centre = mean[:, lag:]
        shared = product - centre * ends + (count[lag:] - lag) * centre**2
        found[index, :, lag:] = np.where(spread[:, lag:] > 1e-6, shared / np.maximum(spread[:, lag:], 1e-6), 1.0)
    so_far = pitched.cumsum(1)
    heard = np.take_along_axis(found, np.broadcast_to(np.maximum(so_far - 1, 0), (len(LAGS), *so_far.shape)), 2)
    return np.where(so_far > 0, heard, 0.0)


def _last(line: NDArray[np.float64], lag: int) -> NDArray[np.float64]:
    """Sum of the last `lag` values up to each place [n, s]."""
    total = line.cumsum(1)
    return total - np.pad(total[:, :-lag], ((0, 0), (lag, 0)))


def distinct_notes(symbols: Symbols, bar: int) -> Symbols:
    """How many different pitches the last bar up to each step holds [n, s]; 0 before there is a bar."""
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(symbols, bar, axis=1), axis=2)
    new = np.concatenate([np.ones_like(windows[..., :1], bool), windows[..., 1:] != windows[..., :-1]], 2)
    found = (new & (windows >= FIRST)).sum(2)
    return np.pad(found, ((0, 0), (bar - 1, 0)))


def recurrence(symbols: Symbols, bar: int) -> NDArray[np.float64]:
    """How much of the last bar was there before, in one place that does not overlap it: share of its symbols [n, s]."""
    same = symbols[:, :, None] == symbols[:, None, :]
    places = symbols.shape[1] - bar + 1
    alike = sum(same[:, k : k + places, k : k + places].astype(np.int8) for k in range(bar))
    earlier = np.tril(np.ones((places, places), bool), -bar)
    best = np.where(earlier, alike, 0).max(2) / bar
    return np.pad(best, ((0, 0), (bar - 1, 0)))


def unique_extremes(symbols: Symbols) -> tuple[Flags, Flags]:
    """Whether the highest note of each melody [n] is there only once, and whether the lowest is."""
    pitched = symbols >= FIRST
    highest = np.where(pitched, symbols, -1).max(1, keepdims=True)
    lowest = np.where(pitched, symbols, 10_000).min(1, keepdims=True)
    return ((symbols == highest) & pitched).sum(1) == 1, ((symbols == lowest) & pitched).sum(1) == 1
