"""Cables in place of rtmidi, with its classes and their methods: what is sent into a port can be read, keys pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class Wires:
    """The library, as `engine.audio.ports` uses it."""

    def __init__(self, inputs: Sequence[str] = (), outputs: Sequence[str] = ()) -> None:
        self.sources, self.sinks = list(inputs), list(outputs)
        self.callbacks: dict[str, Callable[[tuple[Sequence[int], float], object], None]] = {}
        self.sent: list[tuple[int, ...]] = []
        self.broken = False

    def MidiIn(self, name: str = "") -> Any:
        return _In(self)

    def MidiOut(self, name: str = "") -> Any:
        return _Out(self)

    def key(self, pitch: int, velocity: int, source: str = "Keys") -> None:
        """A key of a keyboard; many send 0x90 with velocity 0 for up."""
        self.callbacks[source](([0x92, pitch, velocity], 0.0), None)


class _In:
    def __init__(self, wires: Wires) -> None:
        self._wires, self._name = wires, ""

    def get_ports(self) -> list[str]:
        return list(self._wires.sources)

    def open_port(self, index: int, name: str = "") -> None:
        self._name = self._wires.sources[index]

    def set_callback(self, call: Callable[..., None]) -> None:
        self._wires.callbacks[self._name] = call

    def cancel_callback(self) -> None:
        self._wires.callbacks.pop(self._name, None)

    def close_port(self) -> None:
        self._name = ""

    def delete(self) -> None:
        assert not self._name, "closed before it is deleted"


class _Out(_In):
    def get_ports(self) -> list[str]:
        return list(self._wires.sinks)

    def open_port(self, index: int, name: str = "") -> None:
        self._name = self._wires.sinks[index]

    def send_message(self, message: Sequence[int]) -> None:
        if self._wires.broken:
            raise OSError("unplugged")
        self._wires.sent.append(tuple(message))
