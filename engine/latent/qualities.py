"""What a melody has more or less of, measured on its tokens: the qualities behind sliders and musical axes.

All are defined for melodies of any number of bars, in 16-step (4/4) and 12-step bars (6/8; 3/4 is read as 6/8).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody

Floats = NDArray[np.float64]
Tokens = NDArray[np.uint8]
AXES = {  # name -> (what less of it is called, what more of it is called)
    "density": ("calmer", "busier"),
    "height": ("lower", "higher"),
    "range": ("narrower", "wider"),
    "syncopation": ("straighter", "more syncopated"),
    "leaps": ("stepwise", "leaping"),
    "repetition": ("always new", "repeating itself"),
    "mode": ("minor", "major"),
}
# Krumhansl and Kessler (1982): how well each degree fits a major and a minor key
MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
_WEIGHTS = {  # of the steps of a bar: 4 its first, 3 its middle, then beats, eighths, and 0 the sixteenths between
    False: np.array([4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0]),
    True: np.array([4, 0, 1, 0, 1, 0, 3, 0, 1, 0, 1, 0]),
}


def measure(windows: Tokens) -> dict[str, Floats]:
    """Each quality of windows [n, 16 * bars], as float64 [n].

    density: onsets per step. height: mean pitch of the onsets, MIDI. range: semitones from the lowest to the highest.
    syncopation: share of the onsets on a weak step that sound over the next stronger one (Longuet-Higgins and Lee,
    1984). leaps: share of the moves between different pitches that are wider than a whole tone. repetition: share of
    the moves (interval and distance in time) that were made before in the window. mode: how much better the best major
    key fits than the best minor one (difference of correlations, after Krumhansl).
    """
    found = {name: np.zeros(len(windows)) for name in AXES}
    compound = melody.is_compound(windows)
    for kind in (False, True):
        chosen = np.flatnonzero(compound == kind)
        if len(chosen):
            line = windows[chosen][:, melody.slots(kind, windows.shape[1] // melody.BAR_SLOTS)]
            for name, values in _measure_lines(line, _WEIGHTS[kind]).items():
                found[name][chosen] = values
    return found


def _measure_lines(line: Tokens, weights: NDArray[np.int_]) -> dict[str, Floats]:
    """The qualities of lines [n, steps] without padding, whose bars have these weights."""
    pitched = line >= melody.FIRST_PITCH_TOKEN
    onsets = pitched.sum(1)
    pitch = np.where(pitched, line, 0).astype(int) - melody.FIRST_PITCH_TOKEN + melody.LOWEST
    heard = np.maximum(onsets, 1)
    total = np.where(pitched, pitch, 0).sum(1)
    low, high = np.where(pitched, pitch, 999).min(1), np.where(pitched, pitch, 0).max(1)
    moves, gaps, ways = _moves(line, pitched, pitch)
    turns = (moves != 0) & ways
    return {
        "density": onsets / line.shape[1],
        "height": np.where(onsets > 0, total / heard, melody.LOWEST).astype(float),
        "range": np.where(onsets > 0, high - low, 0).astype(float),
        "syncopation": (_syncopated(line, weights) & pitched).sum(1) / heard,
        "leaps": ((np.abs(moves) > 2) & turns).sum(1) / np.maximum(turns.sum(1), 1),
        "repetition": _repeated(moves, gaps, ways),
        "mode": _mode(line, pitched, pitch),
    }


def _moves(
    line: Tokens, pitched: NDArray[np.bool_], pitch: NDArray[np.int_]
) -> tuple[NDArray[np.int_], NDArray[np.int_], NDArray[np.bool_]]:
    """Intervals in semitones and in steps from one onset to the next, [n, steps]; and at which steps they end."""
    steps = np.arange(line.shape[1])
    last = np.maximum.accumulate(np.where(pitched, steps, -1), axis=1)
    before = np.concatenate([np.full((len(line), 1), -1), last[:, :-1]], axis=1)
    ways = pitched & (before >= 0)
    return pitch - np.take_along_axis(pitch, np.maximum(before, 0), 1), steps - before, ways


def _repeated(moves: NDArray[np.int_], gaps: NDArray[np.int_], ways: NDArray[np.bool_]) -> Floats:
    kinds = np.sort(np.where(ways, gaps * 1000 + moves + 500, -1), axis=1)
    different = ((kinds[:, 1:] != kinds[:, :-1]) & (kinds[:, 1:] >= 0)).sum(1) + (kinds[:, 0] >= 0)
    count = ways.sum(1)
    return np.asarray((count - different) / np.maximum(count, 1), float)


def _syncopated(line: Tokens, weights: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Where nothing begins and nothing ends from the step after up to the next stronger step."""
    steps = line.shape[1]
    strength = np.tile(weights, steps // len(weights))
    found = np.zeros(line.shape, bool)
    for step in range(steps):
        stronger = np.flatnonzero(strength[step + 1 :] > strength[step])
        if len(stronger):
            end = step + 2 + stronger[0]
            found[:, step] = (line[:, step + 1 : end] == melody.HOLD).all(1)
    return found


def _mode(line: Tokens, pitched: NDArray[np.bool_], pitch: NDArray[np.int_]) -> Floats:
    steps = np.arange(line.shape[1])
    last = np.maximum.accumulate(np.where(line != melody.HOLD, steps, 0), axis=1)
    sounding = np.take_along_axis(np.where(pitched, pitch % 12, -1), last, 1)
    lasts = np.stack([(sounding == degree).sum(1) for degree in range(12)], 1).astype(float)
    lasts -= lasts.mean(1, keepdims=True)
    lasts /= np.maximum(np.linalg.norm(lasts, axis=1, keepdims=True), 1e-9)

    def best(profile: Floats) -> Floats:
        fit = (profile - profile.mean()) / np.linalg.norm(profile - profile.mean())
        return np.asarray((lasts @ np.stack([np.roll(fit, key) for key in range(12)], 1)).max(1))

    return best(MAJOR) - best(MINOR)
