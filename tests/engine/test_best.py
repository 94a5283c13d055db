"""Which stage of a training is kept: of little music, the one that knew unheard music best."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.codecs.melody import MELODY
from engine.corpus.dataset import Split
from engine.models.vae import VAE, Options
from engine.training.batches import Source
from engine.training.best import Unheard
from engine.training.options import TrainOptions
from engine.training.trainer import Trainer
from tests.app.conftest import random_windows

STEPS = 150


def split(windows: np.ndarray) -> Split:
    return Split(windows, np.arange(len(windows), dtype=np.int32), tuple(map(str, range(len(windows)))))


def learnt(path: Path, steps: int = STEPS) -> tuple[Trainer, Unheard]:
    """A small network that knows sixteen melodies by heart long before the end."""
    torch.manual_seed(1)
    windows = random_windows(80)
    source, held = Source(split(windows[:16]), MELODY), Source(split(windows[16:]), MELODY)
    judge = Unheard(held)
    options = TrainOptions(
        steps=STEPS, device="cpu", precision="full", learning_rate=0.01, average=0.9, weight_decay=0.0
    )
    made = Trainer(VAE(Options(width=64, latent=8)), source.batches(16, 0.0), options, path, judge)
    for progress in made.steps():
        if progress.step >= steps:
            break
    made.keep()
    return made, judge


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trainer, Unheard]:
    """Learnt without a pause."""
    return learnt(tmp_path_factory.mktemp("whole") / "whole.checkpoint")


def test_the_stage_that_knew_unheard_music_best_is_kept(whole: tuple[Trainer, Unheard]) -> None:
    trainer, judge = whole
    last = judge(copy.deepcopy(trainer.average))
    kept = trainer.took()["kept"]
    assert isinstance(kept, int) and 0 < kept < STEPS and kept % judge.every == 0
    assert judge(trainer.best()) < last, "later stages knew the sixteen by heart"
    assert judge(trainer.best()) == judge(trainer.best()), "the same dice every time"


def test_it_is_still_known_after_a_pause(whole: tuple[Trainer, Unheard], tmp_path: Path) -> None:
    straight, judge = whole
    learnt(tmp_path / "paused.checkpoint", steps=80)
    again, _ = learnt(tmp_path / "paused.checkpoint")
    assert again.took()["kept"] == straight.took()["kept"]
    assert judge(again.best()) == judge(straight.best())
