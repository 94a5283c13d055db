"""Playback for the studio: a thread of its own that owns the synthesizers, the device and the playhead's messages.

Every method only queues work and returns at once. Without a device, FluidSynth or a soundfont the playhead moves all
the same, silently, and `available` says why.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.audio import output
from engine.audio.core import PlayerCore
from engine.audio.side import Played, timed
from engine.audio.sound import Sound
from engine.audio.synth import RATE
from engine.audio.tape import Tape
from engine.audio.voices import Record, Silence
from engine.events import Events, Failed, Notice, PlayheadMoved
from engine.score import Note, Score

TOLD_EVERY = 1 / 30  # seconds between two messages about a moving playhead
SILENT_TURN = 0.01  # seconds between two steps of the clock that stands in for a device


class Player:
    """Plays the score.

    Args:
        events: where `PlayheadMoved`, `Notice` and `Failed` go, from the player's thread.
        soundfont: chosen by the composer; None takes the best one of the system. A broken one is replaced, and said.
        enabled: False moves the playhead without sound, and without looking for a device.
        device: name out of `list_devices`; None is the system's default.
        open_output: how a device is opened.
        record: hears of every message to the synthesizers, on the thread that renders.
    """

    def __init__(
        self,
        events: Events,
        soundfont: Path | None = None,
        enabled: bool = True,
        device: str | None = None,
        open_output: output.OpenOutput = output.open_output,
        record: Record | None = None,
    ) -> None:
        self.available: str | None = None if enabled else "Sound is switched off."
        self._events = events
        self._sound = Sound(soundfont, device, open_output, self._say)
        self._core = PlayerCore(RATE, record)
        self._enabled = enabled
        self._said = ""
        self._scores: deque[Score] = deque(maxlen=1)  # only the newest is compiled
        self._tasks: deque[Callable[[], None]] = deque()
        self._numbers = itertools.count(1)
        self._number = 0
        self._playing = False
        self._sought = (0, 0.0)
        self._told = (0.0, False)
        self._told_at = 0.0
        self._stepped: float | None = None  # when the silent clock last moved
        self._closed = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._thread.start()

    @property
    def playing(self) -> bool:
        """True from `play` until `stop` or the end of the piece."""
        return self._playing

    @property
    def tick(self) -> float:
        """Where the playhead is, or was just sent."""
        number, tick = self._sought
        return tick if self._core.sought < number else self._core.tick

    def set_score(self, score: Score) -> None:
        """Play another score: at the next sixteenth while playing, else at once. Of many, the newest is taken."""
        self._scores.append(score)
        self._queue(self._load)

    def play(self) -> None:
        """Start at the playhead (at the end of the piece: from the top). A preview makes way."""
        self._number = next(self._numbers)
        self._playing = True
        self._queue(self._open_sound)
        self.stop_preview()
        self._tell_core(self._core.play, self._number)

    def stop(self) -> None:
        """Release what sounds, previews too; the playhead stays."""
        self._playing = False
        self._tell_core(self._core.stop)
        self.stop_preview()

    def toggle(self) -> None:
        """Stop if it plays, play if not."""
        (self.stop if self._playing else self.play)()

    def seek(self, tick: float) -> None:
        """Move the playhead; playback goes on from there."""
        self._sought = (next(self._numbers), max(0.0, tick))
        self._tell_core(self._core.seek, tick, self._sought[0])

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat from tick a to tick b without a seam; None plays to the end."""
        self._tell_core(self._core.set_loop, loop)

    def set_metronome(self, on: bool) -> None:
        """Click on every beat while playing, the first of a bar accented."""
        self._tell_core(self._core.set_metronome, on)

    def set_volume(self, volume: float) -> None:
        """0 (silent) to 1 (as rendered)."""
        self._tell_core(self._core.set_volume, volume)

    def set_tempo_factor(self, factor: float) -> None:
        """Play this many times as fast as written, 1/8 to 8; the playhead does not jump."""
        self._tell_core(self._core.set_factor, factor)

    def audition(self, pitch: int, velocity: int = 90, program: int = 0, ms: float = 300, drums: bool = False) -> None:
        """Sound one note now, over whatever plays."""
        self._queue(self._open_sound)
        self._tell_core(self._core.audition, pitch, velocity, program, max(1, int(ms * RATE / 1000)), drums)

    def key(self, pitch: int, velocity: int, program: int = 0, drums: bool = False) -> None:
        """A key of a keyboard: sounds until it comes again with velocity 0."""
        self._queue(self._open_sound)
        self._tell_core(self._core.key, pitch, velocity, program, drums)

    def preview(
        self,
        notes: Iterable[Note],
        program: int = 0,
        ticks_per_quarter: int = 480,
        microseconds: int = 500_000,
        follow: bool = False,
    ) -> None:
        """Play a melody from its tick 0 on, over whatever plays, in place of any other preview.

        Args:
            notes: the melody.
            program: General MIDI program.
            ticks_per_quarter: resolution of the notes.
            microseconds: length of a quarter note.
            follow: take over in the middle of a preview that is under way and keep its beat, as a morph does.
        """
        self.preview_voices([(notes, program)], ticks_per_quarter, microseconds, follow)

    def preview_voices(self, voices: Iterable[Played], ticks_per_quarter: int, microseconds: int, follow: bool) -> None:
        """Play several melodies together, as `preview` plays one."""
        self._queue(self._open_sound)
        self._tell_core(self._core.preview, *timed(voices, microseconds * RATE / (1e6 * ticks_per_quarter)), follow)

    def stop_preview(self) -> None:
        """Release the previewed melody."""
        self._tell_core(self._core.stop_preview)

    def silence(self) -> None:
        """Panic: stop, and cut every sound at once."""
        self.stop()
        self._tell_core(self._core.cut)

    @property
    def latency(self) -> float:
        """Seconds from the player to the ear; 0 while no device is open."""
        stream = self._sound.output
        return stream.latency if stream is not None else 0.0

    def prepare(self) -> None:
        """Load the soundfont and open the device now, so that the first note is not late."""
        self._queue(self._open_sound)

    def set_soundfont(self, soundfont: Path | None) -> None:
        """Play with another soundfont; None takes the best one of the system."""
        self._queue(lambda: self._change(soundfont, self._sound.device))

    def set_device(self, device: str | None) -> None:
        """Play through another device (a name out of `list_devices`); None is the system's default."""
        self._queue(lambda: self._change(self._sound.soundfont, device))

    def close(self) -> None:
        """Stop, and give the device back."""
        self._closed = True
        self._wake.set()
        self._thread.join(timeout=5)

    # ----------------------------------------------------------------------------- from here on: the own thread

    def _queue(self, task: Callable[[], None]) -> None:
        self._tasks.append(task)
        self._wake.set()

    def _tell_core(self, command: Callable[..., None], *args: object) -> None:
        self._queue(lambda: self._core.post(command, *args))

    def _run(self) -> None:
        failed = ""
        while not self._closed:
            self._wake.wait(self._patience())
            self._wake.clear()
            try:
                self._turn()
            except BaseException as error:  # an engine thread must never die silently, nor say one thing for ever
                if repr(error) != failed:
                    failed = repr(error)
                    self._events.emit(Failed(error))
                self._wake.wait(TOLD_EVERY)
        self._close_sound()

    def _patience(self) -> float | None:
        """Seconds until the next turn; None to wait for a command."""
        if self._tasks:
            return 0.0
        if self._core.idle and self._told == self._state():
            return None
        return SILENT_TURN if self._sound.output is None else TOLD_EVERY

    def _turn(self) -> None:
        while self._tasks:
            self._tasks.popleft()()
        if self._sound.lost:
            self._lose()
        if self._sound.output is None:
            self._step()
        if self._playing and self._core.ended == self._number:
            self._playing = False
        now = time.monotonic()
        state = self._state()
        if state != self._told and (now - self._told_at >= TOLD_EVERY or state[1] != self._told[1]):
            self._told, self._told_at = state, now
            self._events.emit(PlayheadMoved(*state))

    def _state(self) -> tuple[float, bool]:
        return self.tick, self._playing

    def _load(self) -> None:
        if self._scores:
            self._core.post(self._core.load, Tape.of(self._scores.popleft(), RATE))

    def _step(self) -> None:
        """Let time pass in the core when no device asks for samples."""
        now = time.monotonic()
        if self._core.idle or self._stepped is None:
            self._core.fill(0)  # commands
            self._stepped = None if self._core.idle else now
            return
        frames = min(RATE, int((now - self._stepped) * RATE))  # after a suspended machine: not all of the night
        self._stepped = now
        for at in range(0, frames, 4096):
            self._core.fill(min(4096, frames - at))

    def _pull(self, frames: int, out: NDArray[np.float32]) -> None:
        self._core.fill(frames, out)

    def _open_sound(self) -> None:
        if not self._enabled or self._sound.tried:
            return
        synths = self._sound.open(self._pull, self._wake.set)
        self.available = self._sound.reason
        if synths is not None:
            self._core.post(self._core.set_voices, *synths)

    def _lose(self) -> None:
        """The device stopped by itself: say so and go on silently; the next `play` looks for another."""
        error = self._sound.output.error if self._sound.output is not None else None
        self._close_sound()
        self.available = "The sound device stopped."
        self._say("The sound device stopped. Playback goes on silently; press play to try again.")
        if error is not None:
            self._events.emit(Failed(error))

    def _change(self, soundfont: Path | None, device: str | None) -> None:
        tried = self._sound.tried
        self._close_sound()
        self._sound.soundfont, self._sound.device = soundfont, device
        self._said = ""
        if tried:
            self._open_sound()

    def _close_sound(self) -> None:
        self._sound.silence()
        self._core.post(self._core.set_voices, Silence(), Silence())
        self._core.fill(0)  # the core lets go of the synthesizers, which can be freed then
        self._sound.free()
        self._stepped = None

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._events.emit(Notice(text))
