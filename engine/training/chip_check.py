"""A chip that is young in torch is held against the processor before hours are spent on it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.errors import UserError

ALIKE = 0.02  # by which a loss may differ between two chips, as a share of it
TRIAL = 8  # windows that they are compared on
_LIKE = (torch.rand_like, torch.randn_like, torch.bernoulli, torch.multinomial)  # draws from tensors
_NEW = (torch.rand, torch.randn, torch.randint, torch.randperm)


def disagreement(network: nn.Module, batch: Tensor, device: torch.device) -> str:
    """How a chip's loss differs from the processor's on the same music, in words; empty if it does not.

    Both are asked a copy in evaluation mode, in 32 bits, and draw the same numbers.

    Raises:
        UserError: torch cannot compute some of it on this chip.
    """
    with torch.random.fork_rng(devices=[]):
        true = _losses(network, batch, torch.device("cpu"))
        try:
            found = _losses(network, batch, device)
        except NotImplementedError as error:
            what = str(error).partition("\n")[0][:120]
            raise UserError(f"This chip cannot compute all of this network: {what}", "Train it on the cpu.") from error
    apart = float(np.max([abs(a - b) / max(abs(a), 1e-3) for a, b in zip(true, found, strict=True)]))
    if apart <= ALIKE:
        return ""
    return f"its loss differs from the processor's by {apart:.0%}" if apart == apart else "its loss is no number"


def _losses(network: nn.Module, batch: Tensor, device: torch.device) -> list[float]:
    """What it pays, or each of its players."""
    asked: Any = copy.deepcopy(network).to(device).eval()
    music = batch[:TRIAL].to(device).long()
    torch.manual_seed(1)
    with _SameDraws(device):
        if hasattr(asked, "players"):
            return [float(asked.play(name, music)["loss"].detach()) for name in asked.players()]
        return [float(asked.loss(music)["loss"].detach())]


class _SameDraws(TorchFunctionMode):
    """Random numbers are drawn on the processor, whichever chip they are for."""

    def __init__(self, device: torch.device) -> None:
        super().__init__()
        self._device = device

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        if func in _LIKE:
            return func(*(a.cpu() if isinstance(a, Tensor) else a for a in args), **given).to(self._device)
        if func in _NEW and "device" in given:
            return func(*args, **{**given, "device": "cpu"}).to(given["device"])
        return func(*args, **given)
