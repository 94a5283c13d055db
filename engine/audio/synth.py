"""FluidSynth as a plain object that turns notes into blocks of samples. No device, no thread, no player of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from ctypes import c_int, c_void_p
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.audio.soundfont import check_soundfont, find_soundfont
from engine.errors import UserError
from engine.score import Track

RATE = 44100  # samples a second, the rate of every built-in render and of playback
GRAIN = 64  # FluidSynth starts and ends notes on blocks of this many frames (1.45 ms at 44.1 kHz)
CHANNELS = 16  # more than 16 makes libfluidsynth 2.3 corrupt its heap
DRUM_CHANNEL = 9
MELODIC = tuple(channel for channel in range(CHANNELS) if channel != DRUM_CHANNEL)
GAIN = 0.5  # four voices at velocity 80 peak near a third of full scale
INSTALL = {
    "linux": "Install it with: sudo apt install libfluidsynth3 (Fedora: sudo dnf install fluidsynth-libs).",
    "darwin": "Install it with: brew install fluid-synth",
    "win32": "Install it with: choco install fluidsynth",
}


def load_library() -> Any:
    """The module of pyfluidsynth with its C library, quiet on stderr.

    Raises:
        UserError: one of the two is not installed; the remedy is the command for this system.
    """
    if sys.platform == "darwin" and Path("/opt/homebrew/lib/libfluidsynth.dylib").exists():
        os.environ.setdefault("HOMEBREW_PREFIX", "/opt/homebrew")  # a program started from the Finder lacks it
    try:
        import fluidsynth as library
    except (ImportError, OSError, AttributeError) as error:
        remedy = INSTALL.get(sys.platform, INSTALL["linux"])
        if isinstance(error, ModuleNotFoundError):
            remedy = "Install it with: pip install pyfluidsynth"
        raise UserError("FluidSynth is not installed.", remedy) from error
    quiet = library.cfunc(
        "fluid_set_log_function", c_void_p, ("level", c_int, 1), ("fun", c_void_p, 1), ("data", c_void_p, 1)
    )
    for level in range(5) if quiet else ():
        quiet(level, None, None)
    return library


class Synth:
    """One synthesizer with 16 channels of one soundfont; channel 9 is drums. Not for two threads at once.

    Args:
        soundfont: a whole .sf2 or .sf3 file.
        rate: samples a second.

    Raises:
        UserError: FluidSynth is missing, or it cannot play this soundfont.
    """

    def __init__(self, soundfont: Path, rate: int = RATE) -> None:
        check_soundfont(soundfont)
        self._library = load_library()
        self._write = self._library.cfunc(
            "fluid_synth_write_float",
            c_int,
            ("synth", c_void_p, 1),
            ("len", c_int, 1),
            ("lout", c_void_p, 1),
            ("loff", c_int, 1),
            ("lincr", c_int, 1),
            ("rout", c_void_p, 1),
            ("roff", c_int, 1),
            ("rincr", c_int, 1),
        )
        unlocked = {"synth.threadsafe-api": 0}  # one thread at a time is our rule: no mutex around every call
        self._owner: Any = self._library.Synth(gain=GAIN, samplerate=rate, channels=CHANNELS, **unlocked)
        self._owner.set_reverb(roomsize=0.4, damping=0.2, width=0.8, level=0.5)
        self._owner.set_chorus(nr=2, level=0.8, speed=0.3, depth=6.0, type=0)
        self._synth = self._owner.synth
        self._font = self._owner.sfload(str(soundfont))
        if self._font < 0:
            self.close()
            raise UserError(f"FluidSynth cannot play {soundfont.name}.", "Choose another soundfont in the settings.")
        self._programs: dict[int, tuple[int, bool]] = {}

    def program(self, channel: int, program: int, drums: bool = False) -> None:
        """Give a channel a General MIDI program, or a drum kit. An instrument the soundfont lacks becomes a piano."""
        if self._programs.get(channel) == (program, drums):
            return
        self._programs[channel] = (program, drums)
        bank = 128 if drums else 0
        if self._owner.program_select(channel, self._font, bank, program) != 0:
            self._owner.program_select(channel, self._font, bank, 0)

    def on(self, channel: int, pitch: int, velocity: int) -> None:
        """Start a note at the next frame to be rendered."""
        self._library.fluid_synth_noteon(self._synth, channel, pitch, velocity)

    def off(self, channel: int, pitch: int) -> None:
        """Release a note at the next frame to be rendered."""
        self._library.fluid_synth_noteoff(self._synth, channel, pitch)

    def cut(self) -> None:
        """Silence every voice at once, without its release."""
        for channel in range(CHANNELS):
            self._library.fluid_synth_all_sounds_off(self._synth, channel)

    @property
    def voices(self) -> int:
        """Number of voices that sound or die away."""
        return int(self._library.fluid_synth_get_active_voice_count(self._synth))

    def render(self, frames: int, out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """The next samples, written straight into `out` (float32 [>= frames, 2], C-contiguous) if given.

        Returns:
            float32 [frames, 2], left and right; loud music may exceed -1..1.
        """
        block = np.empty((frames, 2), np.float32) if out is None else out[:frames]
        if frames:
            at = block.ctypes.data
            self._write(self._synth, frames, at, 0, 2, at, 1, 2)
        return block

    def close(self) -> None:
        """Free the synthesizer and its share of the soundfont."""
        if self._owner is not None:
            self._owner.delete()
            self._owner = self._synth = None

    def __del__(self) -> None:
        if getattr(self, "_owner", None) is not None:
            self.close()


def working_soundfont(chosen: Path | None) -> Path:
    """The chosen soundfont if FluidSynth can play it, else the best other one.

    Raises:
        UserError: FluidSynth is missing, or there is no soundfont at all.
    """
    try:
        font = find_soundfont(chosen)
        Synth(font).close()
    except UserError:
        if chosen is None:
            raise
        return working_soundfont(None)
    return font


def allocate_channels(tracks: Sequence[Track]) -> list[int]:
    """A MIDI channel for every track.

    Drum tracks share channel 9. The first 15 melodic tracks get a channel each; when there are more, tracks of the
    same program share one, then programs of the same General MIDI family, then whichever channel has fewest tracks.
    Empty tracks take channels only after the ones that play.
    """
    melodic = [index for index, track in enumerate(tracks) if not track.drums]
    melodic.sort(key=lambda index: len(tracks[index]) == 0)  # stable: playing tracks first
    channels = [DRUM_CHANNEL] * len(tracks)
    if len(melodic) <= len(MELODIC):
        for index, channel in zip(sorted(melodic), MELODIC, strict=False):
            channels[index] = channel
        return channels
    first: dict[int, int] = {}  # program -> channel
    load = dict.fromkeys(MELODIC, 0)
    for index in melodic:
        program = tracks[index].program
        if program not in first:
            free = [channel for channel in MELODIC if not load[channel]]
            family = [channel for known, channel in first.items() if known // 8 == program // 8]
            first[program] = (free or family or sorted(MELODIC, key=load.__getitem__))[0]
        channels[index] = first[program]
        load[first[program]] += 1
    return channels
