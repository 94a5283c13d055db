"""How many notes in a row one piece of music shares with others, in any key: notes as one long row of codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.codecs import stream
from engine.codecs.codec import Tokens

FIRST = -1  # of a piece: nothing is before it, and no run goes on over it
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """Pieces as one long row of notes.

    Attributes:
        codes: interval from the note before and some time, as one number each.
        owner: which of the pieces each note is in.
    """

    codes: Codes
    owner: NDArray[np.intp]


def runs_of(windows: Tokens) -> Lines:
    """The notes of windows [n, 96, 5] of the codec `stream`: each with the time since the one before."""
    owner, row = np.nonzero(stream.sounds(windows))
    pitch = windows[owner, row, stream.PITCH].astype(np.int64)
    codes = np.full(len(owner), FIRST)
    if len(owner) > 1:
        after = owner[1:] == owner[:-1]
        time = windows[owner, row, stream.TIME].astype(np.int64)
        codes[1:] = np.where(after, (np.diff(pitch) + 128) * 4096 + time[1:], FIRST)
    return Lines(codes, owner)


def longest_run(codes: Codes, corpus: Lines) -> tuple[int, int]:
    """How many notes in a row a piece with these codes shares with one of the corpus, and with which."""
    best, where = 0, 0
    run = np.zeros(len(corpus.codes) + 1, dtype=np.int32)
    for code in codes.tolist():
        if code == FIRST:
            run[:] = 0
            continue
        run[1:] = np.where(corpus.codes == code, run[:-1] + 1, 0)
        top = int(run.argmax())
        if run[top] > best:
            best, where = int(run[top]), int(corpus.owner[top - 1])
    return best + (best > 0), where
