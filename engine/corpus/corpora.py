"""The corpora a model can be trained on, with where they come from and on what terms."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.codecs.codec import Codec
from engine.codecs.melody import MELODY, MelodyCodec
from engine.codecs.tune import TuneCodec
from engine.corpus import abc
from engine.corpus.folder import of_tunes, read_folder
from engine.corpus.windows import Piece, from_score
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.resources import root
from engine.score import Score


@dataclass(frozen=True)
class Corpus:
    """Named music to learn from.

    Attributes:
        name: what `--corpus` takes.
        folders: sub-folders of music21's corpus holding ABC books, if it is made of those.
        terms: licence in one sentence.
        shippable: may be trained into weights that are given away.
    """

    name: str
    title: str
    folders: tuple[str, ...]
    terms: str
    shippable: bool = True


CORPORA = {
    corpus.name: corpus
    for corpus in (
        Corpus(
            "folk",
            "O'Neill's Music of Ireland (1850 tunes), Ryan's Mammoth Collection, Aird's Airs",
            ("oneills1850", "ryansMammoth", "airdsAirs"),
            "Tunes printed between 1782 and 1903, in the public domain; transcriptions distributed with music21.",
        ),
        Corpus("oneill", "O'Neill's Music of Ireland", ("oneills1850",), "Printed 1903, public domain."),
        Corpus("ryan", "Ryan's Mammoth Collection", ("ryansMammoth",), "Printed 1883, public domain."),
        Corpus("aird", "Aird's Airs", ("airdsAirs",), "Printed 1782 to 1801, public domain."),
        Corpus(
            "essen",
            "Essen folksong collection",
            ("essenFolksong",),
            "Non-commercial use only, legal status unclear: for your own experiments, never shipped.",
            shippable=False,
        ),
        Corpus(
            "chorales",
            "Four-part chorales by Johann Sebastian Bach",
            (),
            "Music of 1714 to 1750, in the public domain; encodings distributed with music21.",
        ),
        Corpus(
            "kinds",
            "Reels, hornpipes and jigs of O'Neill and Ryan, and the sopranos of Bach's chorales as hymns",
            ("oneills1850", "ryansMammoth"),
            "Music of 1714 to 1903, in the public domain; transcriptions distributed with music21.",
        ),
        Corpus(
            "rags",
            "Rags by Scott Joplin, Charles Hunter and Tom Turpin",
            (),
            "Printed 1897 to 1914, in the public domain; typeset for the Mutopia Project.",
        ),
    )
}


def read(name_or_folder: str, codec: Codec = MELODY, report: Report = silent) -> list[Piece]:
    """Pieces of a named corpus or of a folder, all at once.

    Raises:
        UserError: no such corpus or folder, or music21 (which carries the corpora) is not installed.
    """
    return list(pieces(name_or_folder, codec, report))


def pieces(name_or_folder: str, codec: Codec = MELODY, report: Report = silent) -> Iterable[Piece]:
    """Pieces of a named corpus, or, as they are read, of a folder of ABC and MIDI files, as windows of a codec.

    Raises:
        UserError: no such corpus or folder, or music21 (which carries the corpora) is not installed.
    """
    if name_or_folder == "chorales":
        from engine.corpus.chorales import read_chorales

        return _of_scores(read_chorales(report), name_or_folder, codec)
    if name_or_folder == "kinds":
        return _read_kinds(codec, report)
    if name_or_folder == "rags":
        return read_folder(root() / "corpora" / "rags", codec, report)
    if name_or_folder in CORPORA:
        return _read_books(CORPORA[name_or_folder], codec, report)
    folder = Path(name_or_folder)
    if folder.is_absolute() and not folder.is_dir():  # no misspelt collection, but music that was there before
        raise UserError(f"The folder {folder} is not there.", "Put it back where it was, or connect the disk it is on.")
    if not folder.is_dir():
        raise UserError(
            f"There is no corpus and no folder called {name_or_folder}.",
            f"Choose one of {', '.join(CORPORA)} or give a folder of MIDI or ABC files.",
        )
    return read_folder(folder, codec, report)


KINDS = ("reel", "hornpipe", "jig", "hymn")  # of the corpus of that name


def _read_kinds(codec: Codec, report: Report) -> list[Piece]:
    """Tunes of which it is known what is danced to them, and hymns."""
    from engine.corpus.chorales import read_chorales

    tunes = [piece for piece in _read_books(CORPORA["kinds"], codec, report) if piece.kind in KINDS]
    sopranos = [replace(score, tracks=score.tracks[:1]) for score in read_chorales(report)]
    return tunes + [replace(piece, kind="hymn") for piece in _of_scores(sopranos, "chorales", codec)]


def _read_books(corpus: Corpus, codec: Codec, report: Report) -> list[Piece]:
    spec = importlib.util.find_spec("music21")
    if spec is None or spec.origin is None:
        raise UserError("The tune books come with music21, which is not installed.", "Run: pip install music21")
    root = Path(spec.origin).parent / "corpus"
    files = [file for folder in corpus.folders for file in sorted((root / folder).glob("*.abc"))]
    pieces = []
    for index, file in enumerate(files):
        report(index, len(files), file.parent.name)
        pieces += _abc_pieces(file, codec, file.parent.name)
    return pieces


def _abc_pieces(file: Path, codec: Codec, book: str) -> list[Piece]:
    if not isinstance(codec, MelodyCodec | TuneCodec):
        raise UserError(
            f"{file.name} holds single melodies.", "This model needs pieces in several voices, as MIDI files."
        )
    tunes = abc.read_book(file.read_text(encoding="utf-8", errors="replace"), book)
    return of_tunes(tunes, codec)


def _of_scores(scores: list[Score], book: str, codec: Codec) -> list[Piece]:
    return [piece for score in scores for piece in from_score(score, codec, book)]
