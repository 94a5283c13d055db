"""The whole piece: tracks over one tempo map, with meters and keys. A value: edits make new ones."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property

from engine.score.track import Track

DEFAULT_TICKS_PER_QUARTER = 480


@dataclass(frozen=True, slots=True, order=True)
class Tempo:
    """From `tick` on, a quarter note lasts `microseconds` (1..16,777,215; 500,000 is 120 bpm)."""

    tick: int
    microseconds: int = 500_000

    @property
    def bpm(self) -> float:
        """Quarter notes per minute."""
        return 60e6 / self.microseconds


@dataclass(frozen=True, slots=True, order=True)
class Meter:
    """From `tick` on, bars hold `numerator` notes of 1/`denominator` (a power of two)."""

    tick: int
    numerator: int = 4
    denominator: int = 4


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """From `tick` on: `fifths` sharps (negative: flats), -7..7, major or minor."""

    tick: int
    fifths: int = 0
    minor: bool = False


@dataclass(frozen=True)
class Score:
    """A piece of music.

    Attributes:
        tracks: the instruments.
        tempos, meters, keys: sorted, one per tick; tempos and meters start at tick 0.
        ticks_per_quarter: resolution, 1..32767.
        name: title.
    """

    tracks: tuple[Track, ...] = (Track(name="Melody"),)
    tempos: tuple[Tempo, ...] = (Tempo(0),)
    meters: tuple[Meter, ...] = (Meter(0),)
    keys: tuple[Key, ...] = ()
    ticks_per_quarter: int = DEFAULT_TICKS_PER_QUARTER
    name: str = ""

    def with_track(self, index: int, track: Track) -> Score:
        """The same piece with one track replaced."""
        return replace(self, tracks=(*self.tracks[:index], track, *self.tracks[index + 1 :]))

    @property
    def end(self) -> int:
        """Tick at which the last note of any track stops."""
        return max((track.end for track in self.tracks), default=0)

    @property
    def note_count(self) -> int:
        """Number of notes in all tracks."""
        return sum(len(track.notes) for track in self.tracks)

    @cached_property
    def _tempo_seconds(self) -> tuple[float, ...]:
        """Time in seconds at which each tempo starts."""
        seconds, at = [0.0], 0.0
        for before, after in zip(self.tempos, self.tempos[1:], strict=False):
            at += (after.tick - before.tick) * before.microseconds / 1e6 / self.ticks_per_quarter
            seconds.append(at)
        return tuple(seconds)

    def seconds_at(self, tick: float) -> float:
        """Time in seconds of a tick, by the tempo map."""
        i = max(0, bisect_right(self.tempos, tick, key=lambda t: t.tick) - 1)
        tempo = self.tempos[i]
        return self._tempo_seconds[i] + (tick - tempo.tick) * tempo.microseconds / 1e6 / self.ticks_per_quarter

    def tick_at(self, seconds: float) -> float:
        """Tick (not rounded) that sounds at a time in seconds."""
        i = max(0, bisect_right(self._tempo_seconds, seconds) - 1)
        tempo = self.tempos[i]
        return tempo.tick + (seconds - self._tempo_seconds[i]) * 1e6 * self.ticks_per_quarter / tempo.microseconds

    def meter_at(self, tick: int) -> Meter:
        """The meter in force at a tick."""
        return self.meters[max(0, bisect_right(self.meters, tick, key=lambda m: m.tick) - 1)]

    def bar_ticks(self, meter: Meter) -> int:
        """Length in ticks of one bar of a meter."""
        return max(1, self.ticks_per_quarter * 4 * meter.numerator // meter.denominator)
