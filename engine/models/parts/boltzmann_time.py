"""A Boltzmann machine that slides along a melody: every hidden unit hears a stretch of steps, wherever it stands.

Convolution in time only, over all pitches (Lattner, Grachten and Widmer, 2016): a motif may move along, but not up. The
weights do not know where in the bar they are; what units tend to by themselves does, or no machine of so narrow a view
would ever find the beat. Each step is a softmax unit, so hidden units need not multiply: they look up.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.models.parts.boltzmann_machine import FIRST_WEIGHTS, chosen, flipped, usual
from engine.models.parts.boltzmann_settling import KINDS
from engine.models.parts.home_range import SYMBOLS

LISTENED = 8  # melodies of a batch of which one step each is asked for


class TimeMachine(nn.Module):
    """Symbols [n, steps] of melodies of any number of whole bars, and hidden units [n, steps + width - 1, maps]."""

    def __init__(self, maps: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.weight = nn.Parameter(FIRST_WEIGHTS * torch.randn(width, SYMBOLS, maps))
        bars = [melody.steps_per_bar(compound) for compound in KINDS]
        self.b_v = nn.ParameterList([nn.Parameter(torch.zeros(steps, SYMBOLS)) for steps in bars])
        self.b_h = nn.ParameterList([nn.Parameter(torch.zeros(steps, maps)) for steps in bars])

    def start(self, symbols: Tensor, compound: bool) -> None:
        """Every symbol as often at each step of the bar as in melodies [n, steps]."""
        with torch.no_grad():
            bar = self.b_v[compound]
            seen = F.one_hot(symbols.unflatten(1, (-1, len(bar))), SYMBOLS).float()
            bar.copy_(usual(seen.mean((0, 1)).flatten(), SYMBOLS).view_as(bar))

    def tends(self, steps: int, compound: bool) -> Tensor:
        """What visible units tend to by themselves, logits [steps, SYMBOLS]."""
        bar: Tensor = self.b_v[compound]
        return bar.repeat(-(-steps // len(bar)), 1)[:steps]

    def received(self, symbols: Tensor, compound: bool) -> Tensor:
        """What hidden units receive of symbols [n, steps], [n, steps + width - 1, maps]."""
        reach = self.width - 1
        table = F.pad(self.weight, (0, 0, 0, 1)).flatten(0, 1)  # one more symbol, which says nothing: beyond the edges
        heard = F.pad(symbols, (reach, reach), value=SYMBOLS).unfold(1, self.width, 1)
        rows = heard + torch.arange(self.width, device=symbols.device) * (SYMBOLS + 1)
        found = F.embedding_bag(rows.flatten(0, 1), table, mode="sum").view(*rows.shape[:2], -1)
        bar: Tensor = self.b_h[compound]
        return found + bar.roll(reach, 0).repeat(-(-found.shape[1] // len(bar)), 1)[: found.shape[1]]

    def logits(self, h: Tensor, compound: bool) -> Tensor:
        """What visible units receive of hidden ones [n, steps + width - 1, maps], [n, steps, SYMBOLS]."""
        kernel = self.weight.permute(2, 1, 0)
        said = F.conv_transpose1d(h.transpose(1, 2), kernel, padding=self.width - 1).transpose(1, 2)
        return said + self.tends(said.shape[1], compound)

    def free_energy(self, symbols: Tensor, compound: bool) -> Tensor:
        """-log of the unnormalised probability of symbols [n, steps], [n]."""
        tends = self.tends(symbols.shape[1], compound).expand(len(symbols), -1, -1)
        mine = tends.gather(2, symbols[..., None]).sum((1, 2))
        return -mine - F.softplus(self.received(symbols, compound)).sum((1, 2))

    @torch.no_grad()
    def answered(self, symbols: Tensor, compound: bool, heat: float, generator: torch.Generator | None) -> Tensor:
        """Up to the hidden units, drawn at a temperature, and down again: logits [n, steps, SYMBOLS]."""
        return self.logits(flipped((self.received(symbols, compound) / heat).sigmoid(), generator), compound)

    @torch.no_grad()
    def gibbs(
        self, symbols: Tensor, compound: bool, steps: int, generator: torch.Generator | None, heat: float = 1.0
    ) -> Tensor:
        """Symbols [n, steps] after so many times up and down."""
        for _ in range(steps):
            symbols = chosen(self.answered(symbols, compound, heat, generator), generator, heat)
        return symbols

    @torch.no_grad()
    def surprise(self, symbols: Tensor, compound: bool) -> Tensor:
        """How surprised it is by one step of each melody, drawn by lot, of which it hears all others: nats, [n]."""
        n, row = len(symbols), torch.arange(len(symbols), device=symbols.device)
        step = torch.randint(symbols.shape[1], (n,), device=symbols.device)
        was = symbols[row, step]
        near = torch.arange(self.width, device=symbols.device)
        rest = self.received(symbols, compound)[row[:, None], step[:, None] + near]  # [n, width, maps]
        weight = self.weight.flip(0)  # the unit that stands on the step hears it last
        rest = rest - weight[near[None], was[:, None]]
        energies = F.softplus(rest[:, None] + weight.transpose(0, 1)).sum((2, 3))
        chances = energies + self.tends(symbols.shape[1], compound)[step]
        return -chances.log_softmax(-1).gather(1, was[:, None])[:, 0]
