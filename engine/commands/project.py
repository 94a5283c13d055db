"""Project files: one document as JSON in a zip, checked field by field when it is read."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from engine.commands.document import Document, Pin, Steering
from engine.commands.fields import Fields, notes_of
from engine.errors import UserError
from engine.score import Chord, Key, Meter, Quality, Score, Tempo, Track
from engine.score.columns import is_locked, to_columns, to_notes
from engine.score.files import unreadable, write_whole
from engine.score.midi_read import read_midi
from engine.score.musicxml import SUFFIXES as MUSICXML
from engine.score.musicxml import read_musicxml
from engine.score.note import MAX_TICK
from engine.score.report import ImportReport

SUFFIX = ".melomorph"
VERSION = 3
LOCKS = 2  # what a Melomorph that knows no chords can read
PLAIN = 1  # what one can read that knows no locked notes either
MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi", ".smf")
MAX_BYTES = 40_000_000  # of JSON: two million notes; what unpacks to more is not a project
_MEMBER = "document.json"
# What a broken zip or broken JSON raises; RuntimeError also covers encrypted, unknown compression and deep nesting.
_DAMAGE = (KeyError, OSError, ValueError, EOFError, RuntimeError, zlib.error)


def save_project(document: Document, path: str | Path) -> None:
    """Write a project file, whole or not at all.

    Raises:
        UserError: the place cannot be written to.
    """
    write_whole(Path(path), to_project_bytes(document))


def load_project(path: str | Path) -> Document:
    """Read a project file.

    Raises:
        UserError: there is no such file, it is no project, it is damaged (the message names the field), or a newer
            Melomorph wrote it.
    """
    path = Path(path)
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return from_project_bytes(content)


def load_any(path: str | Path) -> tuple[Document, ImportReport | None]:
    """Open a project, a MIDI or a MusicXML file.

    Returns:
        The document, and of what is no project what was read and what was odd.

    Raises:
        UserError: it is neither, or cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() in MUSICXML:
        score, report = read_musicxml(path)
        return Document(score=score), report
    if path.suffix.lower() == SUFFIX or _is_zip(path):
        return load_project(path), None
    score, report = read_midi(path)
    return Document(score=score), report


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(4) == b"PK\x03\x04"
    except (OSError, ValueError):
        return False  # the MIDI reader says what is wrong


def to_project_bytes(document: Document) -> bytes:
    """The content of a project file."""
    about = {
        "format": "melomorph project",
        "version": VERSION if document.score.chords else LOCKS if _locks(document) else PLAIN,
        "score": _score_to_json(document.score),
        "steering": _steering_to_json(document.steering),
    }
    text = json.dumps(about, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    if len(text) > MAX_BYTES:
        raise UserError("The piece has too many notes for a project file.", "Remove some tracks, or export it as MIDI.")
    return _pack(text)


def document_alone(content: bytes) -> bytes:
    """A project file's content without its versions (errors as `load_project`); what it says is not looked at."""
    return _pack(_unpack(content))


def _pack(text: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed date: the same document is the same file.
        archive.writestr(zipfile.ZipInfo(_MEMBER), text, zipfile.ZIP_DEFLATED, 6)
    return packed.getvalue()


def from_project_bytes(content: bytes) -> Document:
    """The document in a project file's content (errors as `load_project`)."""
    about = Fields(_json(_unpack(content)), "project")
    if about.text("format", "") != "melomorph project":
        raise UserError("This is not a Melomorph project.", "Choose a .melomorph file or a MIDI file.")
    if about.whole("version", 1, 10**9) > VERSION:
        raise UserError("A newer Melomorph wrote this project.", "Update Melomorph to open it.")
    score = _score_from_json(about.part("score"))
    return Document(score, _steering_from_json(about.part("steering")))


def _locks(document: Document) -> bool:
    """Whether a note of the piece, or of a pin, is locked."""
    pins = any(note.locked for pin in document.steering.pins for note in pin.notes)
    return pins or any(bool(is_locked(track.columns).any()) for track in document.score.tracks)


def _json(text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _damaged() from error


def _damaged() -> UserError:
    return UserError("This project file is damaged.", "Open a copy of it, or look for an autosave at the next start.")


def _unpack(content: bytes) -> bytes:
    """The text inside, never unpacking more than a project can hold."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(_MEMBER) as member:
            text = member.read(MAX_BYTES + 1)  # what the zip claims about its size is not believed
        if len(text) > MAX_BYTES:
            raise _damaged()
        return text
    except (zipfile.BadZipFile, *_DAMAGE) as error:
        if content.startswith(b"PK"):
            raise _damaged() from error
        raise UserError("This is not a Melomorph project.", "Choose a .melomorph file or a MIDI file.") from error


def _score_to_json(score: Score) -> dict[str, Any]:
    return {
        "name": score.name,
        "ticks_per_quarter": score.ticks_per_quarter,
        "tempos": [[t.tick, t.microseconds] for t in score.tempos],
        "meters": [[m.tick, m.numerator, m.denominator] for m in score.meters],
        "keys": [[k.tick, k.fifths, int(k.minor)] for k in score.keys],
        "chords": [
            {"tick": c.tick, "root": c.root, "quality": c.quality.value} | ({} if c.bass is None else {"bass": c.bass})
            for c in score.chords
        ],
        "tracks": [
            {
                "name": track.name,
                "program": track.program,
                "drums": track.drums,
                "notes": track.columns.T.tolist(),  # rows of start, pitch, length, velocity, marks
            }
            for track in score.tracks
        ],
    }


def _score_from_json(about: Fields) -> Score:
    tracks = tuple(
        Track.from_columns(
            notes_of(track), track.text("name", ""), track.whole("program", 0, 127, 0), track.flag("drums", False)
        )
        for track in about.parts("tracks")
    )
    return about.checked(
        lambda: Score(
            tracks,
            tuple(Tempo(*row) for row in about.rows("tempos", 2)),
            tuple(Meter(*row) for row in about.rows("meters", 3)),
            tuple(Key(tick, fifths, bool(minor)) for tick, fifths, minor in about.rows("keys", 3)),
            about.whole("ticks_per_quarter", 1, 32767),
            about.text("name", ""),
            tuple(map(_chord_from_json, about.parts("chords", []))),
        )
    )


def _chord_from_json(about: Fields) -> Chord:
    bass = about.whole("bass", -1, 11, -1)
    return Chord(
        about.whole("tick", 0, MAX_TICK),
        about.whole("root", 0, 11),
        Quality(about.text("quality")),
        None if bass < 0 else bass,
    )


def _steering_to_json(steering: Steering) -> dict[str, Any]:
    return {
        "model": steering.model,
        "code": [float(number) for number in steering.code],
        "pins": [
            {
                "label": pin.label,
                "code": [float(number) for number in pin.code],
                "notes": to_columns(pin.notes).T.tolist(),
            }
            for pin in steering.pins
        ],
        "sliders": {name: float(value) for name, value in steering.sliders.items()},
        "learnt": [
            {"name": name, "vector": [float(number) for number in vector]} for name, vector in steering.learnt.items()
        ],
        "crossfade": [] if steering.crossfade is None else [float(steering.crossfade)],
        "temperature": float(steering.temperature),
        "seed": steering.seed,
        "compound": steering.compound,
        "at_tick": steering.at_tick,
        "track": steering.track,
    }


def _steering_from_json(about: Fields) -> Steering:
    plain = Steering()
    return Steering(
        model=about.text("model", plain.model),
        code=about.numbers("code"),
        pins=tuple(
            Pin(pin.text("label", ""), pin.numbers("code"), to_notes(notes_of(pin))) for pin in about.parts("pins", [])
        ),
        sliders=about.table("sliders"),
        temperature=about.number("temperature", plain.temperature),
        seed=about.whole("seed", -(2**63), 2**64, plain.seed),
        compound=about.flag("compound", plain.compound),
        at_tick=about.whole("at_tick", 0, 2**31 - 1, plain.at_tick),
        track=about.whole("track", 0, 10**6, plain.track),
        learnt={own.text("name"): own.numbers("vector") for own in about.parts("learnt", [])},
        crossfade=next(iter(about.numbers("crossfade")), None),
    )
