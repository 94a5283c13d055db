"""What machines that settle have in common: melodies from nothing, holes filled, bars shaken, all by one loop.

Visible and hidden units answer each other round after round; what is given is put back each time. A new melody, and a
hole, begins hot, with steps that know nothing of one another, and is cooled half of the way; what is shaken begins with
what it is, so that the number of rounds is the distance it may go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.models.parts.boltzmann_machine import chosen
from engine.models.parts.home_range import SYMBOLS, any_key, brought_home, spread, squeezed, taken_back, way_home
from engine.models.parts.melody_mlp import is_compound
from engine.options import option

KINDS = (False, True)  # bars of 16 steps, bars of 12
HOT, COOL = 1.6, 0.7  # temperatures: what is new begins at the first; chains run no cooler than the second
SHOWN = 5  # rounds between two looks at music that settles


@dataclass(frozen=True)
class SampleOptions:
    """How melodies settle."""

    temperature: float = option(0.8, "0 takes the likeliest notes at the end, 1 draws them as it learnt", 0.0, 1.5)
    rounds: int = option(100, "times hidden and visible units answer each other", 1, 5_000)
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed draws the same melodies", 0)


def seen(tokens: Tensor, compound: bool, known: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Visible units [n, steps * SYMBOLS] of melodies [n, slots] of one kind, and the way home they were moved, [n].

    `known`, bool like the tokens, marks the steps that may be looked at to find that way.
    """
    steps = squeezed(tokens, compound)
    shift = way_home(steps, None if known is None else squeezed(known, compound))
    return F.one_hot(brought_home(steps, shift), SYMBOLS).float().flatten(1), shift


def said(v: Tensor, shift: Tensor, compound: bool) -> Tensor:
    """Melodies [n, slots] of visible units: moved back from home; none begins with a held step."""
    symbols = v.unflatten(1, (-1, SYMBOLS)).argmax(-1)
    symbols[:, 0] = symbols[:, 0].clamp_min(melody.REST)
    return spread(taken_back(symbols, shift), compound)


def by_kind(tokens: Tensor) -> list[tuple[bool, Tensor]]:
    """Visible units of those melodies [n, slots] that have each kind of bar, where there are any."""
    kinds = is_compound(tokens)
    rows = [(kind, tokens[kinds == kind]) for kind in KINDS]
    return [(kind, seen(part, kind)[0]) for kind, part in rows if len(part)]


def drawn(logits: Tensor, generator: torch.Generator | None, temperature: float = 1.0) -> Tensor:
    """Visible units [n, steps * SYMBOLS], one of each step on, of what they receive."""
    return F.one_hot(chosen(logits.unflatten(1, (-1, SYMBOLS)), generator, temperature), SYMBOLS).float().flatten(1)


class Settling(nn.Module):
    """A machine over melodies; what it is made of says how visible units are answered."""

    if TYPE_CHECKING:  # each has its own

        def alone(self, compound: bool) -> Tensor: ...  # what units tend to before they hear others, logits [visible]

        def answered(self, v: Tensor, compound: bool, heat: float, generator: torch.Generator) -> Tensor:
            """What visible units [n, visible] receive, as logits, after the hidden ones were drawn at a temperature."""
            ...

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies [n, slots], in any key: chains from steps that know nothing of one another."""
        generator = torch.Generator().manual_seed(options.seed)
        v = drawn(self.alone(options.compound).expand(n, -1), generator)
        v = self.settled(v, None, options, options.compound, HOT, generator, report)
        return said(v, any_key(n, generator).to(v.device), options.compound)

    @torch.no_grad()
    def inpaint(
        self, x: Tensor, hole: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, slots] with the steps of the hole, bool like x, written anew; all else comes back as it was."""
        return self._kept(x, hole, options, True, report, watch)

    @torch.no_grad()
    def rewrite(
        self, x: Tensor, open_: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, slots] whose open steps, bool like x, were shaken for some rounds, from what they held."""
        return self._kept(x, open_, options, False, report, watch)

    def _kept(
        self, x: Tensor, hole: Tensor, options: SampleOptions, anew: bool, report: Report, watch: Watch
    ) -> Tensor:
        """Both kinds of bar, each by itself: what is open settles around what is not."""
        x = x.long()
        made, generator = x.clone(), torch.Generator().manual_seed(options.seed)
        kinds, hole = is_compound(x), hole.bool() & (x != melody.PAD)
        for compound in KINDS:
            rows = (kinds == compound).nonzero()[:, 0]
            if not len(rows):
                continue
            v, shift = seen(x[rows], compound, known=~hole[rows] if anew else None)
            open_ = squeezed(hole[rows], compound).repeat_interleave(SYMBOLS, 1)
            if anew:
                v = torch.where(open_, drawn(self.alone(compound).expand(len(v), -1), generator), v)

            def show(now: Tensor, rows: Tensor = rows, compound: bool = compound, shift: Tensor = shift) -> None:
                made[rows] = torch.where(hole[rows], said(now, shift, compound), x[rows])
                watch(made)

            hot = HOT if anew else 1.0
            show(self.settled(v, open_, options, compound, hot, generator, report, show))
        return made

    def settled(
        self,
        v: Tensor,
        open_: Tensor | None,
        options: SampleOptions,
        compound: bool,
        hot: float,
        generator: torch.Generator,
        report: Report = silent,
        show: Watch = unwatched,
    ) -> Tensor:
        """Visible units [n, visible] after some rounds, from a temperature down; only open ones, bool, change.

        The last time they are drawn at the temperature that is asked for. The likeliest ones of a hole (temperature
        0) are those that were likeliest on average in its cooler half.
        """
        kept, aim = v, max(options.temperature, COOL)
        average = torch.zeros_like(v)
        for index in range(options.rounds):
            report(index, options.rounds, "settling")
            heat = aim + max(0.0, hot - aim) * max(0.0, 1 - 2 * index / options.rounds)
            last = index == options.rounds - 1
            logits = self.answered(v, compound, heat, generator)
            if open_ is not None and not options.temperature and 2 * index >= options.rounds - 1:
                average += logits.unflatten(1, (-1, SYMBOLS)).softmax(-1).flatten(1)
                logits = average if last else logits
            new = drawn(logits, generator, options.temperature if last else heat)
            v = new if open_ is None else torch.where(open_, new, kept)
            if index % SHOWN == SHOWN - 1 and not last:
                show(v)
        return v
