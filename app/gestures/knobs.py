"""Two knobs of a MIDI controller, or the two directions of its pad, that move the puck: learnt by turning them."""

from __future__ import annotations

from app.i18n import tr
from engine.events import KnobTurned

HIGHEST = 127  # of what a knob tells
SAME = 3  # turns of one knob after which it is meant, and did not only shake

Extent = tuple[float, float, float, float]


class Knobs:
    """Which knob means which direction, and where both stand.

    Nothing listens until `begin`: whoever plays a keyboard with its wheels must not find the puck elsewhere.
    """

    def __init__(self) -> None:
        self.on = False
        self._known: list[tuple[str, int]] = []  # the knob for across, then that for up
        self._count: dict[tuple[str, int], int] = {}
        self._values: dict[tuple[str, int], int] = {}

    def begin(self) -> None:
        """Listen, and learn both knobs anew."""
        self.on, self._known, self._count, self._values = True, [], {}, {}

    def stop(self) -> None:
        """Listen no more."""
        self.on = False

    @property
    def wanted(self) -> str:
        """What the composer should do next; empty once both knobs are known."""
        if not self.on or len(self._known) > 1:
            return ""
        return tr("turn a knob: up") if self._known else tr("turn a knob: across")

    def turned(self, event: KnobTurned) -> bool:
        """A knob says where it stands. Returns whether that moves the puck."""
        if not self.on:
            return False
        knob = (event.source, event.number)
        self._values[knob] = event.value
        if knob not in self._known:
            self._count[knob] = self._count.get(knob, 0) + 1
            if len(self._known) > 1 or self._count[knob] < SAME:
                return False
            self._known.append(knob)
        return True

    def place(self, extent: Extent, puck: tuple[float, float]) -> tuple[float, float]:
        """Where the knobs put the puck on a map (x low, x high, y low, y high); a direction nobody turned stays."""
        ends = (extent[:2], extent[2:])
        found = list(puck)
        for axis, knob in enumerate(self._known):
            low, high = ends[axis]
            found[axis] = low + (high - low) * self._values[knob] / HIGHEST
        return found[0], found[1]
