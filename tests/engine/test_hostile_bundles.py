"""A model's file from anywhere: refused in words, quickly and cheaply, or exactly what was written."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.errors import UserError
from engine.models import bundle as bundles
from engine.models.checks import check, container
from engine.models.shelf import Shelf
from tests.engine.forgery import changed_array, forged, genuine, parts, put, raw_file, refused, refused_cheaply, same


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = genuine(tmp_path_factory.mktemp("genuine"))
    check.proved(path)  # torch and the network's file are imported by now
    return path


def test_the_genuine_file_is_taken(whole: Path) -> None:
    made, network = check.proved(whole)
    assert made.header["title"] == "My reels" and not network.training
    header, arrays = parts(whole)
    assert check.proved(forged(whole.with_name("again.safetensors"), header, arrays))[0].header == made.header


# the container ------------------------------------------------------------------------------------------------------


def test_cut_off_anywhere(whole: Path, tmp_path: Path) -> None:
    content, path = whole.read_bytes(), tmp_path / "cut.safetensors"
    table = 8 + int.from_bytes(content[:8], "little")
    ends = [0, 1, 7, 8, 9, table - 1, table, table + 1, len(content) - 1, len(content) // 2]
    for end in [*ends, *np.random.default_rng(1).integers(0, len(content), 20).tolist()]:
        path.write_bytes(content[:end])
        refused(path)
    path.write_bytes(content + b"\0")
    assert "behind" in refused(path).what


@pytest.mark.parametrize("length", [0, 1, 2**20, 2**31, 2**40, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_length_of_the_table_that_is_not_true(length: int, whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "length.safetensors"
    path.write_bytes(length.to_bytes(8, "little") + whole.read_bytes()[8:])
    refused(path)


def test_a_table_beyond_all_bounds_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "table.safetensors"
    with path.open("wb") as file:
        file.write((2 * container.MAX_TABLE).to_bytes(8, "little"))
        file.truncate(8 + 3 * container.MAX_TABLE)
    assert "table" in refused(path).what
    refused_cheaply(path)
    with path.open("wb") as file:
        file.truncate(container.MAX_BYTES + 1)  # a hole: it takes no room on the disk
    assert "larger than a model can be" in refused(path).what
    refused_cheaply(path)


NO_TABLES = {
    "text": b"Once upon a time",
    "list": b"[1, 2]",
    "no UTF-8": b'{"\xff": 1}',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "twelve deep": b'{"a":' * 12 + b"1" + b"}" * 12,
    "twice": b'{"__metadata__":{"melomorph":"{}"},"a":1,"a":2}',
    "no number": b'{"a": NaN}',
    "infinite": b'{"a": 1e999}',
    "many digits": b'{"a": ' + b"9" * 100_000 + b"}",
    "much": b'{"a": [' + b"0," * 1_000_000 + b"0]}",
    "nothing": b"{}",
    "about nothing": b'{"__metadata__": {}}',
    "about something else": b'{"__metadata__": {"melomorph": 7}}',
    "no tensors": b'{"__metadata__": {"melomorph": "{}"}}',
}


@pytest.mark.parametrize("kind", NO_TABLES)
def test_tables_that_are_none(kind: str, tmp_path: Path) -> None:
    refused(raw_file(tmp_path / "table.safetensors", NO_TABLES[kind]))


def _first(table: dict[str, Any]) -> dict[str, Any]:
    return table[next(name for name in table if name != "__metadata__")]


SPOILT_TABLES: dict[str, Callable[[dict[str, Any]], object]] = {
    "huge shape": lambda t: _first(t).update(shape=[2**30, 2**30]),
    "huge and empty": lambda t: _first(t).update(shape=[2**62, 0]),
    "negative shape": lambda t: _first(t).update(shape=[-1, -4]),
    "shape of words": lambda t: _first(t).update(shape=["3", 4]),
    "shape of truths": lambda t: _first(t).update(shape=[True, True]),
    "many sides": lambda t: _first(t).update(shape=[1] * 100),
    "another shape": lambda t: _first(t).update(shape=[3]),
    "object arrays": lambda t: _first(t).update(dtype="O"),
    "unknown kind": lambda t: _first(t).update(dtype="F8_E4M3"),
    "no kind": lambda t: _first(t).update(dtype=None),
    "outside": lambda t: _first(t).update(data_offsets=[2**40, 2**40 + 4]),
    "before": lambda t: _first(t).update(data_offsets=[-8, -4]),
    "backwards": lambda t: _first(t).update(data_offsets=[8, 4]),
    "three ends": lambda t: _first(t).update(data_offsets=[0, 4, 8]),
    "one more key": lambda t: _first(t).update(path="../../x"),
    "no dictionary": lambda t: t.update(x=[1, 2]),
    "overlap": lambda t: t.update({"weight.other": dict(_first(t))}),
    "a gap": lambda t: t.pop(next(name for name in t if name != "__metadata__")),
    "a long name": lambda t: t.update(
        {"weight." + "x" * 5_000: {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}}
    ),
    "many tensors": lambda t: t.update(
        {f"weight.{n}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for n in range(5_000)}
    ),
}


@pytest.mark.parametrize("kind", SPOILT_TABLES)
def test_tensors_that_do_not_lie_where_the_table_says(kind: str, whole: Path, tmp_path: Path) -> None:
    refused(forged(tmp_path / "table.safetensors", *parts(whole), SPOILT_TABLES[kind]))


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch exploded",)


@pytest.mark.parametrize("kind", ["pickle", "old pickle", "torch", "zip", "numpy", "object array"])
def test_programs_in_disguise(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "model.safetensors"
    if kind == "pickle":
        path.write_bytes(pickle.dumps(Bomb()))
    elif kind == "old pickle":
        path.write_bytes(pickle.dumps(Bomb(), protocol=0))
    elif kind == "torch":
        torch.save({"weights": Bomb()}, path)
    elif kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("../../evil", "x")
    else:
        held = io.BytesIO()
        np.save(held, np.array([Bomb()], object) if kind == "object array" else np.zeros(3), allow_pickle=True)
        path.write_bytes(held.getvalue())
    said = refused(path)
    assert kind not in ("pickle", "torch", "zip") or "run programs" in said.what
    assert not (tmp_path / "exploded").exists()


def test_pickles_smuggled_as_tensors(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    header, arrays = parts(whole)
    bomb = np.frombuffer(pickle.dumps(Bomb()), np.uint8)
    path = tmp_path / "model.safetensors"
    for name in ("weight.payload", "extra.payload", "extra.map.value.payload", "payload", "weight.out.row_scale"):
        refused(forged(path, header, {**arrays, name: bomb}))
    first = next(name for name in arrays if name.startswith("weight."))
    refused(forged(path, header, {**arrays, first: bomb}))
    refused(forged(path, {**header, "pickle": bomb.tobytes().decode("latin-1")}, arrays))
    assert not (tmp_path / "exploded").exists()


def test_any_byte_may_flip(whole: Path, tmp_path: Path) -> None:
    """Three hundred flips, half of them in the table: each ends in words, or in the very bundle that was written."""
    content, genuine_one = whole.read_bytes(), bundles.read(whole)
    table = 8 + int.from_bytes(content[:8], "little")
    rng = np.random.default_rng(2027)
    places = [*rng.integers(0, table, 150).tolist(), *rng.integers(0, len(content), 150).tolist()]
    path, taken = tmp_path / "model.safetensors", 0
    for place in places:
        path.write_bytes(content[:place] + bytes([content[place] ^ int(rng.integers(1, 256))]) + content[place + 1 :])
        try:
            made, _ = check.proved(path)
        except UserError as error:
            assert error.remedy
        else:
            taken += 1
            assert same(made, genuine_one), f"byte {place}"
    assert taken < len(places) // 20


# the doors ----------------------------------------------------------------------------------------------------------


def test_importing_leaves_nothing_of_what_is_refused(whole: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shelf = Shelf([own], own)
    header, arrays = parts(whole)
    bad = forged(tmp_path / "model.safetensors", {**header, "title": "../../evil"}, arrays)
    for path in (bad, tmp_path / "nothing.safetensors", tmp_path):
        with pytest.raises(UserError):
            shelf.import_(path)
    late = forged(tmp_path / "late.safetensors", header, changed_array("extra.map.codes", put(np.nan))(arrays))
    with pytest.raises(UserError, match=r"late\.safetensors"):
        shelf.import_(late)  # its header is fine: it was copied, and the copy is gone
    assert not own.exists() or not list(own.iterdir())
    device = forged(tmp_path / "device.safetensors", {**header, "title": "CON"}, arrays)
    assert shelf.import_(device) == "vae~CON" and [path.name for path in own.iterdir()] == ["vae~CON.safetensors"]
    assert shelf.import_(whole, "../../My ../ reels") == "vae~My reels"
    with pytest.raises(UserError, match="no letters"):
        shelf.import_(whole, "../..")
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".safetensors") == ["own"]


def test_what_lies_in_the_folder_is_no_more_believed(whole: Path, tmp_path: Path) -> None:
    header, arrays = parts(whole)
    forged(tmp_path / "vae~Map.safetensors", header, changed_array("extra.map.melodies", put(200))(arrays))
    weight = next(name for name in arrays if name.startswith("weight."))
    forged(tmp_path / "vae~Sum.safetensors", header, changed_array(weight, put(3.0))(arrays), sealed=False)
    forged(tmp_path / "gan~Other.safetensors", header, arrays)
    (tmp_path / "vae~Short.safetensors").write_bytes(b"\0" * 50)
    shelf = Shelf([tmp_path], tmp_path)
    found = {entry.row.name: entry for entry in shelf.entries() if entry.row.own}
    assert "too short" in found["vae~Short"].wrong and found["vae~Short"].path is None
    assert "another system" in found["gan~Other"].wrong
    with pytest.raises(UserError, match="notes that do not exist"):
        shelf.bundle("vae~Map")
    with pytest.raises(UserError, match="damaged"):
        shelf.network("vae~Sum")
    assert json.dumps(shelf.bundle("vae~Sum").header)  # its music is sound: that may be looked at


@pytest.mark.parametrize("length", [0x0280, 0x0480, 0x10280, 0x4B50, 0x8B1F])
def test_a_length_may_look_like_the_beginning_of_a_program(length: int, whole: Path, tmp_path: Path) -> None:
    """The first bytes are a number: that they are also those of a pickle says nothing by itself."""
    content = whole.read_bytes()
    table = int.from_bytes(content[:8], "little")
    while length < table:
        length += 0x10000
    path = tmp_path / "model.safetensors"
    path.write_bytes(length.to_bytes(8, "little") + content[8 : 8 + table].ljust(length) + content[8 + table :])
    assert check.proved(path)[0].header == bundles.read_header(whole)
