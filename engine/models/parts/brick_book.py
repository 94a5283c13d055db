"""The book of a VQ-VAE: numbered vectors on a sphere that follow what the encoder says."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ROUNDS = 10  # of k-means, when the book is first written


class Book(nn.Module):
    """`size` unit vectors; learnt by running averages (van den Oord et al., 2017, appendix), not by gradients.

    On a sphere neither the encoder nor the book can run away (Yu et al., 2022, "Vector-quantized image modeling with
    improved VQGAN"). Vectors that nothing has chosen for `patience` steps move to a random beat of the batch
    (Dhariwal et al., 2020, "Jukebox").
    """

    def __init__(self, size: int, width: int, decay: float, patience: int) -> None:
        super().__init__()
        self.decay, self.patience = decay, patience
        self.vectors: Tensor  # [size, width], of length one
        self.sums: Tensor  # running average of the sum of what chose each, [size, width]
        self.counts: Tensor  # running average of how many beats of a batch chose each, [size]
        self.idle: Tensor  # steps since each was last chosen, [size]
        self.written: Tensor  # whether k-means has been run, 0 or 1, [1]
        self.register_buffer("vectors", F.normalize(torch.randn(size, width), dim=-1))
        self.register_buffer("sums", torch.zeros(size, width))
        self.register_buffer("counts", torch.zeros(size))
        self.register_buffer("idle", torch.zeros(size))
        self.register_buffer("written", torch.zeros(1))

    def nearest(self, meant: Tensor) -> tuple[Tensor, Tensor]:
        """Numbers [...] and vectors [..., width] of what is meant, [..., width] of any length."""
        ids = (meant.float() @ self.vectors.T).argmax(-1)
        return ids, self.vectors[ids]

    @torch.no_grad()
    def follow(self, meant: Tensor) -> None:
        """Take unit vectors [m, width] of a batch into account."""
        meant = meant.detach()
        if not self.written:
            self._begin(meant)
        chosen, _ = self.nearest(meant)
        count, total = self._tally(meant, chosen)
        self.counts.lerp_(count, 1 - self.decay)
        self.sums.lerp_(total, 1 - self.decay)
        self.vectors.copy_(F.normalize(self.sums, dim=-1))
        self.idle.add_(1).masked_fill_(count > 0, 0)
        self._give_away(meant)

    def _tally(self, meant: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """How many chose each vector, and the sum of what they meant."""
        count = torch.zeros_like(self.counts).index_add_(0, chosen, torch.ones(len(chosen), device=meant.device))
        return count, torch.zeros_like(self.sums).index_add_(0, chosen, meant)

    def _begin(self, meant: Tensor) -> None:
        """k-means on the sphere over the first batch."""
        self.vectors.copy_(meant[torch.randint(len(meant), (len(self.vectors),), device=meant.device)])
        for _ in range(ROUNDS):
            count, total = self._tally(meant, self.nearest(meant)[0])
            self.vectors.copy_(torch.where(count[:, None] > 0, F.normalize(total, dim=-1), self.vectors))
        self.counts.copy_(count)
        self.sums.copy_(self.vectors * count.clamp_min(1e-3)[:, None])
        self.written.fill_(1)

    def _give_away(self, meant: Tensor) -> None:
        unused = self.idle >= self.patience
        fresh = meant[torch.randint(len(meant), (len(unused),), device=meant.device)]
        self.vectors.copy_(torch.where(unused[:, None], fresh, self.vectors))
        self.sums.copy_(torch.where(unused[:, None], fresh, self.sums))
        self.counts.masked_fill_(unused, 1.0)
        self.idle.masked_fill_(unused, 0)
