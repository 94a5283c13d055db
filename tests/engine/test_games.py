"""Trainings in which two players have a loss each: whose turn it is, what is kept, what comes back after a break."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.codecs.melody import MELODY
from engine.corpus import corpora
from engine.corpus.abc import read_book
from engine.corpus.dataset import Dataset, Split
from engine.corpus.windows import from_tune
from engine.errors import UserError
from engine.models.parts.contest import Contest, Judgement
from engine.models.parts.game_rules import GameOptions
from engine.training.batches import Source, names_of
from engine.training.best import Judge
from engine.training.game import players_of
from engine.training.options import TrainOptions
from engine.training.trainer import Trainer
from tests.engine.made_up import corpus


class Points(nn.Module):
    """A game over points of a plane: the generator learns where the real ones lie."""

    def __init__(self, options: GameOptions) -> None:
        super().__init__()
        self.options, self.progress = options, 0.0
        self.maker = nn.Linear(2, 2)
        self.judge = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
        self.contest = Contest(options, self.players())
        self.moves: list[str] = []

    def players(self) -> dict[str, nn.Module]:
        return {"critic": self.judge, "generator": self.maker}

    def play(self, player: str, batch: Tensor) -> dict[str, Tensor]:
        self.moves.append(player)
        fake = self.maker(torch.randn(len(batch), 2))
        paid: dict[str, Tensor] = getattr(self.contest, player)(self._judged, batch.float(), fake)
        return paid

    def _judged(self, points: Tensor) -> Judgement:
        return Judgement(self.judge(points).squeeze(1), points)

    def after(self, player: str) -> None:
        self.contest.after(player)

    def trial(self, batch: Tensor) -> Tensor:
        return self.maker(torch.randn(len(batch), 2)).round().long()


OPTIONS = TrainOptions(
    steps=40, device="cpu", learning_rate=0.02, weight_decay=0.0, precision="full", average=0.9, judge_every=10
)


def around(rng: np.random.Generator, progress: float) -> np.ndarray:
    """Points around (2.5, 1.5)."""
    return np.asarray(np.array([2, 1]) + rng.integers(0, 2, (64, 2)), dtype=np.uint8)


def trainer(options: GameOptions, path: Path | None = None, train: TrainOptions = OPTIONS) -> Trainer:
    torch.manual_seed(2)
    return Trainer(Points(options), around, train, path, Near())


class Near:
    """Judges by how near to (1, 1) it lies."""

    name, every = "distance", 0

    def __call__(self, net: torch.nn.Module) -> float:
        return float(torch.dist(net.maker.bias, torch.ones(2)))  # type: ignore[union-attr,arg-type]


def test_the_critic_moves_as_often_as_the_options_say() -> None:
    made = trainer(GameOptions(critic_steps=3))
    losses = made.run()
    assert made._raw.moves[:8] == ["critic"] * 3 + ["generator"] + ["critic"] * 3 + ["generator"]
    assert {"critic", "generator", "divergence", "right", "distance"} <= set(losses)
    assert set(made.curve) >= {"steps", "critic", "generator"}


def test_the_generator_finds_the_place() -> None:
    steps = TrainOptions(steps=200, device="cpu", learning_rate=0.08, weight_decay=0.0, precision="full", average=0.9)
    torch.manual_seed(2)
    made, there = (
        Trainer(Points(GameOptions(law="hinge", penalty=0.1, penalty_on="real")), around, steps),
        torch.tensor([2.5, 1.5]),
    )
    before = torch.dist(made.average.maker.bias.detach(), there)  # type: ignore[union-attr,arg-type]
    made.run()
    assert torch.dist(made.average.maker.bias.detach(), there) < before / 2  # type: ignore[union-attr,arg-type]


def test_players_learn_at_their_own_pace_and_leave_each_other_alone() -> None:
    net = Points(GameOptions(critic_rate=4.0, momentum=0.3))
    critic, generator = players_of(net, OPTIONS)
    assert (critic.rate, generator.rate) == (4.0, 1.0) and critic.optimizer.param_groups[0]["betas"] == (0.3, 0.9)
    generator.takes_over([critic, generator])
    assert not any(p.requires_grad for p in net.judge.parameters()) and all(
        p.requires_grad for p in net.maker.parameters()
    )


def test_what_made_the_best_music_is_kept() -> None:
    found = trainer(GameOptions())  # its judge likes a bias of one, on the way from nothing to (2.5, 1.5)
    found.run()
    last = torch.dist(found.average.maker.bias.detach(), torch.ones(2))  # type: ignore[union-attr,arg-type]
    best = torch.dist(found.best().maker.bias.detach(), torch.ones(2))  # type: ignore[union-attr,arg-type]
    assert best <= last and float(best) == pytest.approx(found._score)


@pytest.mark.parametrize("rules", [GameOptions(), GameOptions(law="hinge", penalty=0.0, historical=0.01)])
def test_interrupted_and_resumed_is_the_same(tmp_path: Path, rules: GameOptions) -> None:
    straight = trainer(rules)
    losses = straight.run()
    path = tmp_path / "game.checkpoint"
    always = TrainOptions(**{**vars(OPTIONS), "checkpoint_seconds": 0.0})
    for progress in trainer(rules, path, always).steps():
        if progress.step == 17:
            break
    torch.manual_seed(99)
    again = trainer(rules, path, always)
    assert 0 < again._step <= 17
    assert again.run() == losses
    for name, value in straight.best().state_dict().items():
        assert torch.equal(value, again.best().state_dict()[name]), name


# kinds of music -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kinds:
    kinds: str = "reel,hymn"


def split(kinds: tuple[str, ...]) -> Split:
    windows = corpus(n=40).numpy().astype(np.uint8)
    return Split(windows, np.arange(40, dtype=np.int32) % 4, ("a", "b", "c", "d"), kinds)


def test_kinds_stand_in_front_of_the_music() -> None:
    source = Source(split(("hymn", "reel", "march", "")), MELODY, names_of(Kinds()))
    batch = source.draw(np.random.default_rng(0), 50)
    assert batch.shape == (50, 33) and set(batch[:, 0].tolist()) == {0, 1}
    shapes = {row.tobytes(): kind for row, kind in zip(MELODY.shape_of(split(()).windows), range(40), strict=True)}
    for number, row in zip(batch[:, 0], MELODY.shape_of(batch[:, 1:]), strict=True):
        assert shapes[row.tobytes()] % 4 == (1 if number == 0 else 0), "windows keep the kind of their tune"


def test_without_kinds_there_is_nothing_in_front() -> None:
    assert names_of(GameOptions()) == ()
    assert Source(split(()), MELODY).draw(np.random.default_rng(0), 5).shape == (5, 32)
    assert (split(()).numbered(("reel",)) == -1).all()


def test_a_kind_nobody_has_is_said() -> None:
    with pytest.raises(UserError, match="reel, hymn"):
        Source(split(("waltz",) * 4), MELODY, ("reel", "hymn"))


def test_kinds_survive_being_kept(tmp_path: Path) -> None:
    side = split(("hymn", "reel", "march", ""))
    Dataset(side, side, 0).save(tmp_path / "d.npz")
    assert Dataset.load(tmp_path / "d.npz").train.kinds == side.kinds


@pytest.mark.parametrize(("rhythm", "kind"), [("Double Jig", "jig"), (" REEL", "reel"), ("slip jig", "slip jig")])
def test_a_book_says_what_is_danced(rhythm: str, kind: str) -> None:
    (tune,) = read_book(f"X:1\nT:A\nR:{rhythm}\nM:4/4\nL:1/8\nK:C\nCDEF GABc|cBAG FEDC|\n")
    found = from_tune(tune)
    assert found is not None and found.kind == kind


def test_sub_folders_are_kinds(tunes: Path, tmp_path: Path) -> None:
    book = (tunes / "book.abc").read_text(encoding="utf-8")
    for kind in ("slow, sad", "quick"):
        (tmp_path / kind / "deeper").mkdir(parents=True)
        (tmp_path / kind / "deeper" / "book.abc").write_text(book, encoding="utf-8")
    (tmp_path / "loose.abc").write_text(book, encoding="utf-8")
    assert {piece.kind for piece in corpora.read(str(tmp_path))} == {"slow  sad", "quick", ""}


def test_the_judge_of_melodies_hears_the_difference() -> None:
    source = Source(split(()), MELODY)
    judge = Judge(source)

    class Plays(nn.Linear):
        def trial(self, batch: Tensor) -> Tensor:
            return batch

    class Mumbles(nn.Linear):
        def trial(self, batch: Tensor) -> Tensor:
            return torch.full_like(batch, 30)

    assert judge(Plays(1, 1)) == pytest.approx(judge.floor) and judge(Mumbles(1, 1)) > judge.floor + 5
