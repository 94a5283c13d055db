"""Layers a critic is built from: ones that cannot stretch, ones that hear a whole batch, one that gives music back."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from engine.models.parts.game_rules import ENERGIES, GameOptions


def normed(layer: nn.Module, options: GameOptions) -> nn.Module:
    """The layer, kept from stretching anything if the options ask for it (Miyato et al., 2018)."""
    return spectral_norm(layer) if options.spectral else layer


class Deviation(nn.Module):
    """Adds one feature: how much a batch varies (Karras et al., 2018). Who repeats himself gives himself away."""

    extra = 1

    def forward(self, h: Tensor) -> Tensor:
        """Features [n, d] -> [n, d + 1]."""
        spread = (h.var(0, unbiased=False) + 1e-8).sqrt().mean()
        return torch.cat([h, spread.expand(len(h), 1)], 1)


class Discrimination(nn.Module):
    """Adds features that say how close each piece is to the others of its batch (Salimans et al., 2016)."""

    extra = 16

    def __init__(self, width: int, depth: int = 8) -> None:
        super().__init__()
        self.depth = depth
        self.kernels = nn.Linear(width, self.extra * depth, bias=False)
        nn.init.normal_(self.kernels.weight, std=0.5 / width**0.5)

    def forward(self, h: Tensor) -> Tensor:
        """Features [n, d] -> [n, d + extra]; the last ones sum exp(-distance) over the others of the batch."""
        rows = self.kernels(h).unflatten(1, (self.extra, self.depth))
        far = (rows[:, None] - rows[None]).abs().sum(-1)  # [n, n, extra]
        near = torch.exp(-far) * (1 - torch.eye(len(h), device=h.device))[..., None]
        return torch.cat([h, near.sum(1) / max(1, len(h) - 1)], 1)


class Head(nn.Module):
    """From a critic's inner features to its score. For laws of energies it gives the music back instead."""

    def __init__(self, options: GameOptions, width: int, music: tuple[int, int], code: int = 32) -> None:
        """`width` features in; `music` = (steps, symbols), of what is judged; `code`: numbers it may keep of it."""
        super().__init__()
        self.energy = options.law in ENERGIES
        self.music = music
        self.crowd: nn.Module = nn.Identity()
        if self.energy:
            self.keep = nn.Linear(width, code)
            self.give_back = nn.Sequential(
                nn.Linear(code, width), nn.LeakyReLU(0.2), nn.Linear(width, music[0] * music[1])
            )
            return
        extra = 0
        if options.minibatch == "deviation":
            self.crowd, extra = Deviation(), Deviation.extra
        elif options.minibatch == "discrimination":
            self.crowd, extra = Discrimination(width), Discrimination.extra
        self.score = normed(nn.Linear(width + extra, 1), options)

    def forward(self, h: Tensor, music: Tensor) -> tuple[Tensor, Tensor]:
        """Features [n, width] of music [n, steps, symbols] -> scores [n] and the features the judgement names.

        An energy is the mean cross-entropy of a step, in nats.
        """
        if not self.energy:
            return self.score(self.crowd(h)).squeeze(1), h
        code = self.keep(h)
        said = self.give_back(code).unflatten(1, self.music).log_softmax(-1)
        return -(music * said).sum(-1).mean(1), code
