"""New folk tunes by a recurrent network: it reads a tune event by event and always says what could come next.

Sturm, Santos, Ben-Tal and Korshunova's folk-rnn ("Music transcription modelling and composition using deep learning",
2016), smaller and with three differences. A note and its length are two answers, one after the other, and not letters.
Where in the bar it stands is told, and so is what stood here some bars ago (the look back of Magenta's Melody RNN). And
a bar line comes when a bar is full, by rule, so that there is no bar that does not add up.

For a composer: new reels, jigs and airs, ten at a time; what could come after your own bars; a stretch written anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.models.parts.event_network import EventNetwork, SampleOptions
from engine.options import option

__all__ = ["CelticLSTM", "Options", "SampleOptions"]


@dataclass(frozen=True)
class Options:
    """How the network is built."""

    width: int = option(192, "units of a layer", 4, 1024)
    layers: int = option(1, "recurrent layers", 1, 4)
    embedding: int = option(48, "numbers that stand for a symbol", 2, 512)
    dropout: float = option(0.3, "share of the units left out while learning", 0.0, 0.9)
    look_back: bool = option(True, "hears what stood at this place of the bar 1, 2, 4 and 8 bars ago")
    window: int = option(192, "rows of a tune that are learnt at a time", 8, 320)
    batch: int = option(32, "tunes at a time", 1, 4096)


class Memory(nn.Module):
    """LSTM layers over rows of features [n, t, width]."""

    def __init__(self, width: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.layers, self.width = layers, width
        self.lstm = nn.LSTM(width, width, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0)
        self.dropout = nn.Dropout(dropout)
        for name, bias in self.lstm.named_parameters():
            if name.startswith("bias_ih"):
                nn.init.constant_(bias[width : 2 * width], 1.0)  # remember at first

    def forward(self, features: Tensor) -> Tensor:
        """States of all rows."""
        said, _ = self.lstm(self.dropout(features))
        return torch.as_tensor(self.dropout(said))

    def begin(self, n: int) -> tuple[Tensor, Tensor]:
        """Nothing heard yet."""
        return torch.zeros(self.layers, n, self.width), torch.zeros(self.layers, n, self.width)

    def caught_up(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """After rows [n, t, width]."""
        state: tuple[Tensor, Tensor] = self.lstm(self.dropout(features))[1]
        return state

    def step(self, features: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """One more row."""
        said, state = self.lstm(self.dropout(features)[:, None], state)
        return self.dropout(said[:, 0]), state


class CelticLSTM(EventNetwork):
    """An LSTM over note events."""

    def __init__(self, options: Options | None = None) -> None:
        o = options or Options()
        super().__init__(Memory(o.width, o.layers, o.dropout), o.width, o.embedding, o.look_back, o.window)
        self.options = o
