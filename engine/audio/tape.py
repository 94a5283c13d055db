"""A score made ready to play: its events, its clock, its grid and its beats."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.audio.schedule import OFF, Schedule, TempoMap, schedule
from engine.audio.synth import RATE
from engine.score import Meter, Score

Sounding = tuple[int, int, int]  # channel, pitch, tick at which the note began
NEAR = 1e-6  # frames; two positions closer than this are the same


@dataclass(frozen=True)
class Tape:
    """What the player core plays. Positions are frames (not rounded) at the written tempo.

    Attributes:
        score: the piece.
        events: its notes.
        tempo: its clock.
        end: position of the bar line after the last note; playback stops there.
    """

    score: Score
    events: Schedule
    tempo: TempoMap
    end: float

    @classmethod
    def of(cls, score: Score, rate: int = RATE) -> Tape:
        """Compile a score (100,000 notes: a tenth of a second)."""
        tempo = TempoMap(score, rate)
        last = bar_line(score, score.end)
        return cls(score, schedule(score, rate), tempo, float(tempo.frames(last)))

    @cached_property
    def programs(self) -> dict[int, tuple[int, bool]]:
        """Channel -> program, drums."""
        return {program.channel: (program.program, program.drums) for program in self.events.programs}

    def position(self, tick: float) -> float:
        """Where a tick is."""
        return float(self.tempo.frames(tick))

    def index(self, position: float) -> int:
        """Number of the first event at or after a position."""
        return int(np.searchsorted(self.events.positions, position - NEAR))

    def next_step(self, position: float) -> int:
        """Tick of the first sixteenth at or after a position."""
        step = max(1, self.score.ticks_per_quarter // 4)
        return math.ceil(self.tempo.tick(position + NEAR) / step - 1e-9) * step

    def held_over(self, tick: int) -> set[Sounding]:
        """Notes that begin before a tick and end after it."""
        events = self.events
        found = np.flatnonzero((events.kinds == OFF) & (events.starts < tick) & (events.ticks > tick))
        return {(int(events.channels[i]), int(events.pitches[i]), int(events.starts[i])) for i in found}

    def next_beat(self, tick: int) -> tuple[int, bool]:
        """Tick of the first beat at or after a tick, and whether it begins a bar."""
        tick = max(tick, 0)
        index = max(i for i, meter in enumerate(self.score.meters) if meter.tick <= tick or i == 0)
        meter = self.score.meters[index]
        bar, beat = self.score.bar_ticks(meter), beat_ticks(self.score, meter)
        begin = meter.tick + (tick - meter.tick) // bar * bar
        at = begin - (begin - tick) // beat * beat  # rounded up
        at = min(at, begin + bar)
        if index + 1 < len(self.score.meters) and at >= self.score.meters[index + 1].tick:
            return self.score.meters[index + 1].tick, True  # a new meter begins with a bar
        return at, (at - begin) % bar == 0


def beat_ticks(score: Score, meter: Meter) -> int:
    """Length of a metronome beat: the meter's unit, or three of them in compound meters (6/8, 9/8, 12/8)."""
    compound = meter.denominator >= 8 and meter.numerator > 3 and meter.numerator % 3 == 0
    return max(1, score.ticks_per_quarter * 4 * (3 if compound else 1) // meter.denominator)


def bar_line(score: Score, tick: int) -> int:
    """The first bar line at or after a tick, and never before the end of the first bar."""
    tick = max(tick, 1)
    meter = score.meter_at(tick - 1)
    bar = score.bar_ticks(meter)
    return meter.tick - (meter.tick - tick) // bar * bar
