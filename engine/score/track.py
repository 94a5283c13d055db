"""A track: one instrument's notes, sorted, never overlapping on the same pitch."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.score.columns import Columns, is_tidy, tidy_columns, to_columns, to_notes
from engine.score.note import Note


def tidy(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Sort notes and cut overlaps on the same pitch (see `tidy_columns`)."""
    return Track.of(notes).notes


def clean_name(name: str) -> str:
    """A name without control characters, lone surrogates and outer blanks: what a file can carry."""
    if not name.isprintable():
        name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cs"))
    return name.strip()


@dataclass(frozen=True)
class Track:
    """One instrument.

    Attributes:
        notes: sorted by (start, pitch), tidied if they were not. Built from `columns` when first asked for.
        name: as the composer calls it.
        program: General MIDI program, 0..127.
        drums: plays the percussion channel.
        columns: the notes as numbers, int64 [5, n], read-only: start, pitch, length, velocity, marks.
    """

    notes: tuple[Note, ...] = field(default_factory=tuple)  # a factory: a default would hide __getattr__
    name: str = ""
    program: int = 0
    drums: bool = False
    columns: Columns = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.program <= 127:
            raise ValueError(f"program 0..127, got {self.program}")
        self.__dict__["name"] = clean_name(self.name)
        columns = to_columns(self.notes)
        if not is_tidy(columns):
            columns = tidy_columns(columns)
            self.__dict__["notes"] = to_notes(columns)
        columns.flags.writeable = False
        self.__dict__["columns"] = columns

    @classmethod
    def of(cls, notes: Iterable[Note], name: str = "", program: int = 0, drums: bool = False) -> Track:
        """A track of any notes, tidied."""
        return cls(tuple(notes), name, program, drums)

    @classmethod
    def from_columns(
        cls, columns: Columns, name: str = "", program: int = 0, drums: bool = False, *, tidied: bool = False
    ) -> Track:
        """A track of columns holding legal values; `tidied` promises that they need no tidying.

        The notes themselves are made only when asked for, so reading and editing large pieces stays quick.
        """
        track = cls.__new__(cls)
        columns = columns if tidied else tidy_columns(columns)
        columns.flags.writeable = False
        track.__dict__.update(columns=columns, name=clean_name(name), program=program, drums=drums)
        return track

    if not TYPE_CHECKING:  # to the type checker it would excuse every misspelt attribute

        def __getattr__(self, name: str) -> Any:
            # Only reached for what is not there yet: the notes of a track made from columns.
            if name != "notes" or "columns" not in self.__dict__:
                raise AttributeError(name)
            notes = self.__dict__["notes"] = to_notes(self.columns)
            return notes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Track):
            return NotImplemented
        if (self.name, self.program, self.drums) != (other.name, other.program, other.drums):
            return False
        mine, theirs = self.columns, other.columns
        return mine is theirs or (mine.shape == theirs.shape and bool((mine == theirs).all()))

    def __hash__(self) -> int:
        return hash((self.columns.tobytes(), self.name, self.program, self.drums))

    def __len__(self) -> int:
        return int(self.columns.shape[1])

    def __bool__(self) -> bool:
        return True  # a track without notes is a track

    def with_notes(self, notes: Iterable[Note]) -> Track:
        """The same instrument playing other notes (tidied)."""
        return Track(tuple(notes), self.name, self.program, self.drums)

    def with_columns(self, columns: Columns) -> Track:
        """The same instrument playing other notes, given as columns (tidied)."""
        return Track.from_columns(columns, self.name, self.program, self.drums)

    def called(self, name: str | None = None, program: int | None = None, drums: bool | None = None) -> Track:
        """The same notes under another name or on another instrument (None: as it is)."""
        return Track.from_columns(
            self.columns,
            self.name if name is None else name,
            self.program if program is None else program,
            self.drums if drums is None else drums,
            tidied=True,
        )

    @property
    def end(self) -> int:
        """Tick at which the last note stops."""
        return int((self.columns[0] + self.columns[2]).max()) if len(self) else 0
