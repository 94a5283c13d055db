"""Bach's four-part chorales, from the MusicXML files in music21's corpus.

The files are read directly: their four vocal parts need a page of code and a second, where a full parser takes forty.
"""

from __future__ import annotations

import importlib.util
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from engine.codecs.chorale import CHOIR, VOICES
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.score import Key, Meter, Note, Score, Track

TICKS_PER_QUARTER = 480
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def read_chorales(report: Report = silent) -> list[Score]:
    """Every piece with the four vocal parts, called by its number (`BWV 253`); instruments beside them are left out.

    Ties are joined, repeats not played out. Full bars begin at multiples of a bar's length: a pickup stands at the
    end of the first bar, and after a bar cut short there is silence.

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
    root = _root(file)
    names = {part.get("id", ""): part.findtext("part-name") for part in root.iter("score-part")}
    parts = [part for part in root.iter("part") if names.get(part.get("id", "")) in VOICES]
    if [names[part.get("id", "")] for part in parts] != list(VOICES):
        return None
    placed = [list(_placed(_bars(part))) for part in parts]
    tracks = [Track.of(_joined(bars), name, CHOIR) for name, bars in zip(VOICES, placed, strict=True)]
    meters = [Meter(at if index else 0, *bar.meter) for index, (at, bar) in enumerate(placed[0])]
    changes = [meter for i, meter in enumerate(meters) if i == 0 or _signature(meter) != _signature(meters[i - 1])]
    keys = _keys(placed[0])
    return Score(
        tuple(tracks), meters=tuple(changes), keys=keys, ticks_per_quarter=TICKS_PER_QUARTER, name=_title(file)
    )


@dataclass
class _Bar:
    """One measure: its meter, length in ticks, and notes as (onset, length, pitch, goes on from the note before)."""

    meter: tuple[int, int]
    length: int = 0
    fifths: int | None = None  # the key signature, where the measure has one
    notes: list[tuple[int, int, int, bool]] = field(default_factory=list)

    @property
    def full(self) -> int:
        return 4 * TICKS_PER_QUARTER * self.meter[0] // self.meter[1]


def _root(file: Path) -> Element:
    if file.suffix != ".mxl":
        return ElementTree.parse(file).getroot()
    with zipfile.ZipFile(file) as archive:
        music = next(n for n in archive.namelist() if n.endswith("xml") and not n.startswith("META-INF"))
        return ElementTree.fromstring(archive.read(music))


def _title(file: Path) -> str:
    return "BWV " + file.stem.removeprefix("bwv")


def _signature(meter: Meter) -> tuple[int, int]:
    return meter.numerator, meter.denominator


def _bars(part: Element) -> Iterator[_Bar]:
    meter, divisions = (4, 4), 1
    for measure in part.iter("measure"):
        if (time := measure.find("attributes/time")) is not None:
            meter = int(time.findtext("beats", "4")), int(time.findtext("beat-type", "4"))
        bar, at = _Bar(meter), 0
        if (fifths := measure.findtext("attributes/key/fifths")) is not None:
            bar.fifths = int(fifths)
        for item in measure:
            divisions = int(item.findtext("divisions", divisions))
            length = round(int(item.findtext("duration", "0")) * TICKS_PER_QUARTER / divisions)
            if item.tag == "backup":
                at -= length
            elif item.tag in {"note", "forward"} and item.find("chord") is None:
                if (pitch := item.find("pitch")) is not None and length > 0:
                    tied = any(tie.get("type") == "stop" for tie in item.iter("tie"))
                    bar.notes.append((at, length, _midi(pitch), tied))
                at += length
                bar.length = max(bar.length, at)
        yield bar


def _midi(pitch: Element) -> int:
    octave, altered = int(pitch.findtext("octave", "4")), int(pitch.findtext("alter", "0"))
    return 12 * (octave + 1) + _STEPS[pitch.findtext("step", "C")] + altered


def _placed(bars: Iterable[_Bar]) -> Iterator[tuple[int, _Bar]]:
    """Each measure with its tick; a full one begins at a multiple of its length, a pickup ends there."""
    at = 0
    for index, bar in enumerate(bars):
        if index == 0:
            at = max(0, bar.full - bar.length)
        elif bar.length >= bar.full:
            at = -(-at // bar.full) * bar.full
        yield at, bar
        at += bar.length


def _keys(placed: Iterable[tuple[int, _Bar]]) -> tuple[Key, ...]:
    """Where the key signature changes; the first one holds from the beginning."""
    keys: list[Key] = []
    for at, bar in placed:
        if bar.fifths is not None and (not keys or keys[-1].fifths != bar.fifths):
            keys.append(Key(at if keys else 0, bar.fifths))
    return tuple(keys)


def _joined(placed: Iterable[tuple[int, _Bar]]) -> list[Note]:
    """The notes of a part, tied ones as one."""
    notes: list[Note] = []
    for at, bar in placed:
        for onset, length, pitch, tied in bar.notes:
            start, before = at + onset, notes[-1] if notes else None
            if tied and before is not None and before.pitch == pitch and before.end == start:
                notes[-1] = replace(before, length=before.length + length)
            else:
                notes.append(Note(start, pitch, length))
    return notes
