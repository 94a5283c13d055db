"""The planes of a map: which there are of a set of codes, and in what words their axes are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.latent.musical import MusicalPlane, true_to_music
from engine.latent.planes import CurvedPlane, FlatPlane, Floats, Plane, Words
from engine.latent.qualities import AXES

LEAST_EFFECT = 2 / 3  # of a slider, in deviations: a weaker one is turned half as far again, and no further
NAMED = 0.3  # correlation from which an axis bears the words of a quality


def planes(
    codes: Floats,
    sliders: dict[str, Floats],
    values: dict[str, NDArray[np.floating]],
    places: dict[str, Floats] | None = None,
    effects: Mapping[str, float] | None = None,
) -> dict[str, Plane]:
    """The planes of a set of codes [n, d]: musical axes, the first two principal components, and those whose places
    [n, 2] were laid out before. A space of two dimensions is a plane itself. The musical axes are the first two
    qualities that have a slider: busier right and higher up, where the model keeps its word on both.
    """
    centred = (codes - codes.mean(0)).astype(np.float64)
    found: dict[str, Plane] = {}
    if codes.shape[1] == 2:
        found["code"] = _flat(codes, np.eye(2), np.eye(2), values, middle=np.zeros(2))
    axes_of = live_axes(sliders)[:2]
    if len(axes_of) == 2:
        found["qualities"] = musical(codes, sliders, values, (axes_of[0], axes_of[1]), effects)
    if codes.shape[1] > 2 or not found:
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
        towards = _signs(centred @ axes[:2].T, values)[:, None] * axes[:2]
        found["pca"] = _flat(codes, towards, towards.T, values)
    for name, dots in (places or {}).items():
        found[name] = CurvedPlane(dots, codes, *_words(dots, values))
    return found


def live_axes(sliders: dict[str, Floats]) -> list[str]:
    """The qualities that have a slider which leads anywhere, in the order of `AXES`."""
    return [name for name in AXES if name in sliders and sliders[name].any()]


def musical(
    codes: Floats,
    sliders: dict[str, Floats],
    values: dict[str, NDArray[np.floating]],
    axes: tuple[str, str],
    effects: Mapping[str, float] | None = None,
) -> Plane:
    """The plane of two qualities: flat where that shows them, else with every dot where its melody was measured.

    There a step turns a slider so far that what is heard goes about as far, by what a unit of it was measured to do
    (`effects`, in deviations; none: one).
    """
    centred = (codes - codes.mean(0)).astype(np.float64)
    move = np.stack([sliders[name] for name in axes], 1).astype(np.float64)
    # of all ways to read a place that undo `move`, the one that follows the corpus: least squares under the constraint
    covariance = centred.T @ centred / len(centred) + 1e-3 * np.eye(centred.shape[1])
    whitened = np.linalg.solve(covariance, move)
    read = np.linalg.pinv(move.T @ whitened) @ whitened.T
    flat = _flat(codes, read, move, values, (AXES[axes[0]], AXES[axes[1]]))
    if not all(name in values for name in axes) or true_to_music(flat, values, axes):
        return flat
    strong = np.array([max(LEAST_EFFECT, (effects or {}).get(name, 1.0)) for name in axes])
    reading: Floats = (strong[:, None] * flat.read).astype(np.float32)
    turning: Floats = (flat.move / strong).astype(np.float32)
    return MusicalPlane(replace(flat, read=reading, move=turning), codes, values, axes)


def _flat(
    codes: Floats,
    read: NDArray[np.floating],
    move: NDArray[np.floating],
    values: dict[str, NDArray[np.floating]],
    labels: tuple[tuple[str, str], tuple[str, str]] | None = None,
    middle: NDArray[np.floating] | None = None,
) -> FlatPlane:
    """A flat plane around the middle of the codes (or another); its axes take their words from the qualities."""
    around = np.asarray(codes.mean(0) if middle is None else middle, np.float32)
    dots = np.asarray((codes - around) @ np.asarray(read, np.float32).T, np.float32)
    x, y = labels or _words(dots, values)
    return FlatPlane(np.asarray(read, np.float32), np.asarray(move, np.float32), around, dots, x, y)


def _words(places: NDArray[np.floating], values: dict[str, NDArray[np.floating]]) -> tuple[Words, Words]:
    """Names for the ends of both axes of places [n, 2]: those of the quality each goes with most, or none if it goes
    with none. No quality names both: the axis it goes with more has it.
    """
    sure = [{name: _together(axis, value) for name, value in values.items()} for axis in places.T]
    named: dict[int, str] = {}
    ranked = sorted(((abs(r), axis, name) for axis in (0, 1) for name, r in sure[axis].items()), reverse=True)
    for strength, axis, name in ranked:
        if strength >= NAMED and axis not in named and name not in named.values():
            named[axis] = name
    ends = [AXES[named[axis]] if axis in named else ("", "") for axis in (0, 1)]
    turned = [axis in named and sure[axis][named[axis]] < 0 for axis in (0, 1)]
    across, up = (words[::-1] if back else words for words, back in zip(ends, turned, strict=True))
    return (across[0], across[1]), (up[0], up[1])


def _signs(places: NDArray[np.floating], values: dict[str, NDArray[np.floating]]) -> NDArray[np.floating]:
    """1 or -1 for both axes of places [n, 2]: turned so that more of what names an axis lies right or up."""
    usual = set(AXES.values())
    return np.array([-1.0 if words[0] and words not in usual else 1.0 for words in _words(places, values)])


def _together(places: NDArray[np.floating], values: NDArray[np.floating]) -> float:
    """Correlation; 0 where one of the two never varies."""
    heard = np.asarray(values, float)
    return float(np.corrcoef(places, heard)[0, 1]) if heard.std() > 0 and places.std() > 0 else 0.0
