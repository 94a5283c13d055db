"""Bach's four-part chorales, from the MusicXML files in music21's corpus.

The files are read directly: their four vocal parts need a second, where a full parser takes forty.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from engine.codecs.chorale import CHOIR, VOICES
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.score import Note, Score, Track
from engine.score.musicxml import read_musicxml


def read_chorales(report: Report = silent) -> list[Score]:
    """Every piece with the four vocal parts, called by its number (`BWV 253`); instruments beside them are left out.

    Raises:
        UserError: music21, which carries the files, is not installed.
    """
    spec = importlib.util.find_spec("music21")
    if spec is None or spec.origin is None:
        raise UserError("The chorales come with music21, which is not installed.", "Run: pip install music21")
    folder = Path(spec.origin).parent / "corpus" / "bach"
    files = sorted(file for file in folder.glob("bwv*") if file.suffix in {".mxl", ".xml"})
    scores = []
    for index, file in enumerate(files):
        report(index, len(files), file.stem)
        if (score := read_chorale(file)) is not None:
            scores.append(score)
    return scores


def read_chorale(file: Path) -> Score | None:
    """The four vocal parts of a MusicXML file (`.xml`, or zipped as `.mxl`); None if it has others or not all."""
    score = read_musicxml(file)[0]
    choir = [track for track in score.tracks if track.name in VOICES]
    if [track.name for track in choir] != list(VOICES):
        return None
    tracks = tuple(Track.of(_one_at_a_time(track.notes), track.name, CHOIR) for track in choir)
    keys = tuple(replace(key, minor=False) for key in score.keys)
    title = "BWV " + file.stem.removeprefix("bwv")
    return replace(score, tracks=tracks, tempos=(), keys=keys, name=title)


def _one_at_a_time(notes: Iterable[Note]) -> list[Note]:
    """Of notes that begin together the lowest: a voice that parts for a moment sings one of them."""
    return list({note.start: note for note in sorted(notes, key=lambda note: (note.start, -note.pitch))}.values())
