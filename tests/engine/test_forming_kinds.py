"""What the dots of a forming map are coloured by, and what that is called."""

from __future__ import annotations

import numpy as np

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.corpus.dataset import Split
from engine.training.watch.forming import BARS, KINDS, OTHER, Forming

MELODY = codec("melody")


def split(kinds: tuple[str, ...]) -> Split:
    """A window of each tune, the first half in 4/4, the second in 6/8."""
    count = max(8, len(kinds))
    windows = np.stack([
        melody.encode_steps([(0, 4, 60 + n % 12), (8, 12, 64)], n >= count // 2) for n in range(count)
    ])  # fmt: skip
    return Split(windows, np.arange(count), tuple(f"{n}" for n in range(count)), kinds)


def test_bars_where_the_music_knows_no_kinds() -> None:
    forming = Forming(split(()), MELODY)
    assert forming.names == BARS and forming.kinds.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_kinds_by_how_many_there_are() -> None:
    forming = Forming(split(("jig", "reel", "reel", "reel", "jig", "hymn", "reel", "jig")), MELODY)
    assert forming.names == ("reel", "jig", "hymn") and forming.kinds.tolist() == [1, 0, 0, 0, 1, 2, 0, 1]


def test_no_more_kinds_than_can_be_told_apart() -> None:
    many = tuple(f"kind {n}" for n in range(9) for _ in range(9 - n))
    forming = Forming(split((*many, "")), MELODY)
    assert len(forming.names) == KINDS and forming.names[-1] == OTHER and forming.names[0] == "kind 0"
    assert set(forming.kinds.tolist()) == set(range(KINDS)) and forming.kinds[-1] == KINDS - 1
