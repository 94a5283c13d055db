"""What comes back within a melody: runs of pitches (Mogren, 2016), and bars that are like bars before them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody

SHORTEST, LONGEST = 2, 9  # pitches in a run
LONG = 8  # bars from which on form is asked for
Windows = NDArray[np.uint8]


def repetitions(pitches: Sequence[int]) -> float:
    """Part of the pairs of runs of k pitches that are equal, mean over k = 2..9 as far as there are two runs.

    Counts alone would grow with length, so pairs found are divided by pairs there are.
    """
    shares = []
    for k in range(SHORTEST, LONGEST + 1):
        runs = len(pitches) - k + 1
        if runs < 2:
            break
        counts = Counter(tuple(pitches[at : at + k]) for at in range(runs))
        shares.append(sum(n * (n - 1) for n in counts.values()) / (runs * (runs - 1)))
    return float(np.mean(shares)) if shares else 0.0


def alike(bars: Windows, others: Windows) -> NDArray[np.float64]:
    """How alike bars [..., 16] and others [..., 16] are: of the steps on which either begins a note, the part on which
    both begin the same one; 0 where neither has any.
    """
    mine, theirs = (_begins(x) for x in (bars, others))
    either = (mine | theirs).sum(-1)
    return np.asarray((mine & theirs & (bars == others)).sum(-1) / np.maximum(either, 1))


def second_bar(windows: Windows) -> float:
    """How alike the two bars of melodies [n, 32] are."""
    bars = windows.reshape(len(windows), -1, melody.BAR_SLOTS)
    return float(alike(bars[:, 0], bars[:, 1]).mean()) if len(windows) else 0.0


def returns(pieces: Sequence[Windows]) -> float:
    """How alike each of the bars 5 to 8 is to the one before it, anywhere in the piece, that it is most alike.

    Args:
        pieces: bars of pieces [b, 16], b at least 8; nan without any.
    """
    found = []
    for bars in pieces:
        table = alike(bars[:LONG, None], bars[None, :LONG])
        found += [table[bar, :bar].max() for bar in range(LONG // 2, LONG)]
    return float(np.mean(found)) if found else float("nan")


def _begins(tokens: Windows) -> NDArray[np.bool_]:
    return np.asarray((tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD))
