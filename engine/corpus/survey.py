"""What is in a folder of music, told before anything is learnt from it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import __version__
from engine.codecs.catalog import MELODIC, NAMES, TUNES
from engine.codecs.catalog import codec as codec_of
from engine.corpus.folder import Music, files_of, kind_of, read_music
from engine.corpus.survey_cache import SurveyCache
from engine.errors import UserError
from engine.jobs.job import Report, silent

FINDINGS = 1  # of this file; another number: what the cache holds is found again
MAX_BYTES = 100_000_000  # of one file
LEAST = 20  # windows that a network needs to learn anything
FEW, FEW_TUNES = 1_000, 60  # windows, or whole tunes, below which music is learnt by heart
ALIKE = 0.5  # of the windows: if so many stand there more than once, the music is much alike
FEW_PIECES = 7  # one in seven is held out
NEEDS = {
    "melody": "two bars of 4/4, 2/4, 3/4 or 6/8 with a melody",
    "melody4": "four bars of 4/4, 2/4, 3/4 or 6/8 with a melody",
    "phrase": "eight bars of 4/4, 2/4, 3/4 or 6/8 with a melody",
    "period": "sixteen bars of 4/4, 2/4, 3/4 or 6/8 with a melody",
    "tune": "a melody in a common meter",
    "chorale": "exactly four voices in 4/4 or 2/2, within the ranges of a choir",
    "roll": "four bars of 4/4 without long silences",
    "frames": "eight bars of 4/4 without long silences",
    "stream": "24 notes of pitched instruments",
}


@dataclass(frozen=True)
class Told:
    """What is to be said of one file: it was mended, or passed over, and why."""

    file: str  # inside the folder, with slashes on every system
    words: str


@dataclass(frozen=True)
class Worry:
    """What speaks against learning from this music: too little, too much alike."""

    what: str
    remedy: str


@dataclass(frozen=True)
class Survey:
    """What is in a folder of music.

    Attributes:
        folder: its path.
        files: how many files of music there are; `read` of them could be read.
        repaired, skipped: what was odd about files that were read, and why others were not.
        copies: files whose content was there already, each with the first file of that content in words.
        hours: of music.
        meters, keys: "4/4" or "G major" -> how many pieces, the commonest first.
        kinds: the sub-folders, if music lies in any: what a network that tells kinds apart would learn.
        pieces, windows: of each codec (a name in `codecs.catalog`) -> how many pieces, and windows to learn from.
        worries: of each codec -> what speaks against learning from this; none: nothing does.
    """

    folder: str
    files: int
    read: int
    repaired: tuple[Told, ...] = ()
    skipped: tuple[Told, ...] = ()
    copies: tuple[Told, ...] = ()
    hours: float = 0.0
    meters: Mapping[str, int] = field(default_factory=dict)
    keys: Mapping[str, int] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    pieces: Mapping[str, int] = field(default_factory=dict)
    windows: Mapping[str, int] = field(default_factory=dict)
    worries: Mapping[str, tuple[Worry, ...]] = field(default_factory=dict)


def survey(folder: str, cache: Path | None = None, report: Report = silent) -> Survey:
    """Look through a folder: every file is read, and its windows are counted for every codec.

    Args:
        folder: its path.
        cache: a folder where what was found in a file is kept by the file's content; None: nothing is kept.
        report: progress and cancel point; what was found until then stays in the cache.

    Raises:
        UserError: there is no such folder, or no music in it.
    """
    place = Path(folder)
    if not place.is_dir():
        raise UserError(f"There is no folder {folder}.", "Choose a folder of MIDI, MusicXML or ABC files.")
    report(0, 1, "looking for music")
    files = list(files_of(place))
    if not files:
        raise UserError(
            f"There is no music in “{place.name}”.", "Choose a folder with MIDI, MusicXML or ABC files, or add some."
        )
    pile = _Pile()
    with SurveyCache(cache) as known:
        for index, file in enumerate(files):
            report(index, len(files), file.name)
            pile.add(file, place, known)
    return pile.survey(folder, len(files))


@dataclass
class _Pile:
    """What was found in the files so far."""

    read: int = 0
    seconds: float = 0.0
    repaired: list[Told] = field(default_factory=list)
    skipped: list[Told] = field(default_factory=list)
    copies: list[Told] = field(default_factory=list)
    meters: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    kinds: set[str] = field(default_factory=set)
    pieces: Counter[str] = field(default_factory=Counter)
    shapes: dict[str, list[NDArray[np.uint64]]] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)  # content -> the first file that had it

    def add(self, file: Path, folder: Path, known: SurveyCache) -> None:
        """One file more."""
        name = file.relative_to(folder).as_posix()
        try:
            key = _key(file)
        except UserError as error:
            self.skipped.append(Told(name, error.what))
            return
        if key in self.first:
            self.copies.append(Told(name, f"the same as {self.first[key]}"))
            return
        self.first[key] = name
        found = known.get(key)
        if found is None:
            found = findings(file)
            known.put(key, *found)
        facts, shapes = found
        if facts.get("error"):
            self.skipped.append(Told(name, facts["error"]))
            return
        self.kinds.add(kind_of(file, folder))
        self._count(name, facts, shapes)

    def _count(self, name: str, facts: Mapping[str, Any], shapes: bytes) -> None:
        self.read += 1
        self.seconds += facts["seconds"]
        if facts["odd"]:
            self.repaired.append(Told(name, "; ".join(facts["odd"])))
        self.meters.update(facts["meters"])
        self.keys.update(facts["keys"])
        self.pieces.update(facts["pieces"])
        rows, at = np.frombuffer(shapes, dtype="<u8"), 0
        for codec, count in facts["windows"].items():
            self.shapes.setdefault(codec, []).append(rows[at : at + count])
            at += count

    def survey(self, folder: str, files: int) -> Survey:
        """All of it."""
        windows, worries = {}, {}
        for codec in NAMES:
            all_ = np.concatenate([np.zeros(0, dtype="<u8"), *self.shapes.get(codec, [])])
            windows[codec] = len(np.unique(all_))
            worries[codec] = _worries(codec, self.pieces[codec], windows[codec], len(all_))
        return Survey(
            folder, files, self.read, tuple(self.repaired), tuple(self.skipped), tuple(self.copies),
            self.seconds / 3600, dict(self.meters.most_common()), dict(self.keys.most_common()),
            tuple(sorted(self.kinds - {""})), {codec: self.pieces[codec] for codec in NAMES}, windows, worries,
        )  # fmt: skip


def _key(file: Path) -> str:
    """Of a file's content, and of what looks at it."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise UserError(f"It is larger than {MAX_BYTES // 1_000_000} MB.", "Music is smaller.")
        content = file.read_bytes()
    except OSError as error:
        raise UserError(f"It cannot be opened: {error.strerror or error}.", "Check its rights.") from error
    digest = hashlib.sha256(f"{__version__} {FINDINGS} {file.suffix.lower()}\0".encode())
    digest.update(content)
    return digest.hexdigest()


def findings(file: Path) -> tuple[dict[str, Any], bytes]:
    """What is in a file, as plain values: a reason why it cannot be read, or its facts; and a hash (u64) of the shape
    of each window, codec after codec.
    """
    try:
        music = read_music(file)
    except UserError as error:
        return {"error": error.what}, b""
    facts: dict[str, Any] = {
        "odd": list(music.odd),
        "seconds": music.seconds,
        "meters": dict(music.meters()),
        "keys": dict(music.keys()),
        "pieces": {},
        "windows": {},
    }
    shapes = b"".join(_shapes(music, codec, facts) for codec in NAMES)
    return facts, shapes


def _shapes(music: Music, name: str, facts: dict[str, Any]) -> bytes:
    codec = codec_of(name)
    pieces = music.pieces(codec)
    facts["pieces"][name] = len(pieces)
    rows = [shape.tobytes() for piece in pieces for shape in codec.shape_of(piece.windows)]
    facts["windows"][name] = len(rows)
    return b"".join(hashlib.blake2b(row, digest_size=8).digest() for row in rows)


def _worries(codec: str, pieces: int, windows: int, all_: int) -> tuple[Worry, ...]:
    """What speaks against learning from so much."""
    if not windows:
        return (Worry("Nothing in this folder can be learnt by this model.", f"It needs {NEEDS[codec]}."),)
    if all_ < LEAST:
        return (Worry("There is too little music to learn from.", "Add more files: at least a few dozen bars."),)
    found = []
    few = FEW_TUNES if codec in TUNES else FEW
    if windows < few:
        found.append(
            Worry(
                "This is little music: a model that begins with nothing will know it by heart.",
                "Begin with the shipped model, which needs less, or add more files.",
            )
        )
    if codec in MELODIC and 1 - windows / all_ > ALIKE:
        share = round(100 * (1 - windows / all_))
        found.append(
            Worry(
                f"Much of it is alike: {share} % of its windows stand elsewhere in it too, in this or another key.",
                "Each counts once. Add other music if what comes out repeats itself.",
            )
        )
    if pieces < FEW_PIECES:
        found.append(
            Worry(
                "There are so few pieces that nothing can fairly be held back to measure with.",
                "Take the figures with a grain of salt, or add other pieces.",
            )
        )
    return tuple(found)
