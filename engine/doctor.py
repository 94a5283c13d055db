"""What this machine has and what it lacks, each with what to do about it. Opens no window and no sound device."""

from __future__ import annotations

import importlib.util
import json
import platform
import sys
from collections.abc import Callable, Sequence
from ctypes import c_int
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from engine.audio import ports
from engine.audio.output import list_devices
from engine.audio.soundfont import find_soundfont, list_soundfonts
from engine.audio.synth import Synth, load_library
from engine.device import CHOICES, choose, precision, processes, told
from engine.errors import UserError

OLDEST_PYTHON = (3, 11)
FIRST_BAD_QT = (6, 12)  # with Python 3.11 it loses a reference to None with every call, and aborts after some thousand


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Attributes:
        name: what.
        ok: nothing needs to be done.
        found: what was found, in words.
        remedy: what to do; empty if ok.
    """

    name: str
    ok: bool
    found: str
    remedy: str = ""


def examine(soundfont: Path | None = None) -> list[Check]:
    """Look at everything Melomorph stands on. Takes seconds: torch is imported to ask it for its devices.

    Args:
        soundfont: the composer's choice; None takes the one Melomorph would take.

    Returns:
        One check per part; a part that fails never keeps the others from being looked at.
    """
    looks: Sequence[tuple[str, Callable[[], Check]]] = (
        ("Python", check_python),
        ("Qt", check_qt),
        ("FluidSynth", check_fluidsynth),
        ("Soundfont", lambda: check_soundfonts(soundfont)),
        ("Audio devices", check_audio),
        ("MIDI ports", check_midi),
        ("torch devices", check_torch),
        ("Training", check_training),
    )
    return [_guarded(name, look) for name, look in looks]


def as_json(checks: Sequence[Check]) -> str:
    """The checks as a JSON object: {"ok": bool, "checks": [{"name", "ok", "found", "remedy"}]}."""
    rows = [asdict(check) for check in checks]
    return json.dumps({"ok": all(check.ok for check in checks), "checks": rows}, indent=2, ensure_ascii=False)


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except UserError as error:
        return Check(name, False, error.what, error.remedy)
    except Exception as error:  # a broken library may raise anything; it is the thing to report
        return Check(name, False, f"Failed: {type(error).__name__}: {error}", "Install Melomorph again.")


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Check:
    """The interpreter is new enough."""
    number = ".".join(map(str, version))
    found = f"{platform.python_implementation()} {number}, {platform.system()} {platform.machine()}"
    if version[:2] >= OLDEST_PYTHON:
        return Check("Python", True, found)
    return Check("Python", False, found, "Install Python 3.11 or newer.")


def check_qt(version: str | None = None, python: tuple[int, ...] = tuple(sys.version_info[:2])) -> Check:
    """Qt is there, and not in the version that Python 3.11 cannot stand. Reads metadata only."""
    found = version or _version("PySide6-Essentials") or _version("PySide6")
    if found is None:
        if importlib.util.find_spec("PySide6") is not None:  # inside an installer's bundle
            return Check("Qt", True, "PySide6, bundled")
        return Check("Qt", False, "PySide6 is not installed.", "Install it with: pip install PySide6-Essentials")
    numbers = tuple(int(part) for part in found.split(".")[:2] if part.isdigit())
    if numbers >= FIRST_BAD_QT and python[:2] < (3, 12):
        remedy = 'Install an older one: pip install "PySide6-Essentials<6.12", or use Python 3.12.'
        return Check("Qt", False, f"PySide6 {found} aborts with Python 3.11.", remedy)
    return Check("Qt", True, f"PySide6 {found}")


def check_fluidsynth() -> Check:
    """The library loads."""
    library = load_library()
    binding = _version("pyfluidsynth") or "bundled"
    return Check("FluidSynth", True, f"libfluidsynth {_library_version(library)}, pyfluidsynth {binding}")


def check_soundfonts(chosen: Path | None = None) -> Check:
    """The soundfont that would be played loads, if there is a FluidSynth to load it."""
    font = find_soundfont(chosen)
    try:
        load_library()
    except UserError:
        pass  # reported as FluidSynth; the file itself is fine
    else:
        Synth(font).close()
    others = len({path.resolve() for path in list_soundfonts()} - {font.resolve()})
    return Check("Soundfont", True, f"{font.name} ({font.parent})" + (f" and {others} more" if others else ""))


def check_audio() -> Check:
    """There is somewhere to play to."""
    devices = list_devices()
    if not devices:
        remedy = "Connect one; until then everything but listening works."
        return Check("Audio devices", False, "No sound device was found.", remedy)
    names = [f"{device.name} (default)" if device.default else device.name for device in devices]
    return Check("Audio devices", True, "; ".join(names))


def check_midi() -> Check:
    """MIDI ports can be asked for; having none is fine."""
    try:
        library = ports.load()
    except UserError as error:
        return Check("MIDI ports", False, error.what, error.remedy)
    sources, sinks = ports.inputs(library), ports.outputs(library)
    told = [f"in: {'; '.join(sources)}"] if sources else []
    told += [f"out: {'; '.join(sinks)}"] if sinks else []
    return Check("MIDI ports", True, ", ".join(told) or "none is connected, or this system offers no MIDI")


def check_torch() -> Check:
    """Which chips torch can compute on, each proved by an allocation."""
    try:
        import torch
    except (ImportError, OSError) as error:
        return Check("torch devices", False, f"torch cannot be loaded: {error}", "Install it with: pip install torch")
    found = f"torch {torch.__version__}: "
    chips = []
    for kind in CHOICES[1:]:
        try:
            chips.append(f"{kind} ({told(chip := choose(kind), precision(chip))})")
        except UserError:
            continue
    return Check("torch devices", True, found + ", ".join(chips))


def check_training() -> Check:
    """How many processes can train here at once, and how they would speak to one another."""
    import torch

    many = processes(choose())
    if not torch.distributed.is_available():
        return Check("Training", True, "one process: this torch has no distributed part")
    backends = {"gloo": torch.distributed.is_gloo_available(), "nccl": torch.distributed.is_nccl_available()}
    ways = " or ".join(name for name, there in backends.items() if there) or "nothing"
    found = f"as many as {many} processes (torchrun --nproc-per-node {many} -m engine.train ...), by {ways}"
    return Check("Training", True, found if many > 1 else f"one process; with other machines by {ways}")


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _library_version(library: object) -> str:
    numbers = [c_int(), c_int(), c_int()]
    ask = getattr(library, "fluid_version", None)
    if ask is None:
        return "of unknown version"
    ask(*numbers)
    return ".".join(str(number.value) for number in numbers)
