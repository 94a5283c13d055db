"""The whole piece: tracks over one tempo map, with meters and keys. A value: edits make new ones."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from engine.score.chords import Chord, in_order
from engine.score.note import MAX_TICK
from engine.score.track import Track, clean_name

DEFAULT_TICKS_PER_QUARTER = 480

_CIRCLE = "FCGDAEB"  # the circle of fifths: flats before, sharps behind
_TONICS = ("Fb", *(f"{c}b" for c in _CIRCLE[1:]), *_CIRCLE, *(f"{c}#" for c in _CIRCLE))
_NO_TICK = f"a tick is 0..{MAX_TICK}"


@dataclass(frozen=True, slots=True, order=True)
class Tempo:
    """From `tick` on, a quarter note lasts `microseconds` (1..16,777,215; 500,000 is 120 bpm)."""

    tick: int
    microseconds: int = 500_000

    def __post_init__(self) -> None:
        if not 1 <= self.microseconds <= 0xFFFFFF:
            raise ValueError(f"a quarter note lasts 1..16777215 microseconds, got {self.microseconds}")
        if not 0 <= self.tick <= MAX_TICK:
            raise ValueError(_NO_TICK)

    @classmethod
    def of_bpm(cls, tick: int, bpm: float) -> Tempo:
        """The tempo nearest to a number of quarter notes per minute that a file can hold."""
        return cls(tick, min(0xFFFFFF, max(1, round(60e6 / max(bpm, 1e-3)))))

    @property
    def bpm(self) -> float:
        """Quarter notes per minute."""
        return 60e6 / self.microseconds


@dataclass(frozen=True, slots=True, order=True)
class Meter:
    """From `tick` on, bars hold `numerator` (1..255) notes of 1/`denominator` (a power of two, 1..128)."""

    tick: int
    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= 255 or self.denominator not in (1, 2, 4, 8, 16, 32, 64, 128):
            raise ValueError(f"no such meter: {self.numerator}/{self.denominator}")
        if not 0 <= self.tick <= MAX_TICK:
            raise ValueError(_NO_TICK)


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """From `tick` on: `fifths` sharps (negative: flats), -7..7, major or minor."""

    tick: int
    fifths: int = 0
    minor: bool = False

    def __post_init__(self) -> None:
        if not -7 <= self.fifths <= 7:
            raise ValueError(f"a key has -7..7 sharps, got {self.fifths}")
        if not 0 <= self.tick <= MAX_TICK:
            raise ValueError(_NO_TICK)

    @property
    def name(self) -> str:
        """As musicians say it: `F# minor`, `Eb major`."""
        return _TONICS[self.fifths + (11 if self.minor else 8)] + (" minor" if self.minor else " major")


_Mark = TypeVar("_Mark", Tempo, Meter, Key)


def _one_per_tick(marks: Iterable[_Mark]) -> tuple[_Mark, ...]:
    """Sorted by tick; of several on one tick the last one given counts."""
    latest = {mark.tick: mark for mark in marks}
    return tuple(latest[tick] for tick in sorted(latest))


@dataclass(frozen=True)
class Score:
    """A piece of music. What is given is put in order, so that two scores that say the same are equal.

    Attributes:
        tracks: the instruments.
        tempos, meters, keys: sorted, one per tick; tempos and meters start at tick 0 (120 bpm and 4/4 if nothing
            else was given there).
        ticks_per_quarter: resolution, 1..32767.
        name: title.
        chords: sorted, one per tick; each lasts until the next.
    """

    tracks: tuple[Track, ...] = (Track(name="Melody"),)
    tempos: tuple[Tempo, ...] = (Tempo(0),)
    meters: tuple[Meter, ...] = (Meter(0),)
    keys: tuple[Key, ...] = ()
    ticks_per_quarter: int = DEFAULT_TICKS_PER_QUARTER
    name: str = ""
    chords: tuple[Chord, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.ticks_per_quarter <= 32767:
            raise ValueError(f"1..32767 ticks per quarter note, got {self.ticks_per_quarter}")
        orderly = {
            "tracks": tuple(self.tracks),
            "tempos": _one_per_tick((Tempo(0), *self.tempos)),
            "meters": _one_per_tick((Meter(0), *self.meters)),
            "keys": _one_per_tick(self.keys),
            "name": clean_name(self.name),
            "chords": in_order(self.chords),
        }
        for field, value in orderly.items():
            object.__setattr__(self, field, value)

    def with_track(self, index: int, track: Track) -> Score:
        """The same piece with one track replaced."""
        return replace(self, tracks=(*self.tracks[:index], track, *self.tracks[index + 1 :]))

    def marked(self, mark: Tempo | Meter | Key) -> Score:
        """The same piece with a tempo, meter or key put in; it replaces one of its kind on the same tick."""
        if isinstance(mark, Tempo):
            return replace(self, tempos=(*self.tempos, mark))
        if isinstance(mark, Meter):
            return replace(self, meters=(*self.meters, mark))
        return replace(self, keys=(*self.keys, mark))

    @property
    def end(self) -> int:
        """Tick at which the last note of any track stops."""
        return max((track.end for track in self.tracks), default=0)

    @property
    def note_count(self) -> int:
        """Number of notes in all tracks."""
        return sum(len(track) for track in self.tracks)

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

    def key_at(self, tick: int) -> Key | None:
        """The key in force at a tick, the first one before that; None where the piece says none."""
        i = bisect_right(self.keys, tick, key=lambda key: key.tick)
        return self.keys[max(0, i - 1)] if self.keys else None

    def fifths_at(self, tick: int) -> int:
        """Sharps (negative: flats) of the key in force at a tick, for spelling names; 0 where the piece says none."""
        key = self.key_at(tick)
        return key.fifths if key else 0

    def chord_at(self, tick: int) -> Chord | None:
        """The chord in force at a tick, or None before the first."""
        i = bisect_right(self.chords, tick, key=lambda chord: chord.tick)
        return self.chords[i - 1] if i else None

    def bar_ticks(self, meter: Meter) -> int:
        """Length in ticks of one bar of a meter."""
        return max(1, self.ticks_per_quarter * 4 * meter.numerator // meter.denominator)

    def bars(self) -> list[tuple[int, int]]:
        """Stretches of equal bars as (tick where the stretch starts, number of bars in it), up to the last note.

        A meter change in the middle of a bar begins a new bar.
        """
        stretches = []
        for i, meter in enumerate(self.meters):
            until = self.meters[i + 1].tick if i + 1 < len(self.meters) else max(self.end, meter.tick)
            stretches.append((meter.tick, -(-(until - meter.tick) // self.bar_ticks(meter))))
        return stretches
