"""Layers that several systems share."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class Residual(nn.Module):
    """x + W2 dropout(gelu(W1 norm(x)))."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, width)
        self.outer = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)
        nn.init.normal_(self.outer.weight, std=0.01)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.outer(self.dropout(F.gelu(self.inner(self.norm(x)))))


class Mixer(nn.Module):
    """Steps speak to each other, then each to itself (Tolstikhin et al., 2021, "MLP-Mixer")."""

    def __init__(self, width: int, steps: int) -> None:
        super().__init__()
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.across = nn.Linear(steps, steps)
        self.inner, self.outer = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        nn.init.normal_(self.across.weight, std=0.01)
        nn.init.normal_(self.outer.weight, std=0.01)

    def forward(self, x: Tensor) -> Tensor:
        """[n, steps, f] to the same."""
        x = x + self.across(self.before(x).transpose(1, 2)).transpose(1, 2)
        return x + self.outer(F.gelu(self.inner(self.after(x))))
