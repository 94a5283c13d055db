"""A restricted Boltzmann machine over the steps of a melody: one softmax unit per step, hidden units over all of them.

The weights are shared by both kinds of bar, of which the shorter leaves the last slots of a bar out; what units tend to
by themselves is learnt for each. Melodies are heard in one key and register (`home_range`). Learning is persistent
contrastive divergence (Tieleman, 2008, "Training restricted Boltzmann machines using approximations to the likelihood
gradient"): chains of imagined melodies that go on from step to step of the training, and which the machine forgets as
fast as it dreams them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.models.parts.boltzmann_machine import FIRST_WEIGHTS, Machine, contrast, usual
from engine.models.parts.boltzmann_settling import KINDS, by_kind
from engine.models.parts.home_range import SYMBOLS

LISTENED = 32  # melodies of a batch of which one step each is asked for


class MelodyMachine(nn.Module):
    """Weights between the steps of melodies of some bars and hidden units, with its chains."""

    def __init__(self, hidden: int, bars: int, chains: int) -> None:
        super().__init__()
        self.bars = bars
        self.weight = nn.Parameter(FIRST_WEIGHTS * torch.randn(hidden, bars * melody.BAR_SLOTS * SYMBOLS))
        sizes = [bars * melody.steps_per_bar(compound) * SYMBOLS for compound in KINDS]
        self.b_v = nn.ParameterList([nn.Parameter(torch.zeros(size)) for size in sizes])
        self.b_h = nn.ParameterList([nn.Parameter(torch.zeros(hidden)) for _ in KINDS])
        self.chains: Tensor
        self.compound_chains: Tensor
        for name, size in zip(("chains", "compound_chains"), sizes, strict=True):
            self.register_buffer(name, torch.zeros(chains, size), persistent=False)

    def machine(self, compound: bool) -> Machine:
        """What its units do to one another where bars are of this kind."""
        by_bar = self.weight.unflatten(1, (self.bars, melody.BAR_SLOTS, SYMBOLS))
        weight = by_bar[:, :, : melody.steps_per_bar(compound)].flatten(1)
        return Machine(weight, self.b_v[compound], self.b_h[compound], SYMBOLS)

    def start(self, tokens: Tensor) -> None:
        """Every symbol as often as in melodies [n, slots] of both kinds."""
        with torch.no_grad():
            for compound, v in by_kind(tokens):
                self.b_v[compound].copy_(usual(v.mean(0), SYMBOLS))

    def contrasted(self, v: Tensor, compound: bool, steps: int) -> Tensor:
        """What learning goes down: visible units [n, visible] against chains that first go on by some steps."""
        machine = self.machine(compound)
        chains = self.compound_chains if compound else self.chains
        with torch.no_grad():
            if not chains.any():  # they begin where no step knows of another
                chains.copy_(machine.drawn(machine.b_v.expand(len(chains), -1), None))
            chains.copy_(machine.gibbs(chains, steps, None))
        return contrast(machine, v, chains.clone())

    @torch.no_grad()
    def surprise(self, v: Tensor, compound: bool, generator: torch.Generator | None = None) -> Tensor:
        """How surprised it is by one step of each melody, drawn by lot, of which it hears all others: nats, [n]."""
        machine, n = self.machine(compound), len(v)
        symbols = v.unflatten(1, (-1, SYMBOLS))
        step = torch.randint(symbols.shape[1], (n,), generator=generator).to(v.device)
        was = symbols[torch.arange(n), step].argmax(-1)
        weight = machine.weight.t().unflatten(0, (-1, SYMBOLS))[step]  # [n, symbols, hidden]
        rest = machine.received(v) - weight[torch.arange(n), was]
        chances = machine.b_v.unflatten(0, (-1, SYMBOLS))[step] + F.softplus(rest[:, None] + weight).sum(-1)
        return -chances.log_softmax(-1).gather(1, was[:, None])[:, 0]

    def learnt(self, tokens: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """Of melodies [n, slots]: the contrast, whose slope is learnt from, and the surprise per step, which tells."""
        slopes, heard = [], []
        for compound, v in by_kind(tokens):
            slopes.append(self.contrasted(v, compound, steps) * len(v) / len(tokens))
            heard.append(self.surprise(v[:LISTENED], compound))
        return torch.stack(slopes).sum(), torch.cat(heard).mean()
