"""The judge of kinds: it ships, says how well it does, can be taught others, and is not told by the length of bars."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.corpus.dataset import Dataset, Split
from engine.errors import UserError
from engine.evaluation import kinds, kinds_training
from tests.engine.test_features import tuneful


def made_dataset() -> Dataset:
    """Steps are one kind, repeated notes another."""
    steps, drones = tuneful(120, 1), tuneful(120, 2)
    for window in drones:
        pitched = window >= melody.FIRST_PITCH_TOKEN
        window[pitched] = window[pitched][0]
    windows = np.concatenate([steps, drones])

    def split(chosen: slice) -> Split:
        tunes = np.arange(240, dtype=np.int32)[chosen]
        names = ("step",) * 120 + ("drone",) * 120
        return Split(windows[chosen], np.arange(len(tunes), dtype=np.int32), names[chosen], names[chosen])

    return Dataset(split(slice(0, 240, 2)), split(slice(1, 240, 2)), 0)


@pytest.fixture(scope="module")
def judge() -> kinds.Judge:
    return kinds_training.taught(made_dataset(), steps=25)


def test_it_learns_any_kinds_and_keeps_them(judge: kinds.Judge, tmp_path: Path) -> None:
    assert judge.kinds == ("drone", "step")
    assert judge.figures["accuracy"] > 0.9
    kinds.write(judge, tmp_path / "judge.safetensors", "made up")
    again = kinds.read(tmp_path / "judge.safetensors")
    assert (again.kinds, again.figures, again.confusion) == (judge.kinds, judge.figures, judge.confusion)
    windows = tuneful(7, 3)
    opinions = again.probabilities(windows)
    np.testing.assert_allclose(opinions, judge.probabilities(windows), atol=1e-6)
    np.testing.assert_allclose(opinions.sum(1), 1)
    assert judge.probabilities(windows[:0]).shape == (0, 2)


def test_the_same_seed_teaches_the_same_and_leaves_other_dice_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, two = (kinds_training.taught(made_dataset(), steps=2) for _ in range(2))
    assert torch.rand(1) == expected
    windows = tuneful(5, 1)
    assert (one.probabilities(windows) == two.probabilities(windows)).all()


def test_one_kind_is_none() -> None:
    data = made_dataset()
    with pytest.raises(UserError, match="at least two kinds"):
        kinds_training.taught(data, ("step",))


def test_the_length_of_bars_tells_it_nothing(judge: kinds.Judge) -> None:
    """What stands on the last beat of a bar of 4/4, or that there is none, is not heard."""
    duple = tuneful(10, 4)
    compound = duple.copy().reshape(10, 2, 16)
    compound[:, :, 12:] = melody.PAD
    alike = melody.is_compound(compound.reshape(10, 32))
    assert alike.all()
    held = duple.copy().reshape(10, 2, 16)
    held[:, :, 12:] = melody.HOLD
    one, other = (judge.probabilities(windows.reshape(10, 32)) for windows in (compound, held))
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_judge_that_ships_knows_four_kinds_of_tunes() -> None:
    judge = kinds.load_judge()
    assert judge.kinds == ("reel", "hornpipe", "jig", "hymn")
    assert judge.figures["accuracy"] > 0.75
    assert judge.figures["accuracy_without_jigs"] > 0.75
    assert set(judge.confusion) == set(judge.kinds)
    scale = (67, 69, 71, 72, 74, 72, 71, 69)
    jig = [(6 * i + on, 6 * i + end, scale[2 * i + on // 4]) for i in range(4) for on, end in ((0, 4), (4, 6))]
    hymn = [(4 * i, 4 * i + 4, pitch) for i, pitch in enumerate(scale)]
    for name, notes, compound in (("jig", jig, True), ("hymn", hymn, False)):
        window = melody.encode_steps(notes, compound)
        assert judge.probabilities(window[None])[0].argmax() == judge.kinds.index(name)
