"""A tune written by convolutions that only look back, each layer twice as far as the one before.

The gated causal stack of WaveNet (van den Oord and others, 2016, "WaveNet: A Generative Model for Raw Audio"), as Bai,
Kolter and Koltun (2018) took it to symbols: kernels of a few rows with dilations 1, 2, 4 and on, gates, and the sum of
what every layer has to say. All rows of a tune are learnt at once, and how far it hears is known to the row.

For a composer: the same as the recurrent network, with a memory of a known length: it hears the last 127 events.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.parts.event_network import EventNetwork, SampleOptions
from engine.options import option

__all__ = ["DilatedConv", "Options", "SampleOptions"]


@dataclass(frozen=True)
class Options:
    """How the network is built."""

    width: int = option(96, "channels", 4, 1024)
    layers: int = option(6, "layers, each looking twice as far back as the one before", 1, 8)
    kernel: int = option(3, "rows that a layer looks at", 2, 8)
    embedding: int = option(48, "numbers that stand for a symbol", 2, 512)
    dropout: float = option(0.2, "share of the channels left out while learning", 0.0, 0.9)
    look_back: bool = option(True, "hears what stood at this place of the bar 1, 2, 4 and 8 bars ago")
    window: int = option(144, "rows of a tune that are learnt at a time", 8, 320)
    batch: int = option(32, "tunes at a time", 1, 4096)


class Layer(nn.Module):
    """One gated layer: tanh of one filter times the gate of another, what it adds, and what it says."""

    def __init__(self, width: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.reach = (kernel - 1) * dilation
        self.norm = nn.LayerNorm(width)
        self.filters = nn.Conv1d(width, 2 * width, kernel, dilation=dilation)
        self.out = nn.Linear(width, 2 * width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What goes on to the next layer, and what is said, each [n, t, width], of x [n, t, width]."""
        heard = F.pad(self.norm(x).transpose(1, 2), (self.reach, 0))
        return self._gated(x, self.filters(heard).transpose(1, 2))

    def step(self, x: Tensor, before: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The same of one row [n, width], with the rows [n, reach, width] before it; also what is before the next."""
        heard = torch.cat([before, self.norm(x)[:, None]], 1)
        on, said = self._gated(x, self.filters(heard.transpose(1, 2))[..., 0])
        return on, said, heard[:, 1:]

    def _gated(self, x: Tensor, filtered: Tensor) -> tuple[Tensor, Tensor]:
        value, gate = filtered.chunk(2, -1)
        on, said = self.out(self.dropout(torch.tanh(value) * torch.sigmoid(gate))).chunk(2, -1)
        return x + on, said


class Stack(nn.Module):
    """Layers with dilations 1, 2, 4 ...; what they say is summed."""

    def __init__(self, o: Options) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(o.width, o.kernel, 2**index, o.dropout) for index in range(o.layers))
        self.last = nn.Sequential(nn.LayerNorm(o.width), nn.Linear(o.width, o.width), nn.GELU(), nn.Dropout(o.dropout))
        self.width = o.width

    def forward(self, features: Tensor) -> Tensor:
        """States of all rows."""
        x, total = features, torch.zeros_like(features)
        for layer in self.layers:
            x, said = layer(x)
            total = total + said
        states: Tensor = self.last(total)
        return states

    def begin(self, n: int) -> list[Tensor]:
        """Silence in every layer's memory."""
        return [torch.zeros(n, int(layer.reach), self.width) for layer in self.layers]  # type: ignore[arg-type]

    def caught_up(self, features: Tensor) -> list[Tensor]:
        """After rows [n, t, width]."""
        x, state = features, []
        for layer in self.layers:
            state.append(F.pad(layer.norm(x), (0, 0, layer.reach, 0))[:, -layer.reach :])  # type: ignore[operator,arg-type]
            x, _ = layer(x)
        return state

    def step(self, features: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """One more row; each layer keeps the rows it will look back to."""
        x, total, kept = features, torch.zeros_like(features), []
        for layer, before in zip(self.layers, state, strict=True):
            x, said, now = layer.step(x, before)  # type: ignore[operator]
            total = total + said
            kept.append(now)
        return self.last(total), kept


class DilatedConv(EventNetwork):
    """A gated causal stack over note events."""

    def __init__(self, options: Options | None = None) -> None:
        o = options or Options()
        super().__init__(Stack(o), o.width, o.embedding, o.look_back, o.window)
        self.options = o

    @property
    def hears(self) -> int:
        """How many rows back an event is heard, without the look back."""
        return 1 + (self.options.kernel - 1) * (2**self.options.layers - 1)
