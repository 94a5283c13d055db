"""The music of a training: read once, on disk where it must be; processes that are lost."""

from __future__ import annotations

import dataclasses
import shutil
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import device
from engine.codecs.melody import MELODY
from engine.corpus import corpora, supply
from engine.corpus.shards import on_disk
from engine.errors import Cancelled, UserError
from engine.models.bundle import read
from engine.models.registry import row
from engine.options import Value
from engine.training import fabric, make, unfinished
from engine.training.fabric import make_fabric, spoken
from engine.training.options import Order, TrainOptions

Small = dict[str, Value]
TINY = 2e-5  # gigabytes


@pytest.fixture
def order(tunes: Path, tiny_options: Small, tmp_path: Path) -> Order:
    """Of a training whose music does not fit into memory."""
    folder = tmp_path / "tunes"
    shutil.copytree(tunes, folder)
    options = TrainOptions(steps=3, device="cpu", hear_minutes=0.0)
    out = tmp_path / "mine.safetensors"
    return Order(row("melody_vae"), str(folder), out, options, network=tiny_options, memory=TINY)


def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on reading music is a mistake."""

    def never(*_: Any) -> Any:
        raise AssertionError("it is read again")

    monkeypatch.setattr(corpora, "pieces", never)


def test_what_was_read_is_not_read_again(order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = supply.supply(order, MELODY)
    assert on_disk(first.train.windows) and (tmp_path / "mine.shards" / "data.json").exists()
    with monkeypatch.context() as patch:
        unread(patch)
        again = supply.supply(order, MELODY)
        assert (again.train.windows == first.train.windows).all() and again.train.titles == first.train.titles
        patch.setenv("LOCAL_RANK", "1")
        assert len(supply.supply(order, MELODY).train.windows) == len(first.train.windows), "nor by another process"
        supply.cleared(order)
        assert (tmp_path / "mine.shards").exists(), "it is not its own"
    (Path(order.corpus) / "more.abc").write_text("X:1\nT:More\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|cBAG|\n", encoding="utf-8")
    assert "More" in {*(more := supply.supply(order, MELODY)).train.titles, *more.held_out.titles}
    supply.cleared(order)
    assert not (tmp_path / "mine.shards").exists()
    supply.supply(order, MELODY)
    unfinished.forget(order.out)
    assert not (tmp_path / "mine.shards").exists(), "nobody wants it any more"
    whole = supply.supply(dataclasses.replace(order, memory=0.0), MELODY)
    assert not whole.on_disk and not (tmp_path / "mine.shards").exists(), "a quarter of this machine is enough"
    supply.supply(dataclasses.replace(order, scratch=tmp_path / "elsewhere"), MELODY)
    assert (tmp_path / "elsewhere" / "mine.shards" / "data.json").exists()


def test_a_process_waits_for_the_one_that_reads(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    def report(done: float, total: float, text: str = "") -> None:
        heard.append(text)
        if len(heard) == 2:  # meanwhile, in the first process
            monkeypatch.setenv("LOCAL_RANK", "0")
            supply.supply(order, MELODY)
            monkeypatch.setenv("LOCAL_RANK", "1")
        if len(heard) == 9:
            raise Cancelled

    monkeypatch.setenv("LOCAL_RANK", "1")
    unmade = dataclasses.replace(order, out=order.out.with_name("other.safetensors"))
    assert on_disk(supply.supply(order, MELODY, report).train.windows) and len(heard) == 2
    with pytest.raises(Cancelled):
        supply.supply(unmade, MELODY, report)


def test_a_bundle_is_made_of_music_that_does_not_fit(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.corpus.dataset.NEAR", 4_000)
    made = read(make.train(order)).header
    assert made["corpus"]["measured_on_windows"] <= 125 < made["corpus"]["train_windows"]
    assert made["evaluation"]["figures"] and made["map"]["titles"]
    assert sorted(path.name for path in order.out.parent.iterdir()) == ["mine.safetensors", "tunes"]


def test_more_processes_than_chips_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_works", lambda kind: True)
    for name, value in {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match="2 processes cannot share 1 of Apple GPU"):
        make_fabric("mps")


def test_only_the_loss_of_a_process_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = RuntimeError("[../gloo/transport/tcp/pair.cc:534] Connection closed by peer [127.0.0.1]:3000")

    def raised(error: BaseException) -> BaseException:
        with pytest.raises((type(error), UserError)) as found, spoken():
            raise error
        return found.value

    assert raised(gone) is gone, "there is only one"
    monkeypatch.setenv("WORLD_SIZE", "2")
    found = raised(gone)
    assert isinstance(found, UserError) and "--resume" in found.remedy and found.__cause__ is gone
    late = RuntimeError("Application timeout caused pair closure")
    assert isinstance(raised(late), UserError)
    for other in (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), KeyboardInterrupt()):
        assert raised(other) is other


def test_a_process_that_never_comes_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fabric, "PATIENCE", timedelta(seconds=1))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    places = {"WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2, "RANK": 0, "LOCAL_RANK": 0, "GROUP_RANK": 0}
    for name, value in {**places, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "TORCHELASTIC_RUN_ID": 1}.items():
        monkeypatch.setenv(name, str(value))
    with pytest.raises(UserError, match="did not answer"), spoken():
        make_fabric("cpu")
    assert not torch.distributed.is_initialized()
