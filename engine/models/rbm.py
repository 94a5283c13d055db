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
from engine.models.boltzmann_machine import FIRST_WEIGHTS, Machine, contrast, flipped, told_by, usual
from engine.models.boltzmann_melody import KINDS, MelodyMachine
from engine.models.capabilities import Watch, unwatched
from engine.models.home_range import any_key
from engine.models.melody_mlp import is_compound
from engine.models.pretraining import Draw
from engine.options import option

BARS = 2
LOOKED_AT = 4_096  # windows from which it learns how often each symbol stands at each step
HOT, COOL = 1.6, 0.7  # temperatures: a new melody settles from the first; chains run no cooler than the second
SHOWN = 5  # rounds between two looks at music that settles


@dataclass(frozen=True)
class Options:
    """How the machine is built and trained."""

    hidden: int = option(256, "hidden units", 1)
    chains: int = option(64, "imagined melodies of each kind of bar that are kept while learning", 1)
    contrast_steps: int = option(10, "times they go up to the hidden units and down again in a step of training", 1)
    batch: int = option(128, "melodies in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How melodies settle."""

    temperature: float = option(1.0, "0 takes the likeliest notes at the end, 1 draws them as it learnt", 0.0, 1.5)
    rounds: int = option(200, "times hidden and visible units answer each other", 1, 5_000)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed draws the same melodies", 0)


class RBM(nn.Module):
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

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies [n, 32]: chains from steps that know nothing of one another, cooled while they settle."""
        generator = torch.Generator().manual_seed(options.seed)
        machine = self.layer.machine(options.compound)
        v = machine.drawn(machine.b_v.expand(n, -1), generator)
        v = settled(machine, v, None, options, HOT, generator, report)
        return self.layer.said(v, any_key(n, generator).to(v.device), options.compound)

    @torch.no_grad()
    def inpaint(
        self, x: Tensor, hole: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, 32] with the steps of the hole, bool [n, 32], written anew; all others come back as they were."""
        return self._settled(x, hole, options, HOT, True, report, watch)

    @torch.no_grad()
    def rewrite(
        self, x: Tensor, open_: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, 32] whose open steps, bool [n, 32], were shaken for some rounds, from what they held."""
        return self._settled(x, open_, options, 1.0, False, report, watch)

    def _settled(
        self, x: Tensor, hole: Tensor, options: SampleOptions, hot: float, anew: bool, report: Report, watch: Watch
    ) -> Tensor:
        """Both kinds of bar, each by itself: what is open settles around what is not."""
        made, generator = x.long().clone(), torch.Generator().manual_seed(options.seed)
        kinds, hole = is_compound(made), hole.bool()
        for compound in KINDS:
            rows = (kinds == compound).nonzero()[:, 0]
            if not len(rows):
                continue
            machine, tokens, open_ = self.layer.machine(compound), x.long()[rows], hole[rows]
            v, shift = self.layer.seen(tokens, compound, known=~open_ if anew else None)
            cells = self.layer.cells(open_, compound)
            if anew:
                v = torch.where(cells, machine.drawn(machine.b_v.expand(len(v), -1), generator), v)

            def show(now: Tensor, rows: Tensor = rows, compound: bool = compound, shift: Tensor = shift) -> None:
                said = self.layer.said(now, shift, compound)
                made[rows] = torch.where(hole[rows], said, x.long()[rows])
                watch(made)

            show(settled(machine, v, cells, options, hot, generator, report, show))
        return made


def settled(
    machine: Machine,
    v: Tensor,
    open_: Tensor | None,
    options: SampleOptions,
    hot: float,
    generator: torch.Generator,
    report: Report = silent,
    show: Watch = unwatched,
) -> Tensor:
    """Visible units [n, visible] after some rounds, from a temperature down; only open ones, bool, change.

    The last time they are drawn at the temperature that is asked for.
    """
    kept, aim = v, max(options.temperature, COOL)
    for index in range(options.rounds):
        report(index, options.rounds, "settling")
        share = index / max(1, options.rounds - 1)
        heat = max(hot * (1 - 2 * share) + aim * 2 * share, aim) if share < 0.5 else aim
        h = flipped((machine.received(v) / heat).sigmoid(), generator)
        last = index == options.rounds - 1
        drawn = machine.drawn(machine.logits(h), generator, options.temperature if last else heat)
        v = drawn if open_ is None else torch.where(open_, drawn, kept)
        if index % SHOWN == SHOWN - 1 and not last:
            show(v)
    return v


class FrameRBM(nn.Module):
    """A machine of single units: which keys of a frame sound together, or which units of a layer below are on."""

    def __init__(self, columns: int, hidden: int, chains: int = 100, contrast_steps: int = 10) -> None:
        """`columns` visible units on or off, and hidden ones. W is [hidden, columns]."""
        super().__init__()
        self.W = nn.Parameter(FIRST_WEIGHTS * torch.randn(hidden, columns))
        self.b_v = nn.Parameter(torch.zeros(columns))
        self.b_h = nn.Parameter(torch.zeros(hidden))
        self.contrast_steps, self.progress = contrast_steps, 1.0
        self._begun = False
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
            self.chains.copy_(flipped(self.b_v.sigmoid().expand_as(self.chains), None))
        self._begun = True

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Of frames [..., columns]: pseudo-likelihood in nats per frame, with the slope of the contrast (PCD).

        The first batch says how often each unit is on, unless `start` was called.
        """
        frames = batch.flatten(0, -2).float()
        if not self._begun:
            self.start(frames)
        machine = self.machine
        with torch.no_grad():
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
