"""One common currency for all systems: two-bar melodies on the sixteenth grid.

Of music in several voices the top line is heard: what begins below a note that still sounds is not in it. Longer music
is cut at every second bar line; a note held over a cut begins again behind it, as in the windows of the tune books.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.catalog import MELODIC, STREAMS, TUNES
from engine.codecs.codec import Codec, Tokens
from engine.evaluation.metrics import polyphony
from engine.jobs.job import Report, silent

TICKS = 480
Steps = list[tuple[int, int, int]]  # onset step, end step, MIDI pitch


@dataclass(frozen=True)
class Coins:
    """Music in the common currency.

    Attributes:
        windows: two-bar melodies, uint8 [n, 32], those of one piece in their order.
        pieces: number of the piece each comes from, [n].
        together: part of its moments at which that piece strikes several notes, [n]; None: it has one voice.
    """

    windows: NDArray[np.uint8]
    pieces: NDArray[np.int32]
    together: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.windows)

    def first(self, n: int) -> Coins:
        """The first n of them."""
        return self.at(slice(n))

    def at(self, chosen: slice | NDArray[np.integer] | NDArray[np.bool_]) -> Coins:
        """Some of them, in the order they are named."""
        together = None if self.together is None else self.together[chosen]
        return Coins(self.windows[chosen], self.pieces[chosen], together)


def once(coins: Coins) -> Coins:
    """What a piece repeats counts once, as in data sets of real music; what another piece repeats stays."""
    keys = np.concatenate([coins.pieces[:, None], coins.windows], axis=1)
    return coins.at(np.sort(np.unique(keys, axis=0, return_index=True)[1]))


def pieces_of(coins: Coins, bars: int = 8) -> tuple[NDArray[np.uint8], ...]:
    """The pieces that are so long or longer, whole, as bars [b, 16]; melodies have to stand in their order."""
    ends = np.flatnonzero(np.diff(coins.pieces)) + 1
    runs = np.split(coins.windows, ends) if len(coins) else []
    return tuple(run.reshape(-1, melody.BAR_SLOTS) for run in runs if len(run) * melody.BARS >= bars)


def joined(parts: Sequence[Coins]) -> Coins:
    """Several sets of one system as one."""
    windows, pieces = (np.concatenate(arrays) for arrays in zip(*((c.windows, c.pieces) for c in parts), strict=True))
    together = [part.together for part in parts if part.together is not None]
    return Coins(windows, pieces, np.concatenate(together) if together else None)


def changed(
    music: Sequence[Tokens] | Tokens,
    codec: Codec,
    compound: bool,
    numbers: Sequence[int] | None = None,
    report: Report = silent,
) -> Coins:
    """Windows of any codec as two-bar melodies; music in bars of the other kind is left out.

    Args:
        music: windows of the codec, each one piece.
        codec: that they are written in.
        compound: bars of 12 sixteenths are wanted instead of 16.
        numbers: of the pieces, if they are not to be counted from 0.
        report: progress and cancel point.
    """
    rows: list[NDArray[np.uint8]] = []
    pieces: list[int] = []
    together: list[float] = []
    for index, window in enumerate(music):
        if index % 20 == 0:
            report(index, len(music), "two bars at a time")
        piece = numbers[index] if numbers is not None else index
        notes, length = _steps(window, codec, compound)
        found = _cut(top_line(notes) if codec.name not in MELODIC else notes, length, compound)
        rows += found
        pieces += [piece] * len(found)
        together += [polyphony.share(note[0] for note in notes)] * len(found)
    array = np.array(rows, dtype=np.uint8).reshape(-1, melody.SLOTS)
    voices = None if codec.name in (*MELODIC, *TUNES) else np.array(together)
    return Coins(array, np.array(pieces, dtype=np.int32), voices)


def _steps(window: Tokens, codec: Codec, compound: bool) -> tuple[Steps, int]:
    """The notes of a window in steps, and the steps of its full bars; none if its bars are of the other kind."""
    if codec.name in MELODIC:
        length = melody.steps_per_bar(compound) * codec.bars
        return (melody.decode_steps(window), length) if bool(melody.is_compound(window)) == compound else ([], 0)
    length = _length(window, codec, compound)
    step = TICKS // 4
    notes = [note for voice in codec.write(window, TICKS) for note in voice.notes]
    return [(round(n.start / step), round(n.end / step), n.pitch) for n in notes], length


def _length(window: Tokens, codec: Codec, compound: bool) -> int:
    """Steps of the full bars of a window that is no melody of a fixed length; what knows no bars has duple ones."""
    if codec.name in TUNES:
        return _tune_length(window, compound)
    if compound:
        return 0
    if codec.name in STREAMS:
        from engine.codecs.stream import STREAM

        two = melody.steps_per_bar(False) * melody.BARS
        return max(1, round(STREAM.ticks(window, TICKS) * 4 / TICKS / two)) * two
    return codec.span_ticks(TICKS) * 4 // TICKS


def _tune_length(tokens: Tokens, compound: bool) -> int:
    from engine.codecs import tune

    meter = tune.METERS[tune.meter_of(tokens)]
    kinds = {(6, 8), (3, 4)} if compound else {(4, 4), (2, 2), (2, 4)}
    units = tune.WHOLE // 16
    return int(tune.length_of(tokens)) // units if meter in kinds else 0


def top_line(notes: Iterable[tuple[int, int, int]]) -> Steps:
    """Of notes (onset, end, pitch) those that begin above all that sounds; each ends where the next begins."""
    line: Steps = []
    for onset, end, pitch in sorted(notes, key=lambda note: (note[0], -note[2])):
        if not line or (onset > line[-1][0] and (line[-1][1] <= onset or pitch >= line[-1][2])):
            if line and line[-1][1] > onset:
                line[-1] = (line[-1][0], onset, line[-1][2])
            line.append((onset, max(end, onset + 1), pitch))
    return line


def _cut(notes: Steps, length: int, compound: bool) -> list[NDArray[np.uint8]]:
    """Two bars at a time, as far as there are two full bars."""
    span = melody.steps_per_bar(compound) * melody.BARS
    return [
        melody.encode_steps(
            [
                (max(on, at) - at, min(end, at + span) - at, pitch)
                for on, end, pitch in notes
                if on < at + span and end > at
            ],
            compound,
        )
        for at in range(0, length - span + 1, span)
    ]
