"""A Boltzmann machine on single frames, to stand beside the others on the sets of 2012.

Its chains go on from step to step of the training (persistent contrastive divergence; Tieleman, 2008).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.jobs.job import Report, silent
from engine.models.parts.boltzmann_machine import FIRST_WEIGHTS, Machine, flipped
from engine.models.parts.frame_columns import Keys, usual_biases
from engine.options import option


@dataclass(frozen=True)
class Options:
    """How the machine is built and trained."""

    lowest: int = option(21, "lowest key it knows, MIDI", 21, 108)
    highest: int = option(108, "highest key it knows, MIDI", 21, 108)
    hidden: int = option(150, "hidden units", 1)
    chains: int = option(256, "chains of imagined chords", 1)
    rounds: int = option(10, "rounds the chains run in a step of training", 1, 100)


class FrameRbm(nn.Module):
    """Frames [n, t, 88] one by one; its cost is of chains that are kept between the steps."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.keys = Keys(o.lowest, o.highest)
        self.weight = nn.Parameter(torch.randn(o.hidden, self.keys.count) * FIRST_WEIGHTS)
        self.b = nn.Parameter(torch.zeros(self.keys.count))
        self.c = nn.Parameter(torch.zeros(o.hidden))
        self.chains: Tensor
        self.register_buffer("chains", torch.zeros(o.chains, self.keys.count))

    def prepare(self, draw: Callable[[int], Tensor], report: Report = silent) -> None:
        """Begin with keys, and chains, in which keys sound as often as in the music."""
        self.b.data.copy_(usual_biases(draw, self.keys, report))
        self.chains.copy_(flipped(self.b.detach().sigmoid().expand_as(self.chains), None))

    def told(self, cells: Tensor) -> Tensor:
        """Nothing is remembered: every frame [n, t] is told the same, [n, t, hidden]."""
        return self.c.expand(*cells.shape[:-1], -1)

    def machine(self, told: Tensor) -> Machine:
        """The machine of frames [m, hidden]."""
        return Machine(self.weight, self.b.expand(len(told), -1), told)

    def cost(self, x: Tensor) -> Tensor:
        """What persistent contrastive divergence goes down, [n, t]: only its slope says something."""
        machine = Machine(self.weight, self.b, self.c)
        self.chains.copy_(machine.gibbs(self.chains, self.options.rounds, None))
        return machine.free_energy(self.keys.cut(x)) - machine.free_energy(self.chains).mean()
