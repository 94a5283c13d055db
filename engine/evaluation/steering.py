"""Do the sliders do what they say? Each is moved by its unit, down and up, and the melodies are measured."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.commands.document import Steering
from engine.jobs import generate
from engine.latent import attributes
from engine.latent.map import LatentMap

SEEDS = 400


def slider_effects(network: Any, chart: LatentMap, compound: bool, seeds: int = SEEDS) -> dict[str, float]:
    """What a slider at -1 and +1 does to melodies drawn from the prior; all in deviations of the map's melodies.

    For each slider NAME:
        NAME_slider_monotone: share of the melodies in which the quality falls at -1 and rises at +1 (or stays on one
            side, if it moves on the other).
        NAME_slider_step: how far the quality moves on average from -1 to +1, halved.
        NAME_slider_leak: how far the other qualities move with it on average, as a part of its own move.
        NAME_slider_blur: how far the others move in a single melody, either way, as a part of its own move.
    """
    steering = Steering(seed=77, compound=compound)
    codes = network.draw(seeds, generate.options_for(network, steering)).numpy()
    spread = {name: max(float(np.std(values)), 1e-9) for name, values in chart.attributes.items()}

    def at(name: str, value: float) -> dict[str, NDArray[np.float64]]:
        measured = attributes.measure(generate.decode(network, codes + value * chart.sliders[name], steering))
        return {quality: values / spread[quality] for quality, values in measured.items()}

    figures: dict[str, float] = {}
    middle = at(next(iter(chart.sliders)), 0.0)
    for name in chart.sliders:
        low, high = at(name, -1.0), at(name, 1.0)
        rises = (low[name] <= middle[name]) & (middle[name] <= high[name]) & (low[name] < high[name])
        own = float((high[name] - low[name]).mean()) / 2
        others = [(high[other] - low[other]) / 2 for other in chart.sliders if other != name]
        unit = max(abs(own), 1e-9)
        figures[f"{name}_slider_monotone"] = float(rises.mean())
        figures[f"{name}_slider_step"] = own
        figures[f"{name}_slider_leak"] = max((abs(float(move.mean())) for move in others), default=0.0) / unit
        figures[f"{name}_slider_blur"] = max((float(np.abs(move).mean()) for move in others), default=0.0) / unit
    return figures
