"""Which monitor watches which training."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.training.batches import Source, names_of
from engine.training.watch.game_monitor import Pull, Variety
from engine.training.watch.held_out import HeldOut
from engine.training.watch.monitor import Eye, Monitor

PIECES = 64  # of music that are compared, or heard without being learnt
LEAST = 24  # of them, where a training hears fewer at a time
SMALL = 16  # pieces on which the gradients of a game are taken


def monitor_of(network: Any, data: Dataset, codec: Codec) -> Monitor:
    """Watches a network while it learns from the training windows of `data`."""
    kinds = names_of(network.options)
    rng = np.random.default_rng(3)
    batch = Source(data.train, codec, kinds).draw(rng, PIECES)
    if hasattr(network, "players"):
        pulls = [Pull(network, batch[:SMALL], turns) for turns in (False, True)]
        eyes: list[Eye] = [Variety(network, batch), *pulls]
        return Monitor(network.players(), eyes)
    if not len(data.held_out.windows):
        return Monitor({"": network})
    batch = batch[: max(LEAST, network.options.batch)]  # as quick as a step or two, or it would be seldom asked
    return Monitor({"": network}, [HeldOut(network, batch, Source(data.held_out, codec, kinds).draw(rng, len(batch)))])
