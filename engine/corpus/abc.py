"""A reader of ABC tune books, as corpora need them: bars of exact notes, accidentals carried to the bar line.

Repeats and endings stay as they are written, grace notes and decorations are dropped, a chord sounds as its
highest note. The standard followed is ABC 2.1; music21's reader misreads one tune in eight (it forgets
accidentals inside the bar), hence our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

WHOLE = 26880  # units in a whole note: 2^8 * 3 * 5 * 7, so that tuplets stay exact

_SHARPS_ORDER = "FCGDAEB"
_MAJOR_FIFTHS = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F": -1}
_MODE_SHIFT = {
    "": 0,
    "maj": 0,
    "ion": 0,
    "mix": -1,
    "dor": -2,
    "m": -3,
    "min": -3,
    "aeo": -3,
    "phr": -4,
    "loc": -5,
    "lyd": 1,
}
_SEMITONE = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_TUPLET_TIME = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}  # p notes in the time of q; 5, 7, 9 depend on the meter

_TOKEN = re.compile(
    r"""(?P<string>"[^"]*") | (?P<deco>![^!\n]*!|\+[^+\n]*\+) | (?P<grace>\{[^}]*\})
      | \[(?P<field>[A-Za-z]):(?P<value>[^\]]*)\]
      | (?P<bar>:*\|[\]|:]*(?:\s*\[?[0-9][0-9,.\-]*)?|\[\||::+|\[[0-9][0-9,.\-]*)
      | (?P<tuplet>\(\d(?::\d?)?(?::\d?)?)
      | (?P<chord>\[[^\]]*\])(?P<chordlen>\d*/*\d*)
      | (?P<note>(?:\^\^|\^|__|_|=)?[A-Ga-g][,']*)(?P<length>\d*/*\d*)
      | (?P<rest>[zx])(?P<restlen>\d*/*\d*) | (?P<long>Z)(?P<count>\d*)
      | (?P<broken>[<>]+) | (?P<tie>-)""",
    re.VERBOSE,
)


@dataclass
class AbcNote:
    """A note or rest inside a bar: onset from the bar's start and length in units of a whole note / 26880."""

    onset: int
    length: int
    pitch: int | None  # MIDI pitch; None is a rest
    tied: bool = False  # continues into the next note of the same pitch


@dataclass
class Tune:
    """One tune of a book.

    Attributes:
        title, book, number: where it comes from.
        meter: (numerator, denominator) as first written; `steady` says that it never changes.
        fifths: key signature.
        rhythm: what the book calls the kind of tune (R:), in small letters: reel, double jig.
        bars: the notes between bar lines.
    """

    title: str = ""
    book: str = ""
    number: str = ""
    meter: tuple[int, int] = (4, 4)
    steady: bool = True
    fifths: int = 0
    rhythm: str = ""
    bars: list[list[AbcNote]] = field(default_factory=list)

    @property
    def bar_length(self) -> int:
        """Length of a full bar in units."""
        return WHOLE * self.meter[0] // self.meter[1]


def read_book(text: str, book: str = "") -> Iterator[Tune]:
    """Every tune of an ABC file that holds notes."""
    for block in re.split(r"(?m)^(?=X:)", text):
        if block.startswith("X:"):
            tune = _Reader(book).read(block)
            if any(note.pitch is not None for bar in tune.bars for note in bar):
                yield tune


def parse_key(value: str) -> int:
    """Number of sharps (negative: flats) of a K: field, e.g. 'Edor', 'Bb', 'A Mixolydian', 'Hp'."""
    match = re.match(r"\s*([A-G])([#b]?)\s*([A-Za-z]*)", value)
    if not match:
        return 2 if value.strip().startswith(("HP", "Hp")) else 0
    fifths = _MAJOR_FIFTHS[match[1]] + {"#": 7, "b": -7, "": 0}[match[2]]
    word = match[3].lower()
    mode = "m" if word == "m" else word[:3]
    return max(-7, min(7, fifths + _MODE_SHIFT.get(mode, 0)))


class _Reader:
    """Walks through one tune; holds what the notation carries along (key, unit length, accidentals)."""

    def __init__(self, book: str) -> None:
        self.tune = Tune(book=book)
        self.unit = 0
        self.accidentals: dict[str, int] = {}  # letter -> semitones, until the bar line
        self.bar: list[AbcNote] = []
        self.at = 0
        self.tuplet = (0, 1, 1)  # notes left, time, notes
        self.broken = 1.0
        self.in_body = False

    def read(self, block: str) -> Tune:
        for line in block.splitlines():
            line = line.split("%")[0].rstrip().removesuffix("\\")
            if re.match(r"[A-Za-z]:", line) and not line.startswith("|"):
                self._field(line[0], line[2:].strip())
            elif self.in_body:
                self._music(line)
        self._bar_line()
        return self.tune

    def _field(self, name: str, value: str) -> None:
        tune = self.tune
        if name == "X":
            tune.number = value
        elif name == "T" and not tune.title:
            tune.title = value
        elif name == "R":
            tune.rhythm = value.strip().lower()
        elif name == "M":
            meter = _parse_meter(value)
            if meter and self.in_body and meter != tune.meter:
                tune.steady = False
            elif meter:
                tune.meter = meter
        elif name == "L":
            match = re.match(r"(\d+)\s*/\s*([1-9]\d*)", value)
            if match:
                self.unit = WHOLE * int(match[1]) // int(match[2])
        elif name == "K":
            fifths = parse_key(value)
            if not self.in_body:
                tune.fifths = fifths
            self.signature = {letter: 1 for letter in _SHARPS_ORDER[: max(0, fifths)]}
            self.signature |= {letter: -1 for letter in _SHARPS_ORDER[::-1][: max(0, -fifths)]}
            self.in_body = True

    def _music(self, line: str) -> None:
        for match in _TOKEN.finditer(line):
            kind = match.lastgroup
            if match["field"]:
                self._field(match["field"], match["value"])
            elif match["bar"]:
                self._bar_line()
            elif match["tuplet"]:
                self._tuplet(match["tuplet"])
            elif match["note"]:
                self._add(self._pitch(match["note"]), self._length(match["length"]))
            elif match["chord"]:
                self._chord(match["chord"], match["chordlen"])
            elif match["rest"]:
                self._add(None, self._length(match["restlen"]))
            elif match["long"]:
                for _ in range(int(match["count"] or 1)):
                    self._add(None, self.tune.bar_length)
                    self._bar_line()
            elif match["broken"]:
                self._break(match["broken"])
            elif kind == "tie" and self.bar:
                self.bar[-1].tied = True

    def _bar_line(self) -> None:
        if self.bar:
            self.tune.bars.append(self.bar)
        self.bar, self.at, self.accidentals = [], 0, {}

    def _tuplet(self, text: str) -> None:
        parts = text[1:].split(":")
        notes = int(parts[0])
        compound = self.tune.meter[0] % 3 == 0 and self.tune.meter[0] > 3
        time = int(parts[1]) if len(parts) > 1 and parts[1] else _TUPLET_TIME.get(notes, 3 if compound else 2)
        left = int(parts[2]) if len(parts) > 2 and parts[2] else notes
        if notes:
            self.tuplet = (left, time, notes)

    def _pitch(self, text: str) -> int:
        match = re.match(r"(\^\^|\^|__|_|=)?([A-Ga-g])([,']*)", text)
        assert match is not None
        letter = match[2].upper()
        if match[1]:
            self.accidentals[letter] = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}[match[1]]
        shift = self.accidentals.get(letter, self.signature.get(letter, 0))
        octave = (1 if match[2].islower() else 0) + match[3].count("'") - match[3].count(",")
        return max(0, min(127, 60 + _SEMITONE[letter] + 12 * octave + shift))

    def _length(self, text: str) -> int:
        match = re.fullmatch(r"(\d*)(/*)(\d*)", text)
        assert match is not None
        unit = self.unit or (WHOLE // 16 if self.tune.meter[0] / self.tune.meter[1] < 0.75 else WHOLE // 8)
        length = unit * int(match[1] or 1)
        if match[2]:
            length = length // (int(match[3]) if match[3] and int(match[3]) else 2 ** len(match[2]))
        return max(1, length)

    def _chord(self, text: str, length: str) -> None:
        inner = re.findall(r"((?:\^\^|\^|__|_|=)?[A-Ga-g][,']*)(\d*/*\d*)", text)
        if inner:
            pitch = max(self._pitch(note) for note, _ in inner)
            self._add(pitch, self._length(length or inner[0][1]))

    def _add(self, pitch: int | None, length: int) -> None:
        left, time, notes = self.tuplet
        if left:
            length = length * time // notes
            self.tuplet = (left - 1, time, notes)
        if self.broken != 1.0:
            length = int(length * self.broken)
            self.broken = 1.0
        self.bar.append(AbcNote(self.at, length, pitch))
        self.at += length

    def _break(self, marks: str) -> None:
        """`a>b`: a is dotted, b halved; `<` the reverse; doubled marks dot twice."""
        if not self.bar:
            return
        short = 0.5 ** len(marks)
        first = 2 - short if marks[0] == ">" else short
        last = self.bar[-1]
        self.at -= last.length
        last.length = int(last.length * first)
        self.at += last.length
        self.broken = 2 - first


def _parse_meter(value: str) -> tuple[int, int] | None:
    if value.startswith("C|"):
        return (2, 2)
    if value.startswith("C"):
        return (4, 4)
    match = re.match(r"(\d+)\s*/\s*(\d+)", value)
    return (int(match[1]), int(match[2])) if match and int(match[1]) and int(match[2]) else None
