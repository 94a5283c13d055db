"""Melodies as tokens: one token per sixteenth, HOLD, REST or a pitch (the form of Roberts et al., 2018).

A window has 16 slots per bar, and two bars where nothing else is said. Duple bars (4/4, 2/2, two bars of 2/4) use all
of them; compound bars (6/8, 3/4) are 12 sixteenths long and leave the last four slots of each bar as PAD, so that both
kinds share where a bar begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Tokens, Voice
from engine.errors import UserError
from engine.score import Note, Origin, Score, Track

HOLD, REST, FIRST_PITCH_TOKEN = 0, 1, 2
LOWEST, HIGHEST = 36, 95
VOCABULARY = FIRST_PITCH_TOKEN + HIGHEST - LOWEST + 1  # 62
PAD = VOCABULARY  # only ever an input
BAR_SLOTS, BARS = 16, 2
SLOTS = BAR_SLOTS * BARS
TRANSPOSE_DOWN, TRANSPOSE_UP = -5, 6


def steps_per_bar(compound: bool) -> int:
    """Sixteenths in a bar."""
    return 12 if compound else 16


def slots(compound: bool, bars: int = BARS) -> NDArray[np.intp]:
    """Indices of the slots in use, 12 or 16 per bar."""
    bar = np.arange(steps_per_bar(compound))
    return (bar + BAR_SLOTS * np.arange(bars)[:, None]).ravel()


def is_compound(tokens: Tokens) -> NDArray[np.bool_]:
    """Whether windows [..., 16 * bars] have 12-step bars."""
    return np.asarray(tokens[..., BAR_SLOTS - 1] == PAD)


def encode_steps(notes: Iterable[tuple[int, int, int]], compound: bool, bars: int = BARS) -> Tokens:
    """Tokens [16 * bars] of notes given as (onset step, end step, pitch) within the window.

    Of notes that start on one step the highest is kept; a note sounding on is cut by the next onset; pitches
    outside 36..95 are folded in by octaves.
    """
    steps = steps_per_bar(compound) * bars
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
    tokens = np.full(BAR_SLOTS * bars, PAD, dtype=np.uint8)
    tokens[slots(compound, bars)] = line
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
    """(onset step, end step, pitch) of tokens [16 * bars]; a HOLD with nothing before it is silence."""
    compound = bool(is_compound(tokens))
    line = tokens[slots(compound, len(tokens) // BAR_SLOTS)]
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
    """The same music in its one spelling: no leading HOLD, rests written once. Same shape in and out."""
    return encode_steps(decode_steps(tokens), bool(is_compound(tokens)), len(tokens) // BAR_SLOTS)


def transposed(tokens: Tokens, semitones: NDArray[np.integer] | int) -> Tokens:
    """Windows [n, k] shifted by `semitones` (a number or [n]); the caller keeps pitches in range."""
    pitched = (tokens >= FIRST_PITCH_TOKEN) & (tokens < PAD)
    shift = np.asarray(semitones).reshape(-1, *([1] * (tokens.ndim - 1)))
    return np.where(pitched, tokens.astype(np.int16) + shift, tokens).astype(np.uint8)


def to_notes(
    tokens: Tokens, ticks_per_quarter: int, at_tick: int = 0, velocity: int = 88, origin: Origin = Origin.GENERATED
) -> tuple[Note, ...]:
    """Tokens as notes from `at_tick` on, with a light metric accent."""
    bar = steps_per_bar(bool(is_compound(tokens)))
    beat = 6 if bar == 12 else 4
    notes = []
    for onset, end, pitch in decode_steps(tokens):
        start, stop = (at_tick + step * ticks_per_quarter // 4 for step in (onset, end))
        accent = 6 if onset % bar == 0 else 0 if onset % beat == 0 else -8
        notes.append(Note(start, pitch, max(1, stop - start), velocity + accent, origin))
    return tuple(notes)


def from_notes(
    notes: Sequence[Note], ticks_per_quarter: int, at_tick: int = 0, compound: bool = False, bars: int = BARS
) -> Tokens:
    """Tokens [16 * bars] of what sounds in the bars from `at_tick`, snapped to the nearest sixteenth."""
    step = ticks_per_quarter / 4
    rows = [(round((n.start - at_tick) / step), round((n.end - at_tick) / step), n.pitch) for n in notes]
    return encode_steps(rows, compound, bars)


def span_ticks(ticks_per_quarter: int, compound: bool, bars: int = BARS) -> int:
    """Length of a window in ticks."""
    return steps_per_bar(compound) * bars * ticks_per_quarter // 4


@dataclass(frozen=True)
class MelodyCodec:
    """Melodies of a number of bars as a `Codec`."""

    name: str
    bars: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Slots of a window."""
        return (BAR_SLOTS * self.bars,)

    @property
    def vocabulary(self) -> int:
        """Tokens a slot may hold, without PAD."""
        return VOCABULARY

    def span_ticks(self, ticks_per_quarter: int, compound: bool = False) -> int:
        """Length of a window in ticks."""
        return span_ticks(ticks_per_quarter, compound, self.bars)

    def read(self, tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int = 0, compound: bool = False) -> Tokens:
        """The first track's melody in the window from `at_tick`; where notes start together the highest is kept.

        Raises:
            UserError: nothing starts there.
        """
        end = at_tick + self.span_ticks(ticks_per_quarter, compound)
        inside = [note for track in tracks[:1] for note in track.notes if at_tick <= note.start < end]
        tokens = from_notes(inside, ticks_per_quarter, at_tick, compound, self.bars)
        if not (tokens[slots(compound, self.bars)] >= FIRST_PITCH_TOKEN).any():
            raise UserError(f"There are no notes in these {self.bars} bars.", "Draw some, or choose other bars.")
        return tokens

    def write(self, tokens: Tokens, ticks_per_quarter: int) -> tuple[Voice, ...]:
        """One voice, for whichever track is edited."""
        return (Voice("", 0, to_notes(tokens, ticks_per_quarter)),)

    def windows(self, score: Score) -> Iterator[Tokens]:
        """Windows at every bar of every melodic track, in its own meter.

        A window is kept when it has at least two onsets per bar and starts with less than a bar of silence.
        """
        meter, ticks = score.meters[0], score.ticks_per_quarter
        compound = (meter.numerator, meter.denominator) in {(6, 8), (3, 4)}
        if not compound and ticks * 4 % score.bar_ticks(meter):
            return  # 5/4, 9/8 and the like have no grid of ours
        bar = steps_per_bar(compound) * ticks // 4
        for track in score.tracks:
            if track.drums or not track.notes:
                continue
            starts = track.columns[0]
            for at in range(0, track.end - (self.bars - 1) * bar, bar):
                low, high = np.searchsorted(starts, [at, at + self.bars * bar])
                tokens = from_notes(track.notes[low:high], ticks, at, compound, self.bars)
                onsets = (tokens >= FIRST_PITCH_TOKEN) & (tokens < PAD)
                if onsets.sum() >= 2 * self.bars and onsets[:BAR_SLOTS].any():
                    yield tokens

    def transpose_randomly(self, windows: Tokens, rng: np.random.Generator) -> Tokens:
        """Windows [n, k], each moved by -5..+6 semitones, as far as 36..95 allows."""
        pitched = (windows >= FIRST_PITCH_TOKEN) & (windows < PAD)
        low = np.where(pitched, windows, 255).min(1).astype(int) - FIRST_PITCH_TOKEN
        high = VOCABULARY - 1 - np.where(pitched, windows, 0).max(1).astype(int)
        shift = rng.integers(TRANSPOSE_DOWN, TRANSPOSE_UP + 1, len(windows))
        return transposed(windows, np.clip(shift, -np.maximum(low, 0), np.maximum(high, 0)))

    def cells(self, tokens: Tokens, first: int, end: int) -> NDArray[np.bool_]:
        """The slots of a window's sixteenths from `first` up to `end`."""
        mask = np.zeros(self.shape, dtype=bool)
        mask[slots(bool(is_compound(tokens)), self.bars)[first:end]] = True
        return mask

    def shape_of(self, windows: Tokens) -> Tokens:
        """Windows moved so that their first pitch is the same."""
        pitched = (windows >= FIRST_PITCH_TOKEN) & (windows < PAD)
        first = np.take_along_axis(windows, pitched.argmax(1)[:, None], 1).astype(np.int16)
        return np.where(pitched, windows - first + 64, windows).astype(np.uint8)


MELODY = MelodyCodec("melody", 2)
MELODY4 = MelodyCodec("melody4", 4)
PHRASE = MelodyCodec("phrase", 8)
PERIOD = MelodyCodec("period", 16)
