"""What systems that write frame after frame have in common: a memory of what was heard, and a law of the next chord.

The law is conditional (Boulanger-Lewandowski, Bengio and Vincent, 2012): a recurrent network turns the frames so far
into the biases of a NADE or of a Boltzmann machine. What a composer has given inside of a passage is heeded as it
comes: several passages are written at once, those in which the given keys were likely are gone on with (a particle
filter; Gordon, Salmond and Smith, 1993).

Ours: the memory is told where in the bar the next frame stands (option `clock`), which the paper leaves it to count.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs.frames import BAR
from engine.codecs.roll import STEPS
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.models.parts.frame_columns import (
    LEAST_HEAT,
    Keys,
    SampleOptions,
    kept,
    moved,
    to_c,
    under_lid,
    usual_biases,
)

AHEAD = BAR  # frames behind a hole that choose among what is written into it
SKETCHED = BAR  # frames after which a watcher is told


@dataclass(frozen=True)
class Passage:
    """What is to be written: frames [n, t, keys] of which some cells stay, and what was heard before them.

    Attributes:
        values: what the cells that stay hold.
        stays: bool, the same shape.
        before: the frame before the first one [n, keys].
        memory: of the frames before that one; None: of nothing.
        first: number of the first frame, bars counted from 0.
    """

    values: Tensor
    stays: Tensor
    before: Tensor
    memory: Any = None
    first: int = 0


class FrameRNN(nn.Module, ABC):
    """Windows [n, 64, 88]; a subclass knows the law of the next chord (`chord`), and what a frame costs (`cost`)."""

    def __init__(self, options: Any, rnn: type[nn.LSTM] | type[nn.RNN], law: int) -> None:
        """`law`: how many numbers the memory tells the law of the next chord."""
        super().__init__()
        self.options = options
        self.progress = 1.0
        self.keys = Keys(options.lowest, options.highest)
        self.rnn = rnn(self.keys.count + options.clock, options.memory, batch_first=True)
        self.tell = nn.Linear(options.memory, law)
        self.b = nn.Parameter(torch.zeros(self.keys.count))

    @abstractmethod
    def chord(
        self, told: Tensor, passage: Passage, at: int, o: SampleOptions, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """The chord [n, keys] at a frame of a passage, given what the memory tells [n, law], and log weights [n]."""

    def prepare(self, draw: Callable[[int], Tensor], report: Report = silent) -> None:
        """Begin with keys that sound as often as in the music."""
        self.b.data.copy_(usual_biases(draw, self.keys, report))

    def told(self, cells: Tensor) -> Tensor:
        """What the memory tells of every frame of [n, t, keys], [n, t, law]: of the first one from nothing."""
        before = F.pad(cells[:, :-1], (0, 0, 1, 0))
        heard = self.rnn(self._with_clock(before, 0))[0]
        return self.tell(F.dropout(heard, self.options.dropout, self.training)).float()

    def _with_clock(self, before: Tensor, first: int) -> Tensor:
        clock = self.options.clock
        if not clock:
            return before
        places = (torch.arange(before.shape[1], device=before.device) + first) % clock
        return torch.cat([before, F.one_hot(places, clock).float().expand(len(before), -1, -1)], -1)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """Windows [n, 64, 88] from nothing."""
        wished = replace(options, temperature=max(options.temperature, LEAST_HEAT))
        nothing = self.b.new_zeros(n, STEPS, self.keys.count)
        return self.keys.whole(self._written(Passage(nothing, nothing > 0, nothing[:, 0]), wished, report))

    @torch.no_grad()
    def extend(self, x: Tensor, options: SampleOptions, report: Report = silent) -> Tensor:
        """The windows [n, 64, 88] that follow windows [n, 64, 88], in their key."""
        shift = to_c(x)
        heard = self.keys.cut(moved(x.long(), shift))
        memory = self.rnn(self._with_clock(F.pad(heard[:, :-1], (0, 0, 1, 0)), 0))[1]
        nothing = torch.zeros_like(heard)
        passage = Passage(nothing, nothing > 0, heard[:, -1], memory, x.shape[1])
        return moved(self.keys.whole(self._written(passage, options, report)), -shift)

    @torch.no_grad()
    def harmonize(
        self, x: Tensor, given: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Windows [n, 64, 88] with keys added to the given cells, bool, which stay."""
        mine = torch.where(given, x, 0)
        return self._anew(mine, under_lid(mine, given, options.lid), options, report, watch)

    @torch.no_grad()
    def inpaint(
        self, x: Tensor, hole: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Windows [n, 64, 88] with the cells of the hole, bool, written anew; all others stay."""
        return self._anew(x, ~hole, options, report, watch)

    def _anew(self, x: Tensor, stays: Tensor, o: SampleOptions, report: Report, watch: Watch) -> Tensor:
        """Only the stretch that holds open cells is written, with the frames right behind it to choose by."""
        open_ = (~stays).any(-1).any(0).nonzero()[:, 0].tolist()
        if not open_:
            return x.long()
        first, end = open_[0], min(x.shape[1], open_[-1] + 1 + AHEAD)
        o = replace(o, temperature=max(o.temperature, LEAST_HEAT))  # attempts that are all alike leave no choice

        def work(known: Tensor, closed: Tensor) -> Tensor:
            cells, shut = self.keys.cut(known), self.keys.cut(closed)
            before = F.pad(cells, (0, 0, 1, 0))
            memory = self.rnn(self._with_clock(before[:, :first], 0))[1] if first else None
            here = slice(first, end)
            passage = Passage(cells[:, here], shut[:, here], before[:, first], memory, first)
            made = known.clone()
            made[:, here] = self.keys.whole(self._written(passage, o, report, self._shown(made, here, watch)))
            return made

        return kept(x, stays, work)

    def _shown(self, made: Tensor, here: slice, watch: Watch) -> Watch:
        """Tells a watcher how the whole window stands, of the cells of a stretch of it."""
        if watch is unwatched:
            return unwatched

        def show(cells: Tensor) -> None:
            now = made.clone()
            now[:, here] = self.keys.whole(cells)
            watch(now)

        return show

    # writing --------------------------------------------------------------------------------------------------

    def _written(self, passage: Passage, o: Any, report: Report, watch: Watch = unwatched) -> Tensor:
        """Frames [n, t, keys], one after the other; of several attempts at each, the one in which what stays fits."""
        n, frames, _ = passage.values.shape
        tries = int(getattr(o, "draws", 1)) if passage.stays.any() else 1
        generator = torch.Generator().manual_seed(o.seed)
        p = _repeated(passage, tries)
        memory, before = p.memory, p.before
        made, weight = torch.zeros_like(p.values), torch.zeros(n, tries)
        for at in range(frames):
            report(at, frames, "frame by frame")
            heard, memory = self.rnn(self._with_clock(before[:, None], p.first + at), memory)
            told = self.tell(heard[:, 0]).float()
            made[:, at], fits = self.chord(told, replace(p, before=before), at, o, generator)
            weight = weight + fits.view(n, tries).cpu()
            if tries > 1 and bool(p.stays[:, at].any()):
                chosen, weight = _survivors(weight, generator)
                made, memory = made[chosen], _gathered(memory, chosen)
            before = made[:, at]
            if at % SKETCHED == SKETCHED - 1:
                watch(made[::tries])
        best = weight.argmax(1) + torch.arange(n) * tries
        return made[best]


def _repeated(passage: Passage, tries: int) -> Passage:
    """The same passage so many times, attempts at one window beside one another."""
    values, stays, before = (
        part.repeat_interleave(tries, 0) for part in (passage.values, passage.stays, passage.before)
    )
    memory = passage.memory
    if memory is not None and tries > 1:
        memory = _gathered(memory, torch.arange(len(passage.values)).repeat_interleave(tries))
    return replace(passage, values=values, stays=stays, before=before, memory=memory)


def _gathered(memory: Any, chosen: Tensor) -> Any:
    """Rows of a recurrent network's memory: a tensor [1, n, size], or several."""
    if isinstance(memory, Tensor):
        return memory[:, chosen.to(memory.device)]
    return tuple(part[:, chosen.to(part.device)] for part in memory)


def _survivors(weight: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Which attempts are gone on with, rows [n * tries], and their log weights [n, tries].

    Where the weights have come to lie on less than half of the attempts, they are drawn again by their weights.
    """
    n, tries = weight.shape
    shares = weight.softmax(1)
    poor = 1 / (shares**2).sum(1) < tries / 2
    again = torch.multinomial(shares, tries, replacement=True, generator=generator)
    kept_ = torch.where(poor[:, None], again, torch.arange(tries))
    weight = torch.where(poor[:, None], torch.zeros_like(weight), weight)
    return (kept_ + torch.arange(n)[:, None] * tries).flatten(), weight
