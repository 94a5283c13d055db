"""How much of a tune is in the tunes it was learnt from: the longest run of notes in common, in any key."""

from __future__ import annotations

import numpy as np

from engine.codecs import tune
from engine.codecs.codec import Tokens
from engine.evaluation.note_runs import FIRST, Lines, longest_run


def lines(windows: Tokens) -> Lines:
    """The notes of tunes [n, ROWS, 2]."""
    symbols, at = windows[..., 0].astype(np.int64), tune.starts(windows)
    owner, row = np.nonzero((symbols >= tune.FIRST_PITCH) & (np.arange(symbols.shape[1]) >= tune.HEAD))
    pitch, onset = symbols[owner, row], at[owner, row]
    codes = np.full(len(owner), FIRST)
    if len(owner) > 1:
        interval = np.diff(pitch) + 128
        until = np.zeros(len(owner), dtype=np.int64)
        until[:-1] = np.where(owner[1:] == owner[:-1], np.diff(onset), 0)
        codes[1:] = np.where(owner[1:] == owner[:-1], interval * 4096 + np.clip(until[1:], 0, 4095), FIRST)
    return Lines(codes, owner)


def longest(tokens: Tokens, corpus: Lines) -> tuple[int, int]:
    """How many notes in a row one tune [ROWS, 2] shares with a tune of the corpus, and with which."""
    return longest_run(lines(tokens[None]).codes, corpus)
