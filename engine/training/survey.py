"""What is in a folder of music, told before anything is learnt from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
