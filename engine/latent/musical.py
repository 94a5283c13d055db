"""Musical axes for spaces that no flat cut shows: dots lie where their melodies were measured to be.

In most spaces a melody's density or height is written all over its code, and the flat plane that follows the sliders
sees next to nothing of it: all dots within a tenth of a deviation, so that dragging from one edge to the other changes
no note. Here a dot lies where its melody is measured, in deviations of the corpus, and a step across the map turns the
two sliders that the axes are named after by just as much; everything else of the melody stays. numpy only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.latent.planes import Code, FlatPlane, Floats, Remembered
from engine.latent.qualities import AXES

FAITHFUL = 0.8  # correlation of both axes with what is heard, from which a flat plane is believed
TURNED = 1e-3  # of any dimension of a code: so near, nothing but the sliders was turned
APART = 0.09  # deviations by which dots of equal measure are laid side by side


@dataclass(frozen=True)
class Scale:
    """What a quality is for the melodies of a map: its mean and its deviation."""

    mean: float
    spread: float

    @classmethod
    def of(cls, values: NDArray[np.floating]) -> Scale:
        """Of what was measured, [n]."""
        return cls(float(np.mean(values)), max(float(np.std(values)), 1e-9))

    def __call__(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """In deviations from the mean."""
        return (np.asarray(values, np.float64) - self.mean) / self.spread


class MusicalPlane:
    """A plane whose axes are two qualities.

    Args:
        flat: the plane that follows the same sliders: how a step turns a code, and how a code is read.
        codes: of the dots, [n, d].
        values: what was measured of the dots, name -> [n].
        axes: the qualities across and up.

    Attributes:
        flat: the same. axes: the names of the qualities.
        scales: how what is measured becomes a place, across and up.
    """

    def __init__(
        self, flat: FlatPlane, codes: Floats, values: Mapping[str, NDArray[np.floating]], axes: Sequence[str]
    ) -> None:
        self.label_x, self.label_y = AXES[axes[0]], AXES[axes[1]]
        self.axes = tuple(axes)
        self.scales = tuple(Scale.of(values[name]) for name in axes)
        places = np.stack([scale(values[name]) for scale, name in zip(self.scales, axes, strict=True)], 1)
        apart = np.random.default_rng(7).uniform(-APART, APART, places.shape)  # of equal melodies none hides another
        self.dots: Floats = np.asarray(places + apart, np.float32)
        self.flat, self._codes, self._given = flat, codes, Remembered()
        self._back = np.linalg.pinv(flat.move)  # from a way through the space to steps on the plane

    def code(self, x: float, y: float, before: Code) -> Code:
        """The code `before` with both sliders turned as far as its place is from (x, y); without one, a dot's."""
        if not before:
            before = tuple(self._codes[int(((self.dots - (x, y)) ** 2).sum(1).argmin())].tolist())
        here = self.place(before)
        step = np.array([x - here[0], y - here[1]], np.float32)
        made = before if not step.any() else tuple((np.asarray(before, np.float32) + self.flat.move @ step).tolist())
        self._given.keep(made, (x, y))
        return made

    def place(self, code: Code) -> tuple[float, float]:
        """Where the hand put it, or where it was measured; else beside the dot whose code is nearest."""
        known = self._given.get(code) or self._turned(code)
        if known is not None:
            return known
        here = np.asarray(code, np.float32)
        nearest = int(((self._codes - here) ** 2).sum(1).argmin())
        x, y = self.dots[nearest] + self.flat.read @ (here - self._codes[nearest])
        return self._given.keep(code, (float(x), float(y)))

    def learn(self, code: Code, measured: Mapping[str, float]) -> None:
        """What a melody of known notes is measured to be says where its code lies, unless the hand put it somewhere."""
        if self._given.get(code) is None and self._turned(code) is None:
            x, y = (scale(np.array(measured[name])) for scale, name in zip(self.scales, self.axes, strict=True))
            self._given.keep(code, (float(x), float(y)))

    def _turned(self, code: Code) -> tuple[float, float] | None:
        """The place of a code that is a dot's or a remembered one with nothing but the two sliders turned: so the hand
        left it, be it in another session.
        """
        remembered, places = self._given.all
        for codes, seen in ((self._codes, self.dots), (np.array(remembered, np.float32), np.array(places))):
            if not len(codes):
                continue
            away = np.asarray(code, np.float32) - codes
            steps = away @ self._back.T
            missed = np.abs(away - steps @ self.flat.move.T).max(1)
            best = int(missed.argmin())
            if missed[best] < TURNED:
                x, y = seen[best] + steps[best]
                return self._given.keep(code, (float(x), float(y)))
        return None

    def trail(self, codes: Floats) -> Floats:
        """Straight from the first to the last: what lies between is measured only where it is played."""
        first, last = (np.array(self.place(tuple(codes[end].tolist()))) for end in (0, -1))
        return np.asarray(first + np.linspace(0, 1, len(codes))[:, None] * (last - first), np.float32)


def true_to_music(flat: FlatPlane, values: Mapping[str, NDArray[np.floating]], axes: Sequence[str]) -> bool:
    """Whether a flat plane shows the qualities that its axes are named after; what never varies is no objection."""
    for axis, name in enumerate(axes):
        places, heard = flat.dots[:, axis], np.asarray(values[name], float)
        varied = heard.std() > 0 and places.std() > 0
        if varied and float(np.corrcoef(places, heard)[0, 1]) < FAITHFUL:
            return False
    return True
