"""A small world for the engine's tests: a folder of made-up tunes, and a tiny network trained on it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.models.registry import REGISTRY, row
from engine.options import Value
from engine.resources import root
from engine.training.make import train
from engine.training.options import Order, TrainOptions

torch.set_num_threads(1)

TINY: dict[str, Value] = {
    "latent": 8, "width": 48, "decoder_width": 48, "blocks": 1, "embedding": 8, "plan": 8, "features": 24,
    "mixers": 1, "couplings": 2, "flow_width": 16, "batch": 32, "dropout": 0.0, "beta": 0.05,
}  # fmt: skip


def tune(number: int, meter: str, rng: random.Random) -> str:
    """A made-up tune of eight bars in ABC, no two alike."""
    beats, notes = (8, "CDEFGABcde") if meter == "4/4" else (6, "GABcdefgab")
    bars = []
    for _ in range(8):
        bar, left = "", beats
        while left:
            length = min(left, rng.choice((1, 1, 1, 2, 2, 3)))
            bar += rng.choice(notes) + (str(length) if length > 1 else "")
            left -= length
        bars.append(bar)
    return f"X:{number}\nT:Tune {number}\nM:{meter}\nL:1/8\nK:G\n{'|'.join(bars)}|\n"


@pytest.fixture(scope="session")
def tiny_options() -> dict[str, Value]:
    """Options of a network that learns in a second."""
    return dict(TINY)


@pytest.fixture(scope="session")
def tunes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a book of 64 tunes, half of them in 6/8."""
    folder = tmp_path_factory.mktemp("tunes")
    rng = random.Random(5)
    book = [tune(number, "6/8" if number % 2 == 0 else "4/4", rng) for number in range(1, 65)]
    (folder / "book.abc").write_text("\n".join(book), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_bundle(tunes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of a tiny network that learnt the made-up tunes for a second."""
    out = tmp_path_factory.mktemp("bundles") / "melody_vae.safetensors"
    options = TrainOptions(steps=200, device="cpu", learning_rate=4e-3, checkpoint_seconds=1e9)
    return train(Order(row("melody_vae"), str(tunes), out, options, network=TINY))


@pytest.fixture(scope="session")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the bundle of a small untrained network of a row, made when it is first asked for."""
    from tests.engine.test_verbs import small_bundle

    folder = tmp_path_factory.mktemp("untrained")

    def bundle(name: str) -> Path:
        if not (path := folder / f"{name}.safetensors").exists():
            small_bundle(REGISTRY[name], folder)
        return path

    return bundle


@pytest.fixture(scope="session")
def shipped_bundle() -> Path:
    """The bundle that ships with the program."""
    path = root() / "bundles" / "melody_vae.safetensors"
    assert path.is_file(), "the model that ships is missing: make models"
    return path
