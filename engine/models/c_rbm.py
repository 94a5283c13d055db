"""C-RBM: a Boltzmann machine that slides along eight bars, and is made to write in the shape of another piece.

Lattner, Grachten and Widmer (2016, "Imposing higher-level structure in polyphonic music generation using convolutional
restricted Boltzmann machines and constraints"). The machine itself knows no more than what goes with what within a bar:
what returns, in which key and on which beat, is imposed while it settles. Gibbs steps of the machine and steps of
descent on the constraints' errors take turns; the last word is the machine's, so that what comes is a sample of it.

For a composer: the one system that is told long form. Take a tune of eight bars and ask for another of the same shape:
its repeats, its cadences, its rhythm, and other notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.parts import boltzmann_settling
from engine.models.parts.boltzmann_machine import chosen, told_by
from engine.models.parts.boltzmann_settling import HOT, KINDS, Settling, by_kind, said, seen
from engine.models.parts.boltzmann_time import LISTENED, TimeMachine
from engine.models.parts.form_constraints import CONSTRAINTS, Form, form_of
from engine.models.parts.home_range import SYMBOLS
from engine.models.parts.melody_mlp import is_compound
from engine.models.parts.pretraining import Draw
from engine.options import option

BARS = 8
LOOKED_AT = 1_024  # windows from which it learns how often each symbol stands at each step of the bar
SCALES = (20.0, 4.0, 8.0)  # what makes a constraint of strength 1 heard beside the machine
OPEN_AT_ONCE = 0.5  # share of the steps that are drawn at a time under the constraints
Errors = dict[str, list[float]]  # name of a constraint -> its error after every round


@dataclass(frozen=True)
class Options:
    """How the machine is built and trained."""

    maps: int = option(160, "hidden units of each place", 1)
    width: int = option(17, "steps that each of them hears", 2)
    bars: int = option(4, "bars of a phrase that are heard at a time while learning", 1, 8)
    chains: int = option(24, "imagined phrases of each kind of bar that are kept while learning", 1)
    contrast_steps: int = option(4, "times they go up to the hidden units and down again in a step of training", 1)
    batch: int = option(32, "phrases in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions(boltzmann_settling.SampleOptions):
    """How phrases settle."""

    rounds: int = option(40, "times hidden and visible units answer each other", 1, 5_000)


@dataclass(frozen=True)
class ShapeOptions:
    """How a phrase is made in the shape of another."""

    structure: float = option(1.0, "how much its repeats count", 0.0, 5.0)
    tonality: float = option(1.0, "how much its keys count", 0.0, 5.0)
    meter: float = option(1.0, "how much its rhythm counts", 0.0, 5.0)
    rounds: int = option(40, "turns of settling under the constraints", 1, 1_000)
    settling: int = option(3, "times hidden and visible units answer each other in a turn", 1, 50)
    temperature: float = option(0.9, "0 takes the likeliest notes at the end, 1 draws them as it learnt", 0.0, 1.5)
    seed: int = option(1, "the same seed makes the same phrase", 0)


class CRBM(Settling):
    """Phrases, tokens [n, 128], over softmax units and hidden units that slide along them."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.layer = TimeMachine(o.maps, o.width)
        self.chains: Tensor
        self.compound_chains: Tensor
        for name, compound in zip(("chains", "compound_chains"), KINDS, strict=True):
            steps = o.bars * melody.steps_per_bar(compound)
            self.register_buffer(name, torch.zeros(o.chains, steps, dtype=torch.int64), persistent=False)

    # learning -------------------------------------------------------------------------------------------------

    def prepare(self, draw: Draw, report: Report = silent) -> None:
        """Begin with how often each symbol stands at each step of the bar; `draw(n)` gives n windows [n, 128]."""
        report(0, 1, "counting")
        for compound, v in by_kind(draw(LOOKED_AT)):
            self.layer.start(_symbols(v), compound)

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Of tokens [n, 128]: nats of surprise at a step of which all others are heard.

        Its slope is the contrast's: free energy per step of some bars of the phrases, less that of the chains.
        """
        slopes, heard = [], []
        for compound, v in by_kind(batch.long()):
            part = self._some_bars(_symbols(v), compound)
            slopes.append(self._contrasted(part, compound) * len(part) / len(batch))
            heard.append(self.layer.surprise(part[:LISTENED], compound))
        slope = torch.stack(slopes).sum()
        return {"loss": told_by(torch.cat(heard).mean(), slope), "contrast": slope}

    def _some_bars(self, symbols: Tensor, compound: bool) -> Tensor:
        """Neighbouring bars of phrases [n, steps], each batch from elsewhere in them."""
        bar = melody.steps_per_bar(compound)
        first = int(torch.randint(symbols.shape[1] // bar - self.options.bars + 1, (1,)))
        part = symbols[:, first * bar : (first + self.options.bars) * bar].clone()
        part[:, 0] = part[:, 0].clamp_min(melody.REST)  # what was held over the edge is not known
        return part

    def _contrasted(self, symbols: Tensor, compound: bool) -> Tensor:
        chains = self.compound_chains if compound else self.chains
        if not chains.any():  # they begin where no step knows of another
            tends = self.layer.tends(chains.shape[1], compound).detach()
            chains.copy_(chosen(tends.expand(len(chains), -1, -1), None))
        chains.copy_(self.layer.gibbs(chains, compound, self.options.contrast_steps, None))
        energies = [self.layer.free_energy(rows, compound).mean() for rows in (symbols, chains.clone())]
        return (energies[0] - energies[1]) / symbols.shape[1]

    # settling: what samples, inpaints and rewrites is made of --------------------------------------------------

    def alone(self, compound: bool) -> Tensor:
        """How often each symbol stands at each step, as logits [visible]."""
        return self.layer.tends(BARS * melody.steps_per_bar(compound), compound).flatten()

    def answered(self, v: Tensor, compound: bool, heat: float, generator: torch.Generator) -> Tensor:
        """Up to the hidden units and down again: logits [n, visible]."""
        return self.layer.answered(_symbols(v), compound, heat, generator).flatten(1)

    def echoed(self, v: Tensor, compound: bool) -> Tensor:
        """The same without chance: what its hidden units keep of phrases, logits [n, visible]."""
        layer = self.layer
        return layer.logits(layer.received(_symbols(v), compound).sigmoid(), compound).flatten(1)

    # shaping --------------------------------------------------------------------------------------------------

    def form(self, x: Tensor) -> Form:
        """The shape of one phrase, tokens [128], heard in its common key."""
        compound = bool(is_compound(x[None]))
        v, _ = seen(x[None], compound)
        return form_of(v[0].unflatten(0, (-1, SYMBOLS)), melody.steps_per_bar(compound))

    @torch.no_grad()
    def errors(self, x: Tensor, template: Tensor) -> Tensor:
        """How far a phrase, tokens [128], is from the shape of another of the same kind of bar, [3]."""
        v, _ = seen(x[None], bool(is_compound(template[None])))
        return self.form(template).errors(v.unflatten(1, (-1, SYMBOLS)))[:, 0]

    @torch.no_grad()
    def energy(self, x: Tensor) -> Tensor:
        """Free energy per step, [n], of phrases, tokens [n, 128] of one kind of bar."""
        compound = bool(is_compound(x[:1]))
        symbols = _symbols(seen(x, compound)[0])
        return self.layer.free_energy(symbols, compound) / symbols.shape[1]

    @torch.no_grad()
    def shaped(
        self,
        x: Tensor,
        options: ShapeOptions,
        report: Report = silent,
        watch: Callable[[Tensor, Errors], None] = lambda tokens, errors: None,
    ) -> tuple[Tensor, Errors]:
        """A new phrase, tokens [128], in the shape of one, tokens [128], and the errors after every round.

        `watch` is told how it stands after every round. The phrase is the round that did best in the cooler half.
        """
        compound, form = bool(is_compound(x[None])), self.form(x)
        _, shift = seen(x[None], compound)
        generator = torch.Generator().manual_seed(options.seed)
        weights = torch.tensor([options.structure, options.tonality, options.meter]) * torch.tensor(SCALES)
        symbols = chosen(self.alone(compound).unflatten(0, (1, -1, SYMBOLS)), generator)
        errors: Errors = {name: [] for name in CONSTRAINTS}
        best, lowest = symbols, float("inf")
        for index in range(options.rounds):
            report(index, options.rounds, "settling into shape")
            aim = max(options.temperature, boltzmann_settling.COOL)
            heat = aim + max(0.0, HOT - aim) * max(0.0, 1 - 2 * index / options.rounds)
            for _ in range(options.settling):
                symbols = self._settled_under(symbols, compound, form, weights, heat, generator)
            found = form.errors(F.one_hot(symbols, SYMBOLS).float())[:, 0]
            for name, error in zip(CONSTRAINTS, found.tolist(), strict=True):
                errors[name].append(error)
            cost = float((weights * found).sum())
            if index >= options.rounds // 2 and cost < lowest:
                best, lowest = symbols, cost
            watch(self._written(symbols, shift, compound), errors)
        return self._written(best, shift, compound), errors

    def _settled_under(
        self, symbols: Tensor, compound: bool, form: Form, weights: Tensor, heat: float, generator: torch.Generator
    ) -> Tensor:
        """Symbols [1, steps] after one Gibbs step in which notes also receive the slope of the constraints' errors.

        A random half of them is drawn: did all follow the slope at once, they would run past each other.
        """
        logits = self.layer.answered(symbols, compound, heat, generator)
        chances = F.one_hot(symbols, SYMBOLS).float()
        if weights.any():
            with torch.enable_grad():
                cost = (weights[:, None] * form.errors(chances.requires_grad_())).sum()
            (slope,) = torch.autograd.grad(cost, chances)
            logits = logits - slope * symbols.shape[1]
        now = torch.rand(symbols.shape, generator=generator) < OPEN_AT_ONCE
        return torch.where(now.to(symbols.device), chosen(logits, generator, heat), symbols)

    @staticmethod
    def _written(symbols: Tensor, shift: Tensor, compound: bool) -> Tensor:
        return said(F.one_hot(symbols, SYMBOLS).flatten(1), shift, compound)[0]


def _symbols(v: Tensor) -> Tensor:
    """Symbols [n, steps] of visible units [n, steps * SYMBOLS]."""
    return v.unflatten(1, (-1, SYMBOLS)).argmax(-1)
