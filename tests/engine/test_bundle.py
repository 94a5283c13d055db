"""A trained model as a file: whole or refused, never executed."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from engine.errors import UserError
from engine.models.bundle import FORMAT, Bundle, read, read_header, write
from engine.models.registry import REGISTRY
from engine.models.shelf import Shelf, load_network


@pytest.fixture
def bundle() -> Bundle:
    rng = np.random.default_rng(2)
    weights = {
        "big": (rng.standard_normal((400, 300)) * rng.uniform(0.01, 10, (400, 1))).astype(np.float32),
        "small": rng.standard_normal((20, 30)).astype(np.float32),
        "bias": rng.standard_normal(7).astype(np.float32),
        "zeros": np.zeros((400, 300), np.float32),
    }
    extras = {"map.codes": rng.standard_normal((5, 3)).astype(np.float16), "map.melodies": np.ones((5, 32), np.uint8)}
    return Bundle(
        "melody_vae", {"options": {"latent": 3}, "map": {"titles": ["Für Elise", "Ó Néill"]}}, weights, extras
    )


@pytest.fixture
def path(bundle: Bundle, tmp_path: Path) -> Path:
    write(bundle, tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


def test_what_was_written_is_read(bundle: Bundle, path: Path) -> None:
    again = read(path)
    assert again.model == "melody_vae"
    assert again.header["map"] == bundle.header["map"] and again.header["format"] == FORMAT
    assert again.weights.keys() == bundle.weights.keys() and again.extras.keys() == bundle.extras.keys()
    for name in ("small", "bias", "zeros"):
        np.testing.assert_array_equal(again.weights[name], bundle.weights[name])
    for name, value in bundle.extras.items():
        np.testing.assert_array_equal(again.extras[name], value)
        assert again.extras[name].dtype == value.dtype


def test_eight_bits_a_row_lose_half_a_step_at_most(bundle: Bundle, path: Path) -> None:
    before, after = bundle.weights["big"], read(path).weights["big"]
    step = np.abs(before).max(1, keepdims=True) / 127
    assert (np.abs(after - before) <= 0.5001 * step).all()
    assert not np.array_equal(after, before)
    assert path.stat().st_size < 400 * 300 * 2.5, "two big matrices, a byte a number"


def test_packing_twice_changes_nothing_more(path: Path, tmp_path: Path) -> None:
    once = read(path)
    write(Bundle(once.model, once.header, once.weights, once.extras), tmp_path / "again.safetensors")
    twice = read(tmp_path / "again.safetensors")
    np.testing.assert_allclose(twice.weights["big"], once.weights["big"], rtol=1e-5)


def test_the_header_alone_and_the_extras_alone(bundle: Bundle, path: Path) -> None:
    assert read_header(path)["options"] == {"latent": 3}
    light = read(path, weights=False)
    assert light.weights == {} and set(light.extras) == set(bundle.extras)


def test_any_damaged_byte_is_noticed(path: Path) -> None:
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    length = int.from_bytes(whole[:8], "little")
    for place in [*rng.integers(8 + length, len(whole), 12), 8 + length, len(whole) - 1]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        with pytest.raises(UserError, match="damaged"):
            read(path)
    for place in rng.integers(0, 8 + length, 40):  # in the header: refused in words, or nothing that counts was hit
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x11]) + whole[place + 1 :])
        try:
            read(path)
        except UserError as error:
            assert error.remedy


def test_cut_off_files_are_refused(path: Path) -> None:
    whole = path.read_bytes()
    for length in (0, 5, 8, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError) as refused:
            read(path)
        assert refused.value.remedy


def test_a_newer_format_asks_for_an_update(path: Path) -> None:
    header = {**read_header(path), "format": FORMAT + 1}
    save_file(load_file(path), path, metadata={"melomorph": json.dumps(header)})
    with pytest.raises(UserError, match="newer") as refused:
        read(path)
    assert "Update" in refused.value.remedy


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch exploded",)


@pytest.mark.parametrize("kind", ["text", "pickle", "torch", "other tensors", "no object", "folder", "nothing"])
def test_what_is_no_bundle_is_refused_and_never_run(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "model.safetensors"
    if kind == "text":
        path.write_text("Once upon a time", encoding="utf-8")
    elif kind == "pickle":
        path.write_bytes(pickle.dumps(Bomb()))
    elif kind == "torch":
        torch.save({"weights": Bomb()}, path)
    elif kind == "other tensors":
        save_file({"x": np.zeros(3)}, path)
    elif kind == "no object":
        save_file({"x": np.zeros(3)}, path, metadata={"melomorph": "[1, 2]"})
    elif kind == "folder":
        path.mkdir()
    for open_it in (read_header, read, load_network):
        with pytest.raises(UserError) as refused:
            open_it(path)
        assert refused.value.remedy
    assert not (tmp_path / "exploded").exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_others_may_read_it(path: Path) -> None:
    before = os.umask(0)
    os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o666 & ~before


def test_a_failed_write_leaves_the_old_file_and_no_rest(bundle: Bundle, path: Path) -> None:
    before = path.read_bytes()
    bad = Bundle("melody_vae", {"options": {1, 2}}, bundle.weights)  # a set is not JSON
    with pytest.raises(TypeError):
        write(bad, path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_bundle_for_other_options_is_told(tiny_bundle: Path, tmp_path: Path) -> None:
    whole = read(tiny_bundle)
    for change in ({"width": 64}, {"colour": 3}):
        path = tmp_path / "other.safetensors"
        options = {**whole.header["options"], **change}
        write(Bundle(whole.model, {**whole.header, "options": options}, whole.weights), path)
        with pytest.raises(UserError, match="does not fit"):
            load_network(path)
    write(Bundle("perceptron", whole.header, whole.weights), path)
    with pytest.raises(UserError, match="no model called perceptron"):
        load_network(path)


def test_the_composers_own_model_comes_first(tiny_bundle: Path, tmp_path: Path) -> None:
    assert Shelf([tmp_path, tiny_bundle.parent]).path("melody_vae") == tiny_bundle
    (tmp_path / tiny_bundle.name).write_bytes(tiny_bundle.read_bytes())
    shelf = Shelf([tmp_path, tiny_bundle.parent])
    assert shelf.path("melody_vae") == tmp_path / tiny_bundle.name
    assert shelf.network("melody_vae") is shelf.network("melody_vae"), "read once"
    with pytest.raises(UserError, match="no model called nothing"):
        shelf.path("nothing")


def test_a_damaged_model_is_listed_as_missing(tmp_path: Path) -> None:
    (tmp_path / "melody_vae.safetensors").write_bytes(b"\x00" * 50)
    assert [entry.path for entry in Shelf([tmp_path]).entries()] == [None] * len(REGISTRY)
    with pytest.raises(UserError, match="not trained"):
        Shelf([]).path("melody_vae")
