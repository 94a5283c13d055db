"""Trainings that begin with what another network has learnt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.errors import Cancelled, UserError
from engine.models import bundle as bundles
from engine.models.registry import row
from engine.options import Value
from engine.training import make, unfinished
from engine.training.options import Order, order
from engine.training.progress import News, TrainingProgress
from tests.engine.small import SMALL
from tests.engine.test_kill import book

__all__ = ["book"]  # a fixture
NETWORK: dict[str, Value] = {**SMALL["rl_tuner"], "batch": 16}
QUICK: dict[str, Value] = {"steps": 30, "device": "cpu", "hear_minutes": 0.0, "learning_rate": 4e-3}
TUNED: dict[str, Value] = {**QUICK, "steps": 3, "learning_rate": 1e-6}


def losses(wanted: Order) -> list[float]:
    """What the first steps of a training cost; it is stopped then."""
    found: list[float] = []

    def report(done: float, total: float, text: str = "") -> None:
        if text.startswith("step "):
            found.append(float(text.split("loss ")[1].split(",")[0]))
            raise Cancelled

    with pytest.raises(Cancelled):
        make.train(wanted, report)
    return found


@pytest.fixture(scope="module")
def learnt(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that knows a little."""
    out = tmp_path_factory.mktemp("learnt") / "rl_tuner~First.safetensors"
    return make.train(order(row("rl_tuner"), out, str(book), {**QUICK, "steps": 150}, NETWORK))


def test_it_begins_with_what_the_other_knows(book: Path, learnt: Path, tmp_path: Path) -> None:
    fresh = order(row("rl_tuner"), tmp_path / "rl_tuner~New.safetensors", str(book), TUNED, NETWORK)
    tuned = order(row("rl_tuner"), tmp_path / "rl_tuner~Tuned.safetensors", str(book), TUNED, start=learnt)
    assert tuned.network["width"] == NETWORK["width"], "its network is as large as the other"
    known = bundles.read_header(learnt)["training"]["loss"]
    (from_nothing,), (from_it,) = losses(fresh), losses(tuned)
    assert from_it < known + 0.25 * (from_nothing - known), "it knows what the other knew when it was done"

    made = bundles.read(make.train(replace(tuned, resume=True)))
    assert made.header["recipe"]["start"] == "rl_tuner~First" and made.header["model"] == "rl_tuner"
    before = bundles.read(learnt).weights
    apart = {name: float(np.abs(value - before[name]).max()) for name, value in made.weights.items()}
    assert max(apart.values()) < 1e-3, "three small steps away"


def test_gone_on_it_needs_the_other_no_more(book: Path, learnt: Path, tmp_path: Path) -> None:
    start = tmp_path / "rl_tuner~Gone.safetensors"
    start.write_bytes(learnt.read_bytes())
    tuned = order(row("rl_tuner"), tmp_path / "rl_tuner~Tuned.safetensors", str(book), TUNED, start=start)
    unfinished.keep(tuned)
    losses(tuned)
    start.unlink()
    (again,) = unfinished.orders(tmp_path)
    assert again.start == start and again.resume
    assert bundles.read_header(make.train(again))["recipe"]["start"] == "rl_tuner~Gone"


def test_another_system_is_refused_in_words(book: Path, learnt: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no "):
        order(row("rbm"), tmp_path / "rbm~Mine.safetensors", str(book), TUNED, start=learnt)
    with pytest.raises(UserError, match="does not fit"):
        wrong = order(
            row("rl_tuner"), tmp_path / "rl_tuner~Mine.safetensors", str(book), TUNED, {"width": 12}, start=learnt
        )
        make.train(wrong)


@pytest.mark.parametrize("system", ["label_gan"])
def test_games_and_networks_that_know_kinds_go_on_as_well(
    system: str, two_kinds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.training import single

    first = order(row(system), tmp_path / f"{system}~First.safetensors", str(two_kinds), {**QUICK, "steps": 2},
                  {**SMALL[system], "batch": 8})  # fmt: skip
    monkeypatch.setattr(make, "_measured", lambda *_: ({}, {}))  # what it is worth is not asked here
    start = make.train(first)
    begun: dict[str, torch.Tensor] = {}

    def watched(*arguments: Any, **others: Any) -> Any:
        begun.update({name: value.clone() for name, value in arguments[0].state_dict().items()})
        return trainer(*arguments, **others)

    trainer: Callable[..., Any] = single.Trainer
    monkeypatch.setattr(single, "Trainer", watched)
    tuned = order(row(system), tmp_path / f"{system}~Second.safetensors", str(two_kinds), TUNED, start=start)
    told: list[TrainingProgress] = []

    def tell(news: News) -> bool:
        told.extend([news] if isinstance(news, TrainingProgress) else [])
        return False

    made = bundles.read(make.train(tuned, tell=tell))
    weights = bundles.read(start).weights
    assert [
        name
        for name, value in begun.items()
        if not np.array_equal(value.float().numpy().ravel(), weights[name].ravel())
    ] == []
    assert any(name.startswith("critic") for name in begun), "all players begin with what they knew"
    assert told and made.header["options"].get("kinds", "") == bundles.read_header(start)["options"].get("kinds", "")


@pytest.fixture(scope="module")
def two_kinds(tmp_path_factory: pytest.TempPathFactory, book: Path) -> Path:
    """Reels and waltzes, each kind in a folder of its own, in the same bars."""
    folder = tmp_path_factory.mktemp("kinds")
    tunes = (book / "book.abc").read_text(encoding="utf-8").split("\n\n")
    text = "".join(tunes)
    parts = ["X:" + part for part in text.split("X:") if "M:4/4" in part]
    for name, chosen in (("hymn", parts[::2]), ("reel", parts[1::2])):
        (folder / name).mkdir()
        (folder / name / f"{name}.abc").write_text("\n".join(chosen), encoding="utf-8")
    return folder


def test_options_say_where_it_began(book: Path, learnt: Path, tmp_path: Path) -> None:
    tuned = order(row("rl_tuner"), tmp_path / "rl_tuner~Tuned.safetensors", str(book), TUNED, start=learnt)
    unfinished.keep(tuned)
    (found,) = unfinished.orders(tmp_path)
    assert found.start == learnt and found.options == tuned.options
