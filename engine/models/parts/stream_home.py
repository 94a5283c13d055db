"""Where notes in free time may begin, and in which key they are heard: what an improviser knows beside its weights."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from engine.codecs import stream
from engine.codecs.stream import LADDER, LENGTH, PITCH, TIME
from engine.models.parts import note_numbers as notes

LEARNT, FREE = "learnt", "free"
_UNITS = {"sixteenths": 24, "triplets": 16, FREE: 1}
GRIDS = (LEARNT, *_UNITS)
WHITE = "white keys"
SCALES = (FREE, WHITE)
_COARSE = (48, 24, 16, 12, 8, 6, 4)
ENOUGH = 0.95  # share of times on a grid, from which on it is the corpus' own
NEVER = -1e9
BLACK = torch.tensor([(key + notes.LOWEST) % 12 in (1, 3, 6, 8, 10) for key in range(notes.KEYS)])


class Home(nn.Module):
    """The grid on which the corpus plays, in units of the codec."""

    def __init__(self) -> None:
        super().__init__()
        self.grid: Tensor
        self.register_buffer("grid", torch.ones(()))

    def listen(self, windows: Tensor) -> None:
        """Find the grid of training windows [n, 96, 5]: the coarsest on which nearly all times are."""
        times = torch.from_numpy(LADDER)[windows[notes.there(windows)][:, TIME]]
        fits = (unit for unit in _COARSE if (times % unit == 0).float().mean() >= ENOUGH)
        self.grid.fill_(next(fits, 1))

    def units(self, wished: str) -> int:
        """A grid by its name."""
        return int(self.grid) if wished == LEARNT else _UNITS[wished]


def homeward(tokens: Tensor) -> Tensor:
    """Semitones, [n], that move windows [n, 96, 5] to the white keys, by ear."""
    shifts = []
    for window in tokens.cpu().numpy().astype(np.uint8):
        there = window[stream.sounds(window)]
        shifts.append(stream.to_home(there[:, PITCH], LADDER[there[:, LENGTH]]))
    return torch.tensor(shifts, dtype=torch.long)


def moved(tokens: Tensor, shift: Tensor) -> Tensor:
    """Windows [n, 96, 5], each moved by so many semitones [n]; by octaves back onto the piano where it leaves it."""
    pitch = notes.folded(tokens[..., PITCH] + shift[:, None])
    there = notes.there(tokens)
    result = tokens.clone()
    result[..., PITCH] = torch.where(there, pitch, tokens[..., PITCH])
    return result


def whitened(tokens: Tensor) -> Tensor:
    """Every note on a black key moved to the white one below it."""
    result = tokens.clone()
    pitch = tokens[..., PITCH]
    black = torch.isin(pitch % 12, torch.tensor([1, 3, 6, 8, 10], device=tokens.device))
    result[..., PITCH] = torch.where(black & notes.there(tokens), pitch - 1, pitch)
    return result
