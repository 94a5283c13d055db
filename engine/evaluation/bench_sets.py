"""The four sets on which polyphonic systems are compared since 2012, and what laws without a network reach on them.

Boulanger-Lewandowski, Bengio and Vincent (2012): Bach chorales, Nottingham folk tunes, MuseData and Piano-midi.de, each
split into training, validation and test pieces, music moved to C. A set is an .npz file of plain arrays: for each side
`SIDE_pitches` (MIDI), `SIDE_step_offsets` (notes of frame t are pitches[so[t]:so[t+1]]) and `SIDE_seq_offsets` (frames
of piece i are q[i]..q[i+1]).

Figures are nats per frame, as in the paper: summed over all 88 keys, averaged over all frames of the test pieces, the
first of each piece among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.codecs.roll import KEYS, LOWEST
from engine.errors import UserError

SIDES = ("train", "valid", "test")
TITLES = {
    "jsb_quarter": "JSB chorales",
    "nottingham": "Nottingham",
    "musedata": "MuseData",
    "piano_midi_de": "Piano-midi.de",
}

Piece = NDArray[np.uint8]  # [t, 88], 0 and 1


@dataclass(frozen=True)
class BenchSet:
    """One set: a name in TITLES, and its pieces."""

    name: str
    train: tuple[Piece, ...]
    valid: tuple[Piece, ...]
    test: tuple[Piece, ...]

    @property
    def title(self) -> str:
        """What people call it."""
        return TITLES.get(self.name, self.name)

    @property
    def range(self) -> tuple[int, int]:
        """Lowest and highest MIDI pitch of the training pieces."""
        used = np.flatnonzero(np.concatenate(self.train).any(0))
        return int(used[0]) + LOWEST, int(used[-1]) + LOWEST


def read_sets(folder: Path) -> list[BenchSet]:
    """The sets that are there, in the order of the paper's table.

    Raises:
        UserError: there is none, or a file is not such a set.
    """
    found = [folder / f"{name}.npz" for name in TITLES if (folder / f"{name}.npz").is_file()]
    if not found:
        names = ", ".join(f"{name}.npz" for name in TITLES)
        raise UserError(f"There is no set to compare on in {folder}.", f"Put one of {names} there.")
    return [read_set(path) for path in found]


def read_set(path: Path) -> BenchSet:
    """One set.

    Raises:
        UserError: the file is not such a set.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            train, valid, test = (_pieces(*(file[f"{side}_{part}"] for part in _PARTS)) for side in SIDES)
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise UserError(
            f"{path.name} is not a set of frames.",
            "It has to hold pitches, step_offsets and seq_offsets of train, valid and test.",
        ) from error
    return BenchSet(path.stem, train, valid, test)


_PARTS = ("pitches", "step_offsets", "seq_offsets")


def _pieces(pitches: NDArray[np.integer], steps: NDArray[np.integer], pieces: NDArray[np.integer]) -> tuple[Piece, ...]:
    """Rolls [t, 88] of one side; raises ValueError where the arrays do not fit together."""
    keys = pitches.astype(np.int64) - LOWEST
    counts, lengths = np.diff(steps), np.diff(pieces)
    ends = len(steps) and len(pieces) and steps[-1] == len(keys) and pieces[-1] == len(steps) - 1
    if not ends or (counts < 0).any() or (lengths < 1).any() or (keys < 0).any() or (keys >= KEYS).any():
        raise ValueError
    frames = np.zeros((len(counts), KEYS), dtype=np.uint8)
    frames[np.repeat(np.arange(len(counts)), counts), keys] = 1
    return tuple(np.split(frames, pieces[1:-1]))


def marginals(train: Sequence[Piece]) -> NDArray[np.float64]:
    """How often each key [88] sounds, one frame more with it and one without it counted."""
    return np.asarray((sum(piece.sum(0, dtype=np.int64) for piece in train) + 1) / (_frames(train) + 2))


def independent_nats(train: Sequence[Piece], test: Sequence[Piece]) -> float:
    """Nats per frame where every key sounds as often as in training, whatever the others do and whatever was before."""
    p, frames = marginals(train), np.concatenate(test)
    return float(_nats(frames, np.broadcast_to(p, frames.shape)).sum(1).mean())


def markov_nats(train: Sequence[Piece], test: Sequence[Piece]) -> float:
    """Nats per frame where every key knows whether it sounded in the frame before, silence before the first."""
    counts = np.ones((2, 2, KEYS))  # before, now
    for before, now in (_pairs(piece) for piece in train):
        for a in (0, 1):
            for b in (0, 1):
                counts[a, b] += ((before == a) & (now == b)).sum(0)
    on = counts[:, 1] / counts.sum(1)
    total = 0.0
    for before, now in (_pairs(piece) for piece in test):
        total += float(_nats(now, np.where(before == 1, on[1], on[0])).sum())
    return total / _frames(test)


def _pairs(piece: Piece) -> tuple[Piece, Piece]:
    return np.concatenate([np.zeros((1, KEYS), np.uint8), piece[:-1]]), piece


def _nats(frames: Piece, p: NDArray[np.floating]) -> NDArray[np.float64]:
    return -np.log(np.where(frames > 0, p, 1 - p))


def _frames(pieces: Sequence[Piece]) -> int:
    return sum(len(piece) for piece in pieces)
