"""Watching a training: what is seen of it, what that costs, and that it makes no difference to the training."""

from __future__ import annotations

import dataclasses
import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.jobs.job import silent
from engine.models.parts.game_rules import GameOptions
from engine.models.registry import REGISTRY, Row
from engine.training.options import TrainOptions
from engine.training.progress import TrainingProgress
from engine.training.trainer import Trainer
from engine.training.watch.game_monitor import Pull, Variety
from engine.training.watch.held_out import HeldOut
from engine.training.watch.monitor import LOOKS, SHARE, Eye, Figures, Monitor
from engine.training.watch.turning import turning
from tests.engine.made_up import corpus
from tests.engine.test_every_model import music, network
from tests.engine.test_games import OPTIONS, Points, around

RULES = GameOptions(law="non-saturating", penalty=1.0, noise=0.1, historical=0.01)
GAMES = [pytest.param(row, id=name) for name, row in REGISTRY.items() if "plays" in row.capabilities]
BATCH = around(np.random.default_rng(0), 0.0)[:16]


def eyes(network: Points) -> list[Eye]:
    return [Variety(network, BATCH), Pull(network, BATCH, turns=False), Pull(network, BATCH, turns=True)]


def game(watched: bool, path: Path | None = None, steps: int = 40) -> Trainer:
    torch.manual_seed(2)
    network = Points(RULES)
    monitor = Monitor(network.players(), eyes(network), clock=Clock(3600.0)) if watched else None
    return Trainer(network, around, dataclasses.replace(OPTIONS, steps=steps), path, None, monitor)


class Clock:
    """An hour passes whenever one looks at it: there is time for everything."""

    def __init__(self, pace: float) -> None:
        self.now, self._pace = 0.0, pace

    def __call__(self) -> float:
        self.now += self._pace
        return self.now


def test_a_game_that_is_watched_ends_where_it_would_have_ended() -> None:
    alone = game(False)
    losses = alone.run()
    watched = game(True)
    assert watched.run() == losses
    for one, other in zip(alone._raw.state_dict().values(), watched._raw.state_dict().values(), strict=True):
        assert torch.equal(one, other)
    assert not watched._raw.contest.attached


def test_what_is_seen_of_a_game() -> None:
    network = Points(RULES)
    found: Figures = {}
    for eye in eyes(network):
        found |= eye()
    assert {"unique", "chance", "critic_gradient", "generator_gradient", "saturated"} < set(found)
    assert {"growth", "turn", "doubt"} < set(found), "the critic's loss has to know the generator's weights"
    assert all(np.isfinite(value) for value in found.values())
    assert found["turn"] >= 0 and 0 <= found["unique"] <= 1
    assert all(eye() == eye() for eye in eyes(network)), "the same dice every time"


def test_variety_is_of_what_the_generator_adds() -> None:
    """Half of the columns are copied from the conditions; of the others two different rows are made."""

    class Copies(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(1))

        def trial(self, batch: Tensor) -> Tensor:
            own = torch.arange(len(batch))[:, None] % 2 + 60
            return torch.cat([batch[:, :8], own.expand(-1, 8)], 1)

    batch = np.arange(16 * 16, dtype=np.uint8).reshape(16, 16) % 50
    assert Variety(Copies(), batch)() == {"unique": 2 / 16}


def test_a_game_that_is_not_seen_whole_is_not_said_to_turn() -> None:
    class Apart(Points):
        def play(self, player: str, batch: Tensor) -> dict[str, Tensor]:
            with torch.set_grad_enabled(player == "generator"):
                fake = self.maker(torch.randn(len(batch), 2))
            paid: dict[str, Tensor] = getattr(self.contest, player)(self._judged, batch.float(), fake)
            return paid

    assert Pull(Apart(RULES), BATCH, turns=True)() == {}


def test_looking_costs_no_more_than_its_share() -> None:
    """An eye that takes three seconds, in a training of a thousand steps of a tenth of a second."""
    clock = Clock(0.0)
    asked: list[float] = []

    def slow() -> Figures:
        asked.append(clock.now)
        clock.now += 3
        return {"seen": 1.0}

    monitor = Monitor({"": nn.Linear(2, 2)}, [slow], clock)
    for step in range(1, 10_001):
        clock.now += 0.1
        monitor.look(step, step / 10_000, {"loss": 1.0})
    assert 3 <= len(asked) <= clock.now * SHARE / 3 + 1
    assert LOOKS <= len(monitor.looks) <= LOOKS + 1, "the losses are kept at every look"
    assert sum("seen" in look.figures for look in monitor.looks) == len(asked)


def test_an_eye_that_a_chip_cannot_serve_closes() -> None:
    def blind() -> Figures:
        raise RuntimeError("derivative for aten::something is not implemented")

    monitor = Monitor({"": nn.Linear(2, 2)}, [blind], Clock(3600.0))
    monitor.look(1, 0.01, {"loss": 1.0})
    monitor.look(2, 0.02, {"loss": 1.0})
    assert [set(look.figures) for look in monitor.looks] == [{"loss"}, {"loss", "step"}]


def test_the_length_of_a_step() -> None:
    layer = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        layer.weight[:] = torch.tensor([[3.0, 4.0]])
    monitor = Monitor({"critic": layer})
    monitor.look(1, 0.01, {})
    with torch.no_grad():
        layer.weight *= 2
    monitor.look(2, 0.02, {})
    assert monitor.looks[1].figures["critic_step"] == pytest.approx(0.5)


def test_looks_survive_a_break(tmp_path: Path) -> None:
    path = tmp_path / "game.checkpoint"
    first = game(True, path)
    for progress in first.steps():
        if progress.step == 20:
            break
    first.keep()
    kept = first._monitor.state()
    assert json.loads(json.dumps(kept)) == kept
    again = game(True, path)
    assert again._monitor.state() == kept and len(kept) == 20


def test_enough_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.training.trainer.TELL_SECONDS", 0.0)
    told: list[TrainingProgress] = []

    def tell(progress: TrainingProgress) -> bool:
        told.append(progress)
        return progress.step >= 7

    trainer = game(True, tmp_path / "game.checkpoint")
    trainer.run(tell=tell)
    assert trainer.took()["steps"] == 7 == told[-1].step
    assert (tmp_path / "game.checkpoint").exists()
    assert told[-1].chip and told[-1].pace > 0 and len(told[-1].looks) == 7
    assert told[-1].verdict.name == "begun"


class Guess(nn.Module):
    """Foretells a number; half of what it says is left out while it learns."""

    def __init__(self) -> None:
        super().__init__()
        self.value, self.drop, self.progress = nn.Parameter(torch.zeros(1)), nn.Dropout(0.5), 0.0
        self.register_buffer("heard", torch.zeros(1))

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        self.heard += 1
        return {"loss": (self.drop(self.value) - batch.float()).square().mean()}


def test_unheard_music_is_measured_without_learning_from_it() -> None:
    network = Guess()
    eye = HeldOut(network, np.full((4, 1), 2, dtype=np.uint8), np.full((4, 1), 3, dtype=np.uint8))
    assert eye() == {"heard": 4.0, "unheard": 9.0}
    assert network.training and network.value.grad is None and float(network.heard) == 0


class Echo(Guess):
    """Tells how much of its music it gives back."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: dict[str, float] = {}

    def encode(self, x: Tensor) -> Tensor:
        return x

    def loss(self, batch: Tensor) -> dict[str, Tensor]:
        return super().loss(batch) | {name: torch.tensor(value) for name, value in self.parts.items()}


def test_of_autoencoders_it_is_measured_what_they_give_back() -> None:
    echo = Echo()
    eye = HeldOut(echo, np.full((4, 1), 2, dtype=np.uint8), np.full((4, 1), 3, dtype=np.uint8))
    shares = ({}, {"accuracy": 0.5}, {"onsets": 0.25}, {"wrong": 2.0, "sounding": 8.0}, {"wrong": 9.0, "sounding": 8.0})
    told = []
    for parts in shares:
        echo.parts = parts
        told.append(eye().get("back"))
    assert told == [None, 0.5, 0.25, 0.75, 0.0]
    plain = Guess()
    assert "back" not in HeldOut(plain, BATCH, BATCH)()


def test_every_autoencoder_tells_how_much_it_gives_back() -> None:
    for known in REGISTRY.values():
        if "encodes" not in known.capabilities or "plays" in known.capabilities:
            continue
        windows = corpus(known.codec, 8).numpy().astype(np.uint8)
        found = HeldOut(network(known), windows, windows)()
        assert 0.0 <= found["back"] <= 1.0, known.name


def test_a_training_with_one_loss_is_told_apart() -> None:
    """By its first look it is known how far music it does not learn is from what it says."""
    network = Guess()
    monitor = Monitor({"": network}, [HeldOut(network, BATCH, BATCH)], Clock(3600.0))
    trainer = Trainer(network, around, TrainOptions(steps=10, device="cpu", precision="full"), None, None, monitor)
    trainer.run()
    assert {"loss", "heard", "unheard"} <= set(monitor.looks[0].figures)


@pytest.mark.parametrize("row", GAMES)
def test_every_game_is_seen_whole(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    """The critic's loss knows the generator's weights, or nothing could be said of circles; and no trace is left."""
    monkeypatch.setattr("engine.training.watch.game_monitor.turning", partial(turning, products=3))
    made, batch = network(row), music(row, 16).numpy().astype(np.uint8)
    if hasattr(made, "prepare"):
        made.prepare(lambda n: torch.from_numpy(batch[np.arange(n) % len(batch)].astype(np.int64)), silent)
    made.progress = 0.0
    before = {name: value.clone() for name, value in made.state_dict().items()}
    found = Variety(made, batch)() | Pull(made, batch[:4], False)() | Pull(made, batch[:4], True)()
    assert {"unique", "critic_gradient", "generator_gradient", "growth", "turn"} <= set(found)
    assert all(np.isfinite(value) for value in found.values())
    assert all(torch.equal(value, before[name]) for name, value in made.state_dict().items())
