"""Which of many stages of a game is kept: the losses say nothing about it, so its music is measured.

A critic that loses may be weak, and a generator that wins may repeat one melody; so every now and then the running
average of the weights plays, and its music is compared with training windows (Frechet distance on hand features).
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

WINDOWS, PERFORMANCES = 600, 250


class Judge:
    """How far the music of a generator is from the music it learns from; smaller is better."""

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
