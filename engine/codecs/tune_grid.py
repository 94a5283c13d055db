"""From played notes to one line of exact lengths: sixteenths, or triplets where a beat has them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from engine.score import Note

UNITS_PER_QUARTER = 24
_GRIDS = ((6, 0.0), (8, 0.7), (4, 1.0), (3, 1.1))  # steps in units, and how much nearer than sixteenths they must be


def snapped(notes: Sequence[Note], ticks_per_quarter: int, at_tick: int) -> list[tuple[int, int, int]]:
    """(onset, end, pitch) in units from `at_tick` on; the onsets of each beat lie on the grid that fits them best."""
    unit = ticks_per_quarter / UNITS_PER_QUARTER
    starts = np.array([(note.start - at_tick) / unit for note in notes])
    beats = np.floor((starts + 1) / UNITS_PER_QUARTER)
    onsets = np.zeros(len(notes), dtype=int)
    for beat in np.unique(beats):
        here = starts[beats == beat]
        ways = [np.round(here / step) * step for step, _ in _GRIDS]
        costs = [np.abs(here - way).mean() + bias for way, (_, bias) in zip(ways, _GRIDS, strict=True)]
        onsets[beats == beat] = ways[int(np.argmin(costs))]
    ends = [round((note.end - at_tick) / unit / 6) * 6 for note in notes]
    return [(int(on), max(end, int(on) // 6 * 6 + 6), n.pitch) for on, end, n in zip(onsets, ends, notes, strict=True)]


def one_line(notes: Sequence[tuple[int, int, int]], span: int) -> list[tuple[int, int, int]]:
    """Notes that follow one another, up to `span`: of those that start together the highest, cut by the next.

    Silence shorter than a sixteenth belongs to the note before it. Onsets and ends lie where lengths can fill what is
    between them: none is 1, 2 or 5 units from another, or from a bar line.
    """
    kept: dict[int, tuple[int, int, int]] = {}
    for note in notes:
        if 0 <= note[0] < span and (note[0] not in kept or note[2] > kept[note[0]][2]):
            kept[note[0]] = note
    onsets = [*sorted(kept), span]
    line: list[tuple[int, int, int]] = []
    for onset, following in pairwise(onsets):
        end, pitch = kept[onset][1:]
        end = end if end - onset >= 6 else end + 6
        line.append((onset, following if following - end < 6 else end, pitch))
    return line


def seems_triple(onsets: Sequence[int]) -> bool:
    """Whether bars of 72 units are three quarters (3/4) and not two dotted ones (6/8), by where notes begin."""
    return sum(onset in (24, 48) for onset in onsets) > sum(onset in (12, 36, 60) for onset in onsets)
