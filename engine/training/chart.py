"""What the map of a model is made from: dots with their melodies, qualities and codes, attribute vectors, planes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec
from engine.codecs.melody import is_compound
from engine.commands.document import Steering
from engine.corpus import dataset
from engine.corpus.corpus_of import corpus_of
from engine.errors import UserError
from engine.jobs import generate
from engine.jobs.job import Report, silent, stretch
from engine.latent import attributes
from engine.latent.distortion import distortion
from engine.latent.layout import layouts
from engine.latent.map import LatentMap, has_map, planes
from engine.models import bundle as bundles
from engine.models.registry import row
from engine.models.shelf import load_network

MAP_DOTS = 900
ATTRIBUTE_SAMPLE = 6_000
CALIBRATION_SAMPLE = 240
# A slider is offered if a unit of it, decoded, moves its quality by so many deviations, steadily in so many melodies.
LEAST_EFFECT, LEAST_STEADY = 0.15, 1 / 3
LONGEST = 0.6  # of the way from the middle of all codes to a melody: a unit goes no further, or it leaves the music


def chart(
    network: nn.Module, data: dataset.Dataset, codec: Codec, header: dict[str, Any], report: Report = silent
) -> bundles.Arrays:
    """What the map needs: dots chosen evenly from the training tunes, their melodies, attribute vectors and planes.

    The vectors are learnt on melodies in random keys, as the network was: otherwise height would mean the key.

    Args:
        network: encodes and decodes windows of the codec.
        data: whose training side is shown.
        codec: one of a single track.
        header: of the bundle; titles and the planes' distortions are added to it, as "map".
        report: progress and cancel point.
    """
    report(0.0, 1.0, "finding the place of every melody")
    rng = np.random.default_rng(11)
    windows = data.train.windows
    many = windows[rng.permutation(len(windows))[: enough(len(windows), ATTRIBUTE_SAMPLE)]]
    many = codec.transpose_randomly(many, rng)
    heard = attributes.measure(many)
    vectors = attributes.vectors(generate.encode(network, many), heard)
    chosen = _spread_over_tunes(data.train, rng)
    report(0.4, 1.0, "finding out what its sliders do")
    codes = generate.encode(network, windows[chosen])
    values = attributes.measure(windows[chosen])
    usual = codes[_usual_meter(windows[chosen])][:CALIBRATION_SAMPLE]
    vectors = _calibrated(network, vectors, heard, usual, bool(is_compound(windows[chosen]).all()))
    kept = codes.astype(np.float16)
    extras: bundles.Arrays = {"map.codes": kept, "map.melodies": windows[chosen]}
    extras |= {f"map.vector.{name}": vector.astype(np.float32) for name, vector in vectors.items()}
    extras |= {f"map.value.{name}": value.astype(np.float32) for name, value in values.items()}
    report(0.7, 1.0, "drawing its map")
    places = layouts(kept, dict(values))
    extras |= {f"map.places.{name}": place for name, place in places.items()}
    header["map"] = {"titles": [data.train.titles[data.train.tunes[i]] for i in chosen]}
    header["map"]["distortion"] = _distortions(kept.astype(np.float32), vectors, values, places)
    return extras


def enough(windows: int, most: int) -> int:
    """How many windows are put on the map to learn its directions and dials from: half of a small corpus says as much
    as all of it, and some networks take their time for each.
    """
    return min(most, max(500, windows // 2))


def rechart(path: Path, report: Report = silent, corpus: str = "") -> Path:
    """Make the map of a bundle again, without training: dots, sliders and planes, and the figures of these.

    Raises:
        UserError: the bundle is damaged, its model has no map, or its corpus is not here.
    """
    from engine.evaluation.gates import judged
    from engine.evaluation.steering import map_figures
    from engine.training.make import read_data

    made = bundles.read(path)
    known = row(made.model)
    if not has_map(known):
        raise UserError(f"{known.title} has no map.", "Choose a model that turns melodies into codes.")
    codec = codec_of(known.codec)
    data = read_data(corpus or corpus_of(made.header, path.stem), codec, stretch(report, 0.0, 0.2))
    report(0.2, 1.0, "laying out the map")
    network = load_network(path)
    found = chart(network, data, codec, made.header)
    made.extras = {name: value for name, value in made.extras.items() if not name.startswith("map.")} | found
    made.header["codec"] = codec.name
    report(0.8, 1.0, "measuring the map")
    figures = made.header.get("evaluation", {}).get("figures", {})
    kept = {name: value for name, value in figures.items() if "slider_" not in name and not name.startswith("map_")}
    kept |= map_figures(network, LatentMap.from_bundle(made))
    made.header["evaluation"] = {"model": made.model, "figures": kept, "gates": judged(made.model, kept)}
    bundles.write(made, path)
    report(1.0, 1.0, "")
    return path


def _distortions(
    codes: NDArray[np.float32],
    vectors: dict[str, attributes.Floats],
    values: dict[str, attributes.Floats],
    places: dict[str, NDArray[np.float32]],
) -> dict[str, dict[str, float]]:
    """How true each plane is, for the bundle's header."""
    found = {}
    sliders = {name: vector.astype(np.float32) for name, vector in vectors.items()}
    for name, plane in planes(codes, sliders, dict(values), places).items():
        true = distortion(codes, plane.dots)
        found[name] = {"kept": round(true.kept, 4), "distances": round(true.distances, 4)}
    return found


def _usual_meter(windows: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The windows in 4/4; all, if there are none."""
    duple = ~is_compound(windows)
    return duple if duple.any() else ~duple


def _calibrated(
    network: nn.Module,
    vectors: dict[str, attributes.Floats],
    values: dict[str, attributes.Floats],
    codes: NDArray[np.float32],
    compound: bool,
) -> dict[str, attributes.Floats]:
    """The vectors at the length at which one unit, decoded, moves its quality by one deviation of what was heard.

    The regression behind them cannot know it: a decoder changes its mind in steps. A quality that the code hardly
    knows would need a step out of the music: its vector is cut short. What then does not keep its word is left out.
    """
    steering = Steering(compound=compound)
    longest = LONGEST * float(np.linalg.norm(codes - codes.mean(0), axis=1).mean())
    plain = attributes.measure(generate.decode(network, codes, steering))

    def effect(name: str, vector: attributes.Floats) -> tuple[float, float]:
        """Deviations by which a unit moves the quality; share of melodies that go its way, down and up."""
        low, high = (
            attributes.measure(generate.decode(network, codes + side * vector, steering))[name] for side in (-1, 1)
        )
        steady = (low <= plain[name]) & (plain[name] <= high) & (low < high)
        return float((high - low).mean()) / 2 / max(values[name].std(), 1e-9), float(steady.mean())

    found = {}
    for name, vector in vectors.items():
        for trust in (1.0, 1.0, 0.5):
            vector = vector / np.clip(effect(name, vector)[0], 0.5, 2.0) ** trust
            if name not in attributes.MAIN:
                vector = vector * min(1.0, longest / max(float(np.linalg.norm(vector)), 1e-9))
        step, steady = effect(name, vector)
        if step >= LEAST_EFFECT and steady >= LEAST_STEADY:
            found[name] = vector
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
