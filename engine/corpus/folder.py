"""A folder of the composer's own music: which files are music, what is in one of them, its windows for a codec."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from engine.codecs.codec import Codec
from engine.codecs.melody import MelodyCodec
from engine.codecs.tune import TuneCodec
from engine.corpus import abc
from engine.corpus.windows import Piece, from_score, from_tune, whole_tune
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.score import Key, Score
from engine.score.midi_read import read_midi
from engine.score.musicxml import SUFFIXES as MUSICXML
from engine.score.musicxml import read_musicxml

MIDI = (".mid", ".midi", ".smf", ".kar", ".rmi")
ABC = (".abc",)
SUFFIXES = (*MIDI, *MUSICXML, *ABC)
ABC_TEMPO = 120.0  # quarter notes a minute: tune books seldom say


@dataclass(frozen=True)
class Music:
    """What one file holds: a score, or the tunes of an ABC book.

    Attributes:
        name: of the file, without its suffix.
        score: of a MIDI or MusicXML file.
        tunes: of an ABC file.
        odd: what was not as it should be.
        seconds: how long it is.
    """

    name: str
    score: Score | None
    tunes: tuple[abc.Tune, ...] = ()
    odd: tuple[str, ...] = ()
    seconds: float = 0.0

    def pieces(self, codec: Codec) -> list[Piece]:
        """Its windows for a codec; ABC holds melodies, so other codecs find nothing there."""
        if self.score is not None:
            return from_score(self.score, codec, self.name)
        return of_tunes(self.tunes, codec)

    def meters(self) -> Counter[str]:
        """Of its pieces, as they begin."""
        if self.score is None:
            return Counter(f"{top}/{bottom}" for top, bottom in (tune.meter for tune in self.tunes))
        return Counter([f"{self.score.meters[0].numerator}/{self.score.meters[0].denominator}"])

    def keys(self) -> Counter[str]:
        """Of its pieces, as they begin and as far as it says."""
        if self.score is None:
            return Counter(Key(0, max(-7, min(7, tune.fifths))).name for tune in self.tunes)
        return Counter(key.name for key in self.score.keys[:1])


def of_tunes(tunes: Iterable[abc.Tune], codec: Codec) -> list[Piece]:
    """The windows of tunes for a codec of melodies; nothing for any other."""
    if isinstance(codec, TuneCodec):
        found = [whole_tune(tune) for tune in tunes]
    elif isinstance(codec, MelodyCodec):
        found = [from_tune(tune, codec.bars) for tune in tunes]
    else:
        return []
    return [piece for piece in found if piece is not None]


def files_of(folder: Path) -> Iterator[Path]:
    """The files of music below a folder, by name; hidden ones are none, links to folders are not followed."""
    found = []
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [Path(place) / n for n in names if not n.startswith(".") and n.lower().endswith(SUFFIXES)]
    yield from sorted(found)


def kind_of(file: Path, folder: Path) -> str:
    """What kind of music it is: the first sub-folder it lies in; empty if it lies in none."""
    inside = file.relative_to(folder).parts
    return inside[0].replace(",", " ") if len(inside) > 1 else ""


def read_music(file: Path) -> Music:
    """What a file holds.

    Raises:
        UserError: it cannot be read, or holds no notes.
    """
    suffix = file.suffix.lower()
    if suffix in ABC:
        return _book(file)
    score, report = read_musicxml(file) if suffix in MUSICXML else read_midi(file)
    return Music(file.stem, score, odd=report.oddities, seconds=report.seconds)


def _book(file: Path) -> Music:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UserError(f"{file.name} cannot be read.", "Check that the file is there and may be opened.") from error
    tunes = tuple(abc.read_book(text, file.stem))
    if not tunes:
        raise UserError(f"{file.name} holds no tunes.", "An ABC tune begins with a line X:1.")
    wholes = sum(len(tune.bars) * tune.bar_length for tune in tunes) / abc.WHOLE
    return Music(file.stem, None, tunes, seconds=wholes * 4 * 60 / ABC_TEMPO)


def read_folder(folder: Path, codec: Codec, report: Report = silent) -> Iterator[Piece]:
    """Pieces of every file of music below a folder, as they are read; files that cannot be are counted in the report's
    text. The first sub-folder a file lies in, if any, says what kind of music it is.
    """
    files = list(files_of(folder))
    skipped = 0
    for index, file in enumerate(files):
        report(index, len(files), f"{file.name} ({skipped} skipped)" if skipped else file.name)
        try:
            found = read_music(file).pieces(codec)
        except UserError:
            skipped += 1
            continue
        kind = kind_of(file, folder)
        yield from (replace(piece, kind=kind) for piece in found) if kind else found
