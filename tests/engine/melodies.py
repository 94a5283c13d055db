"""Made-up melodies, and a little learning on them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.codecs import melody


def melodies(n: int = 64, seed: int = 0) -> Tensor:
    """Scales up and down in even notes, duple and compound by turns, tokens int64 [n, 32]."""
    return _melodies(n, seed).clone()


@cache
def _melodies(n: int, seed: int) -> Tensor:
    """The same, made up once."""
    rng = np.random.default_rng(seed)
    windows = []
    for index in range(n):
        compound = index % 2 == 1
        steps, length = 2 * melody.steps_per_bar(compound), int(rng.choice([2, 4]))
        pitch, way = int(rng.integers(55, 70)), int(rng.choice([-2, -1, 1, 2]))
        notes = [(at, at + length, pitch + way * (at // length % 5)) for at in range(0, steps, length)]
        windows.append(melody.encode_steps(notes, compound))
    return torch.from_numpy(np.array(windows).astype(np.int64))


def learnt(network: Any, steps: int, rate: float = 1e-2) -> Any:
    """The network after some steps on made-up melodies, settled and ready to be asked."""
    torch.manual_seed(5)
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    for step in range(steps):
        network.progress = step / steps
        optimizer.zero_grad()
        network.loss(melodies(64, seed=step % 4))["loss"].backward()
        optimizer.step()
    network.eval()
    network.progress = 1.0
    network.settle(torch.cat([melodies(64, seed=seed) for seed in range(4)]))
    return network
