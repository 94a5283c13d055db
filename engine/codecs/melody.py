"""Two-bar melodies as tokens: one token per sixteenth, HOLD, REST or a pitch (the form of Roberts et al., 2018).

A window always has 32 slots, 16 per bar. Duple bars (4/4, 2/2, two bars of 2/4) use all of them; compound bars
(6/8, 3/4) are 12 sixteenths long and leave the last four slots of each bar as PAD, so that both kinds share
where a bar begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.score import Note, Origin

HOLD, REST, FIRST_PITCH_TOKEN = 0, 1, 2
LOWEST, HIGHEST = 36, 95
VOCABULARY = FIRST_PITCH_TOKEN + HIGHEST - LOWEST + 1  # 62
PAD = VOCABULARY  # only ever an input
BAR_SLOTS, BARS = 16, 2
SLOTS = BAR_SLOTS * BARS

Tokens = NDArray[np.uint8]


def steps_per_bar(compound: bool) -> int:
    """Sixteenths in a bar."""
    return 12 if compound else 16


def slots(compound: bool) -> NDArray[np.intp]:
    """Indices of the slots in use, shape [24] or [32]."""
    bar = np.arange(steps_per_bar(compound))
    return np.concatenate([bar, bar + BAR_SLOTS])


def is_compound(tokens: Tokens) -> NDArray[np.bool_]:
    """Whether windows [..., 32] have 12-step bars."""
    return np.asarray(tokens[..., BAR_SLOTS - 1] == PAD)


def encode_steps(notes: Iterable[tuple[int, int, int]], compound: bool) -> Tokens:
    """Tokens [32] of notes given as (onset step, end step, pitch) within the window.

    Of notes that start on one step the highest is kept; a note sounding on is cut by the next onset; pitches
    outside 36..95 are folded in by octaves.
    """
    steps = steps_per_bar(compound) * BARS
    line = np.full(steps, REST, dtype=np.uint8)
    kept: dict[int, tuple[int, int]] = {}
    for onset, end, pitch in notes:
        if 0 <= onset < steps and (onset not in kept or pitch > kept[onset][1]):
            kept[onset] = (end, pitch)
    for onset, following in pairwise([*sorted(kept), steps]):
        end, pitch = kept[onset]
        line[onset] = FIRST_PITCH_TOKEN + fold(pitch) - LOWEST
        line[onset + 1 : min(max(end, onset + 1), following)] = HOLD
    _rests_once(line)
    tokens = np.full(SLOTS, PAD, dtype=np.uint8)
    tokens[slots(compound)] = line
    return tokens


def _rests_once(line: Tokens) -> None:
    """A rest is written once and then held, as a note is: in place."""
    resting = line == REST
    line[1:][resting[1:] & resting[:-1]] = HOLD


def fold(pitch: int) -> int:
    """The pitch moved by octaves into 36..95."""
    while pitch < LOWEST:
        pitch += 12
    while pitch > HIGHEST:
        pitch -= 12
    return pitch


def decode_steps(tokens: Tokens) -> list[tuple[int, int, int]]:
    """(onset step, end step, pitch) of tokens [32]; a HOLD with nothing before it is silence."""
    compound = bool(is_compound(tokens))
    line = tokens[slots(compound)]
    notes: list[tuple[int, int, int]] = []
    open_note: tuple[int, int] | None = None
    for step, token in enumerate(line.tolist()):
        if token == HOLD:
            continue
        if open_note is not None:
            notes.append((open_note[0], step, open_note[1]))
        open_note = None if token == REST else (step, token - FIRST_PITCH_TOKEN + LOWEST)
    if open_note is not None:
        notes.append((open_note[0], len(line), open_note[1]))
    return notes


def canonical(tokens: Tokens) -> Tokens:
    """The same music in its one spelling: no leading HOLD, rests written once. Shape [32] in and out."""
    return encode_steps(decode_steps(tokens), bool(is_compound(tokens)))


def transposed(tokens: Tokens, semitones: NDArray[np.integer] | int) -> Tokens:
    """Windows [n, 32] shifted by `semitones` (a number or [n]); the caller keeps pitches in range."""
    pitched = (tokens >= FIRST_PITCH_TOKEN) & (tokens < PAD)
    shift = np.asarray(semitones).reshape(-1, *([1] * (tokens.ndim - 1)))
    return np.where(pitched, tokens.astype(np.int16) + shift, tokens).astype(np.uint8)


def to_notes(
    tokens: Tokens, ticks_per_quarter: int, at_tick: int = 0, velocity: int = 88, origin: Origin = Origin.GENERATED
) -> tuple[Note, ...]:
    """Tokens [32] as notes from `at_tick` on, with a light metric accent."""
    bar = steps_per_bar(bool(is_compound(tokens)))
    beat = 6 if bar == 12 else 4
    notes = []
    for onset, end, pitch in decode_steps(tokens):
        start, stop = (at_tick + step * ticks_per_quarter // 4 for step in (onset, end))
        accent = 6 if onset % bar == 0 else 0 if onset % beat == 0 else -8
        notes.append(Note(start, pitch, max(1, stop - start), velocity + accent, origin))
    return tuple(notes)


def from_notes(notes: Sequence[Note], ticks_per_quarter: int, at_tick: int = 0, compound: bool = False) -> Tokens:
    """Tokens [32] of what sounds in the two bars from `at_tick`, snapped to the nearest sixteenth."""
    step = ticks_per_quarter / 4
    rows = [(round((n.start - at_tick) / step), round((n.end - at_tick) / step), n.pitch) for n in notes]
    return encode_steps(rows, compound)


def span_ticks(ticks_per_quarter: int, compound: bool) -> int:
    """Length of the two bars in ticks."""
    return steps_per_bar(compound) * BARS * ticks_per_quarter // 4
