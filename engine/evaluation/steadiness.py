"""How far a code moves when one note is edited."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.jobs import generate
from engine.jobs.job import Report, silent

SAMPLE = 1_000
FURTHEST = 2  # semitones by which a note is moved
Windows = NDArray[np.uint8]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """`code_steadiness`: how far a code moves on average when one note of a held-out melody, not its first, moves by
    a semitone or two; as a part of the distance between two melodies' codes. Less is steadier.
    """
    rng = np.random.default_rng(7)
    held = data.held_out.windows
    windows = codec.transpose_randomly(held[rng.permutation(len(held))[:SAMPLE]], rng)
    report(0, 1, "notes are edited")
    changed = edited(windows, rng)
    differs = (changed != windows).any(1)
    codes, after = generate.encode(network, windows), generate.encode(network, changed)
    apart = np.linalg.norm(codes - np.roll(codes, 1, axis=0), axis=1).mean()
    moved = np.linalg.norm(after - codes, axis=1)[differs].mean()
    return {"code_steadiness": float(moved / max(apart, 1e-9))}, {}


def edited(windows: Windows, rng: np.random.Generator) -> Windows:
    """One note of each window, not its first, moved by up to two semitones; windows of one note stay as they are."""
    out = windows.copy()
    for row in out:
        notes = np.flatnonzero((row >= melody.FIRST_PITCH_TOKEN) & (row < melody.PAD))[1:]
        if len(notes):
            place = rng.choice(notes)
            step = int(rng.integers(1, FURTHEST + 1)) * (1 if rng.random() < 0.5 else -1)
            up = int(row[place]) + step
            inside = melody.FIRST_PITCH_TOKEN <= up < melody.PAD
            row[place] = up if inside else int(row[place]) - step
    return out
