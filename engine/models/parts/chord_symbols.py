"""Chords as the players of a game hear them: triads in the home key of a melody, and what each pitch is to them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.codecs.chord_finding import CHORDS, NONE, key_of
from engine.codecs.melody_chords import triads_of
from engine.models.parts.home_range import LOWEST
from engine.models.parts.melody_symbols import PITCHES

ROLES = 4  # of a pitch: root, third, fifth of the chord, or anything else of it: any tone
FEATURES = CHORDS + 12


def likely(tokens: Tensor) -> Tensor:
    """Triads 0..24 of every bar, int64 [n, bars], of melodies as tokens [n, 16 * bars]."""
    return torch.from_numpy(triads_of(tokens.cpu().numpy().astype(np.uint8))).to(tokens.device)


def moved(chords: Tensor, shift: Tensor) -> Tensor:
    """Triads [n, bars], moved by semitones [n]."""
    roots = (chords % 12 + shift[:, None]) % 12
    return torch.where(chords == NONE, NONE, roots + 12 * (chords >= 12))


def way_home(chords: Tensor) -> Tensor:
    """Semitones -6..5, [n], that bring rows of triads [n, bars] to the white keys; 0 where there are none."""
    key = torch.from_numpy(key_of(chords.cpu().numpy())).to(chords.device)
    tonic = torch.where(key >= 12, key + 3, key) % 12  # of the major key with the same notes
    return torch.where((chords == NONE).all(1), 0, (6 - tonic) % 12 - 6)


def told(chords: Tensor) -> Tensor:
    """What is said of triads [...] at home: which it is, and its tones, [..., FEATURES]."""
    return torch.cat([torch.eye(CHORDS)[chords.cpu()], _tones(chords.cpu()).amax(-2)], -1).to(chords.device)


def roles(chords: Tensor) -> Tensor:
    """What each pitch is to triads [...] at home: root, third, fifth, any of them, 0 or 1 [..., ROLES, PITCHES]."""
    tones = _tones(chords.cpu())
    every = torch.cat([tones, tones.amax(-2, keepdim=True)], -2)
    return every[..., (torch.arange(PITCHES) + LOWEST) % 12].to(chords.device)


def _tones(chords: Tensor) -> Tensor:
    """Root, third and fifth among the twelve pitch classes, [..., 3, 12]; none of `NONE`."""
    table = torch.zeros(CHORDS, 3, 12)
    for triad in range(NONE):
        for place, interval in enumerate((0, 3 if triad >= 12 else 4, 7)):
            table[triad, place, (triad + interval) % 12] = 1
    return table[chords]
