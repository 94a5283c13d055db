"""Dice for those who choose among logits: noise with which the largest of them is a draw (Gumbel's trick)."""

from __future__ import annotations

import torch
from torch import Tensor


def gumbel(
    shape: tuple[int, ...], generator: torch.Generator | None = None, device: torch.device | None = None
) -> Tensor:
    """Noise whose addition to logits makes their argmax a draw. From a generator (on the CPU) or torch's own."""
    uniform = torch.rand(shape, generator=generator, device=None if generator else device).clamp_(1e-9, 1 - 1e-7)
    return -torch.log(-torch.log(uniform)).to(device or uniform.device)


def heated(shape: tuple[int, ...], temperature: float, generator: torch.Generator) -> Tensor | None:
    """The same on the CPU, times a temperature; None for temperature 0: the likeliest is taken."""
    return gumbel(shape, generator) * temperature if temperature > 0 else None
