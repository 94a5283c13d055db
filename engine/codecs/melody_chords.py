"""The likely triad of every bar of melodies written as tokens, many melodies at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.chord_finding import ACCENT, HALF_WAY, HELD, NONE, likely_triads
from engine.codecs.codec import Tokens

MAJOR, MINOR = (0, 4, 7), (0, 3, 7)


def triads_of(windows: Tokens) -> NDArray[np.int64]:
    """Triads 0..24 of every bar, [n, bars], of melodies [n, 16 * bars]; see `chord_finding` for their numbers."""
    return likely_triads(_class_weights(windows))


def chord_tones(triads: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which of the twelve pitch classes belong to each triad, [..., 12]; none of `NONE`."""
    table = np.zeros((NONE + 1, 12), dtype=bool)
    for triad in range(NONE):
        table[triad, [(triad + interval) % 12 for interval in (MINOR if triad >= 12 else MAJOR)]] = True
    return np.asarray(table[triads])


def classes_sounding(windows: Tokens) -> NDArray[np.int64]:
    """The pitch class that sounds in every slot, [n, slots]; -1 in silence and in slots that are not in use."""
    pitch, _ = _sounding(windows)
    return pitch


def _sounding(windows: Tokens) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pitch classes [n, slots] (-1: none) and the slot in which each began."""
    used, place = windows != melody.PAD, np.arange(windows.shape[1])
    begins = used & (windows != melody.HOLD)
    begun = np.maximum.accumulate(np.where(begins, place, -1), axis=1)
    token = np.take_along_axis(windows, begun.clip(0), 1).astype(np.int64)
    sounds = used & (begun >= 0) & (token >= melody.FIRST_PITCH_TOKEN)
    return np.where(sounds, (token - melody.FIRST_PITCH_TOKEN + melody.LOWEST) % 12, -1), begun


def _class_weights(windows: Tokens) -> NDArray[np.float64]:
    """How much of every bar each pitch class is, as `chord_finding.class_weights` counts it, [n, bars, 12]."""
    pitch, begun = _sounding(windows)
    slots = windows.shape[1]
    bar = np.arange(slots) - np.arange(slots) % melody.BAR_SLOTS
    steps = np.where(melody.is_compound(windows), melody.steps_per_bar(True), melody.BAR_SLOTS)[:, None]
    into = begun - bar
    accent = np.where(into < 0, HELD, np.where(into == 0, ACCENT, np.where(2 * into == steps, HALF_WAY, 1.0)))
    share = (accent / steps)[..., None] * (pitch[..., None] == np.arange(12))
    return np.asarray(share.reshape(len(windows), -1, melody.BAR_SLOTS, 12).sum(2))
