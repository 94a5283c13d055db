"""The player without threads or devices: asked for frames, it gives samples. Everything is exact to the frame here;
FluidSynth itself then begins a note on its next grain of 64 frames (1.45 ms), always the same distance late or less.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.audio.schedule import ON
from engine.audio.side import FOREVER, PreviewNote, Side
from engine.audio.synth import GRAIN, RATE
from engine.audio.tape import Tape
from engine.audio.voices import Mix, Record, Sent, Voices
from engine.score import Score

LOOP, SWAP, END = "loop", "swap", "end"


class PlayerCore:
    """Plays a tape through two synthesizers. One thread calls `fill`; any thread may `post`.

    Args:
        rate: frames a second.
        record: hears of every message to the synthesizers, for tests and MIDI ports.
    """

    def __init__(self, rate: int = RATE, record: Record | None = None) -> None:
        self.rate = rate
        self.record = record
        self.clock = 0  # frames given so far
        self.tick = 0.0  # where the playhead is; read by any thread
        self.playing = False
        self.ended = 0  # number of the last play that came to its end by itself
        self.sought = 0  # number of the last seek that was done
        self.mix = Mix(rate)
        self.side = Side(self.mix, rate, record)
        self._commands: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._tape = Tape.of(Score(), rate)
        self._waiting: tuple[Tape, float] | None = None  # the next tape, and the position at which it takes over
        self._next = 0  # index of the next event
        self._anchor = (0.0, 0.0)  # clock (not rounded) and position that belong together
        self._factor = 1.0
        self._loop: tuple[int, int] | None = None
        self._armed = True  # False after a seek beyond the loop: plays on there
        self._sounding: dict[tuple[int, int], int] = {}  # channel, pitch -> tick at which the note began
        self._beat: tuple[float, int, bool] | None = None  # position, tick, accent of the next click
        self._number = 0

    # -------------------------------------------------------------------------------------- from any thread

    def post(self, command: Callable[..., None], *args: object) -> None:
        """Have one of the commands below carried out before the next block."""
        self._commands.append((command, args))

    @property
    def idle(self) -> bool:
        """Nothing plays, sounds or waits: no need to call `fill`."""
        return not (self.playing or self._commands or self.side.active)

    # ------------------------------------------------------------------------ commands, to be given to `post`

    def load(self, tape: Tape) -> None:
        """Play another score: at once when stopped, at the next sixteenth when playing."""
        if not self.playing:
            self._tape = tape
            return
        self._waiting = (tape, self._next_step(self._position()))

    def play(self, number: int = 0) -> None:
        """Start at the playhead: from the top when it is at the end, from the loop's start when it is behind it."""
        self._number = number
        if self.playing:
            return
        self._armed = True
        loop = self._loop_span()
        at = self._tape.position(self.tick)
        if loop and at >= loop[1] - 0.5:
            at = loop[0]
        elif not loop and at >= self._tape.end - 0.5:
            at = 0.0
        self.playing = True
        self._set_programs()
        self._jump(float(self.clock), at)

    def stop(self) -> None:
        """Release what sounds; the playhead stays."""
        if not self.playing:
            return
        self._release_all()
        self.tick = self._tape.tempo.tick(self._position())
        self.playing = False
        if self._waiting:
            self._tape, self._waiting = self._waiting[0], None

    def seek(self, tick: float, number: int = 0) -> None:
        """Move the playhead; playback goes on from there."""
        self.sought = number
        self.tick = max(0.0, tick)
        if self.playing:
            self._release_all()
            self._jump(float(self.clock), self._tape.position(self.tick))
            loop = self._loop_span()
            self._armed = loop is None or self._tape.position(self.tick) < loop[1]

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat from tick a to tick b; None plays to the end."""
        self._loop = loop
        self._armed = True

    def set_factor(self, factor: float) -> None:
        """Play `factor` times as fast, from this very frame on."""
        self._anchor = (float(self.clock), self._position())
        self._factor = min(8.0, max(0.125, factor))

    def set_metronome(self, on: bool) -> None:
        """Click on every beat while playing."""
        self._beat = None
        if on:
            self._aim_beat(self._position() if self.playing else 0.0)

    def set_volume(self, volume: float) -> None:
        """0..1, reached within a block."""
        self.mix.volume = min(1.0, max(0.0, volume))

    def audition(self, pitch: int, velocity: int, program: int, length: int, drums: bool = False) -> None:
        """Sound one note for `length` frames, over whatever plays."""
        self.side.audition(self.clock, pitch, velocity, program, length, drums)

    def key(self, pitch: int, velocity: int, program: int, drums: bool) -> None:
        """A key of a keyboard goes down, or with velocity 0 up."""
        self.side.key(self.clock, pitch, velocity, program, drums)

    def preview(self, notes: Sequence[PreviewNote], program: int | Sequence[int], follow: bool = False) -> None:
        """Play a melody, or voices with a program each, in place of any other preview or, `follow`, on its beat."""
        self.side.preview(self.clock, notes, program, follow)

    def stop_preview(self) -> None:
        """Release the previewed melody."""
        self.side.stop_preview(self.clock)

    def set_voices(self, voices: Voices, side: Voices) -> None:
        """Change the synthesizers; what sounds is given up."""
        self.cut()
        self.mix.main, self.mix.side = voices, side
        self._set_programs()

    def cut(self) -> None:
        """Silence at once, score and side; playback goes on with the next notes."""
        self._release_all()
        self.side.clear(self.clock)
        self.mix.cut()

    # --------------------------------------------------------------------------------------------- the blocks

    def fill(self, frames: int, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """The next samples, written into `out` (float32 [frames, 2], C-contiguous) if given; never beyond -1..1."""
        block = np.empty((frames, 2), np.float32) if out is None else out[:frames]
        while self._commands:
            command, args = self._commands.popleft()
            command(*args)
        done = 0
        while done < frames:
            gap = min(self._send_due(), self.side.send_due(self.clock), frames - done)
            self.mix.render(block[done : done + gap], self.clock, self.playing, self.side.active)
            done += gap
            self.clock += gap
        if self.playing:
            self.tick = self._tape.tempo.tick(self._position())
        if frames:
            self.mix.finish(block)
        return block

    # ---------------------------------------------------------------------------------------------- the clock

    def _position(self) -> float:
        return self._anchor[1] + (self.clock - self._anchor[0]) * self._factor

    def _time(self, position: float) -> float:
        """Clock (not rounded) at which a position is reached."""
        return self._anchor[0] + (position - self._anchor[1]) / self._factor

    def _jump(self, time: float, position: float) -> None:
        """From a clock on (not rounded, so that errors never add up), play from a position."""
        self._anchor = (time, position)
        self._next = self._tape.index(position)
        if self._waiting is not None:
            self._waiting = (self._waiting[0], self._next_step(position))
        if self._beat is not None:
            self._aim_beat(position)

    def _next_step(self, position: float) -> float:
        return self._tape.position(self._tape.next_step(position))

    def _aim_beat(self, position: float, after: int | None = None) -> None:
        first = math.ceil(self._tape.tempo.tick(position) - 1e-4) if after is None else after + 1
        tick, accent = self._tape.next_beat(first)
        self._beat = (self._tape.position(tick), tick, accent)

    def _loop_span(self) -> tuple[float, float] | None:
        """Positions of the loop; None without one, or if it is too short to be heard."""
        if self._loop is None or not self._armed:
            return None
        begin, end = self._tape.position(self._loop[0]), self._tape.position(self._loop[1])
        return (begin, end) if (end - begin) / self._factor >= GRAIN else None

    # --------------------------------------------------------------------------------------------- the events

    def _send_due(self) -> int:
        """Do everything that is due by now; returns the frames until the next thing, at least 1."""
        while self.playing:
            kind, boundary = self._boundary()
            events = self._tape.events
            note = float(events.positions[self._next]) if self._next < len(events.kinds) else math.inf
            beat = self._beat[0] if self._beat is not None else math.inf
            position = min(boundary, note, beat)
            wait = math.floor(self._time(position) + 0.5) - self.clock
            if wait > 0:
                return wait
            if boundary <= min(note, beat) + 1e-6:
                self._cross(kind, boundary)
            elif beat <= note and self._beat is not None:
                self.side.click(self.clock, self._beat[2])
                self._aim_beat(beat, self._beat[1])
            else:
                self._send(self._next)
                self._next += 1
        return FOREVER

    def _boundary(self) -> tuple[str, float]:
        loop = self._loop_span()
        kind, at = (LOOP, loop[1]) if loop else (END, self._tape.end)
        if self._waiting is not None and self._waiting[1] <= at:
            return SWAP, self._waiting[1]
        return kind, at

    def _cross(self, kind: str, position: float) -> None:
        # Normally within half a frame of now; a loop that was just moved behind the playhead is crossed late.
        time = max(self._time(position), self.clock - 0.5)
        if kind == SWAP:
            self._swap(time, position)
        elif kind == LOOP:
            loop = self._loop_span()
            self._release_all()
            self._jump(time, loop[0] if loop else 0.0)
        else:
            self.ended = self._number
            self.stop()
            self.tick = self._tape.tempo.tick(position)

    def _swap(self, time: float, position: float) -> None:
        """Change tapes: common notes sound on, others are released, and none is left hanging."""
        if self._waiting is None:
            return
        before, (self._tape, _) = self._tape, self._waiting
        self._waiting = None
        scale = self._tape.score.ticks_per_quarter / before.score.ticks_per_quarter
        tick = round(before.tempo.tick(position) * scale)
        kept = self._tape.held_over(tick) if scale == 1 else set()
        for (channel, pitch), start in list(self._sounding.items()):
            same = before.programs.get(channel) == self._tape.programs.get(channel)
            if not same or (channel, pitch, start) not in kept:
                self._off(channel, pitch)
        self._set_programs()
        self._jump(time, self._tape.position(tick))

    def _send(self, index: int) -> None:
        events = self._tape.events
        channel, pitch = int(events.channels[index]), int(events.pitches[index])
        if events.kinds[index] == ON:
            velocity = int(events.velocities[index])
            self._sounding[channel, pitch] = int(events.starts[index])
            self.mix.main.on(channel, pitch, velocity)
            self._tell(True, channel, pitch, velocity)
        elif self._sounding.get((channel, pitch)) == int(events.starts[index]):
            self._off(channel, pitch)

    def _release_all(self) -> None:
        for channel, pitch in list(self._sounding):
            self._off(channel, pitch)

    def _off(self, channel: int, pitch: int) -> None:
        del self._sounding[channel, pitch]
        self.mix.main.off(channel, pitch)
        self._tell(False, channel, pitch, 0)

    def _tell(self, on: bool, channel: int, pitch: int, velocity: int) -> None:
        if self.record is not None:
            self.record(Sent(self.clock, on, channel, pitch, velocity, False))

    def _set_programs(self) -> None:
        for channel, (program, drums) in self._tape.programs.items():
            self.mix.main.program(channel, program, drums)
