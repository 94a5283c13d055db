"""What a model's file says of itself and holds: refused in words where it cannot be so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.models import bundle as bundles
from engine.models.checks import check
from engine.resources import root
from tests.engine.forgery import (
    MEMORY,
    changed_array,
    forged,
    genuine,
    parts,
    put,
    refused,
    refused_cheaply,
    resident,
    without,
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = genuine(tmp_path_factory.mktemp("genuine"))
    check.proved(path)  # torch and the network's file are imported by now
    return path


# what the header says -----------------------------------------------------------------------------------------------


def _with(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda header: {**header, **changes}


def _option(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda header: {**header, "options": {**header["options"], **changes}}


def _inside(part: str, **changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda header: {**header, part: {**header[part], **changes}}


WAYS = (
    "../../../etc", "/etc/passwd", "..", "C:\\Windows", "\\\\host\\share", "CON", "nul.txt", "a/b", "a\\b", "~root",
    "x:y", "what?", " ", "reels.", "COM1", "<b>x</b>",
)  # fmt: skip
HEADERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "newer": _with(format=bundles.FORMAT + 1),
    "no format": lambda h: {key: value for key, value in h.items() if key != "format"},
    "format in words": _with(format="2"),
    "format zero": _with(format=0),
    "unknown system": _with(model="perceptron"),
    "another system": _with(model="gan"),
    "system that is own": _with(model="vae~Mine"),
    "system that is a way": _with(model="../vae"),
    "no system": _with(model=None),
    "no options": lambda h: {key: value for key, value in h.items() if key != "options"},
    "options in a list": _with(options=[]),
    "unknown option": _option(colour=3),
    "option in words": _option(width="16"),
    "option that is a truth": _option(width=True),
    "option that is a list": _option(width=[16]),
    "too small": _option(latent=-1),
    "too wide": _option(width=10**9),
    "wider than its file": _option(width=100_000),
    "endless layers": _option(blocks=10_000_000),
    "deep layers": _option(blocks=9_000_000),
    "other width": _option(width=24),
    "other codec": _with(codec="chorale"),
    "no codec": _with(codec=3),
    "corpus in words": _with(corpus="folk"),
    "figures in words": _with(evaluation={"figures": {"x": "<b>"}, "gates": []}),
    "gates in a dictionary": _with(evaluation={"figures": {}, "gates": {"a": 1}}),
    "gate without value": _with(evaluation={"figures": {}, "gates": [{"name": "x", "gate": "", "holds": True}]}),
    "evaluation in a list": _with(evaluation=[1]),
    "curves of words": _with(curves={"loss": {"steps": ["a"]}}),
    "figures that are pictures": _with(evaluation={"figures": {"<img src=x>": 1.0}, "gates": []}),
    "lines that are pictures": _with(curves={"loss": {"<img src=x>": [1.0]}}),
    "curves without end": _with(curves={f"c{n}": {"steps": [1.0]} for n in range(1_000)}),
    "figures without end": _with(evaluation={"figures": {f"f{n}": 1.0 for n in range(50_000)}, "gates": []}),
    "a music without end": _inside("corpus", title="x" * 10_000),
    "a gate in words": _with(
        evaluation={"figures": {}, "gates": [{"name": "x", "value": 1, "gate": "<b>", "holds": True}]}
    ),
    "twins of words": _with(twins={"a": {"b": "c"}}),
    "twins in a list": _with(twins=[{"a": 1}]),
    "titles of numbers": _inside("map", titles=[1] * 12),
    "too few titles": _inside("map", titles=["a"]),
    "distortion of nothing": _inside("map", distortion={"pca": {"kept": 1.0}}),
    "control characters": _inside("map", titles=["a\x1b[31m"] * 12),
    "text turned round": _inside("map", titles=["\u202egnp.exe"] * 12),
    "half a letter": _inside("map", titles=["\ud800"] * 12),
    "endless title": _inside("map", titles=["x" * 100_000] * 12),
    "rich title": _with(title="<img src=file:///etc/passwd>"),
    "empty title": _with(title=""),
    "was in words": _with(was="x"),
    "names of dials": _with(dials=[{"less": 1}] * 6),
    "too few dials": _with(dials=[{"less": "a", "more": "b"}]),
    **{f"corpus {way}": _inside("corpus", name=way) for way in WAYS},
    **{f"start {way}": _inside("recipe", start=way) for way in WAYS},
    **{f"title {way}": _with(title=way) for way in WAYS if way not in ("CON", "COM1")},
}


@pytest.mark.parametrize("kind", HEADERS)
def test_headers_that_say_what_cannot_be(kind: str, whole: Path, tmp_path: Path) -> None:
    header, arrays = parts(whole)
    said = refused(forged(tmp_path / "model.safetensors", HEADERS[kind](header), arrays))
    assert "newer" not in kind or "newer" in said.what


@pytest.mark.parametrize("kind", ["too wide", "wider than its file", "endless layers"])
def test_networks_that_would_eat_the_memory(kind: str, whole: Path, tmp_path: Path) -> None:
    header, arrays = parts(whole)
    before = resident()
    refused_cheaply(forged(tmp_path / "model.safetensors", HEADERS[kind](header), arrays))
    assert resident() - before < MEMORY


def test_a_wrong_checksum(whole: Path, tmp_path: Path) -> None:
    header, arrays = parts(whole)
    path = tmp_path / "model.safetensors"
    for wrong in ("0" * 64, "", None, 7, header["checksum"].upper()):
        refused(forged(path, {**header, "checksum": wrong}, arrays, sealed=False))
    refused(forged(path, {**header, "map": {"titles": ["other"] * 12}}, arrays, sealed=False))
    older = {**header, "format": 1}  # whose checksum says nothing of the header: it does not help to say it is one
    refused(forged(path, older, arrays, sealed=False))


def test_two_things_of_one_name(whole: Path, tmp_path: Path) -> None:
    header, arrays = parts(whole)

    def twice(table: dict[str, Any]) -> None:
        text = table["__metadata__"]["melomorph"]
        table["__metadata__"]["melomorph"] = '{"model": "vae",' + text[1:]

    assert "two things" in refused(forged(tmp_path / "model.safetensors", header, arrays, twice)).what


# what lies beside the header ----------------------------------------------------------------------------------------


EXTRAS: dict[str, Callable[[bundles.Arrays], bundles.Arrays]] = {
    "no codes": without("extra.map.codes"),
    "no melodies": without("extra.map.melodies"),
    "no dials' ends": without("extra.dials.high"),
    "codes of nothing": changed_array("extra.map.codes", put(np.nan)),
    "codes of another length": changed_array("extra.map.codes", lambda a: a[:, :4]),
    "codes on a line": changed_array("extra.map.codes", lambda a: a.reshape(-1)),
    "no dots": changed_array("extra.map.codes", lambda a: a[:0]),
    "melodies of another length": changed_array("extra.map.melodies", lambda a: a[:, :16]),
    "fewer melodies": changed_array("extra.map.melodies", lambda a: a[:5]),
    "notes that do not exist": changed_array("extra.map.melodies", put(200)),
    "bars half empty": changed_array("extra.map.melodies", put(62)),
    "melodies of fractions": changed_array("extra.map.melodies", lambda a: a.astype(np.float32)),
    "a vector of another length": changed_array("extra.map.vector.density", lambda a: a[:2]),
    "a quality of nothing": changed_array("extra.map.value.density", put(np.inf)),
    "dials turned round": changed_array("extra.dials.high", lambda a: a - 1_000),
    "fewer dials": changed_array("extra.dials.low", lambda a: a[:2]),
    "an unknown slider": lambda a: {**a, "extra.map.vector.beauty": a["extra.map.vector.density"]},
    "an unknown plane": lambda a: {**a, "extra.map.places.mercator": np.zeros((12, 2), np.float32)},
    "an unknown extra": lambda a: {**a, "extra.brush": np.zeros(3, np.float32)},
    "windows without tunes": lambda a: {**a, "extra.corpus.windows": a["extra.map.melodies"]},
    "tunes without titles": lambda a: {
        **a, "extra.corpus.windows": a["extra.map.melodies"], "extra.corpus.tunes": np.full(12, 10**6, np.int32),
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", EXTRAS)
def test_extras_that_do_not_fit(kind: str, whole: Path, tmp_path: Path) -> None:
    header, arrays = parts(whole)
    refused(forged(tmp_path / "model.safetensors", header, EXTRAS[kind](arrays)))


def test_weights_that_are_not_the_networks(whole: Path, tmp_path: Path) -> None:
    header, arrays = parts(whole)
    names = [name for name in arrays if name.startswith("weight.") and arrays[name].ndim == 2]
    path = tmp_path / "model.safetensors"
    for change in (
        without(names[0]),
        changed_array(names[0], lambda a: a.T if a.shape[0] != a.shape[1] else a[:-1]),
        changed_array(names[0], put(np.nan)),
        changed_array(names[1], put(np.inf)),
        changed_array(names[0], lambda a: a.astype(np.float16)),
        changed_array(names[0], lambda a: a.astype(np.int8)),
        changed_array(names[0], lambda a: a.astype(np.int32)),
        lambda a: {**a, "weight.more": np.zeros(3, np.float32)},
        lambda a: {**a, names[0] + ".row_scale": np.ones((len(a[names[0]]), 1), np.float32)},
        lambda a: {**a, "more": np.zeros(3, np.float32)},
    ):
        refused(forged(path, header, change(arrays)))


def test_packed_rows_come_with_their_scales(whole: Path, tmp_path: Path) -> None:
    header, arrays = parts(whole)
    path = tmp_path / "model.safetensors"
    name = next(name for name in arrays if name.startswith("weight.") and arrays[name].ndim == 2)
    scale = np.abs(arrays[name]).max(1, keepdims=True) / 127
    rows, other = np.round(arrays[name] / scale).astype(np.int8), name + ".row_scale"
    made, _ = check.proved(forged(path, header, {**arrays, name: rows, other: scale}))
    np.testing.assert_allclose(made.weights[name.removeprefix("weight.")], arrays[name], atol=float(scale.max()))
    for wrong in (scale[:-1], scale[:, 0], scale * np.nan, scale.astype(np.float16), scale.astype(np.int32)):
        refused(forged(path, header, {**arrays, name: rows, other: wrong}))
    refused(forged(path, header, {**arrays, name: rows}))


@pytest.mark.parametrize("path", sorted((root() / "bundles").glob("*.safetensors")), ids=lambda path: path.stem)
def test_every_model_that_ships_would_pass(path: Path) -> None:
    made, _ = check.proved(path)
    assert made.model == path.stem
