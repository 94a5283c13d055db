"""What stood in the same place of earlier bars, told to a recurrent network at each step.

Tunes repeat themselves after one, two or four bars, and a recurrent network forgets the notes of a bar sooner than
that. Told the candidates, it only has to learn when to take them (the lookback of Magenta's melody models, 2016).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.models.parts import home_key

BACK = tuple(bars * melody.BAR_SLOTS for bars in (1, 2, 4))  # steps


class Echoes(nn.Module):
    """Tokens in the common key to features of what stood so many steps before each."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.features = features
        tables = [nn.Embedding(home_key.HEARD, features) for _ in BACK]
        for table in tables:
            nn.init.normal_(table.weight, std=0.6)
        self.tables = nn.ModuleList(tables)

    def forward(self, tokens: Tensor) -> Tensor:
        """Of tokens [n, s], features [n, s, f]; before the beginning nothing is known."""
        said = [table(earlier(tokens, back)) for table, back in zip(self.tables, BACK, strict=True)]
        return torch.stack(said).sum(0)


def earlier(tokens: Tensor, back: int) -> Tensor:
    """The tokens so many steps before each of [n, s]; MASK where there are none."""
    kept = max(0, tokens.shape[1] - back)
    return F.pad(tokens[:, :kept], (tokens.shape[1] - kept, 0), value=home_key.MASK)
