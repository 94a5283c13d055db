"""How much of a tune is in the tunes it was learnt from: the longest run of notes in common, in any key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.codecs import tune
from engine.codecs.codec import Tokens

_FIRST = -1  # of a tune: nothing is before it, and no run goes on over it
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """Tunes as one long row of notes.

    Attributes:
        codes: interval from the note before and time until the note after, as one number each.
        owner: which of the tunes each note is in.
    """

    codes: Codes
    owner: NDArray[np.intp]


def lines(windows: Tokens) -> Lines:
    """The notes of tunes [n, ROWS, 2]."""
    symbols, at = windows[..., 0].astype(np.int64), tune.starts(windows)
    owner, row = np.nonzero((symbols >= tune.FIRST_PITCH) & (np.arange(symbols.shape[1]) >= tune.HEAD))
    pitch, onset = symbols[owner, row], at[owner, row]
    codes = np.full(len(owner), _FIRST)
    if len(owner) > 1:
        interval = np.diff(pitch) + 128
        until = np.zeros(len(owner), dtype=np.int64)
        until[:-1] = np.where(owner[1:] == owner[:-1], np.diff(onset), 0)
        codes[1:] = np.where(owner[1:] == owner[:-1], interval * 4096 + np.clip(until[1:], 0, 4095), _FIRST)
    return Lines(codes, owner)


def longest(tokens: Tokens, corpus: Lines) -> tuple[int, int]:
    """How many notes in a row one tune [ROWS, 2] shares with a tune of the corpus, and with which."""
    best, where = 0, 0
    run = np.zeros(len(corpus.codes) + 1, dtype=np.int32)
    for code in lines(tokens[None]).codes.tolist():
        if code == _FIRST:
            run[:] = 0
            continue
        run[1:] = np.where(corpus.codes == code, run[:-1] + 1, 0)
        top = int(run.argmax())
        if run[top] > best:
            best, where = int(run[top]), int(corpus.owner[top - 1])
    return best + (best > 0), where
