"""The portable archive: a folder that is unpacked anywhere and started, on a system that has nothing but its glibc."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

import contents
import libraries

from linux.deb import place_desktop_files

NOTE = """\
Melomorph {version}

Start it with the program `melomorph` in this folder. Nothing needs to be installed: Python, Qt, torch, FluidSynth, a
soundfont and the trained models are inside. It asks for Linux on {machine} with glibc {glibc} or later (a desktop's
graphics and sound are used where there are any).

Your work and your settings are kept where your desktop keeps those of other programs, not in this folder: it can be
thrown away and replaced by a newer one. With MELOMORPH_HOME=/some/folder in the environment they are kept there.

share/ holds a menu entry, the kind of file and icons, laid out as under ~/.local/share, for whoever wants them there.
The licences of all libraries and of the soundfont are in _internal/licenses.
"""


def portable_archive(bundle: Path, build: Path, dist: Path, version: str) -> Path:
    """Make the .tar.zst of a bundle's folder; returns where it lies."""
    name = f"{contents.PROGRAM}-{version}-linux-{platform.machine()}"
    place = build / "portable"
    shutil.rmtree(place, ignore_errors=True)
    folder = place / name
    shutil.copytree(bundle, folder, symlinks=True, copy_function=os.link)
    place_desktop_files(folder / "share")
    note = NOTE.format(version=version, machine=platform.machine(), glibc=libraries.glibc_needed(bundle))
    (folder / "README.txt").write_text(note, encoding="utf-8")
    made = dist / f"{name}.tar.zst"
    packer = ["tar", "--create", "--owner=0", "--group=0", "--sort=name", "--use-compress-program=zstd -12 -T0"]
    subprocess.run([*packer, f"--file={made}", f"--directory={place}", name], check=True)
    shutil.rmtree(place)
    return made
