"""What a training keeps: of every system all that counts, whatever the disk says, in every phase of the work."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.errors import Cancelled, UserError
from engine.jobs.child import run_in_child
from engine.jobs.job import Report
from engine.jobs.train import train_modestly
from engine.models.bundle import read
from engine.models.registry import row
from engine.models.row import Row
from engine.training import checkpoint, make, unfinished
from engine.training.options import Order, TrainOptions
from engine.training.progress import TrainingProgress
from engine.training.stages import kept
from engine.training.trainer import Trainer
from tests.engine.test_every_model import ROWS, music, network
from tests.engine.test_kill import AFTER, NETWORK, OPTIONS, STEPS, book, kept_step

__all__ = ["book"]  # a fixture


@pytest.mark.parametrize("known", ROWS)
def test_every_system_goes_on_from_its_checkpoint_as_if_nothing_had_happened(known: Row, tmp_path: Path) -> None:
    windows = music(known, 48).numpy().astype(np.uint8)
    path = tmp_path / "half.checkpoint"

    def trainer(checkpoint: Path | None, wanted: int) -> Trainer:
        options = TrainOptions(steps=4, device="cpu", checkpoint_seconds=1e9, learning_rate=1e-3, average=0.5)
        made = Trainer(network(known), lambda rng, _: windows[rng.integers(0, len(windows), 8)], options, checkpoint)
        for progress in made.steps():
            if progress.step == wanted:
                break
        return made

    straight = trainer(None, 4)
    trainer(path, 2).keep()
    torch.manual_seed(1234)
    resumed = trainer(path, 4)
    for one, other in ((straight._raw, resumed._raw), (straight.average, resumed.average)):
        there = dict(other.named_parameters()) | dict(other.named_buffers())
        mine = dict(one.named_parameters()) | dict(one.named_buffers())
        assert [name for name, value in mine.items() if not torch.equal(value, there[name])] == []
    assert straight.losses == resumed.losses


def refuse(path: Path) -> Path:
    """The file a checkpoint is first written into cannot be written: a folder stands there."""
    part = path.with_suffix(".part")
    part.mkdir(parents=True)
    return part


def test_a_disk_that_refuses_does_not_end_a_training(tmp_path: Path) -> None:
    known, path = row("rl_tuner"), tmp_path / "mine.checkpoint"
    windows, part = music(known, 24).numpy().astype(np.uint8), refuse(path)
    options = TrainOptions(steps=8, device="cpu", checkpoint_seconds=0.0)
    trainer = Trainer(network(known), lambda rng, _: windows[rng.integers(0, 24, 4)], options, path)
    told: list[TrainingProgress] = []
    for progress in trainer.steps():
        told.append(progress)
        if progress.step == 4:
            assert not path.exists()
            part.rmdir()
    assert [progress.step for progress in told] == list(range(1, 9))
    assert "cannot be kept" in told[1].alarm and told[1].verdict.name == "not kept" and told[1].verdict.remedy
    assert not told[-1].alarm and told[-1].verdict.name == "learning" and kept_step(path) == 8
    (tmp_path / "elsewhere").mkdir()
    lost = Trainer(network(known), lambda rng, _: windows[:4], options, tmp_path / "elsewhere" / "mine.checkpoint")
    shutil.rmtree(tmp_path / "elsewhere")  # a stick that was pulled out
    lost.run()
    assert "may not be written" in lost.trouble


def test_why_it_could_not_be_kept_in_words() -> None:
    full, other = OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EACCES, "Permission denied")
    assert (checkpoint._reason(full), checkpoint._reason(other)) == ("the disk is full", "it may not be written")
    said = Exception("Error while serializing: I/O error: No space left on device (os error 28)")
    assert checkpoint._reason(said) == "the disk is full"


def test_a_pause_that_cannot_be_kept_is_said(book: Path, tmp_path: Path) -> None:
    order = Order(row("c_rbm"), str(book), tmp_path / "mine.safetensors", OPTIONS, network=NETWORK)
    unfinished.keep(order)
    part = refuse(order.out.with_suffix(".checkpoint"))

    def report(done: float, total: float, text: str = "") -> None:
        if "cannot be kept" in text:  # it goes on, and says so instead of its steps
            raise Cancelled

    with pytest.raises(UserError, match="cannot be kept"):
        run_in_child(train_modestly, (order,), report, tell=lambda news: False)
    part.rmdir()
    assert [found.name for found in unfinished.orders(tmp_path)] == ["mine"], "it can still begin"


def test_what_a_kill_cut_off_is_swept_away(tmp_path: Path) -> None:
    out = tmp_path / "gan~My [reels].safetensors"
    for name in ("gan~My [reels].part", "gan~My [reels].safetensors.77.part", "gan~My [reels].training.5.part"):
        (tmp_path / name).write_bytes(b"half")
    for name in ("gan~My [reels] 2.part", "gan~My [reels].checkpoint", "gan~My [reels].minimax.checkpoint"):
        (tmp_path / name).write_bytes(b"whole")
    unfinished.sweep(out)
    assert {file.name for file in tmp_path.iterdir()} == {
        "gan~My [reels] 2.part", "gan~My [reels].checkpoint", "gan~My [reels].minimax.checkpoint"
    }  # fmt: skip
    unfinished.forget(out)
    assert [file.name for file in tmp_path.iterdir()] == ["gan~My [reels] 2.part"]


LONG = {  # what is done before or after the steps, how often it reports, and when it is interrupted
    "deep_belief_network": ({"pretrain_steps": 12}, "layer", 36, 17),
    "deephear": ({"pretrain_steps": 6}, "of", 24, 9),
    "c_rnn_gan": ({"pretrain_steps": 10}, "foretelling", 10, 4),
    "rl_tuner": ({"episodes": 320}, "rewards", 10, 6),
}


@pytest.mark.parametrize("system", LONG)
def test_what_comes_before_and_after_the_steps_goes_on_as_well(system: str, tmp_path: Path) -> None:
    changes, word, whole, stop = LONG[system]
    known, path, said = row(system), tmp_path / "mine.prepared.checkpoint", []
    batch = music(known, 32)

    def work(made: Any) -> Callable[[Report], None]:
        if hasattr(made, "rehearse"):
            return lambda report: made.rehearse(report)
        return lambda report: made.prepare(lambda n: batch[torch.arange(n) % len(batch)], report)

    def report(done: float, total: float, text: str = "") -> None:
        said.extend([text] if word in text else [])
        if len(said) == stop:
            raise Cancelled

    made = network(known, **changes)
    first = {name: value.clone() for name, value in made.state_dict().items()}
    with pytest.raises(Cancelled):
        kept(work(made), made, path, 0.0, np.random.default_rng(1), report)
    left = {name: value.clone() for name, value in made.state_dict().items()}
    assert any(not torch.equal(value, left[name]) for name, value in first.items())
    again, seen = network(known, **changes), []
    with pytest.raises(Cancelled):  # at once: it begins where the other was left

        def stopped(done: float, total: float, text: str = "") -> None:
            raise Cancelled

        kept(work(again), again, path, 0.0, np.random.default_rng(1), stopped)
    near = sum(float((value - left[name]).abs().sum()) for name, value in again.state_dict().items())
    far = sum(float((value - left[name]).abs().sum()) for name, value in first.items())
    assert near < 0.5 * far, "it does not begin from the start"
    kept(work(again), again, path, 0.0, np.random.default_rng(1), lambda done, total, text="": seen.append(text))
    assert whole - stop - 2 <= sum(word in text for text in seen) <= whole - stop + 2, "nothing is done twice"


def test_enough_is_enough_even_if_it_is_killed_then(book: Path, tmp_path: Path) -> None:
    order = Order(row("c_rbm"), str(book), tmp_path / "mine.safetensors", OPTIONS, network=NETWORK)

    for words in AFTER:  # paused while its map is drawn, and again while it is measured

        def report(done: float, total: float, text: str = "", words: str = words) -> None:
            if words in text:
                raise Cancelled

        with pytest.raises(Cancelled):
            make.train(order, report, lambda news: True)
        order = replace(order, resume=True)
    step, said = kept_step(order.out.with_suffix(".checkpoint")), []
    assert step < STEPS
    make.train(order, lambda done, total, text="": said.append(text))
    assert not any(text.startswith("step") or AFTER[0] in text for text in said), "only measured"
    assert read(order.out).header["took"]["steps"] == step
    assert any(AFTER[1] in text for text in said), "told in words"
