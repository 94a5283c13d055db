"""What the codes of an autoencoder look like, and random codes after them.

A plain autoencoder has no prior: where its codes lie is only known afterwards. Briot's auto-bach draws every unit from
U(-1, 1) or U(-10, 10); whether music comes of it depends on where the codes of music lie, which is remembered here.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.errors import UserError

LAWS = ("fitted", "box", "uniform", "wide")


class CodeLaw(nn.Module):
    """Mean, spread and range of training codes [n, d]."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.mean: Tensor
        self.factor: Tensor  # lower triangle L with L L^T = the covariance
        self.low: Tensor  # 1st percentile of each unit
        self.high: Tensor  # 99th
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("factor", torch.eye(size))
        self.register_buffer("low", -torch.ones(size))
        self.register_buffer("high", torch.ones(size))

    @torch.no_grad()
    def fit(self, codes: Tensor) -> None:
        """Remember the codes of the training music, [n, d]."""
        codes = codes.detach().double().cpu()
        self.mean.copy_(codes.mean(0))
        centred = codes - codes.mean(0)
        covariance = centred.T @ centred / max(1, len(codes) - 1)
        ridge = 1e-6 * max(float(covariance.diagonal().mean()), 1e-12)
        self.factor.copy_(torch.linalg.cholesky(covariance + ridge * torch.eye(len(covariance), dtype=torch.double)))
        ordered = codes.sort(0).values
        last = len(codes) - 1
        self.low.copy_(ordered[round(0.01 * last)])
        self.high.copy_(ordered[round(0.99 * last)])

    @torch.no_grad()
    def draw(self, n: int, law: str, seed: int, spread: float = 1.0) -> Tensor:
        """n codes on the CPU, [n, d], repeatable by the seed.

        Args:
            n: how many.
            law: `fitted` (Gaussian with the codes' mean and covariance), `box` (each unit between its 1st and 99th
                percentile), `uniform` U(-1, 1) or `wide` U(-10, 10).
            seed: the same one draws the same codes.
            spread: below 1 nearer to the middle, above 1 further away.

        Raises:
            UserError: no such law.
        """
        if law not in LAWS:
            raise UserError(f"There is no law called {law}.", f"Choose one of: {', '.join(LAWS)}.")
        generator = torch.Generator().manual_seed(seed)
        size, mean = len(self.mean), self.mean.cpu()
        if law == "fitted":
            return mean + spread * torch.randn(n, size, generator=generator) @ self.factor.cpu().T
        uniform = 2 * torch.rand(n, size, generator=generator) - 1
        if law == "box":
            low, high = self.low.cpu(), self.high.cpu()
            return (low + high) / 2 + spread * uniform * (high - low) / 2
        return spread * uniform * (10.0 if law == "wide" else 1.0)
