"""Music that is kept from a network while it learns, and how well it knows it all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.training.watch.monitor import Figures, aside


class HeldOut:
    """The loss on music that is heard in training and on music that is not, both without dropout.

    Nothing else tells that music is learnt by heart, and of little music it soon is: it may cost more than others.
    """

    share = 0.03

    def __init__(self, network: Any, heard: NDArray[np.uint8], unheard: NDArray[np.uint8]) -> None:
        """Two batches of windows, the same ones every time."""
        self._network, self._heard, self._unheard = network, torch.from_numpy(heard), torch.from_numpy(unheard)

    def __call__(self) -> Figures:
        """`heard` and `unheard`."""
        return {"heard": self._loss(self._heard), "unheard": self._loss(self._unheard)}

    def _loss(self, batch: Tensor) -> float:
        with aside(self._network, 14) as device:  # some losses take gradients themselves
            return float(self._network.loss(batch.to(device))["loss"].detach())
