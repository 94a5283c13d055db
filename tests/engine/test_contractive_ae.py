"""The contractive autoencoder: its penalty is what it says, and does what it should."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.evaluation import steadiness
from engine.models.contractive_ae import INPUTS, ContractiveAE, Options, SampleOptions
from engine.models.parts.melody_mlp import heard
from tests.engine.melodies import learnt, melodies

SMALL = Options(units=32, memory=8, batch=32)


def network(**changes: float) -> ContractiveAE:
    torch.manual_seed(1)
    return ContractiveAE(dataclasses.replace(SMALL, **changes))  # type: ignore[arg-type]


def test_the_penalty_is_the_norm_of_the_jacobian() -> None:
    made = network().double()
    tokens, _ = heard(melodies(3))
    units = made._on(tokens)
    flat = torch.nn.functional.one_hot(tokens, INPUTS).double().flatten(1)

    def code(x: Tensor) -> Tensor:
        return torch.sigmoid(x @ made.weight + made.bias)

    torch.testing.assert_close(code(flat).float(), units.float())
    for row, norm in zip(flat, made.jacobian(units), strict=True):
        exact = torch.autograd.functional.jacobian(code, row)
        assert isinstance(exact, Tensor)
        torch.testing.assert_close(norm, (exact**2).sum(), atol=1e-4, rtol=1e-4)


def test_decoding_uses_the_same_weights() -> None:
    made = network()
    units = torch.rand(2, 32)
    said = made._say(units, torch.tensor([False, True]))
    with torch.no_grad():
        made.weight.mul_(2)
        made.usual[1].add_(1)
    torch.testing.assert_close(made._say(units, torch.tensor([False, True]))[0], 2 * said[0])
    torch.testing.assert_close(made._say(units, torch.tensor([False, True]))[1], 2 * said[1] + 1)


def test_it_learns_and_is_steadier_than_the_plain_one() -> None:
    unseen = melodies(200, seed=77)
    data = SimpleNamespace(held_out=SimpleNamespace(windows=unseen.numpy().astype(np.uint8)))
    found = []
    for contraction in (1.0, 0.0):
        made = learnt(network(contraction=contraction), 200)
        duple = unseen[::2]
        again = made.decode(made.encode(duple), SampleOptions())
        onsets = (duple >= melody.FIRST_PITCH_TOKEN) & (duple < melody.PAD)
        assert float((again == duple)[onsets].float().mean()) > 0.5
        codes = made.encode(unseen)
        assert codes.min() >= 0 and codes.max() <= 1
        found.append(steadiness.measure(made, data, codec("melody"))[0]["code_steadiness"])  # type: ignore[arg-type]
    assert 0 < found[0] < found[1] < 1


def test_one_note_is_edited() -> None:
    windows = melodies(50, seed=3).numpy().astype(np.uint8)
    changed = steadiness.edited(windows, np.random.default_rng(1))
    differs = changed != windows
    assert (differs.sum(1) == 1).all() and not differs[:, 0].any()
    distance = changed[differs].astype(int) - windows[differs]
    assert set(np.abs(distance)) == {1, 2} and changed.max() <= melody.PAD
    alone = np.zeros((1, melody.SLOTS), np.uint8)
    alone[0, 0] = 30
    assert (steadiness.edited(alone, np.random.default_rng(1)) == alone).all()
