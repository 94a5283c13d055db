"""Make a finished folder smaller. Linux only: elsewhere it would break seals, or gain nothing.

Symbol tables are for debuggers, and torch's alone are 90 MB. Libraries come in with the plugins that ask for them, and
stay when the plugin is left out.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import contents
import libraries


def slim(folder: Path) -> None:
    """Strip the libraries of a folder, and drop those that nothing in it asks for."""
    if sys.platform != "linux":
        return
    drop_orphans(folder)
    for path in sorted(folder.rglob("*.so*")):
        if libraries.is_library(path):
            strip(path)


def drop_orphans(folder: Path) -> None:
    """Remove plain libraries (not Python's modules, not plugins) that no other file asks for, until all are needed."""
    while orphans := _orphans(folder):
        for path in orphans:
            path.unlink()
    for link in folder.rglob("*"):
        if link.is_symlink() and not link.exists():
            link.unlink()


def _orphans(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if libraries.is_library(path)]
    wanted = {name for path in files for name in libraries.needed(path)}
    return [path for path in files if _is_plain(path, folder) and path.name not in wanted]


def _is_plain(path: Path, folder: Path) -> bool:
    """A library that only others load: at the top, lent, or Qt's."""
    place = path.relative_to(folder).parent.as_posix().removeprefix("_internal").strip("/")
    called = path.name.startswith(contents.CALLED_LIBRARIES) or ".cpython-" in path.name or ".abi3." in path.name
    return place in ("", contents.LENT, "PySide6/Qt/lib") and path.name.startswith("lib") and not called


def strip(path: Path) -> None:
    """Remove the symbols that no loader needs; the file stays as it was if the result could not be loaded.

    Wheels move the tables of libraries they have taken in, and `strip` may then put segments where no page begins.
    """
    slimmer = path.with_name(f"{path.name}.slim")
    done = subprocess.run(["strip", "--strip-unneeded", "-o", str(slimmer), str(path)], capture_output=True)
    if done.returncode == 0 and slimmer.stat().st_size < path.stat().st_size and is_aligned(slimmer):
        shutil.copymode(path, slimmer)
        slimmer.replace(path)
    slimmer.unlink(missing_ok=True)


def is_aligned(path: Path) -> bool:
    """Whether every segment of a library lies in its file as the loader wants it."""
    text = subprocess.run(["readelf", "-lW", str(path)], capture_output=True, text=True).stdout
    loads = re.findall(r"LOAD\s+(0x\w+) (0x\w+) .* (0x\w+)\s*$", text, re.MULTILINE)
    return bool(loads) and all((int(at, 16) - int(to, 16)) % int(page, 16) == 0 for at, to, page in loads)


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder, links not counted."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
