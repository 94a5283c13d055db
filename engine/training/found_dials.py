"""The dials of a network that found them by itself: made of its own numbers, named by what they measurably move."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from engine.commands.document import Steering
from engine.jobs import generate
from engine.latent import qualities
from engine.latent.naming import DialName, family_name, slider_name
from engine.models.bundle import Arrays

HEARD = 1_500  # melodies by which the dials are named


def found_dials(network: Any) -> tuple[Arrays, list[dict[str, Any]]]:
    """Extras of a bundle as `training.dials` gives them, and for its header a name for each dial.

    Args:
        network: encodes melodies, and tells by `dialled()` the unit of a code, the least and the greatest value of each
            dial; those whose least value is below zero have two ends, the others are families.
    """
    dialled = network.dialled()
    steering = Steering(seed=41)
    options = generate.options_for(network, steering)
    codes = network.draw(HEARD, options).numpy()
    values = qualities.measure(generate.decode(network, codes, steering))
    names: list[DialName] = []
    families = [unit for unit, low, _ in dialled if low >= 0]
    for unit, low, _ in dialled:
        if low < 0:
            names.append(slider_name(codes[:, unit], values, [name.quality for name in names]))
        else:
            names.append(family_name(codes[:, families].argmax(1) == families.index(unit), values))
    middle = codes.mean(0)
    for unit, *_ in dialled:
        middle[unit] = 0
    directions = np.zeros((len(dialled), codes.shape[1]), np.float32)
    for row, (unit, *_) in enumerate(dialled):
        directions[row, unit] = 1
    low, high = (np.array([dial[end] for dial in dialled], np.float32) for end in (1, 2))
    extras: Arrays = {
        "dials.low": low,
        "dials.high": high,
        "dials.mean": middle.astype(np.float32),
        "dials.directions": directions,
    }
    return extras, [asdict(name) for name in names]


def strengths(network: Any, compound: bool = False, seed: int = 42) -> dict[str, float]:
    """`slider_K_correlation` of each dial with two ends, on melodies other than those it is named by."""
    steering = replace(Steering(seed=seed), compound=compound)
    options = generate.options_for(network, steering)
    codes = network.draw(HEARD, options).numpy()
    values = qualities.measure(generate.decode(network, codes, steering))
    taken: list[str] = []
    found: dict[str, float] = {}
    for index, (unit, low, _) in enumerate(network.dialled(), 1):
        if low < 0:
            name = slider_name(codes[:, unit], values, taken)
            taken.append(name.quality)
            found[f"slider_{index}_correlation"] = name.strength
    return found
