"""How a map is made from a network and a corpus, and made again in a bundle that is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from app.cli.verbs import run
from engine.codecs.catalog import codec
from engine.corpus.dataset import Dataset, Split
from engine.errors import UserError
from engine.evaluation import attributes_table
from engine.evaluation.steering import map_figures
from engine.latent.attributes import AXES
from engine.latent.map import LatentMap
from engine.models import bundle as bundles
from engine.models import registry
from engine.training import chart as charts
from engine.training import make
from tests.toys import ROWS, Options, SampleOptions, Toy, write_toy


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, row in ROWS.items():
        monkeypatch.setitem(registry.REGISTRY, name, row)


def corpus(count: int = 160) -> Dataset:
    """Phrases the toy can play, two of a tune."""
    codes = torch.from_numpy(np.random.default_rng(7).normal(size=(count, 4)).astype(np.float32))
    windows = Toy().decode(codes, SampleOptions()).numpy().astype(np.uint8)
    tunes = np.arange(count, dtype=np.int32) // 2
    split = Split(windows, tunes, tuple(f"Tune {n}" for n in range(count // 2)))
    return Dataset(split, split, 0)


@pytest.fixture(scope="module")
def charted() -> tuple[Toy, bundles.Bundle]:
    network, header = Toy(Options()), {"codec": "phrase", "options": {"bars": 8, "latent": 4}}
    extras = charts.chart(network, corpus(), codec("phrase"), header)
    return network, bundles.Bundle("toy_phrase", header, {}, extras)


def test_a_chart_of_phrases(charted: tuple[Toy, bundles.Bundle]) -> None:
    latent = LatentMap.from_bundle(charted[1])
    assert latent.melodies.shape == (160, 128) and latent.codec.bars == 8
    assert list(latent.planes) == ["qualities", "pca", "tsne", "isomap"]
    assert {"density", "height"} <= set(latent.sliders) and "mode" not in latent.sliders, (
        "what does nothing is left out"
    )
    assert set(latent.attributes) == set(AXES), "but every quality is measured"
    for name in latent.planes:
        told = charted[1].header["map"]["distortion"][name]
        assert latent.distortion(name).kept == told["kept"] and 0 <= told["kept"] <= 1


def test_what_each_slider_moves_is_measured(charted: tuple[Toy, bundles.Bundle]) -> None:
    network, bundle = charted
    figures = map_figures(network, LatentMap.from_bundle(bundle))
    assert figures["slider_density_moves_density"] == pytest.approx(1.0, abs=0.5)
    assert figures["slider_height_moves_height"] == pytest.approx(1.0, abs=0.5)
    assert abs(figures["slider_height_moves_density"]) < 0.1 > figures["height_slider_leak"]
    assert figures["map_qualities_neighbours"] > 10 / 160 and -1 <= figures["map_tsne_distances"] <= 1
    assert not any(name.startswith("compound_") for name in figures), "there are no such bars"
    table = attributes_table.read(figures)
    assert table is not None and table.sliders[:2] == ("density", "height") and table.qualities == tuple(AXES)
    assert table.moves[1][0] == figures["slider_height_moves_density"]
    assert attributes_table.read({"prior_fd": 3.0}) is None


def test_the_map_of_a_bundle_is_made_again_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_toy("toy_phrase", tmp_path, places=False)
    old = bundles.read(path)
    old.header["evaluation"] = {"figures": {"prior_fd": 3.0, "slider_density_moves_density": 9.0}}
    bundles.write(old, path)
    assert list(LatentMap.from_bundle(old).planes) == ["qualities", "pca"], "an older bundle offers what it has"
    asked: list[Any] = []
    monkeypatch.setattr(make, "read_data", lambda *of: (asked.append(of[:2]), corpus())[1])
    assert run(["chart", str(path)]) == 0
    new = bundles.read(path)
    assert asked == [("folk", codec("phrase"))]
    assert list(LatentMap.from_bundle(new).planes) == ["qualities", "pca", "tsne", "isomap"]
    assert all(np.array_equal(new.weights[name], value) for name, value in old.weights.items())
    figures = new.header["evaluation"]["figures"]
    assert figures["prior_fd"] == 3.0 and figures["slider_density_moves_density"] != 9.0


def test_a_model_that_has_no_map_is_told(tmp_path: Path) -> None:
    path = tmp_path / "auto_bach.safetensors"
    bundles.write(bundles.Bundle("auto_bach", {}, {}), path)
    with pytest.raises(UserError, match="has no map"):
        charts.rechart(path)
