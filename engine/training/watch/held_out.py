"""Music that is kept from a network while it learns, and how well it knows it all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.training.watch.monitor import Figures, aside

_RIGHT = ("accuracy", "onsets")  # parts of a loss: the share of what is heard that is said rightly


class HeldOut:
    """The loss on music that is heard in training and on music that is not, both without dropout.

    Nothing else tells that music is learnt by heart, and of little music it soon is: it may cost more than others.
    Of autoencoders the loss says too little (`engine/training/best.py`): of them it is also told how much of the music
    they were not taught they give back.
    """

    share = 0.03

    def __init__(self, network: Any, heard: NDArray[np.uint8], unheard: NDArray[np.uint8]) -> None:
        """Two batches of windows, the same ones every time."""
        self._network, self._heard, self._unheard = network, torch.from_numpy(heard), torch.from_numpy(unheard)

    def __call__(self) -> Figures:
        """`heard` and `unheard`; of autoencoders `back`, 0..1."""
        unheard = self._losses(self._unheard)
        found = {"heard": self._losses(self._heard)["loss"], "unheard": unheard["loss"]}
        back = _given_back(unheard) if hasattr(self._network, "encode") else None
        return found | ({"back": back} if back is not None else {})

    def _losses(self, batch: Tensor) -> Figures:
        with aside(self._network, 14) as device:  # some losses take gradients themselves
            return {name: float(value.detach()) for name, value in self._network.loss(batch.to(device)).items()}


def _given_back(losses: Figures) -> float | None:
    """The share that comes back as it was; None if the loss does not tell."""
    if "wrong" in losses and losses.get("sounding"):  # cells, of which most are silent anyway
        return max(0.0, 1 - losses["wrong"] / losses["sounding"])
    return next((losses[name] for name in _RIGHT if name in losses), None)
