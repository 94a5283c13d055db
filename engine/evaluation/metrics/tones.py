"""What melodies are made of: compass, number of tones, pitch classes per bar, empty bars, notes not too short.

The last three are those of MuseGAN (Dong et al., 2018). Published code counts groups of neighbouring semitones for
pitch classes and full bars for empty ones; here both are what they are called.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

QUALIFIED = 2  # sixteenths: an eighth or more


@dataclass(frozen=True)
class Tones:
    """Means over melodies, or over their bars.

    Attributes:
        span: from the lowest to the highest pitch, in semitones.
        tones: different pitches in a melody.
        classes: different pitch classes that begin in a bar with notes.
        empty_bars: part of the bars in which no note begins.
        qualified: part of the notes that last an eighth or longer.
        density: notes in a bar.
    """

    span: float
    tones: float
    classes: float
    empty_bars: float
    qualified: float
    density: float


def measure(melodies: Iterable[NDArray[np.integer]], bar: int, bars: int = 2) -> Tones:
    """Of melodies given as notes [m, 3] (onset, end, pitch) in sixteenths, in bars of so many of these."""
    spans, tones, classes, empty, lengths, density = [], [], [], [], [], []
    for notes in melodies:
        onset, end, pitch = notes.reshape(-1, 3).T
        if len(pitch):
            spans.append(int(pitch.max() - pitch.min()))
            tones.append(len(set(pitch.tolist())))
            lengths.append(end - onset)
        for number in range(bars):
            inside = pitch[onset // bar == number]
            empty.append(not len(inside))
            density.append(len(inside))
            if len(inside):
                classes.append(len(set((inside % 12).tolist())))
    long = np.concatenate(lengths) if lengths else np.zeros(1)
    return Tones(
        _mean(spans), _mean(tones), _mean(classes), _mean(empty), float((long >= QUALIFIED).mean()), _mean(density)
    )


def _mean(values: list[int] | list[bool]) -> float:
    return float(np.mean(values)) if values else 0.0
