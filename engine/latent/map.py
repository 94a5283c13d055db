"""The 2-D map of a latent space: where the corpus' melodies lie, and how a point of the plane moves a code.

A plane is a pair of matrices: `read` [2, d] says where a code is seen, `move` [d, 2] how far a code goes for a step
on the plane, with read @ move = identity. Moving on the plane therefore changes only what the plane shows; all else
of the code stays put. numpy only: the dots are painted before torch is imported.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.latent.attributes import AXES
from engine.models.bundle import Bundle

Code = tuple[float, ...]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Plane:
    """One way to look at the space; labels are (name of the low end, name of the high end) of x and y."""

    read: Floats
    move: Floats
    label_x: tuple[str, str]
    label_y: tuple[str, str]


@dataclass
class LatentMap:
    """The map of one model.

    Attributes:
        model: registry name.
        codes: float32 [n, d] of the dots.
        melodies: tokens uint8 [n, 32] of the dots.
        titles: the tune each dot comes from.
        attributes: measured qualities of the dots, name -> [n].
        sliders: attribute vectors, name -> [d]; added once, a quality rises by one deviation of the corpus in all keys.
        planes: name -> plane; `qualities` (musical words) and `pca`.
        chosen: name of the plane in use.
    """

    model: str
    codes: Floats
    melodies: NDArray[np.uint8]
    titles: list[str]
    attributes: dict[str, Floats]
    sliders: dict[str, Floats]
    planes: dict[str, Plane]
    chosen: str = "qualities"
    _mean: Floats = field(init=False)

    def __post_init__(self) -> None:
        self._mean = self.codes.mean(0)

    @classmethod
    def from_bundle(cls, bundle: Bundle) -> LatentMap:
        """The map a bundle carries.

        Raises:
            UserError: the model has no map.
        """
        if "map.codes" not in bundle.extras:
            raise UserError("This model has no map.", "Choose one that encodes melodies, such as the melody VAE.")
        extras = bundle.extras
        codes = extras["map.codes"].astype(np.float32)
        sliders = {name: extras[f"map.vector.{name}"].astype(np.float32) for name in AXES}
        return cls(
            model=bundle.model,
            codes=codes,
            melodies=extras["map.melodies"].astype(np.uint8),
            titles=list(bundle.header["map"]["titles"]),
            attributes={name: extras[f"map.value.{name}"].astype(np.float32) for name in AXES},
            sliders=sliders,
            planes=planes(codes, sliders, {name: extras[f"map.value.{name}"] for name in AXES}),
        )

    @property
    def plane(self) -> Plane:
        """The plane in use."""
        return self.planes[self.chosen]

    @property
    def label_x(self) -> tuple[str, str]:
        """What the left and the right end mean."""
        return self.plane.label_x

    @property
    def label_y(self) -> tuple[str, str]:
        """What the lower and the upper end mean."""
        return self.plane.label_y

    @property
    def dots(self) -> Floats:
        """Places of the corpus' melodies, [n, 2]."""
        return np.asarray((self.codes - self._mean) @ self.plane.read.T)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """(x low, x high, y low, y high) of all but the outermost hundredth of the dots, with a margin."""
        low, high = np.percentile(self.dots, [0.5, 99.5], axis=0)
        margin = 0.08 * (high - low)
        (x0, y0), (x1, y1) = low - margin, high + margin
        return float(x0), float(x1), float(y0), float(y1)

    def to_plane(self, code: Code) -> tuple[float, float]:
        """Where a code is seen."""
        x, y = self.plane.read @ (np.asarray(code, dtype=np.float32) - self._mean)
        return float(x), float(y)

    def from_plane(self, x: float, y: float, code: Code) -> Code:
        """The code moved so that it is seen at (x, y); what the plane does not show stays put."""
        here = np.asarray(code if code else self._mean, dtype=np.float32)
        step = np.array([x, y], dtype=np.float32) - self.plane.read @ (here - self._mean)
        return tuple((here + self.plane.move @ step).tolist())

    def steered(self, code: Code, sliders: dict[str, float]) -> Floats:
        """The code with the sliders' vectors added, [d]."""
        moved = np.asarray(code, dtype=np.float32)
        for name, value in sliders.items():
            if value and name in self.sliders:
                moved = moved + np.float32(value) * self.sliders[name]
        return np.asarray(moved)

    def nearest(self, code: Code) -> int:
        """Index of the dot whose code is nearest."""
        return int(((self.codes - np.asarray(code, dtype=np.float32)) ** 2).sum(1).argmin())


def planes(codes: Floats, sliders: dict[str, Floats], values: dict[str, NDArray[np.generic]]) -> dict[str, Plane]:
    """The planes of a set of codes: musical axes (busier right, higher up), and the first two principal components."""
    centred = (codes - codes.mean(0)).astype(np.float64)
    move = np.stack([sliders["density"], sliders["height"]], 1).astype(np.float64)
    # of all ways to read a place that undo `move`, the one that follows the corpus: least squares under the constraint
    covariance = centred.T @ centred / len(centred) + 1e-3 * np.eye(centred.shape[1])
    whitened = np.linalg.solve(covariance, move)
    read = np.linalg.pinv(move.T @ whitened) @ whitened.T
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    main = axes[:2]
    labels = [_words(centred @ axis, values) for axis in main]
    return {
        "qualities": Plane(read.astype(np.float32), move.astype(np.float32), AXES["density"], AXES["height"]),
        "pca": Plane(main.astype(np.float32), main.T.astype(np.float32), labels[0], labels[1]),
    }


def _words(places: NDArray[np.floating], values: dict[str, NDArray[np.generic]]) -> tuple[str, str]:
    """Names for the ends of an axis: those of the quality it goes with most, or none if it goes with none."""
    numbers = {name: np.asarray(value, float) for name, value in values.items()}
    moving = {name: value for name, value in numbers.items() if value.std() > 0 and places.std() > 0}
    found = {name: float(np.corrcoef(places, value)[0, 1]) for name, value in moving.items()}
    if not found:
        return ("", "")
    best = max(found, key=lambda name: abs(found[name]))
    if abs(found[best]) < 0.3:
        return ("", "")
    low, high = AXES[best]
    return (low, high) if found[best] > 0 else (high, low)
