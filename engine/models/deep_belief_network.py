"""A deep belief network: Boltzmann machines on top of one another, of which only the topmost goes on settling.

The lowest machine hears two bars, the next one what its hidden units make of them, and so on; each learns alone, from
below (Hinton, Osindero and Teh, 2006, "A fast learning algorithm for deep belief nets"; in music Bickerman, Bosley,
Swire and Keller, 2010, "Learning to create jazz melodies using deep belief nets"). Afterwards the two topmost layers
are one undirected memory, and all below is read downwards: what the top settles on is spelt out into notes in one pass.
The kind of bar is told to the upper layers by units of its own, as the paper tells its top the name of a digit.

For a composer: the same sketch pad as an RBM, but what settles is an idea of the whole, three layers away from notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from engine.jobs.job import Report, silent
from engine.models.parts import boltzmann_settling
from engine.models.parts.boltzmann_machine import Machine, flipped, told_by
from engine.models.parts.boltzmann_melody import MelodyMachine
from engine.models.parts.boltzmann_settling import Settling, by_kind
from engine.models.parts.melody_mlp import is_compound
from engine.models.parts.pretraining import Draw, Mark, layer_by_layer
from engine.models.rbm import FrameRBM
from engine.options import option

BARS = 2
LOOKED_AT = 4_096  # windows from which each layer learns how often its units are on
LABELS = 4  # units that tell the kind of bar: one alone would hardly be heard among a hundred
TOP_ROUNDS = 1  # times the two topmost layers answer each other before notes are drawn: more forget what is given


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    hidden: str = option("256,128,64", "units of each layer, from the notes upwards")
    chains: int = option(64, "imagined states of each layer that are kept while learning", 1)
    contrast_steps: int = option(8, "times they go up and down again in a step of training", 1)
    pretrain_steps: int = option(1_500, "steps in which each layer learns alone, from below", 1)
    pretrain_rate: float = option(4e-3, "learning rate meanwhile", 0.0)
    batch: int = option(128, "melodies in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions(boltzmann_settling.SampleOptions):
    """How melodies settle."""


class DeepBeliefNetwork(Settling):
    """Melody tokens [n, 32] below, an undirected memory of two layers on top."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress, self.mark = 1.0, Mark()
        sizes = [int(size) for size in o.hidden.split(",")]
        self.first = MelodyMachine(sizes[0], BARS, o.chains)
        self.upper: Any = nn.ModuleList(
            FrameRBM(low + LABELS, high, o.chains, o.contrast_steps) for low, high in pairwise(sizes)
        )

    # learning -------------------------------------------------------------------------------------------------

    def prepare(self, draw: Draw, report: Report = silent) -> None:
        """Each layer alone, from below; `draw(n)` gives n training windows [n, 32]."""
        o = self.options

        def learn(index: int, below: Draw, part: Report) -> None:
            layer = self.upper[index - 1] if index else self.first
            if not self.mark.step:
                layer.start(below(LOOKED_AT))
            optimizer = torch.optim.Adam(layer.parameters(), lr=o.pretrain_rate)
            for step in self.mark.steps(o.pretrain_steps):
                surprise, slope = self._learnt(index, below(o.batch))
                optimizer.zero_grad()
                slope.backward()
                optimizer.step()
                part(step + 1, o.pretrain_steps, f"layer {index + 1}: {float(surprise):.3f} nats")

        def up(index: int) -> Callable[[Tensor], Tensor]:
            return lambda rows: self._upper_units(index - 1, rows) if index else self._first_units(rows)

        layer_by_layer([up(index) for index in range(1 + len(self.upper))], learn, draw, report, self.mark)

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Of tokens [n, 32]: nats of surprise at a step of which all others are heard, by the lowest machine.

        Its slope is that of the contrasts of all layers: each goes on learning what those below tell it.
        """
        rows, (surprise, slope) = batch.long(), self._learnt(0, batch.long())
        rows = self._first_units(rows)
        parts = {}
        for index in range(len(self.upper)):
            _, contrast = self._learnt(index + 1, rows)
            parts[f"contrast_{index + 2}"] = contrast
            rows = self._upper_units(index, rows)
        return {"loss": told_by(surprise, torch.stack([slope, *parts.values()]).sum()), "contrast": slope, **parts}

    def _learnt(self, index: int, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Surprise and contrast of one layer, given the rows below it."""
        if not index:
            slope, surprise = self.first.learnt(rows, self.options.contrast_steps)
            return surprise, slope
        found = self.upper[index - 1].loss(rows)
        return found["loss"].detach(), found["contrast"]

    @torch.no_grad()
    def _first_units(self, tokens: Tensor) -> Tensor:
        """The lowest hidden units [n, hidden + LABELS], drawn, of tokens [n, 32], with the kind of bar beside them."""
        size = len(self.first.b_h[0])
        found = torch.zeros(len(tokens), size + LABELS, device=tokens.device)
        kinds = is_compound(tokens)
        for compound, v in by_kind(tokens):
            found[kinds == compound, :size] = flipped(self.first.machine(compound).hidden(v), None)
        found[:, size:] = kinds[:, None].float()
        return found

    @torch.no_grad()
    def _upper_units(self, index: int, rows: Tensor) -> Tensor:
        """The hidden units of an upper machine, drawn, of rows [n, columns], with the kind of bar beside them."""
        return torch.cat([flipped(self.upper[index].machine.hidden(rows), None), rows[:, -LABELS:]], 1)

    # settling: what samples, inpaints and rewrites is made of --------------------------------------------------

    def told(self, index: int, compound: bool) -> Machine:
        """An upper machine that is told the kind of bar: its other units, under what the label does to the hidden."""
        whole = self.upper[index].machine
        label = whole.weight[:, -LABELS:].sum(1) * float(compound)
        return Machine(whole.weight[:, :-LABELS], whole.b_v[:-LABELS], whole.b_h + label)

    def alone(self, compound: bool) -> Tensor:
        """How often each symbol stands at each step, as logits [visible]."""
        return self.first.b_v[compound]

    def answered(self, v: Tensor, compound: bool, heat: float, generator: torch.Generator) -> Tensor:
        """Up to the top, some rounds there, and down again: logits [n, visible]."""
        first = self.first.machine(compound)
        machines = [self.told(index, compound) for index in range(len(self.upper))]
        h = flipped((first.received(v) / heat).sigmoid(), generator)
        for machine in machines[:-1]:
            h = flipped((machine.received(h) / heat).sigmoid(), generator)
        h = machines[-1].gibbs(h, TOP_ROUNDS, generator, heat)
        for machine in reversed(machines[:-1]):
            h = flipped((machine.logits(h) / heat).sigmoid(), generator)
        return first.logits(h)

    def echoed(self, v: Tensor, compound: bool) -> Tensor:
        """The same without chance: what its topmost units keep of melodies, logits [n, visible]."""
        first = self.first.machine(compound)
        machines = [self.told(index, compound) for index in range(len(self.upper))]
        h = first.hidden(v)
        for machine in machines:
            h = machine.hidden(h)
        for machine in reversed(machines):
            h = machine.logits(h).sigmoid()
        return first.logits(h)
