"""The one trainer: repeated, resumed, cancelled; kills and many processes have tests of their own."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs.melody import MELODY
from engine.errors import Cancelled, UserError
from engine.models.bundle import read
from engine.models.melody_vae import MelodyVAE, Options
from engine.models.registry import row
from engine.options import Value, changed
from engine.training import make
from engine.training.batches import Source
from engine.training.options import Order, TrainOptions
from engine.training.trainer import Trainer

STEPS = 60
OPTIONS = TrainOptions(steps=STEPS, device="cpu", checkpoint_seconds=0.0, learning_rate=4e-3, seed=4)

Small = dict[str, Value]


def make_trainer(tunes: Path, small: Small, checkpoint: Path | None, options: TrainOptions = OPTIONS) -> Trainer:
    torch.manual_seed(11)
    settings = changed(Options(), {**small, "dropout": 0.2})  # so that torch's own generator matters
    return Trainer(
        MelodyVAE(settings),
        Source(make.read_data(str(tunes), MELODY).train, MELODY).batches(32, 0.3),
        options,
        checkpoint,
    )


def weights(trainer: Trainer) -> dict[str, Tensor]:
    both = {"raw": trainer._raw, "average": trainer.average}
    return {f"{kind}.{name}": v.clone() for kind, module in both.items() for name, v in module.state_dict().items()}


@pytest.fixture(scope="module")
def straight(tunes: Path, tiny_options: Small) -> tuple[dict[str, Tensor], dict[str, float]]:
    """Weights and losses of a training that nothing interrupted."""
    trainer = make_trainer(tunes, tiny_options, None)
    losses = trainer.run()
    return weights(trainer), losses


def assert_same(trainer: Trainer, straight: tuple[dict[str, Tensor], dict[str, float]]) -> None:
    found = weights(trainer)
    different = [name for name, value in straight[0].items() if not torch.equal(found[name], value)]
    assert different == []
    assert trainer.losses == straight[1]


def test_the_same_seed_gives_the_same_weights(
    tunes: Path, tiny_options: Small, straight: tuple[dict[str, Tensor], dict[str, float]]
) -> None:
    again = make_trainer(tunes, tiny_options, None)
    again.run()
    assert_same(again, straight)
    other = make_trainer(tunes, tiny_options, None, TrainOptions(steps=3, device="cpu", seed=5))
    other.run()
    assert other.losses != straight[1]


def test_interrupted_and_resumed_is_the_same_bit_for_bit(
    tunes: Path, tiny_options: Small, tmp_path: Path, straight: tuple[dict[str, Tensor], dict[str, float]]
) -> None:
    path = tmp_path / "training.checkpoint"
    for stop in (7, 31):
        for progress in make_trainer(tunes, tiny_options, path).steps():
            if progress.step == stop:
                break
        torch.manual_seed(999)  # whatever happens between two sessions
    last = make_trainer(tunes, tiny_options, path)
    assert 0 < last._step <= 31
    last.run()
    assert_same(last, straight)


def test_cancelled_it_keeps_its_checkpoint_and_goes_on(tunes: Path, tiny_options: Small, tmp_path: Path) -> None:
    out = tmp_path / "mine.safetensors"
    options = TrainOptions(steps=40, device="cpu", checkpoint_seconds=1e9)

    def report(done: float, total: float, text: str = "") -> None:
        if text.startswith("step 11:"):
            raise Cancelled

    order = Order(row("melody_vae"), str(tunes), out, options, network=tiny_options)
    with pytest.raises(Cancelled):
        make.train(order, report)
    assert not out.exists()
    checkpoint = out.with_suffix(".checkpoint")
    assert checkpoint.exists()
    heard: list[str] = []
    parts: list[float] = []

    def listen(done: float, total: float, text: str = "") -> None:
        heard.append(text)
        parts.append(done / total)

    resumed = Order(row("melody_vae"), str(tunes), out, options, resume=True, network=tiny_options)
    make.train(resumed, listen)
    assert parts == sorted(parts) and parts[0] == 0 and 0.99 < parts[-1] <= 1, "one bar for the whole work"
    assert next(text for text in heard if text.startswith("step")).startswith("step 12:")
    assert read(out).model == "melody_vae" and not checkpoint.exists()


def test_a_checkpoint_of_another_network_is_told(tunes: Path, tiny_options: Small, tmp_path: Path) -> None:
    path = tmp_path / "training.checkpoint"
    trainer = make_trainer(tunes, tiny_options, path)
    trainer.keep()
    with pytest.raises(UserError, match="cannot be continued"):
        make_trainer(tunes, {**tiny_options, "width": 32}, path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UserError, match="cannot be continued"):
        make_trainer(tunes, tiny_options, path)


def test_by_the_clock_it_stops_in_time(tunes: Path, tiny_options: Small) -> None:
    trainer = make_trainer(tunes, tiny_options, None, TrainOptions(minutes=0.01, device="cpu"))
    started = time.monotonic()
    fractions = [progress.fraction for progress in trainer.steps()]
    assert 0.5 < time.monotonic() - started < 30
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_an_unknown_option_is_told_before_any_work(tunes: Path, tmp_path: Path) -> None:
    order = Order(row("melody_vae"), str(tunes), tmp_path / "x.safetensors", OPTIONS, network={"depth": 3})
    with pytest.raises(UserError, match="no option called depth"):
        make.train(order)


def test_a_folder_of_one_short_piece_is_enough_for_a_map(tunes: Path, tiny_options: Small, tmp_path: Path) -> None:
    """The composer's own folder may hold a single tune: it trains, and says only what can be measured."""
    folder = tmp_path / "one"
    folder.mkdir()
    bars = "|".join(f"{a}{b}{a}{b} {b}2{a}2" for a, b in zip("CDEFGABcdefgab" * 2, "EFGABcdefgabCD" * 2, strict=True))
    (folder / "one.abc").write_text(f"X:1\nT:One\nM:4/4\nL:1/8\nK:C\n{bars}|\n", encoding="utf-8")
    out = tmp_path / "one.safetensors"
    options = TrainOptions(steps=3, device="cpu")
    make.train(Order(row("melody_vae"), str(folder), out, options, network=tiny_options))
    header = read(out).header
    assert len(header["map"]["titles"]) >= 10
    assert "token_accuracy" not in header["evaluation"]["figures"], "nothing was held out to measure that on"
    assert json.dumps(header, allow_nan=False)


def test_what_the_bundle_tells_of_its_making(tiny_bundle: Path, tiny_options: Small) -> None:
    header = read(tiny_bundle).header
    assert header["options"] == {**header["options"], **tiny_options}
    assert header["corpus"]["train_tunes"] + header["corpus"]["held_out_tunes"] == 64
    assert header["corpus"]["terms"] == "yours"
    assert header["recipe"]["steps"] == 200 and str(tiny_bundle.parent) not in json.dumps(header)
    figures = header["evaluation"]["figures"]
    assert {"token_accuracy", "kl_nats", "prior_fd", "compound_prior_fd", "density_slider_monotone"} <= set(figures)
    assert all(np.isfinite(value) for value in figures.values())


def test_a_twin_s_loss_is_told_at_the_steps_of_the_other() -> None:
    told = make._at([1.0, 11.0, 21.0, 31.0, 41.0], {"steps": [1.0, 6.0, 11.0, 16.0, 21.0], "loss": [9, 8, 7, 6, 5]})
    assert told == [9.0, 7.0, 5.0], "it was trained for half as long"
