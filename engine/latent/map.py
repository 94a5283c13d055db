"""The 2-D map of a latent space: where the corpus' melodies lie, seen on one of several planes.

numpy only: the dots are painted before torch is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs.catalog import MELODIC
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec, Tokens
from engine.errors import UserError
from engine.latent.attributes import AXES, measure
from engine.latent.cuts import live_axes, musical, planes
from engine.latent.distortion import Distortion, distortion
from engine.latent.musical import MusicalPlane
from engine.latent.planes import Code, FlatPlane, Floats, Plane
from engine.models.bundle import Bundle
from engine.models.row import Row
from engine.score import Note

__all__ = ["Code", "LatentMap", "Plane", "has_map", "planes"]

LAID_OUT = ("tsne", "isomap")  # planes whose places are computed when the bundle is made
DEAD = 0.1  # deviations of its own quality below which a slider that was measured moves nothing


def has_map(row: Row) -> bool:
    """Whether a model of this row, once trained, has a map."""
    return "encodes" in row.capabilities and row.codec in MELODIC


@dataclass
class LatentMap:
    """The map of one model.

    Attributes:
        model: registry name.
        codes: float32 [n, d] of the dots.
        melodies: tokens uint8 [n, 16 * bars] of the dots.
        titles: the tune each dot comes from.
        attributes: measured qualities of the dots, name -> [n].
        sliders: attribute vectors, name -> [d]; added once, a quality rises by one deviation of the corpus in all keys.
        planes: name -> plane: `code` (a space of two dimensions, as it is), `qualities` (musical words), `pca`, and
            `tsne` and `isomap` where the bundle has them.
        codec_name: of the melodies.
        chosen: name of the plane in use; the first one, if none is named.
        effects: how far a unit of a slider was measured to move its quality, in deviations; of sliders never measured
            it says nothing.
    """

    model: str
    codes: Floats
    melodies: NDArray[np.uint8]
    titles: list[str]
    attributes: dict[str, Floats]
    sliders: dict[str, Floats]
    planes: dict[str, Plane]
    codec_name: str = "melody"
    chosen: str = ""
    effects: dict[str, float] = field(default_factory=dict)
    _distortions: dict[str, Distortion] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chosen = self.chosen or next(iter(self.planes))
        first = self.axis_names[:2]
        self._axes = (first[0], first[1]) if len(first) == 2 else None

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
        values = {
            name: extras[f"map.value.{name}"].astype(np.float32) for name in AXES if f"map.value.{name}" in extras
        }
        sliders = {
            name: extras[f"map.vector.{name}"].astype(np.float32)
            for name in AXES
            if f"map.vector.{name}" in extras and name in moving(bundle.header)
        }
        places = {
            name: extras[f"map.places.{name}"].astype(np.float32) for name in LAID_OUT if f"map.places.{name}" in extras
        }
        about = bundle.header["map"]
        told = {name: Distortion(**found) for name, found in about.get("distortion", {}).items()}
        measured = effects(bundle.header)
        seen = planes(codes, sliders, values, places, measured)
        if isinstance(seen.get("qualities"), MusicalPlane):
            told.pop("qualities", None)  # an older bundle tells of the flat one
        return cls(
            model=bundle.model,
            codes=codes,
            melodies=extras["map.melodies"].astype(np.uint8),
            titles=list(about["titles"]),
            attributes=values,
            sliders=sliders,
            planes=seen,
            codec_name=str(bundle.header.get("codec", "melody")),
            effects=measured,
            _distortions=told,
        )

    @property
    def codec(self) -> Codec:
        """What writes its melodies."""
        return codec_of(self.codec_name)

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
        return self.plane.dots

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """(x low, x high, y low, y high) of all but the outermost hundredth of the dots, with a margin."""
        low, high = np.percentile(self.dots, [0.5, 99.5], axis=0)
        margin = 0.08 * (high - low)
        (x0, y0), (x1, y1) = low - margin, high + margin
        return float(x0), float(x1), float(y0), float(y1)

    def fits(self, code: Code) -> bool:
        """The code is one of this space (a project may have been made with another training of the model)."""
        return len(code) == self.codes.shape[1]

    def to_plane(self, code: Code) -> tuple[float, float]:
        """Where a code is seen."""
        return self.plane.place(code)

    @property
    def curved(self) -> bool:
        """The plane in use does not say where a code lies by a formula, but by the dots, or by where it was put."""
        return not isinstance(self.plane, FlatPlane)

    @property
    def axes(self) -> tuple[str, str] | None:
        """The qualities across and up, if the plane in use is that of musical axes."""
        return self._axes if self.chosen == "qualities" else None

    @property
    def axis_names(self) -> list[str]:
        """The qualities that may be axes: those that a slider of this map moves."""
        return live_axes(self.sliders)

    def choose_axes(self, across: str, up: str) -> None:
        """Look at the map along two qualities (of `axis_names`)."""
        self._axes = (across, up)
        self.planes["qualities"] = musical(self.codes, self.sliders, self.attributes, self._axes, self.effects)
        self._distortions.pop("qualities", None)
        self.chosen = "qualities"

    def learn_place(self, code: Code, tokens: Tokens) -> None:
        """The melody of a code is known: on musical axes it lies where it is measured."""
        plane = self.planes.get("qualities")
        if isinstance(plane, MusicalPlane):
            measured = measure(np.asarray(tokens, np.uint8)[None])
            plane.learn(code, {name: float(values[0]) for name, values in measured.items()})

    def trail(self, codes: Floats) -> Floats:
        """Where the codes [n, d] of a way are seen, [n, 2]."""
        return self.plane.trail(codes)

    def from_plane(self, x: float, y: float, code: Code) -> Code:
        """The code seen at (x, y); what the plane does not show stays as it is in `code`."""
        return self.plane.code(x, y, code)

    def steered(self, code: Code, sliders: dict[str, float], learnt: dict[str, Code] | None = None) -> Floats:
        """The code with the sliders' vectors added, [d]; `learnt` are the composer's own ones."""
        moved = np.asarray(code, dtype=np.float32)
        own = {name: np.asarray(vector, np.float32) for name, vector in (learnt or {}).items() if self.fits(vector)}
        known = {**own, **self.sliders}
        for name, value in sliders.items():
            if value and name in known:
                moved = moved + np.float32(value) * known[name]
        return np.asarray(moved)

    def nearest(self, code: Code) -> int:
        """Index of the dot whose code is nearest."""
        return int(((self.codes - np.asarray(code, dtype=np.float32)) ** 2).sum(1).argmin())

    def notes(self, dot: int, ticks_per_quarter: int) -> tuple[Note, ...]:
        """A dot's melody, from tick 0 on."""
        return self.codec.write(self.melodies[dot], ticks_per_quarter)[0].notes

    def distortion(self, name: str) -> Distortion:
        """How true a plane is; measured once, if the bundle does not say it."""
        if name not in self._distortions:
            self._distortions[name] = distortion(self.codes, self.planes[name].dots)
        return self._distortions[name]


def effects(header: Mapping[str, Any]) -> dict[str, float]:
    """How far a unit of each slider was measured to move what it is called after, in deviations."""
    figures = header.get("evaluation", {}).get("figures", {})
    told = {name: figures.get(f"slider_{name}_moves_{name}") for name in AXES}
    return {name: float(moved) for name, moved in told.items() if moved is not None}


def moving(header: Mapping[str, Any]) -> tuple[str, ...]:
    """Qualities whose sliders were measured to move what they are called after, or were never measured."""
    known = effects(header)
    return tuple(name for name in AXES if known.get(name, DEAD) >= DEAD)
