"""The C-RBM: units that slide, the shape of a piece and its slope, music made in it, and the verb that asks for it."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.commands.ask_verb import asked, ideas
from engine.errors import Cancelled
from engine.evaluation import forms
from engine.jobs.job import silent
from engine.models import bundle as bundles
from engine.models.c_rbm import CRBM, Options, ShapeOptions
from engine.models.parts.boltzmann_settling import KINDS
from engine.models.parts.boltzmann_time import TimeMachine
from engine.models.parts.form_constraints import form_of, keys, likeness, onsets
from engine.models.parts.home_range import SYMBOLS
from engine.models.shelf import Shelf
from engine.verbs import shape
from engine.verbs.verb import Idea, Picture, Plot
from tests.engine.made_up import corpus

SMALL = Options(maps=8, width=5, bars=2, chains=8, contrast_steps=2)
C_MAJOR = (60, 62, 64, 65, 67, 69, 71, 72)


def random_machine() -> TimeMachine:
    torch.manual_seed(1)
    made = TimeMachine(5, 4)
    for part in made.parameters():
        torch.nn.init.normal_(part)
    return made


@cache
def network() -> CRBM:
    torch.manual_seed(1)
    made, music = CRBM(SMALL).eval(), corpus("phrase", 64)
    made.prepare(lambda n: music[torch.arange(n) % len(music)])
    return made


def tune(*bars: tuple[int, ...]) -> Tensor:
    """One-hot steps of bars of eighths."""
    steps = [token for bar in bars for pitch in bar for token in (pitch - 53 + 2, melody.HOLD)]
    return F.one_hot(torch.tensor(steps), SYMBOLS).float()


@pytest.mark.parametrize("compound", KINDS)
def test_looking_up_is_the_same_as_convolution(compound: bool) -> None:
    made = random_machine()
    symbols = torch.randint(0, SYMBOLS, (3, 2 * melody.steps_per_bar(compound)))
    v = F.one_hot(symbols, SYMBOLS).float()
    convolved = F.conv1d(F.pad(v.transpose(1, 2), (3, 3)), made.weight.permute(2, 1, 0)).transpose(1, 2)
    with torch.no_grad():
        made.b_h[compound].zero_()
    received = made.received(symbols, compound)
    torch.testing.assert_close(received, convolved)
    h = torch.rand(received.shape)
    down = made.logits(h, compound) - made.tends(symbols.shape[1], compound)
    torch.testing.assert_close((received * h).sum(), (down * v).sum(), rtol=1e-4, atol=1e-3)


def test_a_motif_that_moves_by_a_bar_is_the_same_motif() -> None:
    made = random_machine()
    for compound in KINDS:
        bar = melody.steps_per_bar(compound)
        symbols = torch.randint(0, SYMBOLS, (1, 4 * bar))
        later = torch.cat([symbols[:, -bar:], symbols[:, :-bar]], 1)
        here, there = made.received(symbols, compound), made.received(later, compound)
        torch.testing.assert_close(here[:, 4 : 3 * bar], there[:, bar + 4 : 4 * bar])


def test_the_slope_of_the_free_energy_is_that_of_the_units() -> None:
    """What it receives, differentiated: the free energy falls by how much a hidden unit is on."""
    made = random_machine()
    symbols = torch.randint(0, SYMBOLS, (2, 32))
    (slope,) = torch.autograd.grad(made.free_energy(symbols, False).sum(), made.b_h[0])
    on = made.received(symbols, False).sigmoid().sum(0)
    folded = torch.zeros_like(slope).index_add(0, (torch.arange(len(on)) - 3) % 16, on)
    torch.testing.assert_close(slope, -folded, rtol=1e-4, atol=1e-4)


def test_what_returns_is_alike() -> None:
    a, b = C_MAJOR, tuple(reversed(C_MAJOR))
    same = likeness(tune(a, b, a, b)[None])[0]
    assert same.diagonal().min() > 0.999 and float(same[0, 32]) > 0.999
    assert float(same[0, 16]) < 0.6 and torch.equal(same, same.T)


def test_keys_are_heard() -> None:
    bars = (C_MAJOR, C_MAJOR, tuple(pitch + 7 for pitch in C_MAJOR), tuple(pitch + 7 for pitch in C_MAJOR))
    found = keys(tune(*bars)[None], 16)[0]
    assert found.shape == (3, 24) and found.abs().max() <= 1.0001
    assert found[0].argmax() == 0 and found[2].argmax() == 7
    silence = F.one_hot(torch.zeros(64, dtype=torch.int64), SYMBOLS).float()
    assert keys(silence[None], 16).abs().max() < 1e-3, "silence fits no key"


def test_rhythm_is_heard() -> None:
    assert onsets(tune(C_MAJOR, C_MAJOR)[None], 16)[0].tolist() == [1.0, 0.0] * 8


def test_a_piece_has_its_own_shape_and_a_slope_leads_there() -> None:
    template, other = tune(C_MAJOR, C_MAJOR), tune(tuple(p + 1 for p in C_MAJOR), C_MAJOR)
    form = form_of(template, 16)
    assert form.errors(template[None]).abs().max() < 1e-6
    chances = (0.9 * other + 0.1 / SYMBOLS)[None].requires_grad_()
    before = form.errors(chances).sum()
    (slope,) = torch.autograd.grad(before, chances)
    after = form.errors((chances - 1e-2 * slope).detach()).sum()
    assert slope.isfinite().all() and after < before.detach()


def test_music_comes_nearer_to_the_shape() -> None:
    made, x = network(), corpus("phrase", 1, seed=4)[0]
    free = ShapeOptions(structure=0.0, tonality=0.0, meter=0.0, rounds=8)
    errors = [
        torch.stack([made.errors(made.shaped(x, dataclasses.replace(how, seed=seed))[0], x) for seed in range(5)])
        for how in (free, ShapeOptions(rounds=8))
    ]
    assert (errors[1].mean(0) < errors[0].mean(0)).all()


def test_the_same_seed_makes_the_same_in_the_template_s_own_bars() -> None:
    made = network()
    for x in corpus("phrase", 2, seed=4):
        found, errors = made.shaped(x, ShapeOptions(rounds=4))
        assert found.shape == x.shape and torch.equal(found == melody.PAD, x == melody.PAD)
        assert found[0] != melody.HOLD and {len(line) for line in errors.values()} == {4}
        assert torch.equal(found, made.shaped(x, ShapeOptions(rounds=4))[0])
        assert not torch.equal(found, made.shaped(x, ShapeOptions(rounds=4, seed=2))[0])


def test_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "TEMPLATES", 4)
    monkeypatch.setattr("engine.models.c_rbm.ShapeOptions", lambda **changes: ShapeOptions(**changes, rounds=4))
    windows = corpus("phrase", 24, seed=4).numpy().astype(np.uint8)
    compound = melody.is_compound(windows)
    side = SimpleNamespace(where=lambda kind: SimpleNamespace(windows=windows[compound == kind]))
    data: Any = SimpleNamespace(train=side, held_out=side)
    figures, curves = forms.measure(network(), data, codec("phrase"))
    assert set(curves["shape"]) == {"round", "structure", "tonality", "meter"} and len(curves["shape"]["meter"]) == 4
    for name in ("structure", "tonality", "meter"):
        saved = 1 - figures[f"{name}_error"] / figures[f"free_{name}_error"]
        assert figures[f"{name}_saved"] == pytest.approx(saved, abs=1e-4)
    assert 0 <= figures["shaped_copied"] <= 1 and figures["template_onsets"] > 0.2


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    weights = {name: value.numpy() for name, value in network().state_dict().items()}
    header = {"options": dataclasses.asdict(SMALL), "codec": "phrase"}
    bundles.write(bundles.Bundle("c_rbm", header, weights), tmp_path / "c_rbm.safetensors")
    return Shelf([tmp_path])


def mine() -> tuple[np.ndarray, ...]:
    return (corpus("phrase", 1, seed=9)[0].numpy().astype(np.uint8),)


def test_the_verb_shows_what_it_does(shelf: Shelf) -> None:
    sketches: list[Idea] = []
    about = asked(shelf, "shape", "c_rbm", shape.Options(rounds=10, count=2), mine())
    found = ideas(dataclasses.replace(about, sketch=sketches.append), "shape", silent)
    assert [idea.caption for idea in found] == ["mine", "1", "2"] and len(sketches) == 4
    for idea in found[1:]:
        template, made, fallen = idea.pictures
        assert isinstance(template, Picture) and isinstance(made, Picture) and isinstance(fallen, Plot)
        assert len(made.rows) == len(made.rows[0]) <= shape.PICTURE
        assert [name for name, _ in fallen.lines] == ["structure", "tonality", "meter"]
        assert "unasked to now" in idea.remark and "% of my notes" in idea.remark


def test_what_is_finished_is_kept_when_it_is_stopped(shelf: Shelf) -> None:
    kept: list[Idea] = []

    def stop(done: float, total: float, text: str = "") -> None:
        if kept:
            raise Cancelled

    about = asked(shelf, "shape", "c_rbm", shape.Options(rounds=4, count=4), mine())
    with pytest.raises(Cancelled):
        ideas(dataclasses.replace(about, keep=kept.append), "shape", stop)
    assert [idea.caption for idea in kept] == ["1"]
