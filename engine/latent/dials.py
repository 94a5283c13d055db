"""A model's own dials: the units of its code, or the strongest directions of the codes where there are too many.

A dial is turned without moving the others; what no dial shows of a code (it was encoded from real music) stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.latent.map import Code
from engine.latent.naming import DialName
from engine.models.bundle import Arrays, Bundle

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Dials:
    """How a code is turned.

    Attributes:
        middle: [d], the code where nothing is turned.
        low, high: [k], where the training music leaves each dial, 1st and 99th percentile.
        directions: [k, d], what one step of each dial adds to a code; None: dial k is unit k, and d is k.
        names: what each of them does, as far as that was measured; of most models, nobody asked.
    """

    middle: Floats
    low: Floats
    high: Floats
    directions: Floats | None = None
    names: tuple[DialName, ...] = ()

    @classmethod
    def of(cls, bundle: Bundle) -> Dials:
        """The dials of a bundle; those of an older one are worked out from the codes on its map.

        Raises:
            UserError: it knows no codes.
        """
        extras: Arrays = bundle.extras
        if "dials.low" not in extras:
            if "map.codes" not in extras:
                raise UserError("This model has no dials.", "Choose one that turns music into codes.")
            from engine.training.dials import dials

            extras = dials(np.asarray(extras["map.codes"], np.float64))
        known = {name: np.asarray(value, np.float64) for name, value in extras.items() if name.startswith("dials.")}
        low, high = known["dials.low"], known["dials.high"]
        if "dials.directions" in known:
            names = tuple(DialName.read(name) for name in bundle.header.get("dials", ()))
            return cls(known["dials.mean"], low, high, known["dials.directions"], names)
        return cls((low + high) / 2, low, high)

    @classmethod
    def switches(cls, bundle: Bundle) -> Dials:
        """A dial from 0 to 1 for every unit of a sparse code, the usual code in the middle.

        Raises:
            UserError: it knows no codes.
        """
        middle = cls.of(bundle).middle
        return cls(middle, np.zeros_like(middle), np.ones_like(middle))

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.low)

    @property
    def rest(self) -> Floats:
        """Where each dial stands in the middle, [k]."""
        return self.values(tuple(self.middle.tolist()))

    def fits(self, code: Code) -> bool:
        """Whether it is a code of this model."""
        return len(code) == len(self.middle)

    def values(self, code: Code) -> Floats:
        """Where the dials stand at a code, [k]."""
        place = np.asarray(code, np.float64)
        if self.directions is None:
            return place
        lengths = (self.directions**2).sum(1)
        found: Floats = (self.directions @ (place - self.middle)) / np.maximum(lengths, 1e-12)
        return found

    def turned(self, code: Code, values: dict[int, float]) -> Code:
        """The code with some dials turned to where they are wanted."""
        place, now = np.array(code, np.float64), self.values(code)
        for dial, value in values.items():
            if self.directions is None:
                place[dial] = value
            else:
                place += (value - now[dial]) * self.directions[dial]
        return tuple(place.tolist())
