"""Every row of the registry, proved the same way: declared = implemented, it learns, it repeats, it comes back."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.codecs import melody
from engine.codecs.catalog import codec as codec_of
from engine.jobs.job import silent
from engine.models import bundle as bundles
from engine.models.capabilities import CAPABILITIES
from engine.models.registry import REGISTRY, Row
from engine.models.shelf import load_network
from engine.options import changed, fitting
from engine.training.batches import names_of
from engine.training.game import players_of
from engine.training.options import TrainOptions
from tests.engine.made_up import corpus
from tests.engine.small import SMALL

ROWS = [pytest.param(row, id=name) for name, row in REGISTRY.items()]


def small(row: Row, **changes: Any) -> Any:
    """Options of a small network of a row."""
    return changed(row.load_module().Options(), {**row.recipe.network, **SMALL[row.name], **changes})


def network(row: Row, **changes: Any) -> Any:
    """The same, built and untrained."""
    torch.manual_seed(3)
    return getattr(row.load_module(), row.network)(small(row, **changes))


def settled(row: Row) -> Any:
    """The same, having looked at some music once if it does so after training."""
    made = network(row).eval()
    if hasattr(made, "settle"):
        made.settle(music(row))
    return made


@cache
def first_drawn(name: str, compound: bool) -> torch.Tensor:
    """Six windows that such a network draws."""
    row = REGISTRY[name]
    drawn: torch.Tensor = settled(row).sample(6, options(row, temperature=1.0, seed=5, compound=compound))
    return drawn


def options(row: Row, **wanted: Any) -> Any:
    return fitting(row.load_module().SampleOptions, wanted)


def kinds(row: Row) -> tuple[bool, ...]:
    """Both kinds of bar, where the system knows them."""
    known = {field.name for field in dataclasses.fields(row.load_module().SampleOptions)}
    return (False, True) if "compound" in known else (False,)


def music(row: Row, n: int = 64) -> torch.Tensor:
    """Made-up music as a row learns from it: with the number of its kind in front, where it tells kinds apart."""
    batch = corpus(row.codec, n)
    known = names_of(small(row))
    return torch.cat([(torch.arange(n) // 2 % len(known))[:, None], batch], 1) if known else batch


def some(batch: torch.Tensor, n: int) -> torch.Tensor:
    """Windows of a batch for what comes before the steps: thousands are wanted, a few more than there are suffice."""
    return batch[torch.arange(min(n, 2 * len(batch))) % len(batch)]


@pytest.mark.parametrize("row", ROWS)
class TestEveryRow:
    def test_declares_what_it_has(self, row: Row) -> None:
        made = network(row)
        found = {name for name, protocol in CAPABILITIES.items() if isinstance(made, protocol)}
        assert found == set(row.capabilities)

    def test_says_what_it_is(self, row: Row) -> None:
        assert row.title and row.group and row.promise.endswith(".") and str(row.year) in row.paper
        module = row.load_module()
        for name in ("Options", "SampleOptions", "RefineOptions", "HarmonizeOptions"):
            for field in dataclasses.fields(getattr(module, name)) if hasattr(module, name) else ():
                assert field.metadata["text"], field.name

    def test_learns(self, row: Row) -> None:
        if "learns" not in row.capabilities:
            return  # what it does instead is tested below
        made, batch = network(row), music(row)
        made.progress = 0.0
        history = [float(made.loss(batch)["loss"].detach())]
        if hasattr(made, "prepare"):
            made.prepare(lambda n: some(batch, n), silent)
        optimizer = torch.optim.Adam(made.parameters(), lr=3e-3)
        for _ in range(40):
            losses = made.loss(batch)
            assert next(iter(losses)) == "loss" and all(part.ndim == 0 for part in losses.values())
            optimizer.zero_grad()
            losses["loss"].backward()
            optimizer.step()
            history.append(float(losses["loss"].detach()))
            if len(history) > 10 and np.mean(history[-3:]) < 0.75 * history[0]:
                break  # most need a third of these steps
        assert np.mean(history[-3:]) < 0.75 * history[0]

    def test_plays(self, row: Row) -> None:
        if "plays" not in row.capabilities:
            return  # it learns
        made, batch = network(row), music(row, 32)
        made.progress = 0.0
        if hasattr(made, "prepare"):
            made.prepare(lambda n: some(batch, n), silent)
        players = players_of(made, TrainOptions(learning_rate=1e-3))
        assert [player.name for player in players] == ["critic", "generator"]
        owned = [parameter for player in players for parameter in player.parameters]
        assert len(owned) == len({id(parameter) for parameter in owned}), "no weight belongs to both"
        for _ in range(8):
            for player in players:
                player.takes_over(players)
                losses = made.play(player.name, batch)
                assert next(iter(losses)) == "loss" and all(part.ndim == 0 for part in losses.values())
                assert all(torch.isfinite(part) for part in losses.values())
                player.optimizer.zero_grad()
                losses["loss"].backward()
                player.optimizer.step()
                if hasattr(made, "after"):
                    made.after(player.name)
        for player in players:  # a loss reaches whoever pays it, all of it
            unreached = [p.shape for p in player.parameters if p.grad is None or not p.grad.abs().sum() > 0]
            assert unreached == [], player.name
        heard = made.eval().trial(batch)
        assert heard.shape == batch.shape and heard.dtype == torch.int64

    def test_gradients_reach_every_parameter(self, row: Row) -> None:
        if "learns" not in row.capabilities:
            return
        made, batch = network(row), music(row)
        optimizer = torch.optim.Adam(made.parameters(), lr=3e-3)
        for _ in range(3):  # what starts at zero lets nothing through at first
            optimizer.zero_grad()
            made.loss(batch)["loss"].backward()
            optimizer.step()
        unreached = [name for name, p in made.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
        assert unreached == []

    def test_samples_repeat_and_fit_the_codec(self, row: Row) -> None:
        if "samples" not in row.capabilities:
            return  # what it can do instead is tested with its verbs
        made, codec = settled(row), codec_of(row.codec)
        for compound in kinds(row):
            wanted = options(row, temperature=1.0, seed=5, compound=compound)
            drawn, luck = first_drawn(row.name, compound), torch.get_rng_state()
            assert drawn.shape == (6, *codec.shape) and drawn.dtype == torch.int64
            assert torch.equal(drawn, made.sample(6, wanted)), "the same seed gives the same music"
            assert torch.equal(luck, torch.get_rng_state()), "no generator of others is touched"
            assert not torch.equal(drawn, made.sample(6, dataclasses.replace(wanted, seed=6)))
            windows = drawn.numpy().astype(np.uint8)
            if len(codec.shape) == 1:
                assert (melody.is_compound(windows) == compound).all()
                used = windows[:, melody.slots(compound, codec.bars)]
                assert used.max() < melody.VOCABULARY and (used[:, 0] != melody.HOLD).all()
            for window in windows:
                codec.write(window, 480)  # anything drawn can be written down

    def test_a_row_does_not_depend_on_its_neighbours(self, row: Row) -> None:
        if "encodes" not in row.capabilities:
            return
        made, wanted = settled(row), options(row)
        codes = made.draw(8, options(row, seed=2))
        together = made.decode(codes, wanted)
        for index in range(8):
            assert torch.equal(made.decode(codes[index : index + 1], wanted)[0], together[index])
        windows = corpus(row.codec, 8)
        codes = made.encode(windows)
        assert codes.dtype == torch.float32
        alone = torch.cat([made.encode(window[None]) for window in windows])
        torch.testing.assert_close(alone, codes, atol=1e-4, rtol=1e-3)

    def test_what_comes_back_from_a_bundle_is_the_same(
        self, row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bundles, "_BIG", 10**9)  # rounding to 8 bits is tested with the bundles
        made = settled(row)
        weights = {name: value.numpy() for name, value in made.state_dict().items()}
        path = tmp_path / "model.safetensors"
        bundles.write(bundles.Bundle(row.name, {"options": dataclasses.asdict(made.options)}, weights), path)
        again = load_network(path)
        assert not again.training and type(again) is type(made)
        for name, value in again.state_dict().items():
            assert torch.equal(value, made.state_dict()[name]), name
        wanted = options(row, temperature=1.0, seed=5, compound=False)
        if "samples" in row.capabilities:
            assert torch.equal(again.sample(6, wanted), first_drawn(row.name, False))  # type: ignore[operator]
