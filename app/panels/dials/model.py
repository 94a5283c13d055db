"""The model whose dials are shown: what each dial is called, which are locked, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.i18n import tr
from app.panels.dials.rows import DialSpec
from engine.latent.dials import Dials
from engine.models.row import Row

Code = tuple[float, ...]


@dataclass
class Chosen:
    """The model whose dials are shown.

    Attributes:
        row: of the registry.
        dials: its own.
        code: as it is turned; empty before anything was decoded.
        locked: dials that a draw leaves alone.
        often: of a dictionary, how often each unit is on; empty before it was counted.
        asked: number of the newest request.
        compound: bars of twelve sixteenths.
        drawing: number of a draw whose answer is only the half of it: locked dials are put back.
    """

    row: Row
    dials: Dials
    code: Code = ()
    locked: set[int] = field(default_factory=set)
    often: tuple[float, ...] = ()
    compound: bool = False
    asked: int = 0
    drawing: int = 0

    @property
    def dictionary(self) -> bool:
        """Its units are motifs, to be switched on and off."""
        return "motifs" in self.row.capabilities

    def lock(self, dial: int, on: bool) -> None:
        """Leave a dial alone when a label is drawn, or no longer."""
        (self.locked.add if on else self.locked.discard)(dial)

    def specs(self) -> list[DialSpec]:
        """Its dials, in the order in which they are shown: the motifs that are used most first."""
        rest, dials = self.dials.rest, self.dials
        order = list(range(dials.count))
        if self.dictionary and self.often:
            extra = order[len(self.often) :]
            order = extra + sorted(order[: len(self.often)], key=lambda unit: -self.often[unit])
        extras = dials.count - len(self.often) if self.often else 0
        names = {dial: rank - extras for rank, dial in enumerate(order, 1)}  # as the verb counts that shows motifs
        return [
            DialSpec(
                dial,
                tr("Height") if self._is_register(dial) else self._called(dial) or str(names[dial]),
                float(dials.low[dial]),
                float(dials.high[dial]),
                float(rest[dial]),
                self.dictionary and not self._is_register(dial),
                self._hint(dial),
            )
            for dial in order
        ]

    def _called(self, dial: int) -> str:
        """What a dial that the model found by itself was measured to do."""
        if not self.dials.names:
            return ""
        name = self.dials.names[dial]
        ends = sum(low < 0 for low in self.dials.low)  # dials with two ends come first
        if dial >= ends:
            n = dial - ends + 1
            return f"{n}: {tr(name.also[0])}" if name.also else tr("Family {n}").format(n=n)
        return f"{tr(name.less)} \N{EN DASH} {tr(name.more)}" if name.more else tr("Slider {n}").format(n=dial + 1)

    def _is_register(self, dial: int) -> bool:
        return bool(self.often) and dial >= len(self.often)

    def _hint(self, dial: int) -> str:
        if self._is_register(dial):
            return tr("How high the melody begins")
        if self.dictionary and self.often:
            return tr("On in {share} % of the melodies").format(share=round(100 * self.often[dial]))
        if self.dials.names:
            return self._measured(dial)
        if self.dials.directions is not None:
            return tr("Direction {n} of its code, in deviations of the corpus").format(n=dial + 1)
        return tr("Unit {n} of its code").format(n=dial + 1)

    def _measured(self, dial: int) -> str:
        """How surely a found dial does what it is called."""
        name = self.dials.names[dial]
        if self.dials.low[dial] >= 0:
            words = tr(" and ").join(tr(word) for word in name.also)
            return tr("Its melodies are {words}").format(words=words) if words else tr("Like the others, as measured")
        if not name.more:
            return tr("Found by the model; it moves nothing that is measured")
        return tr("Found by the model; named by what it moves (correlation {r})").format(r=f"{name.strength:.2f}")
