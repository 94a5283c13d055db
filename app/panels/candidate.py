"""A melody to choose from: what it is, before it is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.gestures.steer import Code
from app.views.mini_roll import Frame
from engine.commands.document import Steering
from engine.commands.map_bars import codec_on_map
from engine.score import Note


@dataclass(frozen=True)
class Candidate:
    """A melody from tick 0 on, its place on the map, and what it was drawn with."""

    notes: tuple[Note, ...]
    code: Code
    seed: int
    compound: bool
    model: str
    kept: bool = False

    def frame(self, ticks_per_quarter: int) -> Frame:
        """The bars it is drawn in."""
        return Frame.window(codec_on_map(Steering(self.model)), ticks_per_quarter, self.compound)

    def on_map(self, steering: Steering) -> Steering:
        """Where the composer stands when this one is used: on the map of the model that made it, at its place."""
        base = steering if steering.model == self.model else steering.on_map_of(self.model)
        place = replace(base, code=self.code, seed=self.seed, compound=self.compound)
        return replace(place, sliders={}, crossfade=None)
