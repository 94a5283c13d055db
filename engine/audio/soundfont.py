"""Where the sounds come from: a chosen soundfont, one of the system's, or the small one that pretty_midi brings."""

from __future__ import annotations

import importlib.util
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from engine.errors import UserError

SUFFIXES = (".sf2", ".sf3")
REMEDY = "Choose another soundfont (.sf2) in the settings."
# General MIDI sets that are known to be whole, best first; any other file in the same folders comes after them.
KNOWN = (
    "fluidr3",
    "generaluser",
    "musescore_general",
    "ms_basic",
    "sgm",
    "freepats",
    "timgm6mb",
    "default-gm",
)


def system_folders() -> list[Path]:
    """Folders in which Linux, macOS and Windows keep soundfonts, whether they exist or not."""
    if sys.platform == "win32":
        roots = [os.environ.get(name, "") for name in ("ProgramFiles", "ProgramFiles(x86)", "ProgramData")]
        inside = ("soundfonts", "SoundFonts/sf2", "FluidSynth/share/soundfonts", "Common Files/SoundFonts")
        folders = [Path(root) / part for root in roots if root for part in inside]
        return [*folders, Path("C:/soundfonts"), Path("C:/tools/fluidsynth/share/soundfonts")]
    share = [Path("/usr/share"), Path("/usr/local/share")]
    if sys.platform == "darwin":
        share = [Path("/opt/homebrew/share"), *share, Path("/opt/local/share")]
    inside = ("sounds/sf2", "sounds/sf3", "soundfonts", "fluidsynth/sf2", "fluid-synth/sf2")
    folders = [base / part for base in share for part in inside]
    if sys.platform == "darwin":
        folders.append(Path("/Library/Audio/Sounds/Banks"))
    return folders


def bundled_soundfont() -> Path | None:
    """The General MIDI set that comes with pretty_midi, found without the quarter second its import takes."""
    spec = importlib.util.find_spec("pretty_midi")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found = Path(folder) / "TimGM6mb.sf2"
        if found.is_file():
            return found
    return None


def check_soundfont(path: Path) -> None:
    """Look at the header and the length of a soundfont.

    Raises:
        UserError: missing, not a soundfont, or cut off.
    """
    try:
        with path.open("rb") as file:
            header = file.read(12)
        size = path.stat().st_size
    except OSError as error:
        raise UserError(f"The soundfont {path.name} cannot be read.", REMEDY) from error
    if len(header) < 12 or header[:4] != b"RIFF" or header[8:12] != b"sfbk":
        raise UserError(f"{path.name} is not a soundfont.", REMEDY)
    if struct.unpack("<I", header[4:8])[0] + 8 > size + 1:  # some writers forget the last padding byte
        raise UserError(f"The soundfont {path.name} is cut off.", "Copy or download it again, or choose another one.")


def list_soundfonts() -> list[Path]:
    """Every whole soundfont in the well-known places, best first, the bundled one last."""
    found: dict[Path, Path] = {}  # what the name points to -> the name: distributions link one file several times
    for path in _candidates():
        try:
            check_soundfont(path)
        except UserError:
            continue
        found.setdefault(path.resolve(), path)
    return list(found.values())


def find_soundfont(chosen: Path | None = None) -> Path:
    """The soundfont to play with: the chosen one, else the best of the system, else the bundled one.

    Raises:
        UserError: the chosen one is broken (call again without it to fall back), or there is none at all.
    """
    if chosen is not None:
        check_soundfont(chosen)
        return chosen
    found = list_soundfonts()
    if not found:
        raise UserError("No soundfont was found.", "Choose a soundfont (.sf2) in the settings.")
    return found[0]


def _candidates() -> Iterator[Path]:
    paths: list[Path] = []
    for folder in system_folders():
        try:
            paths += [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES]
        except OSError:
            continue  # the folder is not there, or not ours to read
    yield from sorted(paths, key=_rank)  # stable: folders keep their order among equals
    bundled = bundled_soundfont()
    if bundled is not None:
        yield bundled


def _rank(path: Path) -> int:
    name = path.stem.lower().replace(" ", "_")
    known = next((index for index, start in enumerate(KNOWN) if name.startswith(start)), len(KNOWN))
    # An .sf3 needs a FluidSynth built with libsndfile: everything else goes first.
    return known + (100 if path.suffix.lower() == ".sf3" else 0)
