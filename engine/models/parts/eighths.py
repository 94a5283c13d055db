"""Four bars on a grid of eighths, in C: how RL Tuner hears and writes music.

A symbol per eighth, as in Jaques et al. (2017): rest, hold, or one of 36 pitches from MIDI 48 to 83. Duple bars have
eight of them, compound bars six. A note that begins between two eighths and is still there at the next one is heard as
beginning there; a shorter one is not heard at all. Music is moved to the white keys that fit it best, and by octaves to
the middle of the range; what is written goes back to where it came from.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from engine.codecs import melody

REST, HOLD, FIRST = 0, 1, 2
LOWEST, PITCHES = 48, 36
SYMBOLS = FIRST + PITCHES
START = SYMBOLS  # "nothing yet": an input only
BARS, IN_BAR = 4, 8
STEPS = BARS * IN_BAR
_MIDDLE = 66  # where the mean of a melody is brought to: its tonic is then mostly MIDI 60 or 72
_MODES = ((0, 4, 0.03), (2, 3, 0.0), (7, 4, 0.01), (9, 3, 0.015))  # tonic on the white keys, third, belief
_TONIC, _FIFTH, _THIRD = 0.25, 0.1, 0.05  # what speaks for a tonic, beside the scale


def bar(compound: bool) -> int:
    """Eighths in a bar."""
    return melody.steps_per_bar(compound) // 2


def read(tokens: Tensor, compound: bool) -> tuple[Tensor, Tensor]:
    """Symbols [n, 32 or 24] of tokens [n, 64] of one kind of bar, and by how many semitones they were moved [n]."""
    line = tokens.long()[:, torch.from_numpy(melody.slots(compound, BARS))]
    on, between = line[:, ::2], line[:, 1::2]
    late = torch.cat([torch.zeros_like(between[:, :1]), between[:, :-1]], 1)  # held over: it begins here instead
    heard = torch.where(on == melody.HOLD, late, on)
    pitch = heard - melody.FIRST_PITCH_TOKEN + melody.LOWEST
    pitched = heard >= melody.FIRST_PITCH_TOKEN
    shift = home(pitch, pitched)
    folded = _folded(pitch + shift[:, None], LOWEST, LOWEST + PITCHES - 1)
    rest = torch.where(heard == melody.REST, REST, HOLD)
    return torch.where(pitched, folded - LOWEST + FIRST, rest), shift


def lost(tokens: Tensor) -> Tensor:
    """Share [n] of the notes of windows [n, 64] that begin between two eighths."""
    pitched = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
    return pitched[:, 1::2].sum(1) / pitched.sum(1).clamp_min(1)


def write(symbols: Tensor, shift: Tensor, compound: bool) -> Tensor:
    """Tokens [n, 64] of symbols [n, 32 or 24], moved back by `shift` [n]."""
    pitch = _folded(symbols - FIRST + LOWEST - shift[:, None], melody.LOWEST, melody.HIGHEST)
    note = pitch - melody.LOWEST + melody.FIRST_PITCH_TOKEN
    tokens = torch.full((len(symbols), melody.BAR_SLOTS * BARS), melody.PAD)
    used = torch.from_numpy(melody.slots(compound, BARS))
    tokens[:, used] = melody.HOLD
    said = torch.where(symbols >= FIRST, note, torch.where(symbols == REST, melody.REST, melody.HOLD))
    said[:, 0] = torch.where(said[:, 0] == melody.HOLD, melody.REST, said[:, 0])  # nothing there to hold
    tokens[:, used[::2]] = said
    return tokens


def home(pitch: Tensor, pitched: Tensor) -> Tensor:
    """By how many semitones melodies [n, s] have to be moved so that the white keys fit and their middle is ours.

    Every beginning counts once; among equal scales the one wins whose tonic, fifth and third are heard more.
    """
    classes = torch.nn.functional.one_hot(pitch % 12, 12) * pitched[..., None]
    share = classes.sum(1) / pitched.sum(1).clamp_min(1)[:, None]
    belief, scores = _beliefs()
    key = (share @ scores.T + belief).argmax(1) // len(_MODES)  # semitones above the white keys
    mean = (pitch * pitched).sum(1) / pitched.sum(1).clamp_min(1)
    down = mean - key - _MIDDLE
    return -key - 12 * torch.where(pitched.any(1), (down / 12).round(), 0).long()


def _beliefs() -> tuple[Tensor, Tensor]:
    """Belief [48] in every key and mode, and what each pitch class speaks for it [48, 12]."""
    scale = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], dtype=np.float32)
    rows, beliefs = [], []
    for key in range(12):
        for tonic, third, belief in _MODES:
            row = scale.copy()
            for degree, weight in ((tonic, _TONIC), (tonic + third, _THIRD), (tonic + 7, _FIFTH)):
                row[degree % 12] += weight
            rows.append(np.roll(row, key))
            beliefs.append(belief)
    return torch.tensor(beliefs), torch.from_numpy(np.stack(rows))


def _folded(pitch: Tensor, low: int, high: int) -> Tensor:
    """Pitches moved by octaves into low..high."""
    pitch = torch.where(pitch < low, low + (pitch - low) % 12, pitch)
    return torch.where(pitch > high, high - (high - pitch) % 12, pitch)
