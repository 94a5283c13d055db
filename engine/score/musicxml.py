"""Read MusicXML: what notation programs exchange. Pitched notes, ties, chord symbols, meters, keys, tempos are taken.

Repeats are not played out. Full bars begin where they would without pickups and cuts: a pickup stands at the end of the
first bar, and after a bar cut short there is silence.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from engine.errors import UserError
from engine.score.chords import Chord
from engine.score.files import unreadable
from engine.score.musicxml_chords import read_harmony
from engine.score.note import MAX_TICK, Note
from engine.score.report import ImportReport
from engine.score.score import Key, Meter, Score, Tempo
from engine.score.track import Track

SOFTWARE = "Melomorph"
SUFFIXES = (".musicxml", ".mxl", ".xml")
TICKS_PER_QUARTER = 480
MAX_BYTES = 64_000_000  # of XML: an opera has less, and a zipped file may pretend to hold more than a memory does
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_REMEDY = "Open it in a notation program and export it again as MusicXML."


@dataclass
class Bar:
    """One measure of one part.

    Attributes:
        meter: of the measure.
        length: ticks of what is written in it.
        key: (fifths, minor) where a key signature stands in it.
        tempos: (tick inside, quarter notes a minute).
        notes: (onset, length, pitch, goes on from the note before, staff).
        chords: (tick inside, chord symbol).
    """

    meter: tuple[int, int]
    length: int = 0
    key: tuple[int, bool] | None = None
    tempos: list[tuple[int, float]] = field(default_factory=list)
    notes: list[tuple[int, int, int, bool, int]] = field(default_factory=list)
    chords: list[tuple[int, Chord]] = field(default_factory=list)

    @property
    def full(self) -> int:
        """Ticks of a full measure."""
        return max(1, 4 * TICKS_PER_QUARTER * self.meter[0] // self.meter[1])


@dataclass
class Part:
    """One instrument: its name, General MIDI program, and measures; what a score does not hold is only counted."""

    name: str
    program: int
    bars: list[Bar]
    left_out: Counter[str] = field(default_factory=Counter)


def read_musicxml(file: Path) -> tuple[Score, ImportReport]:
    """Read a MusicXML file, plain or zipped; every staff becomes a track (of our own files, every part).

    Raises:
        UserError: it cannot be read, is no MusicXML, or holds no notes.
    """
    root = _root(file)
    parts = list(parts_of(root, file.name))
    placed = [list(starts(part.bars)) for part in parts]
    ours = root.findtext("identification/encoding/software") == SOFTWARE
    tracks = [track for part, at in zip(parts, placed, strict=True) for track in _tracks(part, at, ours)]
    if not tracks:
        raise UserError(f"{file.name} holds no notes.", "Choose a file with music in it.")
    longest = max(range(len(parts)), key=lambda index: len(parts[index].bars))
    bars, at = parts[longest].bars, placed[longest]
    tempos = [Tempo.of_bpm(tick, bpm) for tick, bpm in _tempos(parts, placed)]
    chords = next((found for part, at in zip(parts, placed, strict=True) if (found := _chords(part, at))), ())
    title = _title(root, file)
    score = Score(tuple(tracks), tuple(tempos), meters(bars, at), keys(bars, at), TICKS_PER_QUARTER, title, chords)
    odd = ["repeats are not played out"] if root.find(".//repeat") is not None else []
    lost = sum((part.left_out for part in parts), Counter[str]())
    return score, ImportReport.of(score, 0, len(parts), tuple(odd), tuple(f"{n:,} {what}" for what, n in lost.items()))


def _root(file: Path) -> Element:
    try:
        root = ElementTree.fromstring(_text(file))
    except OSError as error:
        raise unreadable(file, error) from error
    except (zipfile.BadZipFile, KeyError, StopIteration, RuntimeError) as error:  # locked, or packed in an unknown way
        raise UserError(f"{file.name} cannot be read.", _REMEDY) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UserError(f"{file.name} is no MusicXML: {error}.", _REMEDY) from error
    if root.tag == "score-timewise":
        raise UserError(f"{file.name} is written time by time, not part by part.", _REMEDY)
    if root.tag != "score-partwise":
        raise UserError(f"{file.name} is no MusicXML.", _REMEDY)
    return root


def _text(file: Path) -> bytes:
    if file.suffix.lower() != ".mxl":
        with file.open("rb") as plain:
            return _bounded(plain.read(MAX_BYTES + 1), file)
    with zipfile.ZipFile(file) as archive:
        music = next(n for n in archive.namelist() if n.endswith("xml") and not n.startswith("META-INF"))
        with archive.open(music) as zipped:
            return _bounded(zipped.read(MAX_BYTES + 1), file)


def _bounded(text: bytes, file: Path) -> bytes:
    if len(text) > MAX_BYTES:
        raise UserError(f"{file.name} is too long for a piece of music.", "Cut it into several files.")
    return text


def _title(root: Element, file: Path) -> str:
    said = root.findtext("work/work-title") or root.findtext("movement-title") or ""
    return said.strip() or file.stem


def parts_of(root: Element, name: str = "") -> Iterator[Part]:
    """The parts of a piece in their order.

    Raises:
        UserError: a number in it is none.
    """
    about = {one.get("id", ""): one for one in root.iter("score-part")}
    for part in root.iter("part"):
        known = about.get(part.get("id", ""))
        title = (known.findtext("part-name") or "").strip() if known is not None else ""
        program = known.findtext("midi-instrument/midi-program") if known is not None else None
        try:
            made = Part(title, min(127, max(0, int(program or 1) - 1)), [])
            made.bars.extend(_bars(part, made))
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            raise UserError(f"{name} is damaged: {error}.", _REMEDY) from error
        yield made


def _bars(part: Element, into: Part) -> Iterator[Bar]:
    meter, divisions, moved = (4, 4), 1.0, 0
    for measure in part.iter("measure"):
        if (time := measure.find("attributes/time")) is not None and time.findtext("beats"):
            meter = _meter(time)
        bar, at, onset = Bar(meter), 0, 0
        if (fifths := measure.findtext("attributes/key/fifths")) is not None:
            minor = measure.findtext("attributes/key/mode") == "minor"
            bar.key = (max(-7, min(7, int(fifths))), minor)
        for item in measure:
            divisions = float(item.findtext("divisions", divisions))
            if (shift := item.find("transpose")) is not None:
                moved = int(shift.findtext("chromatic", "0")) + 12 * int(shift.findtext("octave-change", "0"))
            if (tempo := _tempo(item)) > 0:
                bar.tempos.append((at, tempo))
            length = round(float(item.findtext("duration", "0")) * TICKS_PER_QUARTER / divisions)
            if item.tag == "harmony":
                _harmony(item, bar, into, (at, divisions, moved))
            elif item.find("grace") is not None:
                into.left_out["grace notes"] += item.find("chord") is None
            elif item.tag == "backup":
                at = max(0, at - length)
            elif item.tag in {"note", "forward"} and length > 0:
                together = item.find("chord") is not None
                onset = onset if together else at
                _add(item, bar, into, (onset, length, moved))
                at = at if together else at + length
                bar.length = max(bar.length, at)
        yield bar


def _add(item: Element, bar: Bar, into: Part, place: tuple[int, int, int]) -> None:
    onset, length, moved = place
    pitch = item.find("pitch")
    if pitch is not None and item.find("cue") is None:
        tied = any(tie.get("type") == "stop" for tie in item.iter("tie"))
        number = _midi(pitch) + moved
        if 0 <= number <= 127:
            bar.notes.append((onset, length, number, tied, int(item.findtext("staff", "1"))))
            return
    if item.find("unpitched") is not None or pitch is not None:
        into.left_out["notes without a pitch"] += 1


def _harmony(item: Element, bar: Bar, into: Part, place: tuple[int, float, int]) -> None:
    at, divisions, moved = place
    chord = read_harmony(item, moved)
    if chord is None:
        into.left_out["chord symbols"] += 1
        return
    inside = at + round(float(item.findtext("offset") or 0) * TICKS_PER_QUARTER / divisions)
    bar.chords.append((max(0, inside), chord))


def _meter(time: Element) -> tuple[int, int]:
    """Of `3+2` over 8, five eighths; what no score can hold becomes 4/4."""
    beats = sum(int(part) for part in time.findtext("beats", "4").split("+"))
    unit = int(time.findtext("beat-type", "4"))
    return (beats, unit) if 1 <= beats <= 255 and unit in (1, 2, 4, 8, 16, 32, 64, 128) else (4, 4)


def _tempo(item: Element) -> float:
    sound = item if item.tag == "sound" else item.find("sound")
    return float(sound.get("tempo", 0)) if sound is not None else 0.0


def _midi(pitch: Element) -> int:
    octave, altered = int(pitch.findtext("octave", "4")), round(float(pitch.findtext("alter", "0")))
    return 12 * (octave + 1) + _STEPS.get(pitch.findtext("step", "C"), 0) + altered


def starts(bars: list[Bar]) -> Iterator[int]:
    """The tick of each measure; a full one begins a whole number of them behind the last change of meter, a pickup ends
    where the first full one begins.
    """
    at = changed = 0
    for index, bar in enumerate(bars):
        if index == 0:
            at = max(0, bar.full - bar.length)
        elif bar.meter != bars[index - 1].meter:
            changed = at
        elif bar.length >= bar.full:
            at = changed + -(-(at - changed) // bar.full) * bar.full
        yield min(at, MAX_TICK // 2)
        at += bar.length


def meters(bars: list[Bar], at: list[int]) -> tuple[Meter, ...]:
    """Where the meter changes; the first one holds from the beginning."""
    found: list[Meter] = []
    for tick, bar in zip(at, bars, strict=True):
        if not found or (found[-1].numerator, found[-1].denominator) != bar.meter:
            found.append(Meter(tick if found else 0, *bar.meter))
    return tuple(found)


def keys(bars: list[Bar], at: list[int]) -> tuple[Key, ...]:
    """Where the key signature changes; the first one holds from the beginning."""
    found: list[Key] = []
    for tick, bar in zip(at, bars, strict=True):
        if bar.key is not None and (not found or (found[-1].fifths, found[-1].minor) != bar.key):
            found.append(Key(tick if found else 0, *bar.key))
    return tuple(found)


def _tempos(parts: list[Part], placed: list[list[int]]) -> Iterator[tuple[int, float]]:
    for part, at in zip(parts, placed, strict=True):
        for tick, bar in zip(at, part.bars, strict=True):
            yield from ((tick + inside, bpm) for inside, bpm in bar.tempos)


def _chords(part: Part, at: list[int]) -> tuple[Chord, ...]:
    found = ((tick + inside, chord) for tick, bar in zip(at, part.bars, strict=True) for inside, chord in bar.chords)
    return tuple(chord.at(min(tick, MAX_TICK)) for tick, chord in found)


def _tracks(part: Part, at: list[int], ours: bool) -> Iterator[Track]:
    """A track for each staff that has notes; what we wrote ourselves was one track."""
    if ours:
        notes = joined(part.bars, at)
        if notes:
            yield Track.of(notes, part.name, part.program)
        return
    staves = sorted({note[4] for bar in part.bars for note in bar.notes})
    for staff in staves:
        name = part.name if len(staves) == 1 else f"{part.name or 'Staff'} {staff}"
        yield Track.of(joined(part.bars, at, staff), name, part.program)


def joined(bars: list[Bar], at: list[int], staff: int | None = None) -> list[Note]:
    """The notes of a part, or of one of its staves, tied ones as one."""
    notes: list[Note] = []
    last: dict[int, int] = {}  # pitch -> place of the newest note of it
    for tick, bar in zip(at, bars, strict=True):
        for onset, length, pitch, tied, where in sorted(bar.notes, key=itemgetter(0)):  # not voice after voice
            if staff is not None and where != staff:
                continue
            start, index = tick + onset, last.get(pitch)
            if tied and index is not None and notes[index].end == start:
                notes[index] = replace(notes[index], length=notes[index].length + length)
                continue
            last[pitch] = len(notes)
            notes.append(Note(start, pitch, length))
    return notes
