"""RNN-RBM: chord after chord, each the resting place of a Boltzmann machine that remembers what was heard.

Boulanger-Lewandowski, Bengio and Vincent (2012), "Modeling temporal dependencies in high-dimensional sequences:
application to polyphonic music generation and transcription". A recurrent network sets the biases of a restricted
Boltzmann machine for the next frame; the machine lets the keys of the chord find one another. It learns by contrastive
divergence: chains that start in the music and run for some rounds show where it would drift to.

A chain starts from the chord before, not from silence: from there few rounds do not find into music.

For a composer: it goes on from four voices; with some keys held, the others settle around them, chord by chord.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs.frames import BAR
from engine.models.parts import frame_columns
from engine.models.parts.boltzmann_machine import FIRST_WEIGHTS, Machine, flipped, told_by
from engine.models.parts.frame_rnn import FrameRNN, Passage
from engine.options import option

LEAST_HEAT = 0.05  # of a chain


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    lowest: int = option(31, "lowest key it knows, MIDI", 21, 108)
    highest: int = option(84, "highest key it knows, MIDI", 21, 108)
    memory: int = option(100, "units of the recurrent network", 1)
    hidden: int = option(150, "hidden units of the Boltzmann machine", 1)
    clock: int = option(BAR, "frames of a bar, told to the memory; 0: it has to count by itself", 0, 64)
    rounds: int = option(15, "rounds of a chain while learning (the k of CD-k)", 1, 100)
    dropout: float = option(0.3, "share of the memory left out while learning", 0.0, 0.9)
    batch: int = option(8, "windows in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions(frame_columns.SampleOptions):
    """How music is drawn."""

    rounds: int = option(40, "rounds in which each chord settles", 1, 500)


HarmonizeOptions = SampleOptions


class RnnRbm(FrameRNN):
    """Frames [n, 64, 88], each a Boltzmann machine whose biases come from what was heard."""

    def __init__(self, options: Options | None = None) -> None:
        o = options or Options()
        keys = o.highest - o.lowest + 1
        super().__init__(o, nn.RNN, keys + o.hidden)
        self.weight = nn.Parameter(torch.randn(o.hidden, keys) * FIRST_WEIGHTS)

    def machine(self, told: Tensor) -> Machine:
        """The machines of frames, by what the memory tells of each [m, keys + hidden]."""
        b_v, b_h = told.split([self.keys.count, self.options.hidden], -1)
        return Machine(self.weight, self.b + b_v, b_h)

    def cost(self, x: Tensor) -> Tensor:
        """What contrastive divergence goes down, [n, t]: only its slope says something."""
        return self._contrast(self.keys.cut(x))[0]

    def _contrast(self, cells: Tensor) -> tuple[Tensor, Tensor]:
        """The contrast of each frame [n, t], and how well one round gives the frame back, nats [n, t]."""
        machine = self.machine(self.told(cells))
        with torch.no_grad():
            h = flipped(machine.hidden(cells), None)
            logits = machine.logits(h)
            again = F.binary_cross_entropy_with_logits(logits, cells, reduction="none").sum(-1)
            dream = machine.gibbs(machine.drawn(logits, None), self.options.rounds - 1, None)
        return machine.free_energy(cells) - machine.free_energy(dream), again

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per frame of what one round gives back, which can be read; its slope is that of the contrast."""
        contrast, again = self._contrast(self.keys.cut(batch))
        return {"loss": told_by(again.mean(), contrast.mean()), "contrast": contrast.mean()}

    def chord(
        self, told: Tensor, passage: Passage, at: int, o: frame_columns.SampleOptions, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """The chord at a frame: rounds from the chord before on, in which what stays is put back every time."""
        assert isinstance(o, SampleOptions)
        machine, stays, heat = self.machine(told), passage.stays[:, at], max(o.temperature, LEAST_HEAT)
        v = torch.where(stays, passage.values[:, at], passage.before)
        for index in range(o.rounds):
            h = flipped((machine.received(v) / heat).sigmoid(), generator)
            last = index == o.rounds - 1 and o.temperature <= 0
            wished = machine.drawn(machine.logits(h) + o.density, generator, 0.0 if last else heat)
            v = torch.where(stays, passage.values[:, at], wished)
        return v, v.new_zeros(len(v))
