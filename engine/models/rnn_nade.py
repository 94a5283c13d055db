"""RNN-NADE: chord after chord, each note of a chord given those below it and everything before.

Boulanger-Lewandowski, Bengio and Vincent (2012), "Modeling temporal dependencies in high-dimensional sequences:
application to polyphonic music generation and transcription"; the memory is an LSTM, as in Magenta's version. A network
whose notes decide independently of each other writes chords that are averages of several; here every note knows the
notes below it. The likelihood is exact, so is the drawing.

For a composer: it goes on from four voices, puts voices under a melody, and fills bars from both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.codecs.frames import BAR
from engine.models.parts import frame_columns
from engine.models.parts.frame_rnn import FrameRNN, Passage
from engine.models.parts.nade_layer import NadeLayer
from engine.options import option


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    lowest: int = option(31, "lowest key it knows, MIDI", 21, 108)
    highest: int = option(84, "highest key it knows, MIDI", 21, 108)
    memory: int = option(150, "units of the LSTM", 1)
    hidden: int = option(100, "hidden units of the NADE", 1)
    clock: int = option(BAR, "frames of a bar, told to the memory; 0: it has to count by itself", 0, 64)
    dropout: float = option(0.3, "share of the memory left out while learning", 0.0, 0.9)
    batch: int = option(16, "windows in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions(frame_columns.SampleOptions):
    """How music is drawn."""

    draws: int = option(96, "where something is given: how many ways are followed at once", 1, 512)


HarmonizeOptions = SampleOptions


class RnnNade(FrameRNN):
    """Frames [n, 64, 88], each a NADE whose biases come from what was heard."""

    def __init__(self, options: Options | None = None) -> None:
        o = options or Options()
        keys = o.highest - o.lowest + 1
        super().__init__(o, nn.LSTM, keys + o.hidden)
        self.layer = NadeLayer(keys, o.hidden)

    def _biases(self, told: Tensor) -> tuple[Tensor, Tensor]:
        b, c = told.split([self.keys.count, self.options.hidden], -1)
        return self.b + b, c

    def nats(self, x: Tensor) -> Tensor:
        """-log p [n, t] of each frame of [n, t, 88] given those before it, exactly, over the keys it knows."""
        cells = self.keys.cut(x)
        return self.layer.nats(cells, *self._biases(self.told(cells)))

    cost = nats  # of a frame, to be learnt from

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per frame of windows [n, 64, 88]."""
        return {"loss": self.nats(batch).mean()}

    def chord(
        self, told: Tensor, passage: Passage, at: int, o: frame_columns.SampleOptions, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """The chord at a frame, key by key; what stays there gives it its weight."""
        b, c = self._biases(told)
        return self.layer.draw(b, c, passage.values[:, at], passage.stays[:, at], o, generator)
