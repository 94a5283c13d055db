"""Which files of other people go into the bundle, and where in it they lie. Used by the spec and by build.py."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePosixPath

import contents
import system_packages

Entry = tuple[str, str, str]  # PyInstaller's: where in the bundle, from where, which kind
SYSTEM = ("/usr/lib", "/lib", "/lib64", "/usr/local/lib")


def soundfont() -> Path:
    """The General MIDI set that goes along (its licence: licenses/TimGM6mb.txt)."""
    spec = importlib.util.find_spec("pretty_midi")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "TimGM6mb.sf2"


def music_libraries() -> list[Path]:
    """FluidSynth and, where the wheel does not bring it, PortAudio.

    Raises:
        SystemExit: they are not installed where this runs.
    """
    if sys.platform == "darwin":
        found = system_packages.mac_fluidsynth()
    elif sys.platform == "win32":
        found = sorted(Path("C:/tools/fluidsynth/bin").glob("*.dll"))
    else:
        names = ("libfluidsynth.so.3", "libportaudio.so.2")
        found = [path for name in names if (path := of_system(name)) is not None]
        found = found if len(found) == len(names) else []
    if not found:
        raise SystemExit("FluidSynth or PortAudio is not installed here, and the bundle must carry them: make setup")
    return found


def trimmed(name: str) -> bool:
    """Whether a file of the bundle, by its name within, is one that nobody reads."""
    path = PurePosixPath(name)
    if name in contents.NEVER_TRIMMED:
        return False
    whole = [path, *path.parents]
    return any(_matches(part, pattern) for part in whole for pattern in contents.TRIMMED)


def _matches(path: PurePosixPath, pattern: str) -> bool:
    """`a/b` is the whole path or a folder in it, counted from the bundle's top; `**/a` is one anywhere."""
    if pattern.startswith("**/"):
        return path.match(pattern.removeprefix("**/"))
    return len(path.parts) == len(PurePosixPath(pattern).parts) and path.match(pattern)


def arranged(binaries: Iterable[Entry]) -> list[Entry]:
    """Linux: what comes from the system and is not ours goes to the folder of what is lent; elsewhere as it was."""
    if sys.platform != "linux":
        return list(binaries)
    kept = [
        (_place(name, source), source, kind)
        for name, source, kind in binaries
        if not PurePosixPath(name).name.startswith(contents.OF_GLIBC)
    ]
    there = {PurePosixPath(name).name for name, _, _ in kept}
    for name in contents.LENT_LIBRARIES:
        source = of_system(name)
        if source is not None and name not in there:
            kept.append((f"{contents.LENT}/{name}", str(source), "BINARY"))
    return kept


def _place(name: str, source: str) -> str:
    path = PurePosixPath(name)
    foreign = source.startswith(SYSTEM) and len(path.parts) == 1 and ".so" in name
    return f"{contents.LENT}/{name}" if foreign and not name.startswith(contents.OWN_LIBRARIES) else name


@cache
def _known_to_loader() -> dict[str, Path]:
    ldconfig = shutil.which("ldconfig") or "/sbin/ldconfig"
    text = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=True).stdout
    found: dict[str, Path] = {}
    for name, path in re.findall(r"^\s*(\S+) \(.*=> (\S+)$", text, re.MULTILINE):
        found.setdefault(name, Path(path))
    return found


def of_system(name: str) -> Path | None:
    """Where the system keeps a shared library."""
    return _known_to_loader().get(name)


# what a finished folder asks of a system -------------------------------------------------------------------------


def is_library(path: Path) -> bool:
    """Whether a file is an ELF program or library."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def asked_for(folder: Path) -> dict[str, str]:
    """Libraries that the folder's own ask for and that it does not hold -> one file that asks."""
    files = [path for path in sorted(folder.rglob("*")) if contents.LENT not in path.parts and is_library(path)]
    held = {path.name for path in folder.rglob("*") if contents.LENT not in path.parts}
    wanted: dict[str, str] = {}
    for path in files:
        for name in needed(path):
            if name not in held:
                wanted.setdefault(name, path.name)
    return wanted


def glibc_needed(folder: Path) -> str:
    """The oldest glibc the folder starts on."""
    found = {
        tuple(map(int, version.split(".")))
        for path in folder.rglob("*")
        if is_library(path)
        for version in re.findall(r"GLIBC_(\d+\.\d+)", _dump(path))
    }
    return ".".join(map(str, max(found)))


def needed(path: Path) -> list[str]:
    """The libraries a program or library asks for when it is loaded."""
    return re.findall(r"NEEDED\s+(\S+)", _dump(path))


@cache
def _dump(path: Path) -> str:
    return subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, errors="replace").stdout
