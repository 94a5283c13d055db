"""What every network of note events has: an ear, a body of its own, chained heads, and ways to write with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from engine.codecs.tune import BAR, END, FIRST_METER, FIRST_MODE, HEAD, METERS, MODES, NO_SHIFT, PAD, ROWS, TUNE
from engine.codecs.tune_key import TONICS
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.models.parts import event_infill, event_sampler
from engine.models.parts.event_ear import Ear, hear
from engine.models.parts.event_head import EventHead
from engine.options import option

ANY = "any"
METER_NAMES = tuple(f"{top}/{bottom}" for top, bottom in METERS)
KEY_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
USUAL = (2, 7, 9, 0, 4)  # signatures of tunes, in semitones above the white keys: D, G, A, C and E major
TELL_LENGTH = 0.6  # share of tunes whose length is told while learning


@dataclass(frozen=True)
class SampleOptions:
    """What is written, and how daringly."""

    temperature: float = option(0.9, "0 takes the likeliest notes, 1 surprises as much as the corpus", 0.0, 1.5)
    seed: int = option(1, "the same seed writes the same", 0)
    meter: str = option(ANY, "of a new tune", choices=(ANY, *METER_NAMES))
    mode: str = option(ANY, "of a new tune", choices=(ANY, *MODES))
    key: str = option(ANY, "on which note a new tune is at home", choices=(ANY, *KEY_NAMES))
    bars: int = option(0, "how long a new tune is; 0: as long as it wants", 0, 32)


class Body(Protocol):
    """The middle of a network: features of rows in, states out; a row hears only itself and those before it."""

    def __call__(self, features: Tensor) -> Tensor:
        """States [n, t, width] of features [n, t, width]."""
        ...

    def begin(self, n: int) -> Any:
        """Before the first row."""
        ...

    def caught_up(self, features: Tensor) -> Any:
        """After rows [n, t, width]."""
        ...

    def step(self, features: Tensor, state: Any) -> tuple[Tensor, Any]:
        """The state [n, width] of one more row [n, width]."""
        ...


class EventNetwork(nn.Module):
    """Ear, body and head as one; the bodies are what systems differ in."""

    def __init__(self, body: nn.Module, width: int, embedding: int, look_back: bool, window: int) -> None:
        super().__init__()
        self.ear = Ear(width, embedding, look_back)
        self.body: Any = body
        self.head = EventHead(width, max(32, width // 2))
        self.window = window
        self.progress = 1.0

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        """Nats per row of tunes [n, ROWS, 2]: symbols and lengths; of long tunes a window of rows."""
        used = int((batch[..., 0] != PAD).sum(1).max())
        x = batch[:, :used].long()
        bars = (x[..., 0] == BAR).sum(1) * (x[..., 0] == END).any(1)
        told = torch.where(torch.rand(len(x), device=x.device) < TELL_LENGTH, bars, 0)
        heard, first = hear(x, told), 0
        if used > self.window:
            first = int(torch.randint(0, used - self.window + 1, ())) * int(torch.rand(()) < 0.5)
            heard = heard.part(slice(first, first + self.window))
        said = self.body(self.ear(x, heard))
        rows = x[:, first : first + self.window]
        nats = self.head.nats(said, rows)
        return {"loss": nats.sum() / (rows[..., 0] != PAD).sum()}

    @torch.no_grad()
    def nats(self, x: Tensor, told: Tensor | None = None) -> Tensor:
        """How surprising each row of tunes [n, rows, 2] is, [n, rows]; 0 behind their end."""
        found = torch.zeros(x.shape[:2])
        used = int((x[..., 0] != PAD).sum(1).max())
        heard = hear(x[:, :used], told)
        found[:, :used] = self.head.nats(self.body(self.ear(x, heard)), x[:, :used])
        return found

    # capabilities ---------------------------------------------------------------------------------------------

    @torch.no_grad()
    def sample(self, n: int, options: SampleOptions, report: Report = silent) -> Tensor:
        """New tunes int64 [n, ROWS, 2] whose bars add up."""
        return self.compose(n, options, report)

    def compose(self, n: int, options: SampleOptions, report: Report = silent, strict: bool = True) -> Tensor:
        """New tunes; not `strict`, their bars add up only where the network makes them."""
        generator = torch.Generator().manual_seed(options.seed)
        head = torch.zeros(n, HEAD, 2, dtype=torch.int64)
        head[:, 0, 0] = self._said(head, 0, METER_NAMES, options.meter, generator)
        head[:, 1, 0] = self._said(head, 1, MODES, options.mode, generator)
        head[:, 1, 1] = self._keys(head[:, 1, 0] - FIRST_MODE, options.key, generator)
        task = event_sampler.task(head, HEAD, ROWS, options.bars, options.bars)
        if not strict:
            task = event_sampler.loose(task)
        return ended(event_sampler.write(self, task, options.temperature, generator, report))

    def _said(self, head: Tensor, row: int, names: tuple[str, ...], wished: str, generator: torch.Generator) -> Tensor:
        """Symbols of the meter or mode: the one that is wished, or as the network would have it, [n]."""
        low = (FIRST_METER, FIRST_MODE)[row]
        if wished != ANY:
            return torch.full((len(head),), low + names.index(wished))
        state = self.body.begin(len(head))
        for index in range(row + 1):
            heard = hear(head[:, : index + 1]).part(slice(index, index + 1))
            said, state = self.body.step(self.ear(head, heard)[:, 0], state)
        logits = self.head.symbols(said)[:, low : low + len(names)]
        everything = torch.ones_like(logits, dtype=torch.bool)
        return low + event_sampler.chosen(logits, everything, 1.0, generator)

    def _keys(self, mode: Tensor, key: str, generator: torch.Generator) -> Tensor:
        """How the wished key, or one that is usual, is written in the heads of tunes."""
        if key == ANY:
            shift = torch.tensor(USUAL)[torch.randint(0, len(USUAL), (len(mode),), generator=generator)]
        else:
            shift = (KEY_NAMES.index(key) - torch.tensor(TONICS)[mode]) % 12
        return NO_SHIFT + torch.where(shift > 6, shift - 12, shift)

    @torch.no_grad()
    def extend(self, x: Tensor, options: SampleOptions, report: Report = silent) -> Tensor:
        """The eight bars that follow on each tune [n, ROWS, 2], in its meter and key."""
        return event_sampler.follow(self, x.long(), TUNE.bars, options.temperature, options.seed, report)

    @torch.no_grad()
    def inpaint(
        self, x: Tensor, hole: Tensor, options: SampleOptions, report: Report = silent, watch: Watch = unwatched
    ) -> Tensor:
        """Tunes [n, ROWS, 2] with the events of the hole, bool like x, written anew.

        A filling lasts as long as what it replaces, but it may be fewer or more events: what follows the hole sounds
        when and as it did, and stands some rows earlier or later.
        """
        generator = torch.Generator().manual_seed(options.seed)
        made = [
            event_infill.fill(self, tune, open_.any(-1), options.temperature, generator, report, watch)
            for tune, open_ in zip(x.long(), hole, strict=True)
        ]
        return torch.stack(made)


def ended(x: Tensor) -> Tensor:
    """Tunes that found no room for their end, cut behind their last bar line."""
    for tune in x:
        if not (tune[:, 0] == END).any():
            last = int((tune[:, 0] == BAR).nonzero()[-1]) if (tune[:, 0] == BAR).any() else len(tune) - 2
            tune[last + 1 :] = PAD
            if last + 1 < len(tune):
                tune[last + 1, 0] = END
    return x
