"""What the composer prefers, and the only place that knows where user files live."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import appdirs

NAME = "melomorph"
HOME = "MELOMORPH_HOME"  # environment: one folder for everything (portable use, tests)
RECENT = 10  # files remembered


@dataclass(frozen=True)
class UserPaths:
    """Folders of one user; made when first written to.

    Attributes:
        settings: the settings file.
        autosave: work in progress, one file per open window.
        models: what the user trained.
        cache: what can be made again, such as what was found in folders of music.
        log: warnings of the toolkit and reports of crashes.
    """

    settings: Path
    autosave: Path
    models: Path
    cache: Path
    log: Path


def user_paths() -> UserPaths:
    """Where this user's files are: the system's own places, or all under `MELOMORPH_HOME` if that is set."""
    if home := os.environ.get(HOME):
        root = Path(home)
        return UserPaths(root / "settings.json", root / "autosave", root / "models", root / "cache", root / "log.txt")
    data = Path(appdirs.user_data_dir(NAME, appauthor=False))
    return UserPaths(
        settings=Path(appdirs.user_config_dir(NAME, appauthor=False)) / "settings.json",
        autosave=data / "autosave",
        models=data / "models",
        cache=Path(appdirs.user_cache_dir(NAME, appauthor=False)),
        log=Path(appdirs.user_log_dir(NAME, appauthor=False)) / "log.txt",
    )


@dataclass(frozen=True)
class Preferences:
    """Everything that is remembered between two starts.

    Attributes:
        theme: system, light, dark or contrast.
        device: auto, cuda, mps or cpu.
        sound_device: name of an output; empty: the system's own choice.
        midi_in: name of a MIDI keyboard; empty: all of them; "none": none.
        midi_out: name of a MIDI port that plays along; empty: none.
        soundfont: path of an .sf2 or .sf3 file; empty: the one that is found.
        volume: 0..1.
        ui_scale: 1 is the system's own size; read at the next start.
        metronome: clicks on every beat.
        chord_lane: shown, hidden, or auto: shown where the piece has chords.
        grid: that notes snap to, by name.
        velocity_lane, follow: the lane is shown; the page is turned while it plays.
        map_sounds, candidate_sounds: a melody under the resting mouse is heard, on the map and on the four cards.
        last_folder: where the last file dialog ended.
        recent: files, newest first.
        geometry, docks: of the window, base64.
        first_launch: nothing was ever opened before.
        paused: names of trainings that were paused by hand, so that no start asks about them.
        options: of the models' verbs, as far as they are not the usual ones: `SYSTEM VERB FIELD=VALUE`.
    """

    theme: str = field(
        default="system",
        metadata={
            "title": "Theme",
            "choices": {
                "system": "As the system",
                "light": "Light",
                "dark": "Dark",
                "contrast": "High contrast",
            },
        },
    )
    device: str = field(
        default="auto",
        metadata={
            "title": "Chip",
            "choices": {"auto": "The fastest there is", "cuda": "NVIDIA GPU", "mps": "Apple GPU", "cpu": "CPU"},
            "text": "Where models train and generate. Used from the next start on.",
        },
    )
    soundfont: str = field(
        default="",
        metadata={
            "title": "Soundfont",
            "path": "Soundfonts (*.sf2 *.sf3)",
            "empty": "The one that is found",
            "text": "A file of instruments (.sf2 or .sf3).",
        },
    )
    volume: float = 0.8
    sound_device: str = field(default="", metadata={"title": "Sound device", "choices": {"": "As the system"}})
    midi_in: str = field(
        default="",
        metadata={
            "title": "MIDI keyboard",
            "choices": {"": "Every one that is connected", "none": "None"},
            "text": "Plays the track that is shown; Play > Record from a keyboard writes it down.",
        },
    )
    midi_out: str = field(
        default="",
        metadata={
            "title": "Play to a MIDI port",
            "choices": {"": "None"},
            "text": "Another program or instrument plays along; turn the volume down to hear it alone.",
        },
    )
    map_sounds: bool = field(
        default=True,
        metadata={
            "title": "Sound the map's melodies under the mouse",
            "text": "A melody is heard when the mouse rests on its dot; never while the piece plays.",
        },
    )
    candidate_sounds: bool = field(
        default=True,
        metadata={
            "title": "Sound candidates under the mouse",
            "text": "A click always sounds them.",
        },
    )
    ui_scale: float = field(
        default=1.0,
        metadata={
            "title": "Size of everything",
            "low": 0.5,
            "high": 3.0,
            "step": 0.25,
            "text": "1 is the system's own size. Used from the next start on.",
        },
    )
    metronome: bool = False
    chord_lane: str = "auto"
    grid: str = "1/16"
    velocity_lane: bool = True
    follow: bool = True
    last_folder: str = ""
    recent: tuple[str, ...] = ()
    geometry: str = ""
    docks: str = ""
    first_launch: bool = True
    paused: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def with_recent(self, path: Path) -> Preferences:
        """The same with one more file at the head of the recent ones."""
        name = str(path)
        return replace(self, recent=(name, *(kept for kept in self.recent if kept != name))[:RECENT])


class Settings:
    """The preferences in force and the file they are kept in.

    Args:
        path: the settings file; a missing one means defaults, a corrupt one is set aside as `.corrupt`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.set_aside: Path | None = None
        self.preferences = self._load()

    def put(self, preferences: Preferences) -> bool:
        """Use these from now on and write them, whole or not at all. Returns False if the disk refuses."""
        if preferences == self.preferences and self._path.exists():
            return True
        self.preferences = preferences
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            waiting = self._path.with_suffix(f".{os.getpid()}.tmp")
            waiting.write_text(json.dumps(asdict(preferences), indent=1), encoding="utf-8")
            waiting.replace(self._path)
        except OSError:  # a full or read-only disk must not stop the music
            return False
        return True

    def _load(self) -> Preferences:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            return read(stored)
        except FileNotFoundError:
            return Preferences()
        except (OSError, ValueError):
            self._put_aside()
            return Preferences()

    def _put_aside(self) -> None:
        aside = self._path.with_suffix(".corrupt")
        try:
            self._path.replace(aside)
            self.set_aside = aside
        except OSError:
            self.set_aside = None


def read(stored: Any) -> Preferences:
    """Preferences from a decoded settings file; unknown names are skipped, so that versions can share it.

    Raises:
        ValueError: it is no settings file, or a value is of the wrong kind.
    """
    if not isinstance(stored, dict):
        raise ValueError("a settings file holds one object")
    defaults = Preferences()
    values: dict[str, Any] = {}
    for known in fields(Preferences):
        if known.name in stored:
            values[known.name] = _of_kind(stored[known.name], getattr(defaults, known.name), known.name)
    made = Preferences(**values)
    return replace(made, volume=min(1.0, max(0.0, made.volume)), ui_scale=min(3.0, max(0.5, made.ui_scale)))


def _of_kind(value: Any, like: Any, name: str) -> Any:
    if isinstance(like, tuple) and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(like, bool) == isinstance(value, bool):
        if isinstance(like, float) and isinstance(value, int | float) and value == value:
            return float(value)
        if isinstance(value, type(like)):
            return value
    raise ValueError(f"{name} cannot be {value!r}")
