"""The figures of rolls, on rolls and networks whose figures are known beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.codecs.codec import Tokens
from engine.codecs.roll import ROLL
from engine.corpus.dataset import Dataset, Split
from engine.evaluation import rolls
from engine.models import deephear
from engine.models.deephear import DeepHear


def music(n: int, seed: int = 0) -> Tokens:
    """Rolls [n, 64, 88] of a bass and two chord notes on every beat, a run of single notes above."""
    rng = np.random.default_rng(seed)
    made = np.zeros((n, 64, 88), dtype=np.uint8)
    for window in made:
        for at in range(0, 64, 4):
            window[at : at + 2, rng.integers(10, 22)] = 1
            window[at + 2 : at + 4, 30 + rng.integers(0, 4)] = window[at + 2 : at + 4, 35 + rng.integers(0, 4)] = 1
            window[at : at + 3, rng.integers(50, 62)] = 1
    return made


def dataset(train: Tokens, held: Tokens) -> Dataset:
    first, second = (Split(w, np.arange(len(w), dtype=np.int32), ("x",) * len(w)) for w in (train, held))
    return Dataset(first, second, duplicates=0)


class Parrot(DeepHear):
    """Knows its rolls perfectly: a code is a roll's number, twice out of three draws it repeats the first roll."""

    def __init__(self, known: Tokens) -> None:
        super().__init__(deephear.Options(layers="4,1"))
        self.known = torch.from_numpy(known.astype(np.int64))

    def encode(self, x: Tensor) -> Tensor:
        return (x.flatten(1).float() @ self.known.flatten(1).float().t()).argmax(1, keepdim=True).float()

    def decode(self, z: Tensor, options: Any) -> Tensor:
        return self.known[z[:, 0].long()]

    def draw(self, n: int, options: Any) -> Tensor:
        return (torch.arange(n) % 3 == 2).float()[:, None]


Parrot.__module__ = deephear.__name__  # its options are DeepHear's


def test_a_perfect_memory_has_no_wrong_cells_and_copies_all_it_says() -> None:
    train, held = music(12), music(5, seed=9)
    figures, curves = rolls.measure(Parrot(train), dataset(train, held), ROLL)
    assert curves == {}
    assert figures["wrong_cells_train"] == 0 and figures["known_windows"] == 1
    assert figures["wrong_cells_held_out"] > 20
    assert figures["copies"] == 1 and figures["nearest_share"] == 1
    assert figures["unique"] == pytest.approx(2 / rolls.DRAWN)
    assert figures["silent_rolls"] == 0
    assert figures["notes_per_step"] == pytest.approx(rolls.onsets(train[:2]).mean(0).sum() / 64, rel=0.2)
    assert figures["harmonize_kept"] == 1.0


def test_silence_is_wrong_wherever_something_sounds() -> None:
    train, held = music(12), music(5, seed=9)
    figures, _ = rolls.measure(Parrot(train), dataset(train, held), ROLL)
    assert figures["always_silent_wrong_cells"] == train.sum() / 12
    assert figures["always_silent_wrong_cells_held_out"] == held.sum() / 5
    assert figures["cells_per_step_real"] == pytest.approx(train.sum() / 12 / 64)


def test_the_copy_meter_counts_the_share_of_one_piece_not_of_all() -> None:
    known = music(2)
    both = known[0] | known[1]
    alone = np.zeros_like(both)
    shares, away = rolls.nearest(np.array([known[0], both, alone]), known)
    common = int((known[0] & known[1]).sum())
    assert shares[0] == 1 and away[0] == 0
    assert shares[1] == pytest.approx(max(known[0].sum(), known[1].sum()) / both.sum())
    assert shares[1] < 1 and common < known[0].sum()
    assert shares[2] == 0 and away[2] == min(known[0].sum(), known[1].sum())


def test_pca_with_enough_parts_gives_everything_back_and_with_few_does_not() -> None:
    train = music(10)
    assert rolls.wrong_cells(rolls.pca(train, 10)(train), train).max() == 0
    assert rolls.wrong_cells(rolls.pca(train, 2)(train), train).mean() > 20


def test_pca_leaves_torchs_own_generator_alone() -> None:
    torch.manual_seed(4)
    expected = torch.rand(3)
    torch.manual_seed(4)
    rolls.pca(music(10))
    assert (torch.rand(3) == expected).all()


def test_the_top_line_is_the_highest_note_of_each_step() -> None:
    roll = np.zeros((1, 64, 88), dtype=np.uint8)
    roll[0, 0, [3, 40]] = roll[0, 1, [40, 41]] = 1
    line = rolls.top_line(roll)
    assert line.sum() == 2 and line[0, 0, 40] == 1 and line[0, 1, 41] == 1


def test_a_melody_that_loses_a_note_is_not_kept() -> None:
    melody = rolls.top_line(music(1))[0]
    broken = melody.copy()
    broken[3, :] = 0
    longer = melody.copy()
    longer[:, 61] = 1
    assert rolls._notes_kept(melody, melody) == 1
    assert rolls._notes_kept(broken, melody) < 1
    assert rolls._notes_kept(longer | melody, melody) <= 1
