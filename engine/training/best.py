"""Which of many stages of a training is kept.

Of a game the losses say nothing about it: a critic that loses may be weak, and a generator that wins may repeat one
melody. So every now and then the running average of the weights plays, and its music is compared with training windows
(Frechet distance on hand features).

Networks that write note by note learn a composer's own music by heart long before the time is up, as there is so little
of it. Of these the stage is kept that foretold music best which was kept from it ("early stopping"). Of autoencoders
that loss says too little: what they give back and what they invent goes on getting better while it rises (on fifty
pieces 82 % of unheard notes came back at the end, 80 % from where the loss was lowest). They, and what ships, are kept
as they were at the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.codecs.catalog import MELODIC, STREAMS
from engine.codecs.codec import Codec, Tokens
from engine.evaluation.features import Meter
from engine.training.batches import Source
from engine.training.watch.monitor import aside

WINDOWS, PERFORMANCES = 600, 250
UNHEARD, OFTEN = 128, 25  # windows kept from a network, and steps between two times that it is asked about them


class Unheard:
    """The loss of a network on music that was kept from it; smaller is better."""

    name, every = "", OFTEN

    def __init__(self, held_out: Source) -> None:
        self._windows = torch.from_numpy(held_out.draw(np.random.default_rng(8), UNHEARD))

    def __call__(self, network: Any) -> float:
        """The same windows and the same dice every time."""
        with torch.enable_grad(), aside(network, 15) as device:  # some losses take gradients themselves
            return float(network.loss(self._windows.to(device))["loss"].detach())


class Judge:
    """How far the music of a generator is from the music it learns from; smaller is better."""

    name, every = "distance", 0

    def __init__(self, source: Source) -> None:
        self._conditions = source.draw(np.random.default_rng(5), WINDOWS)
        reference = source.draw(np.random.default_rng(6), WINDOWS)
        self._meter = Meter(self._music(reference))
        self.floor = self._meter.frechet(self._music(self._conditions))

    def __call__(self, network: Any) -> float:
        """The distance of what the network makes of some conditions; drawn from torch's own generator."""
        conditions = torch.from_numpy(self._conditions.astype(np.int64))
        made: Tensor = network.trial(conditions.to(next(network.parameters()).device))
        return self._meter.frechet(self._music(made.cpu().numpy().astype(np.uint8)))

    @staticmethod
    def _music(batch: Tokens) -> Tokens:
        """Without the number of the kind, which is no music."""
        return batch[:, batch.shape[1] % 16 :]


class PerformanceJudge:
    """The same of performances in free time, by features of their own; smaller is better."""

    name, every = "distance", 0

    def __init__(self, source: Source) -> None:
        from engine.evaluation.streams import Distance

        self._like = torch.from_numpy(source.draw(np.random.default_rng(5), PERFORMANCES).astype(np.int64))
        self._distance = Distance(source.draw(np.random.default_rng(6), WINDOWS))
        self.floor = self._distance(self._like.numpy().astype(np.uint8))

    def __call__(self, network: Any) -> float:
        """The distance of what the network plays; drawn from torch's own generator."""
        made: Tensor = network.trial(self._like.to(next(network.parameters()).device))
        return self._distance(made.cpu().numpy().astype(np.uint8))


def judge_of(network: Any, source: Source, codec: Codec) -> Judge | PerformanceJudge | None:
    """A judge for a game over melodies or performances; other networks need none."""
    if not hasattr(network, "players"):
        return None
    if codec.name in STREAMS:
        return PerformanceJudge(source)
    return Judge(source) if codec.name in MELODIC else None
