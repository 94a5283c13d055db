"""Chords one by one: NADE on single frames, which knows what sounds together and nothing of what comes after what.

Larochelle and Murray (2011), "The neural autoregressive distribution estimator", on frames of four-part chorales as in
Boulanger-Lewandowski, Bengio and Vincent (2012), "Modeling temporal dependencies in high-dimensional sequences". How
likely it holds a chord is known exactly.

For a composer: notes of a chord are given, the others come; chords under a melody, each for itself; a row of chords as
raw material.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from engine.codecs.frames import BEAT
from engine.codecs.roll import STEPS
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.models.parts import frame_columns
from engine.models.parts.frame_columns import LEAST_HEAT, Keys, kept, under_lid, usual_biases
from engine.models.parts.nade_layer import NadeLayer
from engine.options import option

AT_ONCE = 2_048  # chords drawn side by side


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    lowest: int = option(31, "lowest key it knows, MIDI", 21, 108)
    highest: int = option(84, "highest key it knows, MIDI", 21, 108)
    hidden: int = option(100, "hidden units", 1)
    batch: int = option(8, "windows in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions(frame_columns.SampleOptions):
    """How chords are drawn."""

    draws: int = option(32, "how many draws of a chord what is given chooses among", 1, 512)
    held: int = option(2 * BEAT, "eighths for which each new chord is held", 1, 64)


HarmonizeOptions = SampleOptions


class Nade(nn.Module):
    """Frames [n, 64, 88] one by one."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.keys = Keys(o.lowest, o.highest)
        self.layer = NadeLayer(self.keys.count, o.hidden)
        self.b = nn.Parameter(torch.zeros(self.keys.count))
        self.c = nn.Parameter(torch.zeros(o.hidden))

    def prepare(self, draw: Callable[[int], Tensor], report: Report = silent) -> None:
        """Begin with keys that sound as often as in the music."""
        self.b.data.copy_(usual_biases(draw, self.keys, report))

    def nats(self, x: Tensor) -> Tensor:
        """-log p [n, t] of each frame of [n, t, 88], exactly, over the keys it knows."""
        return self.layer.nats(self.keys.cut(x), self.b, self.c)

    cost = nats  # of a frame, to be learnt from

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per frame of windows [n, 64, 88]."""
        return {"loss": self.nats(batch).mean()}

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """Windows [n, 64, 88] of chords, each drawn for itself and held for a while."""
        wished = replace(options, temperature=max(options.temperature, LEAST_HEAT))
        chords = -(-STEPS // options.held)
        nothing = torch.zeros(n * chords, self.keys.count)
        found = self._drawn(nothing, nothing > 0, wished, 1, report)
        return self.keys.whole(found.view(n, chords, -1).repeat_interleave(options.held, 1)[:, :STEPS])

    @torch.no_grad()
    def harmonize(
        self, x: Tensor, given: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Windows [n, 64, 88] with chords around the given cells, bool; where those rest or go on, so do the chords."""
        mine = torch.where(given, x, 0)
        found = self._anew(mine, under_lid(mine, given, options.lid), options, report)
        watch(found)
        return found

    @torch.no_grad()
    def inpaint(
        self, x: Tensor, hole: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Windows [n, 64, 88] with the cells of the hole, bool, drawn given the other keys of their frames."""
        found = self._anew(x, ~hole, options, report)
        watch(found)
        return found

    def _anew(self, x: Tensor, stays: Tensor, o: SampleOptions, report: Report) -> Tensor:
        o = replace(o, temperature=max(o.temperature, LEAST_HEAT))  # draws that are all alike leave no choice
        return kept(x, stays, lambda known, closed: self._chords(known, closed, o, report))

    def _chords(self, x: Tensor, stays: Tensor, o: SampleOptions, report: Report) -> Tensor:
        """Chords given what stays of them; frames in a row of which the same is given are one chord, `held` at most."""
        values, closed = self.keys.cut(x).flatten(0, 1), self.keys.cut(stays).flatten(0, 1)
        same = (values[1:] == values[:-1]).all(1) & (closed[1:] == closed[:-1]).all(1)
        at = torch.arange(len(values), device=x.device)
        same &= (at[1:] % o.held != 0) & (at[1:] % x.shape[1] != 0)
        chord = torch.cat([torch.zeros(1, dtype=torch.long, device=x.device), (~same).long().cumsum(0)])
        first = torch.searchsorted(chord, torch.arange(int(chord[-1]) + 1, device=x.device))
        found = self._drawn(values[first], closed[first], o, o.draws, report)
        return self.keys.whole(found[chord].view(*x.shape[:2], -1))

    def _drawn(self, values: Tensor, stays: Tensor, o: SampleOptions, draws: int, report: Report) -> Tensor:
        """Chords [m, keys]; of several draws of each, one by its weight."""
        generator = torch.Generator().manual_seed(o.seed)
        found, parts = [], list(zip(values.split(AT_ONCE // draws), stays.split(AT_ONCE // draws), strict=True))
        for index, (known, closed) in enumerate(parts):
            report(index, len(parts), "chords")
            many, shut = (part.repeat_interleave(draws, 0) for part in (known, closed))
            b, c = (bias.detach().expand(len(many), -1) for bias in (self.b, self.c))
            chords, weight = self.layer.draw(b, c, many, shut, o, generator)
            choice = torch.multinomial(weight.view(-1, draws).softmax(1).cpu(), 1, generator=generator)
            found.append(chords.view(-1, draws, chords.shape[1])[torch.arange(len(known)), choice[:, 0]])
        return torch.cat(found)
