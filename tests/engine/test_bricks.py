"""Figures of models that write bricks: counted right, on a model whose bricks are the music itself."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.codecs import melody
from engine.codecs.catalog import codec
from engine.corpus.dataset import Dataset, Split
from engine.evaluation import bricks


@dataclass(frozen=True)
class SampleOptions:
    """What `bricks.measure` asks to be built with."""

    temperature: float = 0.5
    compound: bool = False


class Mosaic:
    """A brick is a whole note on a beat: its number is the pitch above `low`."""

    def __init__(self, leak: int = 0, book: int = 60) -> None:
        self.options, self.leak = SimpleNamespace(book=book), leak

    def bricks(self, x: Any) -> Any:
        import torch

        ids = torch.where(x[:, ::4] == melody.PAD, self.options.book, x[:, ::4] - melody.FIRST_PITCH_TOKEN)
        return torch.cat([ids, x[:, :1]], 1)

    def build(self, ids: Any, options: SampleOptions) -> Any:
        import torch

        assert options.temperature == 0.0
        tokens = torch.zeros(len(ids), 64, dtype=torch.long)
        tokens[:, ::4] = ids[:, :-1] + melody.FIRST_PITCH_TOKEN
        if self.leak:  # the last bar hears of everything
            tokens[:, 63] = ids[:, :-1].sum(1) % 50 + 2
        used = torch.zeros(64, dtype=torch.bool)
        used[melody.slots(options.compound, 4)] = True
        return torch.where(used, tokens, melody.PAD)

    def loss(self, x: Any) -> dict[str, Any]:
        import torch

        return {"loss": torch.tensor(9.0), "prior": torch.tensor(2.5)}


def tunes(n: int, pitches: int, kinds: tuple[bool, ...] = (False, True)) -> Dataset:
    rng = np.random.default_rng(1)
    windows = []
    for index in range(n):
        compound = kinds[index % len(kinds)]
        beats = 4 * melody.steps_per_bar(compound) // 4
        notes = [(4 * i, 4 * i + 4, 60 + int(rng.integers(pitches))) for i in range(beats)]
        windows.append(melody.encode_steps(notes, compound, bars=4))
    split = Split(np.array(windows), np.arange(n, dtype=np.int32), tuple(map(str, range(n))))
    return Dataset(split, split, 0)


def test_music_that_comes_back_whole_is_told_so() -> None:
    figures, curves = bricks.measure(Mosaic(), tunes(40, 12), codec("melody4"))
    for prefix in ("", "compound_"):
        assert figures[f"{prefix}built_step_accuracy"] == figures[f"{prefix}built_onset_accuracy"] == 1.0
        assert figures[f"{prefix}built_bars"] == 1.0 and figures[f"{prefix}swap_outside"] == 0.0
        assert figures[f"{prefix}swap_inside"] == pytest.approx(1 / (12 if prefix else 16))
        assert figures[f"{prefix}prior_brick_nats"] == 2.5
    assert sum(curves["bricks"]["share"]) == pytest.approx(1, abs=1e-3)
    assert curves["bricks"]["share"] == sorted(curves["bricks"]["share"], reverse=True)


def test_what_is_used_of_the_book_is_counted() -> None:
    few, many = (bricks.measure(Mosaic(), tunes(200, pitches), codec("melody4"))[0] for pitches in (1, 12))
    assert few["used_bricks"] < many["used_bricks"] <= 0.5
    assert few["brick_perplexity"] < many["brick_perplexity"] < 60


def test_a_leak_is_seen() -> None:
    figures, _ = bricks.measure(Mosaic(leak=1), tunes(60, 12, kinds=(False,)), codec("melody4"))
    assert 0 < figures["swap_outside"] < 0.03 and "compound_swap_outside" not in figures


def test_built_counts_steps_onsets_and_bars() -> None:
    real = melody.encode_steps([(0, 4, 60), (4, 8, 62), (16, 24, 64)], False, bars=4)[None]
    again = real.copy()
    again[0, 4] = real[0, 4] + 1
    found = bricks.built(real, again)
    assert found["built_step_accuracy"] == pytest.approx(63 / 64)
    assert found["built_onset_accuracy"] == pytest.approx(2 / 3) and found["built_bars"] == 0.75
