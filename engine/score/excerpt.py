"""A part of a piece as a piece of its own: a stretch of time, some of the notes, one track after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from engine.score.columns import Columns
from engine.score.score import Key, Meter, Score, Tempo


def stretch(score: Score, start: int, end: int) -> Score:
    """What begins from tick `start` on and before `end`, brought to tick 0; what sounds on is cut at `end`.

    Tempo, meter, key and chord that hold at `start` hold at the beginning.
    """
    tracks = []
    for track in score.tracks:
        columns = track.columns[:, (track.columns[0] >= start) & (track.columns[0] < end)].copy()
        columns[2] = np.minimum(columns[2], end - columns[0])
        columns[0] -= start
        tracks.append(track.with_columns(columns))
    key = score.key_at(start)
    chord = score.chord_at(start)
    tempos = [t for t in score.tempos if t.tick <= start][-1:] + [t for t in score.tempos if start < t.tick < end]
    meters = [score.meter_at(start)] + [m for m in score.meters if start < m.tick < end]
    keys = ([key] if key else []) + [k for k in score.keys if start < k.tick < end]
    chords = ([chord] if chord else []) + [c for c in score.chords if start < c.tick < end]
    return replace(
        score,
        tracks=tuple(tracks),
        tempos=tuple(Tempo(max(0, t.tick - start), t.microseconds) for t in tempos),
        meters=tuple(Meter(max(0, m.tick - start), m.numerator, m.denominator) for m in meters),
        keys=tuple(Key(max(0, k.tick - start), k.fifths, k.minor) for k in keys),
        chords=tuple(c.at(max(0, c.tick - start)) for c in chords),
    )


def chosen(score: Score, track: int, columns: Columns) -> Score:
    """Some notes of one track as a piece that begins with the bar of the first of them, so that the beat stays.

    Args:
        score: where they stand.
        track: whose they are; the other tracks are left out.
        columns: the notes, at least one.
    """
    first = int(columns[0].min())
    alone = replace(score, tracks=(score.tracks[track].with_columns(columns.copy()),))
    return stretch(alone, bar_start(score, first), int((columns[0] + columns[2]).max()))


def bar_start(score: Score, tick: int) -> int:
    """Where the bar begins in which a tick lies."""
    meter = score.meter_at(tick)
    return meter.tick + (tick - meter.tick) // score.bar_ticks(meter) * score.bar_ticks(meter)


def stems(score: Score, numbers: Sequence[int] | None = None) -> Iterator[tuple[int, Score]]:
    """Every track that has notes, alone in its place: the others are there, and empty, so that it keeps its channel.

    Args:
        score: the piece.
        numbers: indices of the tracks; None: all.
    """
    for number, track in enumerate(score.tracks):
        if len(track) and (numbers is None or number in numbers):
            others = (one if one is track else one.with_notes(()) for one in score.tracks)
            yield number, replace(score, tracks=tuple(others))
