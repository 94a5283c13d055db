"""Eight bars of chords on the grid of eighths: 64 frames x 88 keys, on or off (the form of Boulanger-Lewandowski 2012).

A frame is what sounds at its eighth: what falls between two eighths and is over before the next is not seen. All
instruments but the drums are laid over one another. Training windows begin at every bar of 4/4 and are moved to C by
their key signature, as those of `roll` are. Frames have no onsets: notes repeated without a gap melt into one.

Frames come back as four voices, Soprano to Bass, from the highest key to the lowest. Where more than four keys sound,
the inner ones double up in the voice they lie nearest to: no note is lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
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
MOVED = 8  # what it costs that a held key goes to another voice when keys are shared out, semitones
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
    """Runs of keys as the lines of four voices, the highest first; none is left out.

    Frame by frame the keys that sound take voices in their order, and a run goes where most of its frames would.
    """
    seats = [[0] * len(VOICES) for _ in runs]  # of each run: how many of its frames each voice would sing
    last = list(_MIDDLES)
    before: dict[int, int] = {}
    for frame in range(max((run[1] for run in runs), default=0)):
        here = sorted((n for n, run in enumerate(runs) if run[0] <= frame < run[1]), key=lambda n: -runs[n][2])
        now = dict(zip(here, _seated([runs[n][2] for n in here], [before.get(n) for n in here], last), strict=True))
        for n, voice in now.items():
            seats[n][voice] += 1
            last[voice] = runs[n][2]
        before = now
    voices: list[list[Run]] = [[] for _ in VOICES]
    for run, counts in zip(runs, seats, strict=True):
        voices[counts.index(max(counts))].append(run)
    return voices


def _seated(falling: Sequence[int], before: Sequence[int | None], last: Sequence[float]) -> list[int]:
    """Voices of pitches that sound together, the highest first: in order, near what each voice sang and its range."""
    if len(falling) > len(VOICES):
        inner = [min((1, 2), key=lambda voice: abs(pitch - _MIDDLES[voice])) for pitch in falling[1:-1]]
        return [0, *inner, len(VOICES) - 1]

    def cost(seats: Iterable[int]) -> float:
        far = 0.0
        for pitch, sung_by, voice in zip(falling, before, seats, strict=True):
            far += abs(pitch - last[voice]) + abs(pitch - _MIDDLES[voice]) / 2
            far += MOVED if sung_by is not None and sung_by != voice else 0
        return far

    return list(min(combinations(range(len(VOICES)), len(falling)), key=cost))


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
