"""Moving through latent space: press, move (ghost notes), release (one undo step)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.codecs.melody import is_compound
from engine.commands.document import Pin, Steering
from engine.latent.interpolate import leg as leg_of
from engine.latent.interpolate import slerp

if TYPE_CHECKING:
    from engine.latent.map import LatentMap
    from engine.session import Session

SNAP_PX = 10.0  # around a pin and along the way between two, the puck means them
FEWEST = 12  # melodies that make a map
ON_WAY = 0.05  # of any dimension of a code: so near is on the way
AT_PIN = 0.006  # of a leg: so near is the pin itself
Code = tuple[float, ...]


def fits(code: Code, latent: LatentMap) -> bool:
    """The code is one of this map's space (a project may come from another training, or be new)."""
    return latent.fits(code)


class SteerGesture:
    """What the puck, the line from A to B, the sliders and the arrow keys have in common.

    Between `press` and `release` every `move` asks the engine for the melody at the new place (the newest
    request wins there), and the document stays as it is. `release` writes notes and place as one undo step.

    Args:
        session: where the steering lives.
        initiator: handed to the history, so that its owner can tell its own change.
    """

    def __init__(self, session: Session, initiator: object) -> None:
        self._session = session
        self._initiator = initiator
        self._steering: Steering | None = None
        self._moved = False

    @property
    def active(self) -> bool:
        """A gesture is under way."""
        return self._steering is not None

    @property
    def steering(self) -> Steering:
        """Where the hand is: the gesture's own place, or the document's between gestures."""
        if self._steering is not None:
            return self._steering
        steering, latent = self._session.steering, self._session.map
        if latent is None or latent.model != steering.model or fits(steering.code, latent):
            return steering
        return replace(steering, code=latent.from_plane(0.0, 0.0, ()))  # nobody was on this map yet: its middle

    def press(self) -> None:
        """Start from the document as it is."""
        self._steering, self._moved = self.steering, False

    def move(self, steering: Steering) -> None:
        """Hear and see another place (starts a gesture if none is under way)."""
        if self._steering is None:
            self.press()
        if steering != self._steering:
            self._steering, self._moved = steering, True
            self._session.ask.morph(steering)

    def release(self, label: str) -> bool:
        """Keep it, as one undo step called `label`. Returns False if that changed nothing."""
        steering, moved = self._steering, self._moved
        self._steering, self._moved = None, False
        if steering is None or not moved:
            self._session.ask.let_go()
            return False
        return self._session.ask.commit(steering, label, self._initiator)

    def cancel(self) -> bool:
        """Forget it: the document never changed. Returns False if nothing was under way."""
        if self._steering is None:
            return False
        self._steering, self._moved = None, False
        self._session.ask.let_go()
        return True


class AlongWay:
    """The way through all pins in their order: codes that turn from each into the next, and where they are seen."""

    POINTS = 32  # of each leg

    def __init__(self) -> None:
        self.points = np.zeros((0, 2), np.float32)
        self._pins: list[Code] = []
        self._codes: NDArray[np.float64] = np.zeros((0, 0))

    @property
    def there(self) -> bool:
        """There are at least two pins."""
        return len(self._pins) >= 2

    def lay(self, pins: tuple[Pin, ...], latent: LatentMap) -> None:
        """From the first pin to the last, as the map's plane shows it; with fewer than two there is no way."""
        self._pins = [pin.code for pin in pins] if len(pins) >= 2 else []
        self.points, self._codes = np.zeros((0, 2), np.float32), np.zeros((0, 0))
        if not self._pins:
            return
        count = self.POINTS * (len(self._pins) - 1)
        self._codes = np.array([self.code(i / count) for i in range(count + 1)])
        legs = []
        for number, ends in enumerate(pairwise(self._pins)):
            start = number * self.POINTS
            seen = latent.trail(self._codes[start : start + self.POINTS + 1].astype(np.float32))
            seen[0], seen[-1] = (latent.to_plane(code) for code in ends)
            legs.append(seen if number == 0 else seen[1:])
        self.points = np.concatenate(legs)

    def seen(self, t: float) -> tuple[float, float]:
        """Where the way is seen at t (0..1)."""
        place = min(max(t, 0.0), 1.0) * (len(self.points) - 1)
        leg = min(int(place), len(self.points) - 2)
        x, y = self.points[leg] + (place - leg) * (self.points[leg + 1] - self.points[leg])
        return float(x), float(y)

    def code(self, t: float) -> Code:
        """The code at t (0..1); the pins' very own codes where they stand."""
        if not self.there:
            raise ValueError("there is no way without two pins")
        number, part = leg_of(len(self._pins), t)
        for end, place in ((number, part), (number + 1, 1 - part)):
            if place < AT_PIN:
                return self._pins[end]
        first, second = (np.array(code) for code in self._pins[number : number + 2])
        return tuple(float(x) for x in slerp(first, second, part))

    def place_of(self, code: Code) -> float | None:
        """T of a code that lies on the way, or None."""
        if not self.there or len(code) != self._codes.shape[1]:
            return None
        if code in self._pins:
            return self._pins.index(code) / (len(self._pins) - 1)
        far = np.abs(self._codes - np.array(code)).max(1)
        nearest, last = int(far.argmin()), len(self._codes) - 1
        beside = self._codes[max(0, nearest - 1) : nearest + 2]
        if far[nearest] > ON_WAY + float(np.abs(np.diff(beside, axis=0)).max()):
            return None
        low, high = max(0, nearest - 1) / last, min(last, nearest + 1) / last
        for _ in range(2):  # an arc between codes of different length has no formula for its nearest point
            places = np.linspace(low, high, 17)
            missed = [float(np.abs(np.array(self.code(float(t))) - code).max()) for t in places]
            best = int(np.argmin(missed))
            low, high = places[max(0, best - 1)], places[min(16, best + 1)]
        return float(places[best]) if missed[best] < ON_WAY else None

    def nearest(self, x: float, y: float, scale: tuple[float, float]) -> tuple[float, float]:
        """(t, distance in pixels) of the point of the way nearest to a place; `scale` is pixels per plane unit."""
        if not len(self.points):
            return 0.0, float("inf")
        points = self.points * np.array(scale)
        here = np.array([x, y]) * scale
        starts, legs = points[:-1], np.diff(points, axis=0)
        part = np.clip(((here - starts) * legs).sum(1) / np.maximum((legs**2).sum(1), 1e-12), 0, 1)
        far = np.hypot(*(starts + part[:, None] * legs - here).T)
        leg = int(far.argmin())
        return float((leg + part[leg]) / len(legs)), float(far[leg])


def code_at(
    x: float, y: float, scale: tuple[float, float], latent: LatentMap, steering: Steering, way: AlongWay
) -> Code:
    """The code under a place of the map: a pin's own and the way's within a few pixels of them, else the plane's.

    Args:
        x: the place, in plane units.
        y: likewise, upwards.
        scale: pixels per plane unit, across and up.
        latent: the map.
        steering: whose code is moved (what the plane does not show stays put), and whose pins attract.
        way: through the pins.
    """
    for pin in (pin for pin in steering.pins if fits(pin.code, latent)):
        pin_x, pin_y = latent.to_plane(pin.code)
        if np.hypot((pin_x - x) * scale[0], (pin_y - y) * scale[1]) <= SNAP_PX:
            return pin.code
    t, far = way.nearest(x, y, scale)
    if far <= SNAP_PX:
        return way.code(t)
    return tuple(latent.from_plane(x, y, steering.code if fits(steering.code, latent) else ()))


def in_meter(latent: LatentMap, compound: bool) -> NDArray[np.intp]:
    """Indices of the map's melodies in a kind of bar: what would be played otherwise there is not shown there.

    All of them if the corpus has next to none of that kind.
    """
    fitting = np.flatnonzero(is_compound(latent.melodies) == compound)
    return fitting if len(fitting) >= FEWEST else np.arange(len(latent.melodies))
