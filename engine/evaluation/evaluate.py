"""The figures of a model: what `melomorph evaluate MODEL --json` prints, and what stands in a bundle's header."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.codecs.catalog import MELODIC, STREAMS, TUNES
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.evaluation.gates import judged
from engine.jobs.job import Report, silent, stretch
from engine.latent.map import LatentMap
from engine.models import bundle as bundles
from engine.models.registry import row as row_of
from engine.models.row import Row

Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]


def _melodic(row: Row) -> bool:
    return "encodes" in row.capabilities and row.codec in MELODIC


# module in this folder, whose `measure(network, data, codec, report)` gives figures and curves -> the rows it is for
_MEASURES: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("reconstruction", _melodic),
    ("walks", _melodic),
    ("interpolation", _melodic),
    ("links", lambda row: row.name == "conditional_gan"),
    ("inventions", lambda row: row.name in {"gan", "info_gan"}),
    ("told", lambda row: row.name == "info_gan"),
    ("steadiness", lambda row: row.name == "contractive_ae"),
    ("voices", lambda row: row.codec == "chorale" and "encodes" in row.capabilities),
    ("harmonies", lambda row: row.codec == "chorale" and "harmonizes" in row.capabilities),
    ("answers", lambda row: row.name == "encoder_decoder"),
    ("rolls", lambda row: row.codec == "roll"),
    ("frames", lambda row: row.codec == "frames"),
    ("streams", lambda row: row.codec in STREAMS),
    ("masked", lambda row: "inpaints" in row.capabilities and row.codec in MELODIC),
    ("pins", lambda row: row.name == "anticipation_rnn"),
    ("orderless", lambda row: row.name == "orderless_nade"),
    ("rules", lambda row: row.name == "rl_tuner"),
    ("events", lambda row: row.codec in TUNES),
    ("boltzmann", lambda row: row.name in {"rbm", "deep_belief_network"}),
    ("forms", lambda row: row.name == "c_rbm"),
    ("dreams", lambda row: "refines" in row.capabilities),
    ("over_chords", lambda row: "follows" in row.capabilities),
    ("bricks", lambda row: "bricks" in row.capabilities),
    ("orders", lambda row: row.name == "label_gan"),
    ("transfers", lambda row: "transfers" in row.capabilities),
    ("motifs", lambda row: "motifs" in row.capabilities),
)


def at_hand(row: Row) -> None:
    """Load what will measure a row: what a hand changes in these files during a long training cannot spoil its end."""
    for name, applies in _MEASURES:
        if applies(row):
            importlib.import_module(f"engine.evaluation.{name}")


def figures_of(row: Row, network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Everything that is measured of a network: figures, and curves (name -> line -> values)."""
    figures: Figures = {"held_out_tunes": data.held_out.tune_count}
    curves: Curves = {}
    wanted = [name for name, applies in _MEASURES if applies(row)]
    for index, name in enumerate(wanted):
        part = stretch(report, index / len(wanted), (index + 1) / len(wanted))
        found, lines = importlib.import_module(f"engine.evaluation.{name}").measure(network, data, codec, part)
        figures |= {key: round(float(value), 5) for key, value in found.items()}
        curves |= lines
    return figures, curves


def measure(path: Path, data: Dataset, report: Report = silent) -> tuple[dict[str, Any], Curves]:
    """{"model", "figures": {name: number}, "gates": [{"name", "value", "gate", "holds"}]} of a bundle, and curves.

    Raises:
        UserError: the bundle is damaged.
    """
    from engine.models.shelf import load_network

    found = bundles.read(path, weights=False)
    row, network = row_of(found.model), load_network(path)
    codec = codec_of(row.codec)
    figures, curves = figures_of(row, network, data, codec, stretch(report, 0.0, 0.9))
    if "map.codes" in found.extras:
        from engine.evaluation.steering import map_figures

        figures |= map_figures(network, LatentMap.from_bundle(found))
    report(1, 1, "measured")
    return {"model": row.name, "figures": figures, "gates": judged(row.name, figures)}, curves


def evaluate(path: Path, corpus: str = "", report: Report = silent) -> dict[str, Any]:
    """Measure a bundle on the held-out tunes of the corpus it was trained on (or of another).

    Raises:
        UserError: no such corpus, or the bundle is damaged.
    """
    from engine.corpus.corpus_of import corpus_of
    from engine.training.make import read_data

    found = bundles.read(path, weights=False)
    codec = codec_of(row_of(found.model).codec)
    data = read_data(corpus or corpus_of(found.header, path.stem), codec, stretch(report, 0.0, 0.1))
    return measure(path, data, stretch(report, 0.1, 1.0))[0]
