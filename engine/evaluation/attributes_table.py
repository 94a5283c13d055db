"""What each slider moves and what it drags along: a matrix in deviations of the map's melodies.

Roberts et al. (2018) print such a matrix of their five attribute vectors. A row is a slider at one unit, a column a
quality measured on the decoded melodies; the diagonal is what the slider promises, all else is what comes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.commands.document import Steering
from engine.jobs import generate
from engine.latent import attributes
from engine.latent.map import LatentMap

SEEDS = 400
Moved = NDArray[np.float64]


def moved(
    network: Any, chart: LatentMap, compound: bool, seeds: int = SEEDS
) -> tuple[dict[str, Moved], dict[tuple[str, float], dict[str, Moved]]]:
    """Qualities of melodies drawn from the prior, in deviations of the map's melodies.

    Returns:
        As they are, name -> [seeds]; and for each (slider, -1 or +1) as they are with that slider moved.
    """
    steering = Steering(chart.model, seed=77, compound=compound)
    codes = network.draw(seeds, generate.options_for(network, steering)).numpy()
    spread = {name: max(float(np.std(values)), 1e-9) for name, values in chart.attributes.items()}

    def at(codes: NDArray[np.floating]) -> dict[str, Moved]:
        measured = attributes.measure(generate.decode(network, codes, steering))
        return {quality: measured[quality] / spread[quality] for quality in spread}

    sides = {(name, side): at(codes + side * v) for name, v in chart.sliders.items() for side in (-1.0, 1.0)}
    return at(codes), sides


def table(sides: dict[tuple[str, float], dict[str, Moved]]) -> dict[str, float]:
    """Figures `slider_A_moves_B`: how far one unit of slider A moves quality B on average, in deviations."""
    figures: dict[str, float] = {}
    for name in dict.fromkeys(slider for slider, _ in sides):
        low, high = sides[name, -1.0], sides[name, 1.0]
        figures |= {f"slider_{name}_moves_{other}": float((high[other] - low[other]).mean()) / 2 for other in high}
    return figures


@dataclass(frozen=True)
class Table:
    """The matrix as it can be shown: `moves[i][j]` is what slider `sliders[i]` does to `qualities[j]`."""

    sliders: tuple[str, ...]
    qualities: tuple[str, ...]
    moves: tuple[tuple[float, ...], ...]


def read(figures: Mapping[str, float]) -> Table | None:
    """The matrix out of the figures of a model; None if it was not measured."""
    names = tuple(attributes.AXES)
    sliders = tuple(name for name in names if f"slider_{name}_moves_{name}" in figures)
    qualities = tuple(q for q in names if sliders and f"slider_{sliders[0]}_moves_{q}" in figures)
    if not sliders:
        return None
    moves = tuple(tuple(float(figures[f"slider_{s}_moves_{q}"]) for q in qualities) for s in sliders)
    return Table(sliders, qualities, moves)
