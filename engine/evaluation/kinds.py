"""A small network that tells kinds of tunes apart: reels, hornpipes, jigs and hymns, or the folders of a composer.

It hears two bars in the home key, and of each bar the first twelve sixteenths only: that a bar of 6/8 is shorter than
one of 4/4 must not be what tells a jig. It judges what conditional systems write, and its opinions are what inception
scores are made of (Salimans et al., 2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models import bundle as bundles
from engine.models.parts import melody_symbols
from engine.resources import root

MODEL = "kinds"
FILE = "kinds.safetensors"
WIDTH, DROPOUT = 64, 0.3
HEARD = melody.steps_per_bar(True)  # sixteenths of each bar
_CHANNELS = melody_symbols.SYMBOLS + melody_symbols.PITCHES
_AT_ONCE = 256


class Ear(nn.Module):
    """Logits [n, kinds] of what was heard, float [n, channels, 2 * HEARD]."""

    def __init__(self, kinds: int) -> None:
        super().__init__()
        self.steps = nn.Conv1d(_CHANNELS, WIDTH, 3, padding=1)
        self.near = nn.Conv1d(WIDTH, WIDTH, 4, stride=2, padding=1)
        self.far = nn.Conv1d(WIDTH, WIDTH, 4, stride=2, padding=1)
        self.drop = nn.Dropout(DROPOUT)
        self.opinion = nn.Linear(WIDTH * (HEARD // 2 + 2), kinds)

    def forward(self, heard: Tensor) -> Tensor:
        """Logits."""
        x = F.gelu(self.steps(heard))
        x = F.gelu(self.near(self.drop(x)))
        x = F.gelu(self.far(self.drop(x)))
        whole = torch.cat([x.flatten(1), x.mean(-1), x.amax(-1)], 1)
        return torch.as_tensor(self.opinion(self.drop(whole)))


@dataclass(frozen=True)
class Judge:
    """Tells kinds apart.

    Attributes:
        kinds: their names; what numbers stand for.
        network: the ear, in evaluation mode.
        figures: how well it did on held-out tunes: `accuracy`, `accuracy_without_jigs`, and such.
        confusion: kind -> what melodies of it were taken for, shares in the order of `kinds`.
    """

    kinds: tuple[str, ...]
    network: Ear
    figures: dict[str, float]
    confusion: dict[str, list[float]]

    def probabilities(self, windows: NDArray[np.uint8], report: Report = silent) -> NDArray[np.float64]:
        """How likely it holds each kind, [n, kinds], of windows [n, 32] or longer (whose first two bars are heard)."""
        parts = []
        with torch.inference_mode():
            for at in range(0, max(1, len(windows)), _AT_ONCE):
                report(at, len(windows), "judging")
                tokens = torch.from_numpy(windows[at : at + _AT_ONCE, : melody.SLOTS].astype(np.int64))
                parts.append(self.network(hear(tokens)).double().softmax(-1).numpy())
        return np.concatenate(parts).reshape(-1, len(self.kinds))


def hear(tokens: Tensor) -> Tensor:
    """What the ear is given of tokens int64 [n, 32]: what begins and what sounds at each step it hears."""
    symbols = melody_symbols.heard(tokens, melody_symbols.way_home(tokens))
    both = torch.cat([symbols, melody_symbols.sounding(symbols)], -1)
    kept = torch.from_numpy(melody.slots(True))
    return both[:, kept].transpose(1, 2)


def write(judge: Judge, path: Path, corpus: str) -> None:
    """Keep a judge as safetensors with a JSON header."""
    weights = {name: value.detach().numpy() for name, value in judge.network.state_dict().items()}
    header = {
        "kinds": list(judge.kinds),
        "corpus": corpus,
        "figures": judge.figures,
        "confusion": judge.confusion,
    }
    bundles.write(bundles.Bundle(MODEL, header, dict(weights)), path)


def read(path: Path) -> Judge:
    """What `write` kept.

    Raises:
        UserError: not such a file, or damaged.
    """
    found = bundles.read(path)
    kinds = tuple(found.header["kinds"])
    network = Ear(len(kinds))
    network.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in found.weights.items()})
    return Judge(kinds, network.eval(), found.header["figures"], found.header["confusion"])


@lru_cache(maxsize=1)
def load_judge() -> Judge:
    """The judge of reels, hornpipes, jigs and hymns that ships.

    Raises:
        UserError: it is not there, or damaged.
    """
    return read(root() / "judges" / FILE)
