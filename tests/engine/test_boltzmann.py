"""Boltzmann machines over melodies: home and back, what is counted out, what settles and what stays."""

from __future__ import annotations

import dataclasses
import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.errors import Cancelled
from engine.evaluation import boltzmann
from engine.jobs.job import silent
from engine.models import c_rbm, deep_belief_network, rbm
from engine.models.parts import home_range
from engine.models.parts.boltzmann_settling import KINDS, Settling, by_kind, said, seen
from engine.models.parts.melody_mlp import is_compound
from tests.engine.made_up import corpus
from tests.engine.melodies import melodies

SMALL = rbm.Options(hidden=32, chains=32, contrast_steps=2, batch=32)
DEEP = deep_belief_network.Options(hidden="32,16,8", chains=32, contrast_steps=2, pretrain_steps=20, batch=32)
PHRASES = c_rbm.Options(maps=8, width=5, bars=2, chains=8, contrast_steps=2)


def learnt(network: Any, steps: int = 50) -> Any:
    torch.manual_seed(5)
    music = melodies(256, seed=1)
    network.prepare(lambda n: music[torch.arange(n) % len(music)], silent)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    for step in range(steps):
        optimizer.zero_grad()
        network.loss(music[step % 4 :: 4])["loss"].backward()
        optimizer.step()
    return network.eval()


@pytest.fixture(scope="module")
def shallow() -> rbm.RBM:
    torch.manual_seed(1)
    made: rbm.RBM = learnt(rbm.RBM(SMALL))
    return made


@pytest.fixture(scope="module")
def deep() -> deep_belief_network.DeepBeliefNetwork:
    torch.manual_seed(1)
    made: deep_belief_network.DeepBeliefNetwork = learnt(deep_belief_network.DeepBeliefNetwork(DEEP), 15)
    return made


def network(name: str, request: pytest.FixtureRequest) -> Any:
    if name == "c_rbm":
        torch.manual_seed(1)
        return c_rbm.CRBM(PHRASES).eval()
    return request.getfixturevalue(name)


def test_melodies_come_back_from_home() -> None:
    for name in ("melody", "phrase"):
        x = corpus(name, 40)
        for compound in KINDS:
            rows = x[is_compound(x) == compound]
            v, shift = seen(rows, compound)
            assert v.shape[1] == rows.shape[1] // 16 * melody.steps_per_bar(compound) * home_range.SYMBOLS
            assert torch.equal(v.unflatten(1, (-1, home_range.SYMBOLS)).sum(2), torch.ones(len(rows), v.shape[1] // 41))
            again = said(v, shift, compound)
            assert torch.equal(again == melody.PAD, rows == melody.PAD)
            assert torch.equal(again % 12, rows % 12) or ((again - rows) % 12 == 0).all(), "at most octaves are folded"


def test_one_melody_in_any_key_is_one_melody_at_home() -> None:
    x = melodies(20, seed=3)[::2]
    moved = torch.where((x >= 2) & (x < melody.PAD), x + 5, x)
    (here, shift), (there, further) = seen(x, False), seen(moved, False)
    same = (here == there).all(1)
    assert same.float().mean() >= 0.8 and (shift - further)[same].tolist() == [5] * int(same.sum())


def test_what_may_not_be_looked_at_does_not_move_a_melody() -> None:
    x = melodies(8, seed=3)[::2]
    known = torch.ones_like(x, dtype=torch.bool)
    known[:, 16:] = False
    spoilt = torch.where(known, x, 50)
    assert torch.equal(seen(x, False, known)[1], seen(spoilt, False, known)[1])
    assert seen(x, False, torch.zeros_like(known))[1].tolist() == [0] * len(x)


@pytest.mark.parametrize("name", ["shallow", "deep", "c_rbm"])
def test_what_is_not_open_stays(name: str, request: pytest.FixtureRequest) -> None:
    made = network(name, request)
    x = corpus("phrase" if name == "c_rbm" else "melody", 8, seed=5)
    module = c_rbm if name == "c_rbm" else rbm
    open_ = torch.rand(x.shape, generator=torch.Generator().manual_seed(1)) < 0.4
    for temperature in (0.0, 1.0):
        wanted = module.SampleOptions(rounds=6, temperature=temperature)
        for found in (made.inpaint(x, open_, wanted), made.rewrite(x, open_, wanted)):
            assert torch.equal(found[~open_], x[~open_]) and torch.equal(found == melody.PAD, x == melody.PAD)
            assert (found[:, 0] != melody.HOLD).all()
    spoilt = torch.where(open_ & (x != melody.PAD), 40, x)
    wanted = module.SampleOptions(rounds=6)
    assert torch.equal(made.inpaint(x, open_, wanted), made.inpaint(spoilt, open_, wanted)), "a hole is not looked at"


def test_it_can_be_watched_and_stopped(shallow: rbm.RBM) -> None:
    x, looks = melodies(4, seed=5), []
    everything = torch.ones_like(x, dtype=torch.bool)
    shallow.inpaint(x, everything, rbm.SampleOptions(rounds=21), watch=lambda now: looks.append(now.clone()))
    assert len(looks) == 10 and all(look.shape == x.shape for look in looks)  # of each kind: four on the way, the end

    def stop(done: float, total: float, text: str = "") -> None:
        if done >= 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        shallow.sample(1, rbm.SampleOptions(), stop)


def test_few_rounds_stay_near_and_many_forget(shallow: rbm.RBM) -> None:
    x = melodies(40, seed=5)
    everything = x != melody.PAD
    near, far = (
        float((shallow.rewrite(x, everything, rbm.SampleOptions(rounds=rounds)) == x)[everything].float().mean())
        for rounds in (1, 60)
    )
    assert near > far


def test_it_learns_what_stands_where(shallow: rbm.RBM) -> None:
    x, hole = melodies(100, seed=9), torch.zeros(100, 32, dtype=torch.bool)
    hole[:, 9:11] = True
    found = shallow.inpaint(x, hole, rbm.SampleOptions(temperature=0.0, rounds=30))
    assert float((found == x)[hole].float().mean()) > 0.6


@pytest.mark.parametrize("compound", KINDS)
def test_the_surprise_at_a_step_is_that_of_all_its_symbols(compound: bool) -> None:
    """Both monitors, which take short cuts, against free energies of everything a step could hold."""
    torch.manual_seed(2)
    symbols = torch.randint(0, home_range.SYMBOLS, (1, 2 * melody.steps_per_bar(compound)))
    one_hot = torch.nn.functional.one_hot
    whole, sliding = rbm.RBM(SMALL).layer, c_rbm.CRBM(PHRASES).layer
    for layer in (whole, sliding):
        for part in layer.parameters():
            torch.nn.init.normal_(part, std=0.5)

    def energies(rows: Tensor) -> tuple[Tensor, Tensor]:
        v = one_hot(rows, home_range.SYMBOLS).float().flatten(1)
        return whole.machine(compound).free_energy(v), sliding.free_energy(rows, compound)

    expected = []
    for step in range(symbols.shape[1]):
        others = symbols.repeat(home_range.SYMBOLS, 1)
        others[:, step] = torch.arange(home_range.SYMBOLS)
        expected.append([float(-(-e.detach()).log_softmax(0)[symbols[0, step]]) for e in energies(others)])
    v = one_hot(symbols, home_range.SYMBOLS).float().flatten(1)
    for index, tell in enumerate((lambda: whole.surprise(v, compound), lambda: sliding.surprise(symbols, compound))):
        known = [row[index] for row in expected]
        for _ in range(8):
            heard = float(tell())
            assert min(abs(heard - value) for value in known) < 1e-3


def test_a_frame_machine_learns_which_keys_sound_together() -> None:
    torch.manual_seed(1)
    chords = torch.tensor([[1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1.0]])
    machine = rbm.FrameRBM(6, 8, contrast_steps=3)
    optimizer = torch.optim.Adam(machine.parameters(), lr=3e-2)
    first = float(machine.loss(chords.repeat(20, 1))["loss"].detach())
    for _ in range(100):
        optimizer.zero_grad()
        losses = machine.loss(chords.repeat(20, 1)[:, None])
        losses["loss"].backward()
        optimizer.step()
    assert float(losses["loss"].detach()) < 0.7 * first
    states = torch.tensor(list(itertools.product([0.0, 1.0], repeat=6)))
    likely = (-machine.free_energy(states).detach()).softmax(0)
    known = (states[:, None] == chords[None]).all(-1).any(-1)
    assert float(likely[known].sum()) > 0.4, "two of 64"


def test_the_bound_of_a_deep_network_is_one(deep: deep_belief_network.DeepBeliefNetwork) -> None:
    """With a top layer that says nothing, what is told is what one layer of chance below it makes likely."""
    v = dict(by_kind(melodies(40, seed=2)))[False]
    base = torch.zeros(v.shape[1])
    told = boltzmann._bound(deep, v, base, False, silent)
    again = boltzmann._bound(deep, v, base, False, silent)
    assert torch.equal(told, again) and (told < 0).all()


@pytest.mark.parametrize("name", ["shallow", "deep"])
def test_the_figures(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for constant, value in (("SAMPLE", 40), ("REFERENCE", 60), ("CHAINS", 10), ("TEMPERATURES", 60)):
        monkeypatch.setattr(boltzmann, constant, value)
    windows = melodies(160, seed=7).numpy().astype(np.uint8)
    compound = melody.is_compound(windows)
    split = SimpleNamespace(where=lambda kind: SimpleNamespace(windows=windows[compound == kind]))
    data: Any = SimpleNamespace(train=split, held_out=split)
    figures, _ = boltzmann.measure(network(name, request), data, codec("melody"))
    for prefix in ("", "compound_"):
        assert figures[f"{prefix}step_nats"] < 3.7 and 0 <= figures[f"{prefix}echo_token_accuracy"] <= 1
        assert figures[f"{prefix}nats_saved"] == pytest.approx(
            figures[f"{prefix}alone_nats"] - figures[f"{prefix}step_nats"], abs=1e-5
        )
    if name == "shallow":
        assert figures["nats_saved"] > 0.1 and figures["echo_token_accuracy"] > 0.6


def test_every_machine_settles_by_one_loop() -> None:
    assert all(issubclass(kind, Settling) for kind in (rbm.RBM, deep_belief_network.DeepBeliefNetwork, c_rbm.CRBM))
    for module in (rbm, deep_belief_network, c_rbm):
        assert {field.name for field in dataclasses.fields(module.SampleOptions)} == {
            "temperature", "rounds", "compound", "seed",
        }  # fmt: skip
