"""Which chip computes, in words and in fact."""

from __future__ import annotations

import os

import pytest
import torch

from engine import device
from engine.errors import UserError


def test_the_processor_is_always_there() -> None:
    assert device.choose("cpu") == torch.device("cpu")
    assert device.choose("auto").type in ("cuda", "mps", "cpu")
    assert "CPU" in device.name(torch.device("cpu")) and "core" in device.name(torch.device("cpu"))


def test_auto_takes_the_first_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def works(kind: str) -> bool:
        tried.append(kind)
        return kind == "mps"

    monkeypatch.setattr(device, "_works", works)
    assert device.choose("auto").type == "mps"
    assert tried == ["cuda", "mps"]


@pytest.mark.parametrize("wanted", ["cuda", "mps"])
def test_a_chip_that_is_not_there_is_told(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(UserError, match=f"cannot compute on {wanted}") as refused:
        device.choose(wanted)
    assert "cpu" in refused.value.remedy
    with pytest.raises(UserError, match="no device called abacus"):
        device.choose("abacus")


def test_a_driver_that_promises_and_fails_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*size: int, device: str) -> torch.Tensor:
        if device != "cpu":
            raise RuntimeError("no kernel image")
        return real(*size, device=device)

    real = torch.ones
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "ones", broken)
    assert device.choose("auto").type != "cuda"


def test_precision_is_one_that_fabric_knows() -> None:
    assert device.precision(torch.device("cpu")) in ("bf16-mixed", "32-true")
    assert device.precision(torch.device("mps")) == "32-true"


def test_cores_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    before = torch.get_num_threads()
    try:
        for cores, but, workers, expected in ((8, 0, 1, 8), (8, 1, 1, 7), (8, 0, 2, 4), (1, 1, 1, 1), (2, 0, 4, 1)):
            monkeypatch.setattr(os, "sched_getaffinity", lambda pid, cores=cores: set(range(cores)), raising=False)
            monkeypatch.setenv("LOCAL_WORLD_SIZE", str(workers))
            device.use_cores(but)
            assert torch.get_num_threads() == expected
    finally:
        torch.set_num_threads(before)


def test_one_process_of_many_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RANK", raising=False)
    assert device.is_first_process()
    monkeypatch.setenv("RANK", "1")
    assert not device.is_first_process()
    monkeypatch.setenv("RANK", "0")
    assert device.is_first_process()
