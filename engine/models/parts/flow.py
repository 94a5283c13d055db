"""A normalising flow: an invertible map under which a learnt density becomes a standard normal (Dinh et al., 2017)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Coupling(nn.Module):
    """Half the dimensions scale and shift the other half (Dinh et al., 2017)."""

    def __init__(self, latent: int, width: int, flip: bool) -> None:
        super().__init__()
        self.flip = flip
        half = latent // 2
        self.net = nn.Sequential(
            nn.Linear(half, width), nn.GELU(), nn.Linear(width, width), nn.GELU(), nn.Linear(width, latent)
        )
        nn.init.normal_(self.net[-1].get_parameter("weight"), std=0.01)
        nn.init.zeros_(self.net[-1].get_parameter("bias"))

    def _terms(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        scale, shift = self.net(kept).float().chunk(2, -1)
        return 1.5 * torch.tanh(scale / 1.5), shift

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Towards the base: returns the result and log |det|, [n]."""
        a, b = z.chunk(2, -1)
        if self.flip:
            a, b = b, a
        scale, shift = self._terms(a)
        b = (b + shift) * torch.exp(scale)
        return torch.cat((b, a) if self.flip else (a, b), -1), scale.sum(-1)

    def inverse(self, u: Tensor) -> Tensor:
        """Back from the base."""
        a, b = u.chunk(2, -1)
        if self.flip:
            a, b = b, a
        scale, shift = self._terms(a)
        b = b * torch.exp(-scale) - shift
        return torch.cat((b, a) if self.flip else (a, b), -1)


class Flow(nn.Module):
    """The learnt prior: couplings with fixed random rotations between them."""

    def __init__(self, latent: int, width: int, couplings: int) -> None:
        super().__init__()
        self.couplings = nn.ModuleList(Coupling(latent, width, bool(i % 2)) for i in range(couplings))
        self.turns: Tensor
        generator = torch.Generator().manual_seed(0)
        turns = [torch.linalg.qr(torch.randn(latent, latent, generator=generator))[0] for _ in range(couplings)]
        self.register_buffer("turns", torch.stack(turns))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Codes [n, d] to the base space, and log |det| [n]."""
        total = z.new_zeros(len(z))
        for turn, coupling in zip(self.turns, self.couplings, strict=True):
            z, log_det = coupling(z @ turn)
            total = total + log_det
        return z, total

    def inverse(self, u: Tensor) -> Tensor:
        """Base space to codes."""
        for turn, coupling in zip(reversed(self.turns.unbind()), reversed(self.couplings), strict=True):
            assert isinstance(coupling, Coupling)
            u = coupling.inverse(u) @ turn.T
        return u
