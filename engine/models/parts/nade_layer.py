"""NADE, the neural autoregressive distribution estimator: a chord from the lowest key up, each given those below it.

Larochelle and Murray (2011), "The neural autoregressive distribution estimator". A Boltzmann machine's likelihood
cannot be computed; this one's is exact, one factor per key, and so is drawing from it:

    h_i = sigm(c + sum of W_j over the keys j below i that sound),   p(key i sounds) = sigm(b_i + V_i h_i)
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.parts.frame_columns import SampleOptions


class NadeLayer(nn.Module):
    """A law of chords [..., keys]; what keys tend to (b) and hidden units begin with (c) is handed in."""

    def __init__(self, keys: int, hidden: int) -> None:
        super().__init__()
        self.listen = nn.Parameter(torch.randn(keys, hidden) * hidden**-0.5 * 0.5)
        self.speak = nn.Parameter(torch.randn(keys, hidden) * hidden**-0.5 * 0.5)

    def nats(self, v: Tensor, b: Tensor, c: Tensor) -> Tensor:
        """-log p [...] of chords [..., keys] of 0 and 1, exactly; b [..., keys], c [..., hidden]."""
        told = v[..., None] * self.listen
        before = told.cumsum(-2) - told  # of key i: what the keys below it say
        logits = b + (torch.sigmoid(c[..., None, :] + before) * self.speak).sum(-1)
        return F.binary_cross_entropy_with_logits(logits, v, reduction="none").sum(-1)

    @torch.no_grad()
    def draw(
        self, b: Tensor, c: Tensor, values: Tensor, stays: Tensor, o: SampleOptions, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Chords [n, keys], and how likely what stays was when its turn came: log weights [n].

        Where `stays`, bool [n, keys], a key does as `values` say. With weights, many draws of one chord are draws of
        the law given what stays (likelihood weighting).
        """
        luck = torch.rand(b.shape, generator=generator).to(b.device)
        needed = luck.logit() * o.temperature - o.density  # a key sounds whose logit is above it
        heard, chord, weight = c.clone(), [], torch.zeros(len(b), device=b.device)
        given = stays.any(0).tolist()
        for key in range(b.shape[-1]):
            logit = b[:, key] + torch.sigmoid(heard) @ self.speak[key]
            told = (logit > needed[:, key]).float()
            if given[key]:
                told = torch.where(stays[:, key], values[:, key], told)
                cost = F.binary_cross_entropy_with_logits(logit, told, reduction="none")
                weight = weight - torch.where(stays[:, key], cost, torch.zeros_like(cost))
            heard = torch.addcmul(heard, told[:, None], self.listen[key])
            chord.append(told)
        return torch.stack(chord, 1), weight
