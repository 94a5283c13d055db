"""A piece for the world outside: as MIDI, notation or sound, whole or track by track."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from engine.audio.render import FORMATS, render_score, render_stems
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.score import Score
from engine.score.excerpt import stems
from engine.score.general_midi import instrument_name
from engine.score.midi_write import write_midi
from engine.score.musicxml_write import write_musicxml

MIDI, NOTATION = (".mid", ".midi"), (".musicxml", ".xml")
_UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')  # what some system or other takes in no name of a file
_LONGEST = 60


def write_score(score: Score, path: Path, soundfont: Path | None = None, report: Report = silent) -> Path:
    """Write a piece in the format that the suffix says; returns the path.

    Raises:
        UserError: no such format, nothing to write, or the place cannot be written to.
        Cancelled: by the report.
    """
    suffix = _known(path)
    if suffix in FORMATS:
        render_score(score, path, soundfont, report)
    else:
        if not score.note_count:
            raise UserError("There are no notes to write.", "Draw or generate some first.")
        (write_midi if suffix in MIDI else write_musicxml)(score, path)
        report(1, 1)
    return path


def write_stems(score: Score, path: Path, soundfont: Path | None = None, report: Report = silent) -> list[Path]:
    """Write every track that has notes into a file of its own: `SONG-1-Flute.wav` beside what would be `SONG.wav`.

    Sounds are all of one length and begin together; added up they are the whole piece. Notation leaves drums out.

    Raises:
        UserError: as `write_score`.
        Cancelled: by the report.
    """
    suffix = _known(path)
    wanted = [n for n, t in enumerate(score.tracks) if len(t) and not (t.drums and suffix in NOTATION)]
    if not wanted:
        raise UserError("There are no notes to write.", "Draw or generate some first.")
    paths = [stem_path(path, score, number) for number in wanted]
    if suffix in FORMATS:
        render_stems([alone for _, alone in stems(score, wanted)], paths, soundfont, report)
        return paths
    for done, (number, stem) in enumerate(zip(wanted, paths, strict=True)):
        report(done, len(paths), stem.name)
        alone = replace(score, tracks=(score.tracks[number],))
        (write_midi if suffix in MIDI else write_musicxml)(alone, stem)
    report(len(paths), len(paths))
    return paths


def stem_path(path: Path, score: Score, number: int) -> Path:
    """The file of one track."""
    track = score.tracks[number]
    name = file_name(track.name or instrument_name(track.program, track.drums))
    return path.with_name(f"{path.stem}-{number + 1}-{name}{path.suffix}")


def file_name(words: str) -> str:
    """Words as the name of a file that every system takes."""
    return " ".join(_UNFIT.sub(" ", words).split())[:_LONGEST].strip(" .") or "music"


def _known(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in (*MIDI, *NOTATION, *FORMATS):
        known = ", ".join((MIDI[0], NOTATION[0], *FORMATS))
        raise UserError(f"Music cannot be written as “{suffix or path.name}”.", f"Use one of: {known}.")
    return suffix
