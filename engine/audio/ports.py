"""MIDI ports: which there are, a keyboard that is listened to, an instrument that is played. Needs python-rtmidi."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from engine.audio.output import quieten_alsa
from engine.errors import UserError

CLIENT = "Melomorph"  # our name among MIDI programs
_ECHOES = ("midi through", "melomorph", "rtmidi")  # ports that give back what is sent: never listened to unasked
_ALSA_ADDRESS = re.compile(r" \d+:\d+$")
_REMEDY = "Install it with: pip install python-rtmidi (only needed for keyboards and ports)."
ON, OFF, TURN = 0x90, 0x80, 0xB0
_PEDALS = range(64, 70)  # controllers of the feet; from 120 on they are commands
_COMMANDS = 120


@dataclass(frozen=True)
class Key:
    """A key of a keyboard that went down or, with velocity 0, up."""

    pitch: int
    velocity: int


@dataclass(frozen=True)
class Knob:
    """A knob, wheel or fader of an input that now stands at 0..127."""

    source: str
    number: int
    value: int


class Sink(Protocol):
    """An open output."""

    def send(self, message: Sequence[int]) -> None:
        """Send one channel message."""

    def close(self) -> None:
        """Give the port back."""


def load() -> Any:
    """The library.

    Raises:
        UserError: it is not installed.
    """
    try:
        import rtmidi
    except ImportError as error:
        raise UserError("python-rtmidi is not installed.", _REMEDY) from error
    quieten_alsa()
    return rtmidi


def inputs(library: Any = None) -> list[str]:
    """Names of the keyboards and other sources; none where the system has no MIDI (errors as `load`)."""
    return _names((library or load()).MidiIn)


def outputs(library: Any = None) -> list[str]:
    """Names of the instruments and other programs that can be played (errors as `load`)."""
    return _names((library or load()).MidiOut)


def keyboards(names: Sequence[str]) -> list[str]:
    """Of the inputs those that somebody plays on: what only gives back what is sent is left out."""
    return [name for name in names if not name.casefold().startswith(_ECHOES)]


def _names(kind: Any) -> list[str]:
    port = _made(kind)
    if port is None:
        return []
    found = _told_apart(port.get_ports())
    port.delete()
    return found


def _made(kind: Any) -> Any:
    """A port that is not open yet; None where the system has no MIDI."""
    try:
        return kind(name=CLIENT)
    except Exception:  # rtmidi.SystemError, whose name depends on the version: there is no sequencer
        return None


def _told_apart(found: Sequence[str]) -> list[str]:
    """Names of ports without the numbers that ALSA gives anew every time; the second of two equal ones is numbered."""
    unique: list[str] = []
    for name in found:
        unique.append(next(n for n in _numbered(_ALSA_ADDRESS.sub("", name)) if n not in unique))
    return unique


def _numbered(name: str) -> Any:
    return itertools.chain([name], (f"{name} ({number})" for number in itertools.count(2)))


class Keyboards:
    """Listens to inputs and says which keys go down and up, and which knobs are turned.

    Args:
        hear: called for every key, on a thread of the system's.
        library: in place of rtmidi.
        turn: called for every knob, likewise.
    """

    def __init__(
        self, hear: Callable[[Key], None], library: Any = None, turn: Callable[[Knob], None] | None = None
    ) -> None:
        self._hear, self._library, self._turn = hear, library, turn
        self._open: dict[str, Any] = {}
        self._down: dict[str, set[int]] = {}  # keys held on each
        self._lister: Any = None  # asked which ports there are, as long as this lives

    @property
    def possible(self) -> bool:
        """The system has MIDI, as far as was looked."""
        return self._lister is not None

    @property
    def names(self) -> list[str]:
        """What is listened to."""
        return list(self._open)

    def listen(self, wanted: Sequence[str] | None) -> None:
        """Listen to these and to no others; None: to every keyboard there is. What cannot be opened is left out.

        Raises:
            UserError: rtmidi is not installed.
        """
        library = self._library or load()
        self._lister = self._lister or _made(library.MidiIn)
        there = _told_apart(self._lister.get_ports()) if self._lister is not None else []
        chosen = keyboards(there) if wanted is None else [name for name in wanted if name in there]
        for name in [name for name in self._open if name not in chosen]:
            self._drop(name)
        for name in chosen:
            if name not in self._open:
                self._take(library, name, there.index(name))

    def close(self) -> None:
        """Listen no more."""
        for name in list(self._open):
            self._drop(name)
        if self._lister is not None:
            self._lister.delete()
            self._lister = None

    def _take(self, library: Any, name: str, index: int) -> None:
        try:
            port = library.MidiIn(name=CLIENT)
            port.open_port(index, name="keyboard")
            port.set_callback(partial(self._message, name))
        except Exception:  # another program holds it (Windows), or it was unplugged just now: the next look tries again
            return
        self._open[name] = port

    def _drop(self, name: str) -> None:
        port = self._open.pop(name)
        port.cancel_callback()
        port.close_port()
        port.delete()
        for pitch in self._down.pop(name, ()):  # whoever pulled the cable will not let them go
            self._hear(Key(pitch, 0))

    def _message(self, name: str, event: tuple[Sequence[int], float], data: object = None) -> None:
        message = event[0]
        kind = message[0] & 0xF0 if len(message) == 3 else 0
        if kind == TURN and self._turn is not None and message[1] not in _PEDALS and message[1] < _COMMANDS:
            self._turn(Knob(name, message[1], message[2] & 127))
        elif kind in (ON, OFF):
            key = Key(message[1] & 127, message[2] & 127 if kind == ON else 0)
            held = self._down.setdefault(name, set())
            (held.add if key.velocity else held.discard)(key.pitch)
            self._hear(key)


class OpenPort:
    """An open output.

    Args:
        name: out of `outputs`.
        library: in place of rtmidi.

    Raises:
        UserError: it is not there, or cannot be opened.
    """

    def __init__(self, name: str, library: Any = None) -> None:
        library = library or load()
        there = outputs(library)
        if name not in there:
            raise UserError(
                f"The MIDI port “{name}” is not there.", "Connect it, or choose another in the preferences."
            )
        self._port = library.MidiOut(name=CLIENT)
        try:
            self._port.open_port(there.index(name), name="music")
        except Exception as error:
            raise UserError(f"The MIDI port “{name}” cannot be opened.", "Does another program hold it?") from error

    def send(self, message: Sequence[int]) -> None:
        """Send one channel message."""
        self._port.send_message(list(message))

    def close(self) -> None:
        """Give the port back."""
        self._port.close_port()
        self._port.delete()
