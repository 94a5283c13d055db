"""Ways to look at a latent space: flat planes cut through it, and curved ones that follow where the melodies lie.

A plane knows where a code is seen and which code is meant by a place. On a flat plane that is a projection, and a step
on it changes only what it shows. A curved plane (t-SNE, Isomap) knows only its dots; between them codes and places are
blended from the nearest ones (inverse distances; Franke and Little's weights, which fade out where the next dot takes
over), so that at a dot there is exactly its melody. numpy only: what is costly was done when the bundle was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Code = tuple[float, ...]
Floats = NDArray[np.float32]
Words = tuple[str, str]  # what the low and the high end of an axis are called
BLENDED = 8  # dots that have a say between them
ROUNDS = 24  # of the search for the place of a code
REMEMBERED = 256  # places given out lately


class Plane(Protocol):
    """What the map needs of a plane.

    Attributes:
        dots: where the corpus' melodies are seen, [n, 2].
        label_x, label_y: words for the low and the high end of both axes.
    """

    @property
    def dots(self) -> Floats: ...

    @property
    def label_x(self) -> Words: ...

    @property
    def label_y(self) -> Words: ...

    def place(self, code: Code) -> tuple[float, float]:
        """Where a code is seen."""
        ...

    def code(self, x: float, y: float, before: Code) -> Code:
        """The code seen at (x, y); where a place has many, the one nearest to the code `before` (may be empty)."""
        ...

    def trail(self, codes: Floats) -> Floats:
        """Where many codes [n, d] are seen, [n, 2]: quickly, if need be less exactly than `place`."""
        ...


@dataclass(frozen=True)
class FlatPlane:
    """A pair of matrices: `read` [2, d] says where a code is seen, `move` [d, 2] how far it goes for a step.

    read @ move is the identity: a step on the plane changes only what the plane shows, all else of the code stays put.
    """

    read: Floats
    move: Floats
    middle: Floats
    dots: Floats
    label_x: Words
    label_y: Words

    def place(self, code: Code) -> tuple[float, float]:
        """Where a code is seen."""
        x, y = self.read @ (np.asarray(code, dtype=np.float32) - self.middle)
        return float(x), float(y)

    def code(self, x: float, y: float, before: Code) -> Code:
        """The code moved so that it is seen at (x, y)."""
        here = np.asarray(before if before else self.middle, dtype=np.float32)
        step = np.array([x, y], dtype=np.float32) - self.read @ (here - self.middle)
        return tuple((here + self.move @ step).tolist())

    def trail(self, codes: Floats) -> Floats:
        """Where codes [n, d] are seen, [n, 2]."""
        return np.asarray((codes - self.middle) @ self.read.T)


class Remembered:
    """Places given out lately: where the hand put a code, the puck has to stay."""

    def __init__(self) -> None:
        self._places: dict[Code, tuple[float, float]] = {}

    def get(self, code: Code) -> tuple[float, float] | None:
        """The place of a code, if it is remembered; what is asked for is remembered longest."""
        known = self._places.pop(code, None)
        if known is not None:
            self._places[code] = known
        return known

    @property
    def all(self) -> tuple[list[Code], list[tuple[float, float]]]:
        """Every code that is remembered, and its place."""
        return list(self._places), list(self._places.values())

    def keep(self, code: Code, place: tuple[float, float]) -> tuple[float, float]:
        """Remember a place, and forget the oldest of too many; returns it."""
        self._places.pop(code, None)
        self._places[code] = place
        if len(self._places) > REMEMBERED:
            del self._places[next(iter(self._places))]
        return place


class CurvedPlane:
    """Places of the dots; everything else is blended from the nearest of them.

    Args:
        dots: places of the dots, [n, 2].
        codes: their codes, [n, d].
        label_x, label_y: words for the ends of both axes.
    """

    def __init__(self, dots: Floats, codes: Floats, label_x: Words, label_y: Words) -> None:
        self.dots, self.label_x, self.label_y = dots, label_x, label_y
        self._codes, self._middle = codes, codes.mean(0)
        self._out = codes - self._middle
        self._lengths = np.linalg.norm(self._out, axis=1)
        self._blended = min(BLENDED, len(codes) - 1)
        self._given = Remembered()

    def code(self, x: float, y: float, before: Code) -> Code:
        """What lies there between the dots; `before` plays no part, for nothing is hidden behind a curved plane."""
        found = self._blend(x, y)
        self._given.keep(found, (x, y))
        return found

    def _blend(self, x: float, y: float) -> Code:
        near, shares = self._weights(((self.dots - (x, y)) ** 2).sum(1))
        if len(near) == 1:
            return tuple(self._codes[near[0]].tolist())
        blend = shares @ self._out[near]
        # a plain mean of codes shrinks towards the middle, where every melody is like every other
        length = float(np.linalg.norm(blend))
        blend = blend * (shares @ self._lengths[near] / length) if length > 1e-9 else blend
        return tuple((self._middle + blend).tolist())

    def place(self, code: Code) -> tuple[float, float]:
        """The place whose code is nearest: sought around the blend of the places of the nearest dots."""
        return self._given.get(code) or self._given.keep(code, self._sought(code))

    def _sought(self, code: Code) -> tuple[float, float]:
        here = np.asarray(code, np.float32)
        near, shares = self._weights(((self._codes - here) ** 2).sum(1))
        if len(near) == 1:
            x, y = self.dots[near[0]]
            return float(x), float(y)
        starts = np.concatenate([[shares @ self.dots[near]], self.dots[near]])
        far = [self._far(start, here) for start in starts]
        best = int(np.argmin(far))
        at, distance = starts[best].astype(float), far[best]
        reach = float(np.linalg.norm(self.dots[near] - at, axis=1).mean()) / 2 + 1e-6
        for _ in range(ROUNDS):
            around = at + reach * _AROUND
            far = [self._far(point, here) for point in around]
            best = int(np.argmin(far))
            if far[best] < distance:
                at, distance = around[best], far[best]
            else:
                reach /= 2
        return float(at[0]), float(at[1])

    def trail(self, codes: Floats) -> Floats:
        """Between the places of the dots nearest to each code: without the search of `place`."""
        places = []
        for code in codes:
            near, shares = self._weights(((self._codes - code) ** 2).sum(1))
            places.append(shares @ self.dots[near])
        return np.asarray(places, np.float32).reshape(-1, 2)

    def _far(self, place: NDArray[np.floating], code: Floats) -> float:
        there = np.asarray(self._blend(float(place[0]), float(place[1])), np.float32)
        return float(((there - code) ** 2).sum())

    def _weights(self, squares: NDArray[np.floating]) -> tuple[NDArray[np.intp], NDArray[np.floating]]:
        """The dots that have a say at squared distances [n] from them, and their shares, [k]; one dot if it is hit."""
        near = np.argpartition(squares, self._blended)[: self._blended + 1]
        far = np.sqrt(squares[near])
        nearest = int(far.argmin())
        edge = far.max()
        if far[nearest] <= 1e-6 * max(float(edge), 1e-9):
            return near[nearest : nearest + 1], np.ones(1)
        weights = ((edge - far) / (edge * far)) ** 2
        return near, weights / weights.sum()


_AROUND = np.array([(1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7)])
