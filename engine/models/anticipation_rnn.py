"""The Anticipation-RNN: notes pinned anywhere in a melody, and a melody that leads up to every one of them.

A first recurrent network reads the pins from the end to the beginning; what it has read at a step is a summary of all
that is still to come. A second one writes the melody from left to right and hears, at each step, the note before and
that summary, so it can prepare a pin bars ahead at the price of writing freely (Hadjeres and Nielsen, 2017/2020,
"Anticipation-RNN: enforcing unary constraints in sequence generation"). Three things are ours: the loss is taken on all
steps; the pins shown while learning are of all the kinds that composers set (nothing at all, some symbols, some onsets,
everything around a hole); and in use a pin is set, not hoped for: forcing harms little, since the melody was prepared,
and how likely the forced note was tells how natural the pin is. All melodies are heard in one key (see `home_key`).

For a composer: a few notes I am sure of, and ways through all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.models.parts import home_key
from engine.models.parts.dice import heated
from engine.models.parts.echoes import Echoes
from engine.models.parts.note_walk import Walker, Way, before, walked
from engine.models.parts.recurrent import in_bar, remember
from engine.options import option

NO_PIN = home_key.MASK
KINDS = (0.2, 0.5, 0.75)  # shares of melodies with no pin, some symbols, some onsets, added up; then all but a hole
AT_ONCE = 128  # melodies
FEW = 0.2  # share of pinned steps below which the time of notes is not left to the pins
MEMORY = 32  # steps a cell remembers at first, at most
LONGEST = 0.6  # of a melody: a hole
COMMON = (-5, 7)  # semitones, the end not included, by which free melodies are moved from C


@dataclass(frozen=True)
class Options:
    """How the network is built and trained."""

    bars: int = option(8, "bars of a melody", 1, 64)
    pins: bool = option(True, "pins to come are known; without, a plain recurrent network: for comparison")
    embedding: int = option(24, "features of a token", 2)
    foresight: int = option(128, "units of the network that reads the pins", 4)
    width: int = option(160, "units of each layer of the one that writes", 4)
    layers: int = option(2, "layers of the one that writes", 1, 4)
    forget: float = option(0.1, "share of steps that are not told the token before them while learning", 0.0, 1.0)
    dropout: float = option(0.1, "share of inner units left out while learning", 0.0, 0.9)
    batch: int = option(32, "melodies in a step of training", 1)


@dataclass(frozen=True)
class SampleOptions:
    """How melodies are written."""

    temperature: float = option(0.8, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    forced: bool = option(True, "pins are set; without, they are only known, and may be missed")
    compound: bool = option(False, "bars of 12 sixteenths (6/8, 3/4) instead of 16")
    seed: int = option(1, "the same seed writes the same melody", 0)


class AnticipationRNN(nn.Module):
    """Melody tokens [n, 16 * bars] of which some are pinned, to whole melodies."""

    def __init__(self, options: Options | None = None) -> None:
        super().__init__()
        self.options = o = options or Options()
        self.progress = 1.0
        self.tokens = nn.Embedding(home_key.HEARD, o.embedding)
        self.places = nn.Embedding(2 * melody.BAR_SLOTS, o.embedding)
        given = o.embedding
        if o.pins:
            self.pinned = nn.Embedding(home_key.HEARD, o.embedding)
            self.ahead = nn.LSTM(2 * o.embedding, o.foresight, batch_first=True)
            remember(self.ahead, MEMORY)
            given += o.foresight
        drop = o.dropout if o.layers > 1 else 0.0
        self.writer = nn.LSTM(2 * o.embedding + given, o.width, o.layers, batch_first=True, dropout=drop)
        self.echoes = Echoes(o.embedding)
        remember(self.writer, MEMORY)
        self.out = nn.Linear(o.width, home_key.VOCABULARY)

    # learning -------------------------------------------------------------------------------------------------

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per step of tokens [n, 16 * bars] under pins taken from themselves."""
        x = batch.long()
        used = x != melody.PAD
        pins = random_pins(x)
        tokens = home_key.home(x, home_key.homeward(x, used))
        told = before(tokens)
        if self.training:
            told = told.masked_fill(torch.rand(told.shape, device=told.device) < self.options.forget, home_key.MASK)
        cost = self._cost(tokens, told, pins)
        free = cost[used & ~pins]
        return {"loss": cost[used].mean(), "free": free.sum() / max(1, len(free))}

    def _cost(self, tokens: Tensor, told: Tensor, pins: Tensor) -> Tensor:
        """Nats of every step [n, s] of tokens in the common key, told the token before and the pins to come."""
        heard = torch.cat([self.tokens(told), self.echoes(tokens), self._given(tokens, pins)], -1)
        said, _ = self.writer(heard)
        logits = self.out(said).float()
        target = tokens.clamp_max(home_key.VOCABULARY - 1)
        return F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none").view_as(tokens)

    def _given(self, tokens: Tensor, pins: Tensor) -> Tensor:
        """What is known at each step besides the token before it, [n, s, g]: the place in the bar, the pins to come."""
        compound = tokens[:, melody.BAR_SLOTS - 1] == home_key.PAD
        places = self.places(in_bar(compound, tokens.shape[1] // melody.BAR_SLOTS))
        if not self.options.pins:
            return places
        known = self.pinned(torch.where(pins, tokens, NO_PIN))
        ahead, _ = self.ahead(torch.cat([known, places], -1).flip(1))
        return torch.cat([places, ahead.flip(1).to(places.dtype)], -1)

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """n new melodies, tokens [n, 16 * bars], in random keys."""
        x = torch.full((n, melody.BAR_SLOTS * self.options.bars), melody.PAD, device=self.out.weight.device)
        x[:, torch.from_numpy(melody.slots(options.compound, self.options.bars))] = melody.HOLD
        generator = torch.Generator().manual_seed(options.seed)
        shift = torch.randint(*COMMON, (n,), generator=generator).to(x.device)
        return self._written(x, x != melody.PAD, shift, options, generator, None, report)

    @torch.no_grad()
    def inpaint(
        self, x: Tensor, hole: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tokens [n, 16 * bars] with the steps of the hole composed; all others are pins."""
        filled = self.through(x, hole, options, None, report)
        watch(filled)
        return filled

    @torch.no_grad()
    def through(
        self, x: Tensor, hole: Tensor, options: SampleOptions, ends: Tensor | None = None, report: Report = silent
    ) -> Tensor:
        """The same; at the steps `ends`, bool [n, 16 * bars], what sounds may not be held on.

        Of a few pins the key is not sure: unless the likeliest is wanted, it is drawn, as likely as the pins fit it.
        """
        x, hole = x.long(), hole & (x != melody.PAD)
        generator = torch.Generator().manual_seed(options.seed)
        luck = heated((len(x), 12), min(options.temperature, 1.0), generator)
        shift = home_key.homeward(x, ~hole, luck)
        written = self._written(x, hole, shift, options, generator, ends, report)
        return torch.where(hole, written, x) if options.forced else written

    def _written(
        self, x: Tensor, hole: Tensor, shift: Tensor, options: SampleOptions, generator: torch.Generator,
        ends: Tensor | None, report: Report,
    ) -> Tensor:  # fmt: skip
        tokens, used = home_key.home(x, shift), x != melody.PAD
        pins = ~hole & used
        noise = heated((*x.shape, home_key.VOCABULARY), options.temperature, generator)
        way = Way(tokens, hole if options.forced else used, home_key.unwritable(shift), noise, ends)
        few = pins.any(1) & (pins.sum(1) < FEW * used.sum(1))
        given = [self._given(tokens, pins)]
        if self.options.pins and few.any():
            given.append(self._given(tokens, torch.zeros_like(pins)))
            way = way.twice()

        def say(state: Tensor, step: int) -> Tensor:
            logits: Tensor = self.out(state)
            if len(given) == 1:
                return logits
            told, untold = logits.chunk(2)
            free = few & ~pins[:, step]
            return torch.where(free[:, None], timed(told, untold), told).repeat(2, 1)

        walker = Walker(self.writer, self.tokens, self.echoes, torch.cat(given))
        return home_key.away(walked(walker, say, way, report)[: len(x)], shift)

    @torch.no_grad()
    def surprise(self, x: Tensor, pins: Tensor, key_of: Tensor | None = None) -> Tensor:
        """Nats of every step of melodies [n, 16 * bars] under their pins, bool alike; 0 where there is no step.

        Args:
            x: tokens.
            pins: which of them were pinned.
            key_of: bool alike, the steps by which the key is judged; None: all.
        """
        key_of = x != melody.PAD if key_of is None else key_of
        parts = []
        for few, pinned, heard in zip(*(rows.split(AT_ONCE) for rows in (x.long(), pins, key_of)), strict=True):
            used = few != melody.PAD
            tokens = home_key.home(few, home_key.homeward(few, heard & used))
            parts.append(self._cost(tokens, before(tokens), pinned & used) * used)
        return torch.cat(parts)

    def nats(self, x: Tensor, hole: Tensor) -> float:
        """Surprise per step of the hole, bool like x, when it is composed with what stood there; all else is pinned."""
        return float(self.surprise(x, ~hole, ~hole)[hole].mean())


def timed(told: Tensor, untold: Tensor) -> Tensor:
    """Logits [n, V] of one that is told of the pins, but for whether a note begins: that, of one that is not.

    Where every pin is the beginning of a note, the pins may be all the notes there are, and one that has often learnt
    from such holds on between them.
    """
    told, untold, first = told.log_softmax(-1), untold.log_softmax(-1), melody.FIRST_PITCH_TOKEN
    begins = untold[:, first:].logsumexp(-1, True) - told[:, first:].logsumexp(-1, True)
    return torch.cat([untold[:, :first], told[:, first:] + begins], 1)


def random_pins(tokens: Tensor) -> Tensor:
    """Steps [n, s] that are pinned while learning, of every kind a composer may want."""
    n, steps = tokens.shape
    device = tokens.device
    chance, cell = torch.rand(n, 1, device=device), torch.rand(n, steps, device=device)
    some = cell < chance / 2
    onsets = (cell < chance**2) & home_key.pitched(tokens)
    length = torch.rand(n, 1, device=device) * LONGEST * steps
    start = torch.rand(n, 1, device=device) * (steps - length)
    place = torch.arange(steps, device=device)
    around = (place < start) | (place >= start + length)
    kind = torch.rand(n, 1, device=device)
    pins = torch.where(kind < KINDS[1], some, torch.where(kind < KINDS[2], onsets, around))
    return pins & (kind >= KINDS[0]) & (tokens != melody.PAD)
