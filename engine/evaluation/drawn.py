"""Music of a system, as much of it as is asked for, in the common currency.

A system that draws from nothing draws with its own options as they stand; one that goes on goes on from held-out music,
and only what it adds counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.codecs.catalog import MELODIC
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Tokens
from engine.errors import UserError
from engine.evaluation.currency import Coins, changed, joined, once, pieces_of
from engine.jobs.job import Report, silent, stretch
from engine.models.row import Row
from engine.options import fitting

AT_ONCE = 250  # windows of two bars
LEAST_PIECES = 16  # of a batch
DRY = 6  # batches in a row without a bar of the wanted kind


def comparable(row: Row) -> bool:
    """Whether a system makes music of its own accord, or goes on from some."""
    return bool(ways(row))


def ways(row: Row) -> tuple[bool, ...]:
    """In which ways its music is drawn: False: from nothing; True: it goes on.

    What writes whole tunes only draws them: its continuations are tunes as well.
    """
    draws, goes_on = ("samples" in row.capabilities), ("continues" in row.capabilities)
    return (*([False] if draws else []), *([True] if goes_on and (not draws or row.codec in MELODIC) else []))


@dataclass(frozen=True)
class Source:
    """A system as a spring of music.

    Attributes:
        row, network: which one.
        seed: the same draws the same.
        compound: bars of 12 sixteenths.
        temperature: instead of the one its sampling options come with.
        going_on: from held-out music instead of from nothing.
    """

    row: Row
    network: Any
    seed: int = 1
    compound: bool = False
    temperature: float | None = None
    going_on: bool = False

    @property
    def how(self) -> str:
        """How its music is drawn, in words: `temperature 0.9`, `likeliest notes`, and behind what."""
        heat = getattr(self._options(0), "temperature", None)
        words = "as it draws" if heat is None else f"temperature {heat:g}" if heat else "likeliest notes"
        return f"{words}, behind held-out music" if self.going_on else words

    def draw(self, n: int, report: Report = silent) -> tuple[Coins, tuple[Tokens, ...]]:
        """n two-bar melodies, each once from a piece, and the whole pieces as far as they have eight bars or more.

        Raises:
            UserError: nothing in bars of this kind comes of it.
            Cancelled: by the report.
        """
        codec = codec_of(self.row.codec)
        primes = self._primes(stretch(report, 0.0, 0.3)) if self.going_on else None
        report = stretch(report, 0.3, 1.0) if self.going_on else report
        count = max(LEAST_PIECES, min(AT_ONCE, n) * 2 // codec.bars)
        parts: list[Coins] = []
        whole: list[Tokens] = []
        have = pieces = dry = batch = 0
        while have < n:
            part = stretch(report, have / n, min(1.0, (have + AT_ONCE) / n))
            music = self._music(batch, min(count, n), primes, stretch(part, 0.0, 0.8))
            coins = changed(music, codec, self.compound, range(pieces, pieces + len(music)), stretch(part, 0.8, 1.0))
            whole += pieces_of(coins)
            coins = once(coins)
            parts.append(coins)
            have, pieces, batch = have + len(coins), pieces + len(music), batch + 1
            dry = 0 if len(coins) else dry + 1
            if dry == DRY:
                raise UserError(f"{self.row.title} writes no bars of this kind.", "Compare it in bars of the other.")
        return joined(parts).first(n), tuple(whole)

    def _music(self, batch: int, count: int, primes: Tokens | None, report: Report) -> Tokens:
        """One batch of windows of the system's codec."""
        import torch

        options = self._options(batch)
        with torch.inference_mode():
            if primes is None:
                found = self.network.sample(count, options, report)
            else:
                rng = np.random.default_rng([self.seed, batch])
                chosen = primes[rng.integers(0, len(primes), count)]
                moved = codec_of(self.row.codec).transpose_randomly(chosen, rng)
                found = self.network.extend(torch.from_numpy(moved.astype(np.int64)), options, report)
        return np.asarray(found.cpu().numpy().astype(np.uint8))

    def _options(self, batch: int) -> Any:
        wanted: dict[str, Any] = {"seed": 1_000 * self.seed + batch, "compound": self.compound}
        if self.temperature is not None:
            wanted["temperature"] = self.temperature
        return fitting(self.row.load_module().SampleOptions, wanted)

    def _primes(self, report: Report) -> Tokens:
        """Held-out windows to go on from."""
        from engine.training.make import read_data

        held = read_data(self.row.recipe.corpus, codec_of(self.row.codec), report).held_out
        found = held.where(self.compound).windows if self.row.codec in MELODIC else held.windows
        if not len(found):
            raise UserError("There is no held-out music to go on from.", "Compare it in bars of the other kind.")
        return found
