"""Performances as numbers, to tell real from made-up ones: how notes follow, last, lie in the bar, sound together."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from engine.codecs import stream
from engine.codecs.codec import Tokens
from engine.codecs.stream import HAND, LADDER, LENGTH, PITCH, RIGHT, TIME, VELOCITY
from engine.models.parts.note_habits import habits

Floats = NDArray[np.float64]
_TIMES, _LENGTHS = (0, 12, 36, 60, 120), (30, 54, 108, 216)  # units, upper ends of the boxes
_LEAPS = (0, 2, 4, 7, 12)  # semitones
_PLACES = ((0, 0), (24, 24), (48, 48), (72, 72))  # in a quarter


def features(windows: Tokens) -> Floats:
    """What windows [n, 96, 5] are like, [n, 50]: shares that add up to 1, means, and the figures of the paper."""
    return np.concatenate([_boxes(windows), habits(torch.from_numpy(windows.astype(np.int64))).numpy()], 1)


def _boxes(windows: Tokens) -> Floats:
    there = stream.sounds(windows)
    at, pitch = stream.onsets(windows), windows[..., PITCH].astype(int)
    begins = there & ((windows[..., TIME] > 0) | (np.arange(windows.shape[1]) == 0))
    with_others = np.where(begins, _chord_sizes(begins, there), 0)
    right = there & (windows[..., HAND] == RIGHT)
    leap = np.abs(np.diff(pitch, axis=1))
    in_hand = right[:, 1:] & right[:, :-1]
    return np.concatenate([
        _shares(np.searchsorted(_TIMES, LADDER[windows[..., TIME]]), len(_TIMES) + 1, there),
        _shares(np.searchsorted(_LENGTHS, LADDER[windows[..., LENGTH]]), len(_LENGTHS) + 1, there),
        _shares(pitch % 12, 12, there),
        _shares(np.searchsorted(_LEAPS, leap), len(_LEAPS) + 1, in_hand),
        _shares(np.clip(with_others, 1, 4) - 1, 4, begins),
        _shares(_place(at % stream.UNITS_PER_QUARTER), len(_PLACES) + 1, begins),
        _mean(windows[..., HAND], there),
        _mean(pitch, right),
        _mean(pitch, there & ~right),
        _mean(windows[..., VELOCITY], there),
        _mean(LADDER[windows[..., TIME]], there),
    ], 1)  # fmt: skip


def _place(within: NDArray[np.integer]) -> NDArray[np.intp]:
    """The number of a place in the quarter; all that is on no sixteenth has the last one."""
    found = np.full(within.shape, len(_PLACES))
    for number, (low, high) in enumerate(_PLACES):
        found[(within >= low) & (within <= high)] = number
    return found


def _chord_sizes(begins: NDArray[np.bool_], there: NDArray[np.bool_]) -> NDArray[np.intp]:
    """At every onset how many notes begin there, [n, 96]."""
    sizes = np.zeros(begins.shape, dtype=int)
    number = begins.cumsum(1) - 1
    for row in range(len(begins)):
        counted = np.bincount(number[row][there[row]], minlength=1)
        sizes[row] = counted[np.clip(number[row], 0, len(counted) - 1)]
    return sizes


def _shares(values: NDArray[np.integer], boxes: int, counted: NDArray[np.bool_]) -> Floats:
    rows = np.stack([((values == box) & counted).sum(1) for box in range(boxes)], 1)
    return np.asarray(rows / np.maximum(1, counted.sum(1, keepdims=True)))


def _mean(values: NDArray[np.generic], counted: NDArray[np.bool_]) -> Floats:
    total = np.where(counted, values.astype(float), 0.0).sum(1, keepdims=True)
    return np.asarray(total / np.maximum(1, counted.sum(1, keepdims=True)))
