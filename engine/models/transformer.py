"""A tune written by attention: for each event the network chooses which of all the events before it to listen to.

The decoder of Vaswani and others (2017) with the relative positions of Huang and others ("Music Transformer", 2018):
how far back an event lies, not where in the tune it stands, decides with its content how much it is heard, which is
what lets a motif be recalled. Scores by distance come from one product that is skewed into place, without a table of
all pairs.

For a composer: the best recall of what was said long before; new tunes, continuations, fillings.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.parts.event_network import EventNetwork, SampleOptions
from engine.options import option

__all__ = ["Options", "SampleOptions", "Transformer"]


@dataclass(frozen=True)
class Options:
    """How the network is built."""

    width: int = option(128, "numbers that stand for an event", 4, 1024)
    layers: int = option(4, "layers", 1, 12)
    heads: int = option(4, "ways of listening in each layer", 1, 16)
    inner: int = option(384, "units between two layers", 4, 4096)
    embedding: int = option(48, "numbers that stand for a symbol", 2, 512)
    dropout: float = option(0.15, "share of the units left out while learning", 0.0, 0.9)
    look_back: bool = option(True, "hears what stood at this place of the bar 1, 2, 4 and 8 bars ago")
    window: int = option(160, "rows of a tune that are learnt at a time, and that it hears", 8, 320)
    batch: int = option(16, "tunes at a time", 1, 4096)


def skewed(by_distance: Tensor) -> Tensor:
    """Scores [..., t, t] whose last column is distance 0, moved so that column j of row i is the distance i - j.

    What is right of the diagonal is left over and has to be masked.
    """
    t = by_distance.shape[-1]
    padded = F.pad(by_distance, (1, 0))
    return padded.reshape(*by_distance.shape[:-2], t + 1, t)[..., 1:, :]


class Attention(nn.Module):
    """Listening to what came before, by content and by distance."""

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads, self.size, self.window = heads, width // heads, window
        self.ask = nn.Linear(width, 3 * self.heads * self.size, bias=False)
        self.out = nn.Linear(self.heads * self.size, width)
        self.distance = nn.Parameter(0.05 * torch.randn(heads, window, self.size))  # the last one is distance 0

    def kept(self, x: Tensor) -> Tensor:
        """Keys and values [2, n, heads, t, size] of x [n, t, width]."""
        n, t, _ = x.shape
        return self.ask(x).view(n, t, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)[1:]

    def forward(self, x: Tensor) -> Tensor:
        """[n, t, width] of x [n, t, width]; t may not be more than the window."""
        n, t, _ = x.shape
        query, key, value = self.ask(x).view(n, t, 3, self.heads, self.size).permute(2, 0, 3, 1, 4)
        near = skewed(torch.einsum("nhtd,hsd->nhts", query, self.distance[:, self.window - t :]))
        later = torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1)
        bias = (near * self.size**-0.5).masked_fill(later, -torch.inf)
        heard = F.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        mixed: Tensor = self.out(heard.transpose(1, 2).reshape(n, t, -1))
        return mixed

    def step(self, x: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
        """One more row [n, width]; keys and values [2, n, heads, rows, size] are kept, as many as the window hears."""
        query, key, value = self.ask(x).view(len(x), 3, self.heads, 1, self.size).transpose(0, 1)
        kept = torch.cat([kept, torch.stack([key, value])], 3)[:, :, :, -self.window :]
        t = kept.shape[3]
        scores = query @ kept[0].transpose(-1, -2)
        scores = scores + torch.einsum("nhqd,hsd->nhqs", query, self.distance[:, self.window - t :])
        heard = (scores * self.size**-0.5).softmax(-1) @ kept[1]
        return self.out(heard.flatten(1)), kept


class Layer(nn.Module):
    """Attention and then two layers of units, each added to what came in."""

    def __init__(self, o: Options) -> None:
        super().__init__()
        self.before, self.between = nn.LayerNorm(o.width), nn.LayerNorm(o.width)
        self.attention = Attention(o.width, o.heads, o.window)
        self.units = nn.Sequential(nn.Linear(o.width, o.inner), nn.GELU(), nn.Linear(o.inner, o.width))
        self.dropout = nn.Dropout(o.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """[n, t, width] of x [n, t, width]."""
        x = x + self.dropout(self.attention(self.before(x)))
        return x + torch.as_tensor(self.dropout(self.units(self.between(x))))

    def step(self, x: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
        """One more row [n, width]."""
        heard, kept = self.attention.step(self.before(x), kept)
        x = x + heard
        return x + self.units(self.between(x)), kept


class Layers(nn.Module):
    """The layers on top of one another."""

    def __init__(self, o: Options) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(o) for _ in range(o.layers))
        self.norm, self.dropout = nn.LayerNorm(o.width), nn.Dropout(o.dropout)
        self.heads, self.size, self.window = o.heads, o.width // o.heads, o.window

    def forward(self, features: Tensor) -> Tensor:
        """States of all rows; of more rows than the window, each piece of it hears only itself."""
        parts = []
        for x in features.split(self.window, 1):
            x = self.dropout(x)
            for layer in self.layers:
                x = layer(x)
            parts.append(self.norm(x))
        return torch.cat(parts, 1)

    def begin(self, n: int) -> list[Tensor]:
        """Nothing to listen to."""
        return [torch.zeros(2, n, self.heads, 0, self.size) for _ in self.layers]

    def caught_up(self, features: Tensor) -> list[Tensor]:
        """After rows [n, t, width]; of more than the window, only the last are heard."""
        x, state = features[:, -self.window :], []
        for layer in self.layers:
            state.append(layer.attention.kept(layer.before(x)))  # type: ignore[operator,union-attr]
            x = layer(x)
        return state

    def step(self, features: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """One more row."""
        x, now = features, []
        for layer, kept in zip(self.layers, state, strict=True):
            x, kept = layer.step(x, kept)  # type: ignore[operator]
            now.append(kept)
        return self.norm(x), now


class Transformer(EventNetwork):
    """Relative attention over note events."""

    def __init__(self, options: Options | None = None) -> None:
        o = options or Options()
        super().__init__(Layers(o), o.width, o.embedding, o.look_back, o.window)
        self.options = o
