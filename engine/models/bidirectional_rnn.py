"""A bidirectional recurrent network: every gap is heard from both of its sides.

One stack of LSTM layers reads the melody from the left, another from the right, and what they know when they meet at a
step chooses its token (Schuster and Paliwal, 1997, "Bidirectional Recurrent Neural Networks"). The step itself is heard
by neither, or it would only be copied. That alone says what one step would be, given all others; to fill whole gaps the
network learns with holes of every size and form, and in half of the melodies the left reader hears what stood in the
hole before a step, because a gap is filled from left to right (Berglund et al., 2015, "Bidirectional Recurrent Neural
Networks as Generative Models", fill gaps step by step as well). Each reader is reminded of what stood in the same place
one, two and four bars ago, and all melodies are heard in one key (see `echoes` and `home_key`).

For a composer: bars that lead from what is before them to what is behind them; or all of mine asked again, a few
notes at a time, until the tune has settled.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent, stretch
from engine.models.capabilities import Watch, unwatched
from engine.models.parts import home_key
from engine.models.parts.dice import heated
from engine.models.parts.echoes import Echoes
from engine.models.parts.note_walk import Walker, Way, before, walked
from engine.models.parts.recurrent import in_bar, remember
from engine.options import option

KINDS = 3  # of holes: single steps, a run of steps, whole bars
LONGEST = 0.75  # of a melody: a run that is cut out
GROUPS = 8  # a round of rewriting opens this part of the steps at a time
AT_ONCE = 128  # melodies
MEMORY = 32  # steps a cell remembers at first, at most
RUN = 4  # steps that are rewritten together, on average


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    both: bool = option(True, "the melody is heard from both sides; without, from the left only: for comparison")
    embedding: int = option(32, "features of a token", 2)
    width: int = option(160, "units of each recurrent layer", 4)
    layers: int = option(2, "recurrent layers in each direction", 1, 4)
    meeting: int = option(160, "units of the layer in which both directions meet", 4)
    told: float = option(0.5, "share of the melodies in which the left reader hears what stood in the hole", 0.0, 1.0)
    dropout: float = option(0.1, "share of inner units left out while learning", 0.0, 0.9)
    batch: int = option(32, "melodies in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How holes are filled and music is rewritten."""

    temperature: float = option(0.8, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    passes: int = option(1, "times a hole is gone over; after the first, a few steps at a time", 1, 50)
    rounds: int = option(12, "how often the open steps are gone through when music is rewritten", 1, 200)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed writes the same notes", 0)


class BidirectionalRNN(nn.Module):
    """Melody tokens [n, 16 * bars] of which some are open, to all of them."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.tokens = nn.Embedding(home_key.HEARD, o.embedding)
        self.places = nn.Embedding(2 * melody.BAR_SLOTS, o.embedding)
        drop = o.dropout if o.layers > 1 else 0.0
        self.left = nn.LSTM(3 * o.embedding, o.width, o.layers, batch_first=True, dropout=drop)
        self.echoes_left = Echoes(o.embedding)
        remember(self.left, MEMORY)
        if o.both:
            self.right = nn.LSTM(3 * o.embedding, o.width, o.layers, batch_first=True, dropout=drop)
            self.echoes_right = Echoes(o.embedding)
            remember(self.right, MEMORY)
            self.from_right = nn.Linear(o.width, o.meeting, bias=False)
        self.from_left = nn.Linear(o.width, o.meeting)
        self.here = nn.Embedding(2 * melody.BAR_SLOTS, o.meeting)
        self.out = nn.Linear(o.meeting, home_key.VOCABULARY)
        nn.init.normal_(self.here.weight, std=0.1)

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per step cut out of tokens [n, 16 * bars]."""
        x = batch.long()
        hole = holes(x)
        told = (torch.rand(len(x), 1, device=x.device) < self.options.told) & hole
        cost, right = self._cost(x, hole, told)
        return {"loss": cost, "accuracy": right}

    def _cost(self, x: Tensor, hole: Tensor, told: Tensor) -> tuple[Tensor, Tensor]:
        """Nats per step of the hole, and the share of its steps whose likeliest token is right."""
        tokens = home_key.home(x, home_key.homeward(x, ~hole))
        masked = tokens.masked_fill(hole, home_key.MASK)
        logits = self._logits(torch.where(told, tokens, masked), masked)[hole]
        return F.cross_entropy(logits, tokens[hole]), (logits.argmax(-1) == tokens[hole]).float().mean()

    def _logits(self, leftward: Tensor, rightward: Tensor) -> Tensor:
        """Logits [n, s, V] of all steps, given what is heard from the left and from the right, [n, s] each."""
        places = self._places(leftward)
        heard = [self.tokens(before(leftward)), self.echoes_left(leftward), self.places(places)]
        from_left, _ = self.left(torch.cat(heard, -1))
        met = self.from_left(from_left) + self._awaited(rightward, places)
        return self.out(F.gelu(met)).float()

    def _places(self, tokens: Tensor) -> Tensor:
        return in_bar(tokens[:, melody.BAR_SLOTS - 1] == home_key.PAD, tokens.shape[1] // melody.BAR_SLOTS)

    def _awaited(self, tokens: Tensor, places: Tensor) -> Tensor:
        """What each step knows of itself and of what follows it, [n, s, meeting]."""
        if not self.options.both:
            return self.here(places)
        mirrored = tokens.flip(1)
        heard = [self.tokens(before(mirrored)), self.echoes_right(mirrored), self.places(places.flip(1))]
        from_right, _ = self.right(torch.cat(heard, -1))
        return self.from_right(from_right.flip(1)) + self.here(places)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def nats(self, x: Tensor, hole: Tensor) -> float:
        """Surprise per step of the hole, bool like x, when it is filled from left to right with what stood there."""
        total = sum(
            float(self._cost(few, cut, cut)[0]) * int(cut.sum())
            for few, cut in zip(x.long().split(AT_ONCE), hole.split(AT_ONCE), strict=True)
            if cut.any()
        )
        return total / max(1, int(hole.sum()))

    @torch.no_grad()
    def inpaint(
        self, x: Tensor, hole: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, 16 * bars] with the steps of the hole written anew; all others come back as they were."""
        generator = torch.Generator().manual_seed(options.seed)
        hole = hole & (x != melody.PAD)
        total = 1 + GROUPS * (options.passes - 1)
        filled = self._filled(x.long(), hole, options.temperature, generator, stretch(report, 0.0, 1 / total))
        watch(filled)
        if options.passes > 1:
            rest = stretch(report, 1 / total, 1.0)
            filled = self._settled(filled, hole, options.passes - 1, options.temperature, generator, rest, watch)
        return filled

    @torch.no_grad()
    def rewrite(
        self, x: Tensor, open_: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """The open steps asked again in `rounds` rounds, a few short runs at a time, given all the others."""
        generator = torch.Generator().manual_seed(options.seed)
        open_ = open_ & (x != melody.PAD)
        return self._settled(x.long(), open_, options.rounds, options.temperature, generator, report, watch)

    def _settled(
        self, x: Tensor, open_: Tensor, rounds: int, temperature: float, generator: torch.Generator,
        report: Report, watch: Watch,
    ) -> Tensor:  # fmt: skip
        for index in range(rounds):
            group = groups(x.shape, generator).to(x.device)
            for number in range(GROUPS):
                at = index * GROUPS + number
                part = stretch(report, at / (rounds * GROUPS), (at + 1) / (rounds * GROUPS))
                x = self._filled(x, open_ & (group == number), temperature, generator, part)
            watch(x)
        return x

    def _filled(
        self, x: Tensor, hole: Tensor, temperature: float, generator: torch.Generator, report: Report
    ) -> Tensor:
        """One walk from left to right: what is heard from the right does not change on the way."""
        shift = home_key.homeward(x, ~hole)
        tokens = home_key.home(x, shift).masked_fill(hole, home_key.MASK)
        places = self._places(tokens)
        awaited = self._awaited(tokens, places)
        noise = heated((*x.shape, home_key.VOCABULARY), temperature, generator)

        def say(state: Tensor, step: int) -> Tensor:
            logits: Tensor = self.out(F.gelu(self.from_left(state) + awaited[:, step]))
            return logits

        walker = Walker(self.left, self.tokens, self.echoes_left, self.places(places))
        way = Way(tokens, hole, home_key.unwritable(shift), noise)
        return torch.where(hole, home_key.away(walked(walker, say, way, report, "filling"), shift), x)


def holes(tokens: Tensor) -> Tensor:
    """Steps [n, s] to cut out while learning: single ones, one run or some bars by turns, of all sizes alike."""
    n, steps = tokens.shape
    device = tokens.device
    place = torch.arange(steps, device=device)
    kind = torch.randint(KINDS, (n, 1), device=device)
    alone = torch.rand(n, steps, device=device) < torch.rand(n, 1, device=device)
    length = torch.rand(n, 1, device=device) * LONGEST * steps + 1
    start = torch.rand(n, 1, device=device) * (steps - length + 1)
    run = (place >= start.long()) & (place < start.long() + length)
    bars = steps // melody.BAR_SLOTS
    cut = torch.rand(n, bars, device=device) < torch.rand(n, 1, device=device) * LONGEST
    cut[torch.arange(n, device=device), torch.randint(bars, (n,), device=device)] = True
    whole = cut.repeat_interleave(melody.BAR_SLOTS, 1)
    return torch.where(kind == 0, alone, torch.where(kind == 1, run, whole)) & (tokens != melody.PAD)


def groups(shape: torch.Size | tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Short runs of steps shared out at random among GROUPS groups, int64 [n, s]."""
    n, steps = shape
    begins = torch.rand(n, steps, generator=generator) < 1 / RUN
    run = begins.long().cumsum(1)
    group = torch.randint(GROUPS, (n, steps + 1), generator=generator)
    return group.gather(1, run)
