"""A score as arrays of timed events: what the synthesizer is told, and exactly when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.audio.synth import DRUM_CHANNEL, RATE, allocate_channels
from engine.score import Score

OFF, ON = 0, 1


@dataclass(frozen=True)
class Program:
    """Which instrument a channel plays."""

    channel: int
    program: int
    drums: bool


@dataclass(frozen=True)
class Schedule:
    """Events of a score, in the order in which they are sent; all arrays have shape [n].

    Attributes:
        positions: float64, time of each event in frames, not rounded; never falling.
        ticks: int64, tick of each event.
        kinds: uint8, `OFF` or `ON`; at one time note-offs come first.
        channels, pitches, velocities: uint8; the velocity of a note-off is 0.
        starts: int64, tick at which the note of this event begins: what tells one note from the next on its pitch.
        programs: instrument of every channel in use.
        rate: frames a second.
    """

    positions: NDArray[np.float64]
    ticks: NDArray[np.int64]
    kinds: NDArray[np.uint8]
    channels: NDArray[np.uint8]
    pitches: NDArray[np.uint8]
    velocities: NDArray[np.uint8]
    starts: NDArray[np.int64]
    programs: tuple[Program, ...]
    rate: int = RATE

    @property
    def frames(self) -> NDArray[np.int64]:
        """Frame of each event, rounded to the nearest; int64 [n]."""
        return np.floor(self.positions + 0.5).astype(np.int64)

    @property
    def end(self) -> int:
        """Frame at which the last note ends; 0 without notes."""
        return int(self.frames[-1]) if len(self.positions) else 0


class TempoMap:
    """Ticks to frames and back, for numbers and arrays alike.

    Args:
        score: whose tempos hold.
        rate: frames a second.
    """

    def __init__(self, score: Score, rate: int = RATE) -> None:
        self._ticks = np.array([tempo.tick for tempo in score.tempos] or [0], dtype=np.float64)
        micros = np.array([tempo.microseconds for tempo in score.tempos] or [500_000], dtype=np.float64)
        self._frames_a_tick = micros * rate / (1e6 * score.ticks_per_quarter)
        lengths = np.diff(self._ticks) * self._frames_a_tick[:-1]
        self._frames = np.concatenate([[0.0], np.cumsum(lengths)])

    def frames(self, ticks: NDArray[np.int64] | float) -> NDArray[np.float64]:
        """Time in frames (not rounded) of ticks; same shape."""
        index = np.maximum(0, np.searchsorted(self._ticks, ticks, side="right") - 1)
        return np.asarray(self._frames[index] + (ticks - self._ticks[index]) * self._frames_a_tick[index])

    def tick(self, frames: float) -> float:
        """Tick (not rounded) at a time in frames."""
        index = max(0, int(np.searchsorted(self._frames, frames, side="right")) - 1)
        return float(self._ticks[index] + (frames - self._frames[index]) / self._frames_a_tick[index])


def schedule(score: Score, rate: int = RATE) -> Schedule:
    """All note events of a score.

    Where tracks share a channel and meet on a pitch, the later note ends the earlier one, as `tidy` does in a track.
    """
    tracks = score.tracks
    channels = allocate_channels(tracks)
    columns = [track.columns[:4] for track in tracks]
    table = np.concatenate([np.zeros((4, 0), np.int64), *columns], axis=1)
    channel = np.repeat(np.array(channels, dtype=np.int64), [block.shape[1] for block in columns])
    start, pitch, length, velocity = table
    start, end, channel, pitch, velocity = _separate(start, start + length, channel, pitch, velocity)
    tempo = TempoMap(score, rate)
    begin, finish = tempo.frames(start), tempo.frames(end)
    finish = np.maximum(finish, begin + 1)  # a note shorter than a frame must still start before it ends
    count = len(start)
    positions = np.concatenate([finish, begin])
    kinds = np.repeat(np.array([OFF, ON], np.uint8), count)
    order = np.lexsort((np.tile(pitch, 2), np.tile(channel, 2), kinds, np.floor(positions + 0.5)))
    return Schedule(
        positions=np.maximum.accumulate(positions[order]),
        ticks=np.concatenate([end, start])[order],
        kinds=kinds[order],
        channels=np.tile(channel, 2)[order].astype(np.uint8),
        pitches=np.tile(pitch, 2)[order].astype(np.uint8),
        velocities=np.concatenate([np.zeros(count, np.int64), velocity])[order].astype(np.uint8),
        starts=np.tile(start, 2)[order],
        programs=_programs(score, channels),
        rate=rate,
    )


def _separate(
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    channel: NDArray[np.int64],
    pitch: NDArray[np.int64],
    velocity: NDArray[np.int64],
) -> tuple[NDArray[np.int64], ...]:
    """Cut notes where the next one on the same channel and pitch begins; of equal onsets the longest stays."""
    order = np.lexsort((end, start, pitch, channel))
    start, end, channel, pitch, velocity = (column[order] for column in (start, end, channel, pitch, velocity))
    same = (channel[1:] == channel[:-1]) & (pitch[1:] == pitch[:-1])
    following = np.full(len(start), np.iinfo(np.int64).max)
    following[:-1][same] = start[1:][same]
    keep = following > start
    columns = (start, np.minimum(end, following), channel, pitch, velocity)
    return tuple(column[keep] for column in columns)


def _programs(score: Score, channels: list[int]) -> tuple[Program, ...]:
    """Instruments by channel; of tracks that share one, the first that has notes decides."""
    chosen: dict[int, Program] = {}
    for track, channel in sorted(zip(score.tracks, channels, strict=True), key=lambda pair: len(pair[0]) == 0):
        chosen.setdefault(channel, Program(channel, track.program, channel == DRUM_CHANNEL))
    return tuple(chosen[channel] for channel in sorted(chosen))
