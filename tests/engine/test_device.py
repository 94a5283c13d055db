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


def test_torchrun_says_who_this_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK"):
        monkeypatch.delenv(name, raising=False)
    assert device.place() == device.Place(0, 1, 0, 1, 0) and device.is_only_process()
    said = {"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "4", "GROUP_RANK": "1"}
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert device.place() == device.Place(5, 8, 1, 4, 1) and not device.is_only_process()


def test_what_computes_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu = torch.device("cpu")
    assert device.told(cpu, "32-true") == f"{device.name(cpu)}, 32 bits"
    assert device.told(cpu, "bf16-mixed", 2) == f"2 processes on {device.name(cpu)}, bfloat16"
    assert device.processes(cpu) == device.cores() and device.processes(torch.device("mps")) == 1
    assert device.memory() > 100 << 20
    asked: list[bool] = []
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: asked.append(including_emulation))
    assert device.precision(torch.device("cuda")) == "32-true", "what is only emulated would be slower"
    assert asked == [False]
