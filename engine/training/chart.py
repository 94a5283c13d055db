"""What the map of a model is made from: dots with their melodies, qualities and codes, and attribute vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from engine.codecs.codec import Codec
from engine.codecs.melody import is_compound
from engine.commands.document import Steering
from engine.jobs import generate
from engine.latent import attributes
from engine.latent.interpolate import Codes
from engine.models import bundle as bundles
from engine.training import dataset

MAP_DOTS = 900
ATTRIBUTE_SAMPLE = 6_000
CALIBRATION_SAMPLE = 400


def chart(network: nn.Module, data: dataset.Dataset, codec: Codec, header: dict[str, Any]) -> bundles.Arrays:
    """What the map needs: dots chosen evenly from the training tunes, their melodies, and attribute vectors.

    The vectors are learnt on melodies in random keys, as the network was: otherwise height would mean the key.
    """
    rng = np.random.default_rng(11)
    windows = data.train.windows
    many = windows[rng.permutation(len(windows))[:ATTRIBUTE_SAMPLE]]
    many = codec.transpose_randomly(many, rng)
    heard = attributes.measure(many)
    vectors = attributes.vectors(generate.encode(network, many), heard)
    chosen = _spread_over_tunes(data.train, rng)
    codes = generate.encode(network, windows[chosen])
    values = attributes.measure(windows[chosen])
    vectors = _calibrated(network, vectors, heard, codes[~is_compound(windows[chosen])][:CALIBRATION_SAMPLE])
    header["map"] = {"titles": [data.train.titles[data.train.tunes[i]] for i in chosen]}
    extras: bundles.Arrays = {"map.codes": codes.astype(np.float16), "map.melodies": windows[chosen]}
    for name, vector in vectors.items():
        extras[f"map.vector.{name}"] = vector.astype(np.float32)
        extras[f"map.value.{name}"] = values[name].astype(np.float32)
    return extras


def _calibrated(
    network: nn.Module, vectors: dict[str, attributes.Floats], values: dict[str, attributes.Floats], codes: Codes
) -> dict[str, attributes.Floats]:
    """The vectors at the length at which one unit, decoded, moves its quality by one deviation of what was heard.

    The regression behind them cannot know it: a decoder changes its mind in steps.
    """
    found = dict(vectors)
    for name in [*vectors, *vectors]:
        low, high = (
            attributes.measure(generate.decode(network, codes + side * found[name], Steering()))[name].mean()
            for side in (-1, 1)
        )
        step = (high - low) / 2 / max(values[name].std(), 1e-9)
        found[name] = found[name] / np.clip(step, 0.5, 2.0)
    return found


def _spread_over_tunes(split: dataset.Split, rng: np.random.Generator) -> NDArray[np.intp]:
    """Indices of up to MAP_DOTS windows, each of another tune while there are tunes; duple ones three in four."""
    order = rng.permutation(len(split.windows))
    _, first = np.unique(split.tunes[order], return_index=True)
    first = np.sort(first)
    order = order[np.concatenate([first, np.setdiff1d(np.arange(len(order)), first)])]
    compound = is_compound(split.windows[order])
    quarter = MAP_DOTS // 4
    return np.sort(np.concatenate([order[~compound][: MAP_DOTS - quarter], order[compound][:quarter]]))
