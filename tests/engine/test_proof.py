"""A chip is believed only when it counts as the processor does. Here the processor plays the chip, rightly or not."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.errors import UserError
from engine.models.registry import row
from engine.models.row import Row
from engine.training.proof import FALLBACK, SameDice, costs, differences, on_chip, proved
from tests.engine.test_every_model import ROWS, music, network

CPU = torch.device("cpu")


def batch_of(known: Row) -> np.ndarray:
    return music(known, 12).numpy().astype(np.uint8)


@pytest.mark.parametrize("known", ROWS)
def test_who_counts_alike_is_believed_and_nothing_is_changed(known: Row) -> None:
    made = network(known)
    before = {name: value.clone() for name, value in [*made.named_parameters(), *made.named_buffers()]}
    state = torch.get_rng_state()
    here, there = (costs(copy.deepcopy(made), batch_of(known), CPU) for _ in range(2))
    assert differences(here, there, "The chip") == ()
    for player, (loss, slope) in here.items():
        assert (loss, True) == (there[player][0], torch.equal(slope, there[player][1]))
    assert all(np.isfinite(loss) for loss, _ in here.values()) and any(slope.any() for _, slope in here.values())
    assert torch.equal(torch.get_rng_state(), state)
    assert proved(made, batch_of(known), CPU, known.title) == (), "the processor need not prove anything"
    for name, value in [*made.named_parameters(), *made.named_buffers()]:
        assert torch.equal(value, before[name]), name


@pytest.mark.parametrize("system", ["vae", "gan", "celtic_lstm", "rbm"])
def test_a_chip_that_counts_wrongly_is_named(system: str) -> None:
    known = row(system)
    made, wrong = network(known), network(known)
    with torch.no_grad():
        for parameter in list(wrong.parameters())[:4]:
            parameter.mul_(1.5).add_(0.1)  # as if an operation did something else there
    here, there = (costs(one, batch_of(known), CPU) for one in (made, wrong))
    said = differences(here, there, "Chip 7")
    assert said and all("Chip 7 counts otherwise" in words and "cpu" in words for words in said)
    nothing = {name: (float("nan"), slope) for name, (_, slope) in here.items()}
    assert differences(here, nothing, "Chip 7"), "no number at all is a difference"
    assert differences(nothing, nothing, "Chip 7") == (), "but not the chip's own"


class Lacking(nn.Module):
    """Needs something the chip has not."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.weight, self.progress, self._error = nn.Parameter(torch.ones(2)), 0.0, error

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        raise self._error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotImplementedError("The operator 'aten::_cdist' is not currently implemented for the MPS device."), "_cdist"),
        (
            TypeError("Cannot convert a MPS Tensor to float64 dtype as the framework doesn't support float64."),
            "float64",
        ),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), "too little memory"),
    ],
)
def test_what_a_chip_lacks_is_said_with_what_to_do(error: Exception, words: str) -> None:
    with pytest.raises(UserError, match=words) as raised:
        on_chip(Lacking(error), np.zeros((2, 2), np.uint8), CPU, "VAE")
    assert "cpu" in raised.value.remedy


class Pretend:
    """A device that says it is an Apple chip and is none."""

    type = "mps"


def test_a_silent_fallback_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.training import proof

    monkeypatch.setattr(proof, "on_chip", lambda network, batch, chip, title: costs(network, batch, CPU))
    chip: Any = Pretend()
    assert proved(network(row("vae")), batch_of(row("vae")), chip, "VAE") == ()
    monkeypatch.setenv(FALLBACK, "1")
    (said,) = proved(network(row("vae")), batch_of(row("vae")), chip, "VAE")
    assert FALLBACK in said and "in silence" in said


def test_all_chance_comes_from_one_generator() -> None:
    """Seen on a device that holds no numbers: whatever is drawn for it is drawn here first."""
    drawn = []

    class Watched(SameDice):
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            found = super().__torch_dispatch__(func, types, args, kwargs)
            drawn.append((str(func), found.device.type if isinstance(found, Tensor) else ""))
            return found

    torch.manual_seed(4)
    expected = (torch.rand(3), torch.randn(2))
    state = torch.get_rng_state()
    torch.manual_seed(4)
    with Watched(torch.device("meta")):
        torch.rand(3, device="meta")
        torch.randn(2, device="meta")
    assert torch.equal(torch.get_rng_state(), state) and len(expected) == 2
    assert [kind for _, kind in drawn if kind] == ["meta", "meta"]
