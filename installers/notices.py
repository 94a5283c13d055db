"""Collect the licences of everything the bundle carries into one folder that goes along with it."""

from __future__ import annotations

import re
import shutil
import sys
from importlib import metadata
from pathlib import Path

import contents

WORDS = re.compile(r"licen[cs]e|copying|notice|copyright", re.IGNORECASE)
# What the bundle carries of .venv, by the names of their distributions.
CARRIED = (
    *("appdirs", "cffi", "filelock", "fsspec", "joblib", "lightning-fabric", "lightning-utilities", "mido", "mpmath"),
    *("numpy", "packaging", "pyfluidsynth", "pyqtgraph", "PySide6-Essentials", "shiboken6", "python-rtmidi"),
    *("safetensors", "scikit-learn", "scipy", "sounddevice", "soundfile", "sympy", "threadpoolctl", "torch"),
    *("typing_extensions", "pretty_midi"),
)
# Of the system they come from: FluidSynth and what it stands on.
DEBIAN = ("libfluidsynth3", "libportaudio2", "libinstpatch-1.0-2", "libsndfile1", "libsdl2-2.0-0", "libjack-jackd2-0")


def collect(folder: Path) -> None:
    """Fill a folder with one text per library, the soundfont's and our own among them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(contents.ROOT / "LICENSE", folder / "Melomorph.txt")
    for path in sorted((contents.HERE / "licenses").glob("*.txt")):
        shutil.copy(path, folder)
    for name in CARRIED:
        (folder / f"{name}.txt").write_text(of_distribution(name), encoding="utf-8")
    if sys.platform == "linux":
        for name in DEBIAN:
            text = Path("/usr/share/doc") / name / "copyright"
            if text.is_file():
                shutil.copy(text, folder / f"{name}.txt")


def of_distribution(name: str) -> str:
    """What an installed library says about its licence: its name for it, and the texts it brings."""
    about = metadata.distribution(name)
    parts = [f"{name} {about.version}: {named(about)}\n"]
    for file in about.files or []:
        if ".dist-info" in str(file.parent) and WORDS.search(file.name):
            parts.append(Path(str(file.locate())).read_text(encoding="utf-8", errors="replace"))
    return "\n".join(parts)


def named(about: metadata.Distribution) -> str:
    """The licence by its name, in one of the three places where libraries have said it over the years."""
    for field in ("License-Expression", "License"):
        for line in about.metadata.get_all(field) or []:
            return line.partition("\n")[0]
    found = [line for line in about.metadata.get_all("Classifier") or [] if line.startswith("License")]
    return "; ".join(line.rpartition(" :: ")[2] for line in found)
