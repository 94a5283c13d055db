"""Humanise: onsets and velocities a little off, as hands play. No note is lost, none passes another on its pitch."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.commands.changes import Chosen, Edit, choose
from engine.score import Note, Score
from engine.score.columns import is_locked
from engine.score.note import MAX_TICK

SPREAD = 0.5  # standard deviation, as a part of what is allowed at most


def humanize(score: Score, track: int, notes: Iterable[Note], ms: float, velocity: int, seed: int = 0) -> Edit:
    """Move onsets early or late, and make notes louder or softer, each by its own throw of the dice; lengths stay.

    Args:
        score: the piece.
        track: which track.
        notes: of it.
        ms: milliseconds, by the tempo of the place, that an onset moves at most.
        velocity: by how much a velocity changes at most.
        seed: the same seed moves the same notes in the same way.
    """
    chosen = choose(score, track, notes)
    count = chosen.picked.shape[1]
    if not count:
        return Edit(score, ())
    late, loud = np.random.default_rng(seed).normal(0, SPREAD, (2, count)).clip(-1, 1)
    played = chosen.picked.copy()
    earliest, latest = _room(chosen)
    start = chosen.picked[0]
    played[0] = np.clip(start + np.rint(late * _ticks(score, start, ms)).astype(np.int64), earliest, latest)
    played[3] = np.clip(chosen.picked[3] + np.rint(loud * velocity).astype(np.int64), 1, 127)
    return chosen.become(played)


def _ticks(score: Score, at: NDArray[np.int64], ms: float) -> NDArray[np.float64]:
    """How many ticks some milliseconds are at places of the piece."""
    begins = np.array([tempo.tick for tempo in score.tempos])
    lasts = np.array([tempo.microseconds for tempo in score.tempos])
    return ms * 1000 * score.ticks_per_quarter / lasts[np.searchsorted(begins, at, side="right") - 1]


def _room(chosen: Chosen) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and the last tick at which each note may begin.

    That is less than half the way to its neighbours on its pitch, and not inside of a locked one, where it would not
    be written.
    """
    fixed, count = chosen.rest.shape[1], chosen.picked.shape[1]
    every = np.concatenate([chosen.rest, chosen.picked], axis=1)
    order = np.lexsort((every[0], every[1]))
    start, pitch, length = every[0][order], every[1][order], every[2][order]
    same = np.diff(pitch) == 0
    half = np.where(same, np.maximum(0, np.diff(start) - 1) // 2, MAX_TICK)
    earliest = np.maximum(0, start - np.append(MAX_TICK, half))
    held = same & is_locked(every[:, order])[:-1]
    earliest[1:] = np.where(held, np.maximum(earliest[1:], (start + length)[:-1]), earliest[1:])
    latest = np.minimum(MAX_TICK - length, start + np.append(half, MAX_TICK))
    place = np.empty(fixed + count, np.int64)
    place[order] = np.arange(fixed + count)
    mine = place[fixed:]
    return np.minimum(earliest, start)[mine], latest[mine]
