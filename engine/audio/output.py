"""The sound device: a PortAudio stream whose own thread pulls blocks. Opened and closed by the player's thread."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError

LATENCY = 0.02  # seconds between a key and its sound that the device is asked for
PORTAUDIO = {
    "linux": "Install it with: sudo apt install libportaudio2 (Fedora: sudo dnf install portaudio).",
    "darwin": "Install it with: brew install portaudio",
    "win32": "Install it with: pip install --force-reinstall sounddevice",
}
Pull = Callable[[int, NDArray[np.float32]], object]  # fill(frames, out), called on the stream's thread


@dataclass(frozen=True)
class Device:
    """A place where sound can go."""

    name: str  # unique; what `open_output` is given
    default: bool


class Output(Protocol):
    """An open stream."""

    @property
    def alive(self) -> bool:
        """It still pulls."""

    @property
    def latency(self) -> float:
        """Seconds from a block to the ear, as far as the system knows."""

    @property
    def error(self) -> BaseException | None:
        """What `pull` raised, if that is why it died."""

    def close(self) -> None:
        """Stop pulling; returns when the last block was pulled."""


OpenOutput = Callable[[Pull, int, str | None, Callable[[], None]], Output]


def list_devices() -> list[Device]:
    """The outputs of this machine; empty if there are none.

    Raises:
        UserError: PortAudio is missing.
    """
    portaudio = _load()
    names = [host["name"] for host in portaudio.query_hostapis()]
    outputs = [device for device in portaudio.query_devices() if device["max_output_channels"] >= 2]
    default = portaudio.default.device[1]
    return [Device(f"{device['name']}, {names[device['hostapi']]}", device["index"] == default) for device in outputs]


def open_output(pull: Pull, rate: int, device: str | None, ended: Callable[[], None]) -> Output:
    """Start pulling stereo blocks at `rate` into a device (None: the system's default). May take half a second.

    Args:
        pull: writes the next block in place, on a thread of PortAudio's.
        rate: frames a second.
        device: name out of `list_devices`.
        ended: called on another thread when the stream stops by itself.

    Raises:
        UserError: no PortAudio, no device, or it cannot be opened; the text is one sentence.
    """
    portaudio = _load()
    try:
        return _open(portaudio, pull, rate, device, ended)
    except UserError:
        # PortAudio knows only the devices that were there when it started.
        portaudio._terminate()
        portaudio._initialize()
        return _open(portaudio, pull, rate, device, ended)


def _open(portaudio: Any, pull: Pull, rate: int, device: str | None, ended: Callable[[], None]) -> Output:
    if not any(found["max_output_channels"] >= 2 for found in portaudio.query_devices()):
        raise UserError("No sound device was found.", "Connect one and choose it in the settings.")
    try:
        return _Stream(portaudio, pull, rate, device, ended)
    except (portaudio.PortAudioError, ValueError) as error:
        which = f"“{device}”" if device else "The sound device"
        raise UserError(f"{which} could not be opened.", "Choose another sound device in the settings.") from error


class _Stream:
    def __init__(self, portaudio: Any, pull: Pull, rate: int, device: str | None, ended: Callable[[], None]) -> None:
        self.error: BaseException | None = None
        self._closing = False
        self._pull, self._ended, self._portaudio = pull, ended, portaudio
        info = portaudio.query_devices(device, "output")
        wasapi = "WASAPI" in portaudio.query_hostapis(info["hostapi"])["name"]
        self._stream = portaudio.OutputStream(
            samplerate=rate,
            channels=2,
            dtype="float32",
            device=device,
            latency=LATENCY,
            callback=self._callback,
            finished_callback=self._finished,
            extra_settings=portaudio.WasapiSettings(auto_convert=True) if wasapi else None,
        )
        self._stream.start()

    @property
    def alive(self) -> bool:
        return bool(self._stream.active) and self.error is None

    @property
    def latency(self) -> float:
        return float(self._stream.latency)

    def close(self) -> None:
        self._closing = True
        try:
            self._stream.abort()
            self._stream.close()
        except self._portaudio.PortAudioError:
            pass  # the device went first

    def _callback(self, out: NDArray[np.float32], frames: int, time: object, status: object) -> None:
        try:
            self._pull(frames, out)
        except BaseException as error:  # PortAudio's thread has nobody to tell: the player asks
            out[:] = 0
            self.error = error
            raise self._portaudio.CallbackAbort from error

    def _finished(self) -> None:
        if not self._closing:
            self._ended()


def _load() -> Any:
    quieten_alsa()
    try:
        import sounddevice
    except OSError as error:
        raise UserError("PortAudio is not installed.", PORTAUDIO.get(sys.platform, PORTAUDIO["linux"])) from error
    except ImportError as error:
        raise UserError("sounddevice is not installed.", "Install it with: pip install sounddevice") from error
    return sounddevice


_ALSA_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)
_ignore_alsa = _ALSA_HANDLER(lambda *message: None)  # must live as long as ALSA may call it


def quieten_alsa() -> None:
    """ALSA writes a page to stderr while devices or ports are looked for; we say it in one sentence."""
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_ignore_alsa)
    except (OSError, AttributeError):
        pass  # no ALSA, nothing to quieten
