"""The restricted Boltzmann machine: what is drawn stays, the rest settles around it.

Every step of two bars is a softmax unit, hidden units see all of them, and nothing has a direction: cut any hole, clamp
what is left, and let hidden and visible units answer each other until they agree (Smolensky, 1986; Hinton, 2002; in
music Boulanger-Lewandowski, Bengio and Vincent, 2012, "Modeling temporal dependencies in high-dimensional sequences",
which begins with a machine of single chords: `FrameRBM`). It is trained by persistent contrastive divergence.

For a composer: a sketch pad. Complete what is half drawn; shake a bar and hear it stay itself or forget, by how often
the units answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.jobs.job import Report, silent
from engine.models.parts import boltzmann_settling
from engine.models.parts.boltzmann_machine import FIRST_WEIGHTS, Machine, contrast, flipped, told_by, usual
from engine.models.parts.boltzmann_melody import MelodyMachine
from engine.models.parts.boltzmann_settling import Settling
from engine.models.parts.pretraining import Draw
from engine.options import option

BARS = 2
LOOKED_AT = 4_096  # windows from which it learns how often each symbol stands at each step


@dataclass(frozen=True)
class Options:
    """How the machine is built and trained."""

    hidden: int = option(256, "hidden units", 1)
    chains: int = option(64, "imagined melodies of each kind of bar that are kept while learning", 1)
    contrast_steps: int = option(10, "times they go up to the hidden units and down again in a step of training", 1)
    batch: int = option(128, "melodies in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions(boltzmann_settling.SampleOptions):
    """How melodies settle."""


class RBM(Settling):
    """Melody tokens [n, 32] over softmax units and hidden ones."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.layer = MelodyMachine(o.hidden, BARS, o.chains)

    # learning -------------------------------------------------------------------------------------------------

    def prepare(self, draw: Draw, report: Report = silent) -> None:
        """Begin with how often each symbol stands at each step; `draw(n)` gives n training windows [n, 32]."""
        report(0, 1, "counting")
        self.layer.start(draw(LOOKED_AT))

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Of tokens [n, 32]: nats of surprise at a step of which all others are heard. Its slope is the contrast's."""
        slope, surprise = self.layer.learnt(batch.long(), self.options.contrast_steps)
        return {"loss": told_by(surprise, slope), "contrast": slope}

    # settling: what samples, inpaints and rewrites is made of --------------------------------------------------

    def alone(self, compound: bool) -> Tensor:
        """How often each symbol stands at each step, as logits [visible]."""
        return self.layer.b_v[compound]

    def answered(self, v: Tensor, compound: bool, heat: float, generator: torch.Generator) -> Tensor:
        """Up to the hidden units and down again: logits [n, visible]."""
        machine = self.layer.machine(compound)
        return machine.logits(flipped((machine.received(v) / heat).sigmoid(), generator))

    def echoed(self, v: Tensor, compound: bool) -> Tensor:
        """The same without chance: what its hidden units keep of melodies, logits [n, visible]."""
        machine = self.layer.machine(compound)
        return machine.logits(machine.hidden(v))


class FrameRBM(nn.Module):
    """A machine of single units: which keys of a frame sound together, or which units of a layer below are on."""

    def __init__(self, columns: int, hidden: int, chains: int = 100, contrast_steps: int = 10) -> None:
        """`columns` visible units on or off, and hidden ones. W is [hidden, columns]."""
        super().__init__()
        self.W = nn.Parameter(FIRST_WEIGHTS * torch.randn(hidden, columns))
        self.b_v = nn.Parameter(torch.zeros(columns))
        self.b_h = nn.Parameter(torch.zeros(hidden))
        self.contrast_steps, self.progress = contrast_steps, 1.0
        self.chains: Tensor
        self.register_buffer("chains", torch.zeros(chains, columns), persistent=False)

    @property
    def machine(self) -> Machine:
        """What its units do to one another."""
        return Machine(self.W, self.b_v, self.b_h)

    def free_energy(self, v: Tensor) -> Tensor:
        """Of frames [n, columns], [n]: -log of their probability but for one number, log Z."""
        return self.machine.free_energy(v)

    def start(self, frames: Tensor) -> None:
        """Every unit as often on as in frames [n, columns]; the chains begin there too."""
        with torch.no_grad():
            self.b_v.copy_(usual(frames.mean(0)))
            self._begin_chains()

    def _begin_chains(self) -> None:
        self.chains.copy_(flipped(self.b_v.sigmoid().expand_as(self.chains), None))

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Of frames [..., columns]: pseudo-likelihood in nats per frame, with the slope of the contrast (PCD).

        The first batch says how often each unit is on, unless that is known.
        """
        frames = batch.flatten(0, -2).float()
        if not self.b_v.any():
            self.start(frames)
        machine = self.machine
        with torch.no_grad():
            if not self.chains.any():  # it comes from a bundle, which holds none
                self._begin_chains()
            self.chains.copy_(machine.gibbs(self.chains, self.contrast_steps, None))
        slope = contrast(machine, frames, self.chains.clone())
        return {"loss": told_by(self._surprise(frames), slope), "contrast": slope}

    @torch.no_grad()
    def _surprise(self, frames: Tensor) -> Tensor:
        """Nats per frame if each unit were asked for given all others, from one unit of each frame."""
        unit = torch.randint(frames.shape[1], (len(frames), 1), device=frames.device)
        other = frames.scatter(1, unit, 1 - frames.gather(1, unit))
        gap = self.free_energy(other) - self.free_energy(frames)
        return frames.shape[1] * F.softplus(-gap).mean()
