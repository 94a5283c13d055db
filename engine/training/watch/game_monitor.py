"""What is seen of a game while it is learnt: gradients, how various the music is, and whether the players circle.

The losses of a game say little: they fall when the other player weakens. So a few things are measured that say more,
on a small batch that stays the same, with the same random numbers each time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.models.parts.contest import Contest
from engine.training.watch.monitor import Figures, aside
from engine.training.watch.turning import turning

CEILINGS = {"minimax": math.log(2), "non-saturating": math.log(2)}  # law -> the most its divergence can be


class Variety:
    """How various the music of the generator is, and how much of it hangs on chance."""

    def __init__(self, network: Any, batch: NDArray[np.uint8]) -> None:
        """`batch` [n, length]: the conditions, where the network takes any."""
        self._network, self._batch = network, torch.from_numpy(batch.astype(np.int64))

    def __call__(self) -> Figures:
        """`unique`: share of different pieces in what is not copied from the conditions; `chance`: share of tokens
        that other random numbers change.
        """
        with aside(self._network, 11) as device, torch.no_grad():
            given = self._batch.to(device)
            one, other = (self._network.trial(given).flatten(1) for _ in range(2))
        given = given.flatten(1)[:, -one.shape[1] :]
        own = (one != given).any(0) if one.shape == given.shape else torch.ones_like(one[0], dtype=torch.bool)
        if not own.any():
            return {"unique": 0.0}
        figures = {"unique": len(torch.unique(one[:, own], dim=0)) / len(one)}
        changed = float((one != other)[:, own].float().mean())
        return figures | ({"chance": changed} if changed else {})  # some trials throw the same dice every time


class Pull:
    """How strongly each player is pulled, and whether all of them together run in a circle."""

    def __init__(self, network: Any, batch: NDArray[np.uint8], turns: bool) -> None:
        """`turns`: look for the leading eigenvalue, which costs some twenty steps of training."""
        self._network, self._batch, self._turns = network, torch.from_numpy(batch.astype(np.int64)), turns

    def __call__(self) -> Figures:
        """`critic_gradient`, `generator_gradient` ... and `saturated`, how near the divergence found by the critic is
        to the most that its law can tell; or `growth`, `turn` and `doubt` of the leading
        eigenvalue, and of the one that goes round fastest `circle` and `widening`.

        Raises:
            RuntimeError: an operation has no second derivative on this chip.
        """
        with aside(self._network, 12) as device, whole(self._network):
            batch = self._batch.to(device)
            owned = {name: list(player.parameters()) for name, player in self._network.players().items()}
            if not self._turns:
                return self._pulled(batch, owned)
            losses = {name: self._network.play(name, batch)["loss"] for name in owned}
            if not _met(losses, owned):
                return {}
            found = turning(losses, owned)
            figures = {"growth": found.leading.real, "turn": found.leading.turn, "doubt": found.leading.error}
            return figures | ({"circle": found.circle.turn, "widening": found.circle.real} if found.circle else {})

    def _pulled(self, batch: Tensor, owned: dict[str, list[Any]]) -> Figures:
        figures = {}
        most = CEILINGS.get(self._network.options.law)
        for name, parameters in owned.items():
            said = self._network.play(name, batch)
            if not said["loss"].requires_grad:  # some players have to wait now and then
                continue
            slopes = [s for s in torch.autograd.grad(said["loss"], parameters, allow_unused=True) if s is not None]
            figures[f"{name}_gradient"] = float(torch.stack([slope.square().sum() for slope in slopes]).sum().sqrt())
            if most and "divergence" in said:
                figures["saturated"] = float(said["divergence"]) / most
        return figures


@contextmanager
def whole(network: Any) -> Iterator[None]:
    """All weights ask for gradients, and what the critic pays also tells what the generator's weights do to it."""
    contests = [part for part in network.modules() if isinstance(part, Contest)]
    for parameter in network.parameters():
        parameter.requires_grad_(True)
    for contest in contests:
        contest.attached = True
    try:
        yield
    finally:
        for contest in contests:
            contest.attached = False


def _met(losses: dict[str, Tensor], owned: dict[str, list[Any]]) -> bool:
    """Every player's loss depends on somebody else's weights; else the game is not seen whole, and nothing is said."""
    for name, loss in losses.items():
        if not loss.requires_grad:
            return False
        others = [parameter for other, parameters in owned.items() if other != name for parameter in parameters]
        found = torch.autograd.grad(loss, others, retain_graph=True, allow_unused=True)
        if all(slope is None for slope in found):
            return False
    return True
