"""Do the sliders do what they say, and how true are the planes of the map?"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.codecs.melody import is_compound
from engine.evaluation.attributes_table import SEEDS, moved, table
from engine.latent.attributes import MAIN
from engine.latent.map import LatentMap


def map_figures(network: Any, chart: LatentMap) -> dict[str, float]:
    """All figures of a map: its sliders in both kinds of bar its melodies have (`compound_...`), and its planes."""
    figures = map_truth(chart)
    known = is_compound(chart.melodies)
    for prefix, compound in (("", False), ("compound_", True)):
        if (known == compound).any():
            found = slider_effects(network, chart, compound)
            figures |= {prefix + name: value for name, value in found.items()}
    return {name: round(value, 5) for name, value in figures.items()}


def slider_effects(network: Any, chart: LatentMap, compound: bool, seeds: int = SEEDS) -> dict[str, float]:
    """What a slider at -1 and +1 does to melodies drawn from the prior; all in deviations of the map's melodies.

    For each slider NAME:
        NAME_slider_monotone: share of the melodies in which the quality falls at -1 and rises at +1 (or stays on one
            side, if it moves on the other).
        NAME_slider_step: how far the quality moves on average from -1 to +1, halved.
        NAME_slider_leak: how far the axes of the map (density, height) move with it on average, as a part of its own
            move.
        NAME_slider_blur: how far they move in a single melody, either way, as a part of its own move.
        slider_NAME_moves_OTHER: the whole matrix (see `attributes_table`).
    """
    if not chart.sliders:
        return {}
    middle, sides = moved(network, chart, compound, seeds)
    figures = table(sides)
    for name in chart.sliders:
        low, high = sides[name, -1.0], sides[name, 1.0]
        rises = (low[name] <= middle[name]) & (middle[name] <= high[name]) & (low[name] < high[name])
        own = float((high[name] - low[name]).mean()) / 2
        others = [(high[other] - low[other]) / 2 for other in MAIN if other != name and other in high]
        unit = max(abs(own), 1e-9)
        figures[f"{name}_slider_monotone"] = float(rises.mean())
        figures[f"{name}_slider_step"] = own
        figures[f"{name}_slider_leak"] = max((abs(float(move.mean())) for move in others), default=0.0) / unit
        figures[f"{name}_slider_blur"] = max((float(np.abs(move).mean()) for move in others), default=0.0) / unit
    return figures


def map_truth(chart: LatentMap) -> dict[str, float]:
    """How true each plane is: map_PLANE_neighbours (share of the ten nearest kept) and map_PLANE_distances
    (correlation).
    """
    figures: dict[str, float] = {}
    for name in chart.planes:
        found = chart.distortion(name)
        figures |= {f"map_{name}_neighbours": found.kept, f"map_{name}_distances": found.distances}
    return figures
