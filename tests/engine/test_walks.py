"""Walks on a map: what is counted as a change, and what the figures say of smooth and of broken maps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.corpus.dataset import Dataset, Split
from engine.evaluation import walks


def line(*pitches: int, compound: bool = False) -> np.ndarray[Any, Any]:
    return melody.encode_steps([(2 * i, 2 * i + 2, pitch) for i, pitch in enumerate(pitches)], compound)


def test_a_change_is_a_slot_and_another_key_is_one_change() -> None:
    tune = line(60, 62, 64, 65)
    assert walks.changed(tune, tune) == 0
    assert walks.changed(tune, line(60, 62, 63, 65)) == 1
    assert walks.changed(tune, line(61, 63, 65, 66)) == 1, "moved as a whole"
    assert walks.changed(tune, line(61, 62, 64, 65)) == 1, "only the first note"
    assert walks.changed(tune, line(62, 64, 66, 68)) == 2, "moved, and one note besides"
    held = tune.copy()
    held[2] = melody.HOLD
    assert walks.changed(tune, held) == 1
    both = walks.changed(np.array([[tune, tune]]), np.array([[tune, held]]))
    assert both.shape == (1, 2) and both.tolist() == [[0, 1]]


class Ruler:
    """One number per melody, its first pitch; decoded as `steps` equal steps of the way (0: exactly)."""

    def __init__(self, wobble: float = 0.0) -> None:
        self.wobble = wobble

    def encode(self, x: Any) -> Any:
        return x[:, :1] + 0.5

    def decode(self, z: Any, options: Any) -> Any:
        import torch

        count = z[:, 0] + self.wobble * (torch.arange(len(z)) % 2)
        tokens = torch.where(torch.arange(32)[None] < count[:, None], 30, 31)
        tokens[:, 0] = 10
        return tokens


@pytest.fixture
def plain_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks.generate, "options_for", lambda network, steering: None)


@pytest.mark.usefixtures("plain_options")
def test_a_straight_walk_is_as_long_as_its_ends_are_apart() -> None:
    a, b = np.full((3, 32), 4, np.uint8), np.full((3, 32), 28, np.uint8)
    changes, apart = walks.walk(Ruler(), a, b)
    assert changes.shape == (3, walks.STEPS) and (changes == 1).all() and apart.tolist() == [24] * 3
    found = walks.summary(changes, apart)
    assert found == {
        "walk_changes": 1.0, "walk_jump": 1.0, "walk_flat": 0.0, "walk_apart": 24.0, "walk_detour": 1.0,
    }  # fmt: skip


@pytest.mark.usefixtures("plain_options")
def test_a_map_that_wavers_is_longer_and_jumps() -> None:
    a, b = np.full((3, 32), 4, np.uint8), np.full((3, 32), 28, np.uint8)
    smooth, broken = (walks.summary(*walks.walk(Ruler(wobble), a, b)) for wobble in (0.0, 3.0))
    assert broken["walk_detour"] > 2 * smooth["walk_detour"]
    assert broken["walk_jump"] > smooth["walk_jump"] and broken["walk_changes"] > smooth["walk_changes"]


@pytest.mark.usefixtures("plain_options")
def test_both_kinds_of_bar_are_walked_and_told_twice_alike() -> None:
    rng = np.random.default_rng(3)
    kinds = [[line(*rng.integers(60, 70, 12), compound=compound) for _ in range(9)] for compound in (False, True)]
    windows = np.array(kinds[0] + kinds[1])
    split = Split(windows, np.arange(18, dtype=np.int32), tuple(map(str, range(18))))
    data = Dataset(split, split, 0)
    figures, curves = walks.measure(Ruler(), data, codec("melody"))
    assert figures == walks.measure(Ruler(), data, codec("melody"))[0]
    assert {"walk_changes", "compound_walk_detour"} < set(figures) and all(np.isfinite(list(figures.values())))
    assert set(curves) == {"walks", "compound_walks"} and len(curves["walks"]["changes"]) == walks.STEPS
    lonely = Dataset(split, Split(windows[:1], split.tunes[:1], split.titles), 0)
    assert walks.measure(Ruler(), lonely, codec("melody")) == ({}, {})
