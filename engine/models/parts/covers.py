"""Which cells of a chorale are covered while a network learns to fill: of every size, and as composers will ask."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

VOICES_GIVEN, GAPS = 0.35, 0.15  # of the windows; the others are covered here and there
SOPRANO = 0.5  # of the windows with given voices, how many give the soprano alone
ALL_OPEN = 0.4  # of those and of gaps, how many are covered altogether; the others in part, as while they settle


def covers(shape: Sequence[int], device: torch.device | None = None) -> Tensor:
    """Bool [n, voices, steps], true where covered: at least one cell of each window. Draws from torch's own generator.

    Of half of the windows, k cells by chance, k uniform: the orderless likelihood. Others give whole voices, or leave
    a stretch of some voices open, and cover all of what is left or a part of it.
    """
    n, voices, steps = shape
    luck = torch.rand(n, voices, steps, device=device)
    count = torch.randint(1, voices * steps + 1, (n, 1, 1), device=device)
    rank = luck.flatten(1).argsort(1).argsort(1).view(n, voices, steps)
    scattered = rank < count
    part = torch.where(torch.rand(n, 1, 1, device=device) < ALL_OPEN, 1.0, torch.rand(n, 1, 1, device=device))
    partly = luck < part.clamp_min(0.02)
    kind = torch.rand(n, 1, 1, device=device)
    open_voices = ~_given_voices(n, voices, device)[..., None]
    gap = _gaps(n, voices, steps, device)
    chosen = torch.where(kind < VOICES_GIVEN, open_voices & partly, scattered)
    chosen = torch.where((kind >= VOICES_GIVEN) & (kind < VOICES_GIVEN + GAPS), gap & partly, chosen)
    empty = ~chosen.flatten(1).any(1)
    return torch.where(empty[:, None, None], scattered, chosen)


def _given_voices(n: int, voices: int, device: torch.device | None) -> Tensor:
    """Bool [n, voices]: the soprano alone, or any of the voices but not all."""
    given = torch.rand(n, voices, device=device) < 0.5
    all_given = given.all(1)
    given[all_given, torch.randint(0, voices, (int(all_given.sum()),), device=device)] = False
    alone = torch.zeros_like(given)
    alone[:, 0] = True
    return torch.where(torch.rand(n, 1, device=device) < SOPRANO, alone, given)


def _gaps(n: int, voices: int, steps: int, device: torch.device | None) -> Tensor:
    """Bool [n, voices, steps]: a stretch of one to three quarters of the time, in all voices or in some."""
    length = (steps * (0.0625 + 0.6875 * torch.rand(n, 1, device=device))).long().clamp_min(1)
    start = (torch.rand(n, 1, device=device) * (steps - length + 1)).long()
    at = torch.arange(steps, device=device)[None]
    stretch = (at >= start) & (at < start + length)
    some = torch.rand(n, voices, device=device) < 0.5
    some = some | ~some.any(1, keepdim=True) | (torch.rand(n, 1, device=device) < 0.5)
    return stretch[:, None] & some[..., None]
