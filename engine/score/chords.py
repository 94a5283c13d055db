"""Chords over the music: what a lead sheet says above the staff. Values with names, read from what composers type."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.errors import UserError
from engine.score.note import MAX_TICK

_LETTERS = "FCGDAEB"  # the circle of fifths, from F (-1) to B (5)
_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
NO_CHORD = "N.C."
_SILENT = {"nc", "n", "none", "nochord", "-"}
_SHAPE = re.compile(r"([A-Ga-g])([#♯b♭]?)(.*?)(?:/([A-Ga-g])([#♯b♭]?))?", re.DOTALL)

_ADDED = re.compile(r"(?:add|sus|alt|no|omit|maj|[0-9#b♯♭+-])+")  # what may be left out behind a known quality


class Quality(StrEnum):
    """What stands on the root. The value is the word that files keep."""

    MAJOR = "major"
    MINOR = "minor"
    SEVENTH = "7"
    MAJOR_SEVENTH = "maj7"
    MINOR_SEVENTH = "m7"
    SIXTH = "6"
    MINOR_SIXTH = "m6"
    DIMINISHED = "dim"
    DIMINISHED_SEVENTH = "dim7"
    HALF_DIMINISHED = "m7b5"
    AUGMENTED = "aug"
    SUSPENDED_SECOND = "sus2"
    SUSPENDED_FOURTH = "sus4"
    SEVENTH_SUSPENDED = "7sus4"
    MINOR_MAJOR_SEVENTH = "m(maj7)"
    NINTH = "9"
    MAJOR_NINTH = "maj9"
    MINOR_NINTH = "m9"
    ADDED_NINTH = "add9"
    POWER = "5"
    NONE = "none"

    @property
    def symbol(self) -> str:
        """What is written behind the root: `m7`; nothing for major chords."""
        return {Quality.MAJOR: "", Quality.MINOR: "m", Quality.NONE: ""}.get(self, self.value)

    @property
    def words(self) -> str:
        """What is said behind the root: `minor seventh`."""
        return _QUALITIES[self][1]

    @property
    def intervals(self) -> tuple[int, ...]:
        """Semitones above the root, rising from 0; none for no chord. A ninth is 14."""
        return _QUALITIES[self][0]

    @property
    def is_minor(self) -> bool:
        """Whether the third is a minor one."""
        return 3 in self.intervals


_QUALITIES: dict[Quality, tuple[tuple[int, ...], str]] = {
    Quality.MAJOR: ((0, 4, 7), "major"),
    Quality.MINOR: ((0, 3, 7), "minor"),
    Quality.SEVENTH: ((0, 4, 7, 10), "seventh"),
    Quality.MAJOR_SEVENTH: ((0, 4, 7, 11), "major seventh"),
    Quality.MINOR_SEVENTH: ((0, 3, 7, 10), "minor seventh"),
    Quality.SIXTH: ((0, 4, 7, 9), "sixth"),
    Quality.MINOR_SIXTH: ((0, 3, 7, 9), "minor sixth"),
    Quality.DIMINISHED: ((0, 3, 6), "diminished"),
    Quality.DIMINISHED_SEVENTH: ((0, 3, 6, 9), "diminished seventh"),
    Quality.HALF_DIMINISHED: ((0, 3, 6, 10), "half-diminished seventh"),
    Quality.AUGMENTED: ((0, 4, 8), "augmented"),
    Quality.SUSPENDED_SECOND: ((0, 2, 7), "suspended second"),
    Quality.SUSPENDED_FOURTH: ((0, 5, 7), "suspended fourth"),
    Quality.SEVENTH_SUSPENDED: ((0, 5, 7, 10), "seventh, suspended fourth"),
    Quality.MINOR_MAJOR_SEVENTH: ((0, 3, 7, 11), "minor, major seventh"),
    Quality.NINTH: ((0, 4, 7, 10, 14), "ninth"),
    Quality.MAJOR_NINTH: ((0, 4, 7, 11, 14), "major ninth"),
    Quality.MINOR_NINTH: ((0, 3, 7, 10, 14), "minor ninth"),
    Quality.ADDED_NINTH: ((0, 4, 7, 14), "added ninth"),
    Quality.POWER: ((0, 7), "fifth"),
    Quality.NONE: ((), "no chord"),
}

_SPELLINGS: dict[Quality, str] = {
    Quality.MAJOR: "maj M ma major",
    Quality.MINOR: "m min mi - minor",
    Quality.SEVENTH: "7 dom7 dom",
    Quality.MAJOR_SEVENTH: "maj7 M7 ma7 j7 Δ Δ7 ^ ^7 major7",
    Quality.MINOR_SEVENTH: "m7 min7 mi7 -7 minor7",
    Quality.SIXTH: "6 maj6 M6 add6",
    Quality.MINOR_SIXTH: "m6 min6 mi6 -6",
    Quality.DIMINISHED: "dim o ° mb5 -b5",
    Quality.DIMINISHED_SEVENTH: "dim7 o7 °7",
    Quality.HALF_DIMINISHED: "m7b5 min7b5 mi7b5 -7b5 m7-5 m7♭5 ø ø7 h7 hdim",
    Quality.AUGMENTED: "aug + #5 +5",
    Quality.SUSPENDED_SECOND: "sus2 2",
    Quality.SUSPENDED_FOURTH: "sus4 sus 4",
    Quality.SEVENTH_SUSPENDED: "7sus4 7sus",
    Quality.MINOR_MAJOR_SEVENTH: "mmaj7 mM7 minmaj7 -maj7 -M7 mΔ mΔ7 m^7",
    Quality.NINTH: "9",
    Quality.MAJOR_NINTH: "maj9 M9 ma9 Δ9 ^9",
    Quality.MINOR_NINTH: "m9 min9 mi9 -9",
    Quality.ADDED_NINTH: "add9 add2",
    Quality.POWER: "5 no3",
}
_READ = {spelling: quality for quality, all_of in _SPELLINGS.items() for spelling in all_of.split()}
_READ[""] = Quality.MAJOR


@dataclass(frozen=True, slots=True)
class Chord:
    """From `tick` on, until the next chord.

    Attributes:
        tick: 0..MAX_TICK.
        root: pitch class, 0 (C) to 11 (B).
        quality: what stands on it; `Quality.NONE` ends the chord before and has root 0.
        bass: pitch class of the lowest note where that is not the root.
    """

    tick: int
    root: int = 0
    quality: Quality = Quality.MAJOR
    bass: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.tick <= MAX_TICK:
            raise ValueError(f"a tick is 0..{MAX_TICK}")
        if not 0 <= self.root <= 11 or not (self.bass is None or 0 <= self.bass <= 11):
            raise ValueError(f"the root and bass of a chord are 0..11, got {self.root}, {self.bass}")
        object.__setattr__(self, "quality", Quality(self.quality))
        if self.quality is Quality.NONE:
            object.__setattr__(self, "root", 0)
        if self.quality is Quality.NONE or self.bass == self.root:
            object.__setattr__(self, "bass", None)

    @property
    def classes(self) -> tuple[int, ...]:
        """Pitch classes of its tones, the root first; none for no chord."""
        return tuple((self.root + interval) % 12 for interval in self.quality.intervals)

    def name(self, fifths: int = 0) -> str:
        """As musicians write it, spelt for a key of that many sharps (negative: flats): `F#m7`, `Bb7/D`, `N.C.`."""
        if self.quality is Quality.NONE:
            return NO_CHORD
        root, bass = self._spelt(fifths)
        return root + self.quality.symbol + (f"/{bass}" if bass else "")

    def spoken(self, fifths: int = 0) -> str:
        """As a screen reader should say it: `F sharp minor seventh`, `B flat seventh over D`."""
        if self.quality is Quality.NONE:
            return self.quality.words
        root, bass = self._spelt(fifths)
        return f"{_said(root)} {self.quality.words}" + (f" over {_said(bass)}" if bass else "")

    def _spelt(self, fifths: int) -> tuple[str, str]:
        """Root and bass, which is spelt as the root asks (D/F# in F major too); no bass is empty."""
        root = _place(self.root, fifths, self.quality.is_minor)
        if self.bass is None:
            return _written(root), ""
        lowest = max(-8, min(1, root - (6 if 6 in self.quality.intervals else 5)))
        return _written(root), _written(lowest + (self.bass * 7 - lowest) % 12)

    def at(self, tick: int) -> Chord:
        """The same chord from another tick on."""
        return replace(self, tick=tick)

    def sounds_like(self, other: Chord) -> bool:
        """Whether two chords differ at most in when they begin."""
        return self.at(other.tick) == other


def spelt(pitch_class: int, fifths: int = 0, minor: bool = False) -> str:
    """A pitch class (0..11) as a name that fits a key.

    Args:
        pitch_class: 0 is C.
        fifths: sharps of the key; negative: flats.
        minor: as the root of a minor chord, which is oftener reached by sharps (C#m but Db in C major).
    """
    return _written(_place(pitch_class, fifths, minor))


def _place(pitch_class: int, fifths: int, minor: bool) -> int:
    """Where a pitch class stands on the line of fifths, C being 0, so that it fits a key."""
    flattest = -8 if fifths <= -6 else -6  # Cb and Fb, E# and B# only where the key itself has them
    sharpest = 12 if fifths >= 6 else 10
    lowest = max(flattest, min(sharpest - 11, fifths - (3 if minor else 5)))
    return lowest + (pitch_class * 7 - lowest) % 12


def _written(place: int) -> str:
    """The name of a place on the line of fifths."""
    accidentals, letter = divmod(place + 1, 7)
    return _LETTERS[letter] + ("#" * accidentals if accidentals > 0 else "b" * -accidentals)


def parse_chord(text: str, tick: int = 0) -> Chord:
    """Read a chord as composers type it: `C`, `F#m`, `bb7`, `Gmaj7/B`, `N.C.`.

    Raises:
        UserError: it is not the name of a chord that is known.
    """
    chord = read_chord(text, tick)
    if chord is None:
        shown = " ".join(text.split())[:30]
        raise UserError(
            f"“{shown}” is no chord known here." if shown else "No chord was written.",
            "Write a root and what stands on it: C, F#m, Bb7, Gmaj7, Adim, Dsus4, C/E; or N.C. for no chord.",
        )
    return chord


def read_chord(text: str, tick: int = 0, simplify: bool = False) -> Chord | None:
    """A chord from its name, or None.

    Args:
        text: the name.
        tick: where it begins.
        simplify: leave out what is not known behind a quality that is (G7b9 becomes G7, and a 13 a ninth).
    """
    bare = "".join(text.split()).translate({ord(c): None for c in "()[],"})
    if bare.casefold().replace(".", "") in _SILENT:
        return Chord(tick, quality=Quality.NONE)
    shape = _SHAPE.fullmatch(bare)
    if shape is None or len(bare) > 24:
        return None
    root, sign, behind, bass, bass_sign = shape.groups(default="")
    quality = _quality(behind, simplify)
    if quality is None:
        return None
    return Chord(tick, _pitch_class(root, sign), quality, _pitch_class(bass, bass_sign) if bass else None)


def in_order(chords: Iterable[Chord]) -> tuple[Chord, ...]:
    """Chords sorted by tick; of several on one tick the last one given counts."""
    latest = {chord.tick: chord for chord in chords}
    return tuple(latest[tick] for tick in sorted(latest))


def _quality(behind: str, simplify: bool) -> Quality | None:
    """What the part of a name behind the root means."""
    found = _READ.get(behind) or _READ.get(behind.lower())
    if found is not None or not simplify:
        return found
    known = behind.replace("13", "9").replace("11", "9")
    for length in range(len(known), 0, -1):
        found = _READ.get(known[:length]) or _READ.get(known[:length].lower())
        if found is not None and (length == len(known) or _ADDED.fullmatch(known[length:])):
            return found
    return None


def _pitch_class(letter: str, sign: str) -> int:
    return (_CLASSES[letter.upper()] + _SIGNS[sign]) % 12


def _said(name: str) -> str:
    return name.replace("#", " sharp").replace("b", " flat")
