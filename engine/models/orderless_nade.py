"""Any cells of a chorale given, any others filled: orderless NADE with convolutions in time, known as Coconet.

The network sees four voices of which any part is covered, and tells for every covered cell which pitch sounds there;
learnt on covers of every size and shape, it is one network for every order of writing (Uria, Murray, Larochelle, 2014;
Huang, Cooijmans, Roberts, Courville, Eck, 2017, "Counterpoint by Convolution"). Music is made by blocked Gibbs
sampling: what was written first is written again once more is known, as a composer does. Ours convolves in time only,
with all pitches of all voices as channels, so that it runs on one processor core; every voice chooses among its own
range and silence, and a second, small answer tells whether a note that stays is struck again.

For a composer: the soprano harmonized, the bass line that was missing, bar three written anew, a gap bridged.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs.chorale import BAR, CHORALE, FIRST_PITCH, HOLD, REST, VOICES
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.models.parts.blocked_gibbs import schedule
from engine.models.parts.covers import covers
from engine.models.parts.part_rules import broken
from engine.options import option

CLASSES = tuple(size - FIRST_PITCH + 1 for size in CHORALE.sizes)  # of each voice: silence, then its pitches
MOST_CLASSES = max(CLASSES)
NEVER = -1e9
GENTLY = 0.2  # share of the open cells that a rewriting redraws at once
RULED_FROM = 0.4  # part of the rounds after which the rules count: before, there is too little to hold them against
STRIKE = 0.5  # of the temperature, where the question is whether a note that stays is struck again


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    width: int = option(160, "channels", 8)
    dilations: str = option("1,2,4,8,16,1,2,4,8,16", "steps between the three that each layer hears")
    dropout: float = option(0.1, "share of channels left out while learning", 0.0, 0.9)
    batch: int = option(24, "windows in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How cells are filled."""

    rounds: int = option(64, "how often a part of the open cells is written again", 1, 500)
    temperature: float = option(0.9, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    rules: float = option(
        8.0, "what parallel fifths and octaves cost besides, crossed voices and wide leaps half of it (nats)", 0.0, 20.0
    )
    seed: int = option(1, "the same seed fills the same", 0)


@dataclass(frozen=True)
class State:
    """Four voices while they take shape, all [n, 4, steps]: class that sounds, note begins here, cell is known."""

    sounding: Tensor
    struck: Tensor
    known: Tensor


class OrderlessNade(nn.Module):
    """Chorale tokens [n, 4, 64], some of them covered, to what may stand in the covered cells."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        voices = len(VOICES)
        self.listen = nn.Conv1d(voices * (MOST_CLASSES + 2), o.width, 3, padding=1)
        self.places = nn.Parameter(torch.randn(o.width, BAR) * 0.1)
        self.layers = nn.ModuleList(_Layer(o.width, int(d), o.dropout) for d in o.dilations.split(","))
        self.norm = nn.GroupNorm(_groups(o.width), o.width)
        self.say = nn.Conv1d(o.width, voices * (MOST_CLASSES + 1), 1)
        self.unsung: Tensor
        allowed = torch.arange(MOST_CLASSES)[None] < torch.tensor(CLASSES)[:, None]
        self.register_buffer("unsung", torch.where(allowed, 0.0, NEVER)[..., None], persistent=False)

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per covered cell under covers of every kind: its pitch, and whether it is struck again if it stays."""
        cost, right, covered = self.costs(batch.long(), covers(batch.shape, batch.device))
        share = covered.float().sum((1, 2)).clamp_min(1)
        return {
            "loss": (cost.sum((1, 2)) / share).mean(),  # D/k of the paper, divided by D
            "accuracy": (right.float().sum((1, 2)) / share).mean(),
        }

    def costs(self, x: Tensor, covered: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of tokens [n, 4, steps]: nats of each covered cell, whether its pitch is found, and which cells they are."""
        sounding, struck = heard(x)
        pitch, again = self(State(sounding, struck, ~covered))
        cost = F.cross_entropy(pitch.permute(0, 2, 1, 3), sounding, reduction="none")
        stays = _stays(sounding)
        struck_again = F.binary_cross_entropy_with_logits(again, struck.float(), reduction="none")
        cost = cost + torch.where(stays, struck_again, 0.0)
        right = (pitch.argmax(2) == sounding) & covered
        return torch.where(covered, cost, 0.0), right, covered

    def forward(self, state: State) -> tuple[Tensor, Tensor]:
        """Logits of pitches [n, 4, classes, steps] and of "struck again" [n, 4, steps], float32."""
        known = state.known.float()
        planes = F.one_hot(state.sounding, MOST_CLASSES).permute(0, 1, 3, 2).float() * known[:, :, None]
        x = torch.cat([planes.flatten(1, 2), known, state.struck.float() * known], 1)
        steps = x.shape[-1]
        h = self.listen(x) + self.places.repeat(1, -(-steps // BAR))[:, :steps]
        for layer in self.layers:
            h = layer(h)
        said = self.say(F.relu(self.norm(h))).float().unflatten(1, (len(VOICES), -1))
        return said[:, :, :-1] + self.unsung, said[:, :, -1]

    # capabilities ---------------------------------------------------------------------------------------------

    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new windows of four voices, tokens [n, 4, 64]."""
        x = torch.full((n, *CHORALE.shape), REST)
        return self.inpaint(x, torch.ones_like(x, dtype=torch.bool), options, report)

    def harmonize(
        self, x: Tensor, given: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Voices around the given cells of tokens [n, 4, 64], which stay as they are."""
        return self.inpaint(x, ~given, options, report, watch)

    def inpaint(
        self, x: Tensor, hole: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, 4, 64] with the cells of the hole filled; nothing that was in it is looked at."""
        return self._settled(_Work.begun(x.long(), hole), options, report, watch, fresh=True)

    def rewrite(
        self, x: Tensor, open_: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, 4, 64] of which the open cells are asked for again, some at a time, from what they hold on."""
        return self._settled(_Work.begun(x.long(), open_), options, report, watch, fresh=False)

    @torch.no_grad()
    def _settled(self, work: _Work, options: SampleOptions, report: Report, watch: Watch, fresh: bool) -> Tensor:
        if not work.open_.any():
            return work.x
        generator = torch.Generator().manual_seed(options.seed)
        if fresh:
            nothing = bool(work.open_.all())  # to start from: the likeliest would always be the same
            heat = max(1.0, options.temperature) if nothing else options.temperature
            self._redraw(work, work.open_, heat, 0.0, generator)
            rounds = schedule(work.open_, options.rounds, generator)
        else:
            rounds = schedule(work.open_, options.rounds, generator, GENTLY, GENTLY)
        for number, block in enumerate(rounds):
            report(number, options.rounds, "the voices settle")
            rules = options.rules if number >= RULED_FROM * options.rounds or not fresh else 0.0
            self._redraw(work, block, options.temperature, rules, generator)
            watch(work.tokens())
        return work.tokens()

    def _redraw(self, work: _Work, block: Tensor, temperature: float, rules: float, generator: torch.Generator) -> None:
        """Cover the cells of the block and what hangs on them, and draw each anew given all others."""
        pitch, again = self(State(work.sounding, work.struck, ~work.carried(block)))
        if rules > 0:
            pitch = pitch - rules * broken(work.sounding, MOST_CLASSES)
        if temperature > 0:
            uniform = torch.rand(pitch.shape, generator=generator).clamp_(1e-9, 1 - 1e-7).to(pitch.device)
            pitch = pitch - temperature * torch.log(-torch.log(uniform))
            uniform = torch.rand(again.shape, generator=generator).clamp_(1e-7, 1 - 1e-7).to(pitch.device)
            again = again + STRIKE * temperature * torch.logit(uniform)
        work.write(block, pitch.argmax(2), again > 0)


class _Layer(nn.Module):
    """One more look around: three steps, so far apart."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(_groups(width), width)
        self.drop = nn.Dropout1d(dropout)
        self.look = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)

    def forward(self, h: Tensor) -> Tensor:
        """Channels [n, width, steps], what was seen added."""
        seen: Tensor = self.look(self.drop(F.relu(self.norm(h))))
        return h + seen


@dataclass
class _Work:
    """Tokens that are being filled. A closed HOLD behind an open cell goes on with whatever is written there.

    Attributes:
        x: tokens as given.
        open_: which of them are written.
        owner: the step [n, 4, steps] from which a cell has its sound: its own, unless it only holds on.
        sounding, struck: how the cells stand.
    """

    x: Tensor
    open_: Tensor
    owner: Tensor
    sounding: Tensor
    struck: Tensor

    @classmethod
    def begun(cls, x: Tensor, open_: Tensor) -> _Work:
        """Work on tokens [n, 4, steps]."""
        steps = torch.arange(x.shape[-1], device=x.device)
        own = open_ | (x != HOLD)
        own[..., 0] = True
        owner = torch.where(own, steps, 0).cummax(-1).values
        return cls(x, open_, owner, *heard(x))

    def carried(self, block: Tensor) -> Tensor:
        """The block with the closed cells that hold on to one of its cells."""
        return block.gather(-1, self.owner)

    def write(self, block: Tensor, sounding: Tensor, again: Tensor) -> None:
        """Take what was drawn for the block; beginnings of notes follow from it.

        Two notes that have become one pitch are one note, unless the second was drawn as struck again.
        """
        stayed = _stays(self.sounding)
        self.sounding = torch.where(block, sounding, self.sounding).gather(-1, self.owner)
        again = torch.where(block, again, self.struck & stayed)
        begins = torch.where(_stays(self.sounding), again, self.sounding > 0)
        self.struck = torch.where(self.open_, begins, self.x != HOLD) & (self.sounding > 0)

    def tokens(self) -> Tensor:
        """How it stands as tokens; closed cells are as they were given."""
        before = self.sounding.roll(1, -1)
        before[..., 0] = -1
        spoken = torch.where(self.sounding > 0, self.sounding + FIRST_PITCH - 1, REST)
        written = torch.where(self.struck | (self.sounding != before), spoken, HOLD)
        return torch.where(self.open_, written, self.x)


def heard(x: Tensor) -> tuple[Tensor, Tensor]:
    """Of tokens [n, 4, steps]: the class that sounds (0 silence, 1 the voice's lowest pitch), and where notes begin."""
    steps = torch.arange(x.shape[-1], device=x.device)
    spoken = torch.where(x != HOLD, steps, 0).cummax(-1).values
    sounding = (x.gather(-1, spoken) - FIRST_PITCH + 1).clamp_min(0)
    return sounding, (x != HOLD) & (sounding > 0)


def _stays(sounding: Tensor) -> Tensor:
    """Cells [n, 4, steps] that sound as the step before them does."""
    same = (sounding == sounding.roll(1, -1)) & (sounding > 0)
    same[..., 0] = False
    return same


def _groups(width: int) -> int:
    return 8 if width % 8 == 0 else 1
