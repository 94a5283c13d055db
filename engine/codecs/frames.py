"""Eight bars of chords on the grid of eighths: 64 frames x 88 keys, on or off (the form of Boulanger-Lewandowski 2012).

A frame is what sounds at its eighth: what falls between two eighths and is over before the next is not seen. All
instruments but the drums are laid over one another. Training windows begin at every bar of 4/4 and are moved to C by
their key signature, as those of `roll` are. Frames have no onsets: notes repeated without a gap melt into one.

Frames come back as four voices, Soprano to Bass, which keep to their ranges and do not cross where that can be had.
Where more than four keys sound, the inner ones double up in the voice they lie nearest to: no note is lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from engine.codecs import roll
from engine.codecs.chorale import CHOIR, HIGHEST, VOICES
from engine.codecs.chorale import LOWEST as LOWEST_SUNG
from engine.codecs.codec import Tokens, Voice
from engine.codecs.roll import KEYS, LOWEST, STEPS
from engine.errors import UserError
from engine.score import Note, Origin, Score, Track

BARS, BAR, BEAT = 8, 8, 2  # bars of a window, frames of a bar and of a beat
LONGEST_SILENCE = 4  # frames, of a training window
LEAST_CELLS = STEPS  # of a training window: one key at a time, on average
EARLY = 0.25  # of a frame: a note that begins or ends so little late is on time
CROSSED = 12  # what two voices in the wrong order cost when keys are shared out, semitones
_MIDDLES = tuple((low + high) / 2 for low, high in zip(LOWEST_SUNG, HIGHEST, strict=True))

Run = tuple[int, int, int]  # onset and end in frames, MIDI pitch


class FramesCodec:
    """Frames uint8 [64, 88] of 0 and 1 to notes and back; see `codec.Codec`."""

    name = "frames"
    bars = BARS
    shape: tuple[int, ...] = (STEPS, KEYS)
    vocabulary = 2

    def span_ticks(self, ticks_per_quarter: int, compound: bool = False) -> int:
        """Thirty-two quarter notes in ticks, whatever the meter."""
        return STEPS * ticks_per_quarter // 2

    def read(self, tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int = 0, compound: bool = False) -> Tokens:
        """The frames [64, 88] from `at_tick` on; pitches off the piano are folded onto it.

        Raises:
            UserError: nothing sounds on an eighth there.
        """
        frames = _sounding(tracks, ticks_per_quarter, at_tick, 0)
        if not frames.any():
            raise UserError("Nothing sounds in these eight bars.", "Choose bars with notes of a pitched instrument.")
        return frames

    def write(self, tokens: Tokens, ticks_per_quarter: int) -> tuple[Voice, ...]:
        """Frames [64, 88] as four choir voices: every run of cells is one note, with a light metric accent."""
        voices = []
        for name, line in zip(VOICES, shared_out(roll.runs(tokens)), strict=True):
            notes = []
            for onset, end, pitch in line:
                start, stop = (frame * ticks_per_quarter // 2 for frame in (onset, end))
                accent = 6 if onset % BAR == 0 else 0 if onset % BEAT == 0 else -6
                notes.append(Note(start, pitch, max(1, stop - start), 84 + accent, Origin.GENERATED))
            voices.append(Voice(name, CHOIR, tuple(notes)))
        return tuple(voices)

    def windows(self, score: Score) -> Iterator[Tokens]:
        """Frames, in C, of every eight bars of 4/4 in which it is never silent for more than two beats."""
        span = self.span_ticks(score.ticks_per_quarter)
        for at in roll.bar_lines(score):
            if at + span - 4 * score.ticks_per_quarter >= score.end:
                continue  # the last bar would be empty
            frames = _sounding(score.tracks, score.ticks_per_quarter, at, roll.to_c(score, at))
            silent = np.convolve(~frames.any(1), np.ones(LONGEST_SILENCE + 1), "valid").max() > LONGEST_SILENCE
            if not silent and frames.sum() >= LEAST_CELLS:
                yield frames

    def transpose_randomly(self, windows: Tokens, rng: np.random.Generator) -> Tokens:
        """The windows as they are: all are in C already."""
        return windows

    def cells(self, tokens: Tokens, first: int, end: int) -> NDArray[np.bool_]:
        """All keys of the frames that the sixteenths from `first` up to `end` touch."""
        mask = np.zeros(self.shape, dtype=bool)
        mask[first // 2 : -(-end // 2)] = True
        return mask

    def shape_of(self, windows: Tokens) -> Tokens:
        """Rows [n, 5632]: each window moved down until its lowest note is on the lowest key."""
        return roll.ROLL.shape_of(windows)


FRAMES = FramesCodec()


def shared_out(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs of keys as the lines of four voices, the highest first; none is left out."""
    voices: list[list[Run]] = [[] for _ in VOICES]
    for onset in sorted({run[0] for run in runs}):
        new = sorted((run for run in runs if run[0] == onset), key=lambda run: -run[2])
        held = {n: line[-1][2] for n, line in enumerate(voices) if any(run[1] > onset for run in line[-KEYS:])}
        free = [n for n in range(len(VOICES)) if n not in held]
        seated = new if len(new) <= len(free) else [*new[: max(0, len(free) - 1)], *new[len(new) - bool(free) :]]
        for voice, run in zip(_seats(seated, free, held, voices), seated, strict=True):
            voices[voice].append(run)
        for run in new:
            if run not in seated:
                voices[min(range(len(VOICES)), key=lambda n: abs(run[2] - _MIDDLES[n]))].append(run)
    return voices


def _seats(falling: Sequence[Run], free: Sequence[int], held: dict[int, int], voices: list[list[Run]]) -> Sequence[int]:
    """Which free voices sing these keys, highest first: near their range and last note, in order with the held."""

    def cost(seats: tuple[int, ...]) -> float:
        far = 0.0
        for (_, _, pitch), voice in zip(falling, seats, strict=True):
            line = voices[voice]
            far += abs(pitch - _MIDDLES[voice]) + abs(pitch - (line[-1][2] if line else _MIDDLES[voice]))
            far += CROSSED * sum((other - voice) * (sung - pitch) > 0 for other, sung in held.items())
        return far

    return min(combinations(free, len(falling)), key=cost)


def _sounding(tracks: Sequence[Track], ticks_per_quarter: int, at_tick: int, semitones: int) -> Tokens:
    """What sounds at each eighth from a tick on, moved by some semitones, [64, 88]."""
    frames = np.zeros((STEPS, KEYS), dtype=np.uint8)
    eighth = ticks_per_quarter / 2
    until = at_tick + STEPS * eighth
    for track in tracks:
        if track.drums:
            continue
        start, pitch, length = track.columns[0], track.columns[1], track.columns[2]
        near = (start + length > at_tick) & (start < until + eighth)
        for tick, key, ticks in zip(start[near].tolist(), pitch[near].tolist(), length[near].tolist(), strict=True):
            first, end = (math.ceil((t - at_tick) / eighth - EARLY) for t in (tick, tick + ticks))
            frames[max(first, 0) : max(end, 0), roll.fold(key + semitones) - LOWEST] = 1
    return frames
