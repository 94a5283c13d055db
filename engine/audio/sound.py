"""What a player needs to be heard: two synthesizers of one soundfont and an open device, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.audio.output import OpenOutput, Output, Pull
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import RATE, Synth
from engine.errors import UserError


class Sound:
    """Opened once; opened again only after `close`. For one thread.

    Args:
        soundfont: chosen by the composer, or None for the best of the system.
        device: name of an output, or None for the system's default.
        open_output: how a device is opened.
        say: hears, in a sentence, what the composer should know.
    """

    def __init__(
        self, soundfont: Path | None, device: str | None, open_output: OpenOutput, say: Callable[[str], None]
    ) -> None:
        self.soundfont, self.device = soundfont, device
        self.reason: str | None = None  # why there is no sound, after a failed `open`
        self.output: Output | None = None
        self.tried = False
        self._open_output, self._say = open_output, say
        self._synths: tuple[Synth, ...] = ()

    def open(self, pull: Pull, ended: Callable[[], None]) -> tuple[Synth, Synth] | None:
        """Load the soundfont and start the device, unless that was tried before.

        Args:
            pull: is asked for blocks from now on.
            ended: called when the device stops by itself.

        Returns:
            Synthesizers for the score and for everything else; None if they were opened before or cannot be.
        """
        if self.tried:
            return None
        self.tried = True
        try:
            synths = self._make_synths()
            self.output = self._open_output(pull, RATE, self.device, ended)
        except UserError as error:
            self.reason = error.what
            self._say(f"{error} Everything but listening works.")
            return None
        self.reason = None
        self._synths = synths
        return synths

    @property
    def lost(self) -> bool:
        """The device was open and has stopped by itself."""
        return self.output is not None and not self.output.alive

    def silence(self) -> None:
        """Close the device: nothing pulls when this returns."""
        if self.output is not None:
            self.output.close()
            self.output = None

    def free(self) -> None:
        """Free the synthesizers, once nobody holds them; `open` may be called again."""
        for synth in self._synths:
            synth.close()
        self._synths = ()
        self.tried = False

    def _make_synths(self) -> tuple[Synth, Synth]:
        """Two synthesizers of the chosen soundfont, or of the next best one if it is broken."""
        try:
            return _pair(find_soundfont(self.soundfont))
        except UserError as error:
            if self.soundfont is None:
                raise
            font = find_soundfont()
            pair = _pair(font)
            self._say(f"{error.what} Playing with {font.name} instead.")
            return pair


def _pair(font: Path) -> tuple[Synth, Synth]:
    return Synth(font, RATE), Synth(font, RATE)
