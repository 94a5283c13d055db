"""Training from a terminal: the same order as the window's, without anything of the interface."""

from __future__ import annotations

import argparse
import dataclasses
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from engine import device, train
from engine.errors import UserError
from engine.models.bundle import read
from engine.models.registry import row
from engine.options import Value
from engine.training import unfinished
from engine.training.options import Order, TrainOptions, order

Small = dict[str, Value]
PATIENCE = 240  # seconds: a busy machine starts processes when it can
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training that is begun here would keep every core for the tests after it."""
    monkeypatch.setattr(device, "use_cores", lambda: None)


def parsed(words: str | list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    train.flags(parser)
    return parser.parse_args(words.split() if isinstance(words, str) else words)


def ordered(words: str, folder: Path) -> Order:
    return train.ordered(parsed(words), folder)


def test_flags_are_an_order(tmp_path: Path) -> None:
    found = ordered("gan --corpus folk --name Mine --steps 7 --set width=64 --set penalty=0.5 --memory 2", tmp_path)
    options = dataclasses.replace(order(row("gan"), tmp_path).options, steps=7)
    network = {**row("gan").recipe.network, "width": 64, "penalty": 0.5}
    wanted = Order(row("gan"), "folk", tmp_path / "gan~Mine.safetensors", options, network=network, memory=2.0)
    assert found == wanted and type(found.network["width"]) is int
    with pytest.raises(UserError, match="no option called height"):
        ordered("gan --set height=3", tmp_path)
    with pytest.raises(UserError, match="no model called guru"):
        ordered("guru", tmp_path)
    with pytest.raises(UserError, match="Which model"):
        ordered("--steps 3", tmp_path)


def test_what_is_of_ones_own_gets_a_card_of_its_own(tmp_path: Path) -> None:
    tunes = tmp_path / "My reels"
    tunes.mkdir()
    models = tmp_path / "models"
    models.mkdir()

    def out(*words: str) -> Path:
        return train.ordered(parsed(["vae", *words]), models).out

    assert out() == models / "vae.safetensors", "the recipe"
    assert out("--corpus", "folk") == models / "vae.safetensors"
    mine = models / "vae~My reels.safetensors"
    assert out("--corpus", str(tunes)) == mine
    assert out("--corpus", "folk", "--name", "Night & day?") == models / "vae~Night & day.safetensors"
    assert out("--corpus", str(tunes), "--out", str(tmp_path / "x.safetensors")) == tmp_path / "x.safetensors"
    assert out("--corpus", str(tunes), "--out", str(tmp_path)) == tmp_path / mine.name, "a folder"
    mine.touch()
    assert out("--corpus", str(tunes)).name == "vae~My reels 2.safetensors", "nothing is written over"
    assert out("--corpus", str(tunes), "--resume") == mine
    assert train.ordered(parsed(["vae~My reels", "--resume"]), models).out == mine
    with pytest.raises(UserError, match="both say"):
        out("--name", "A", "--out", str(mine))


def test_many_processes_agree_on_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / "vae~Mine.safetensors"
    monkeypatch.setenv("WORLD_SIZE", "2")
    for rank in "01":
        monkeypatch.setenv("RANK", rank)
        assert ordered("vae --name Mine", tmp_path).out == taken
    taken.touch()
    monkeypatch.setenv("RANK", "0")
    with pytest.raises(UserError, match="already"):
        ordered("vae --name Mine", tmp_path)


@pytest.mark.parametrize("kind", ["recipe", "own", "fine-tuned", "resumed"])
def test_the_command_of_an_order_gives_that_order(kind: str, tmp_path: Path, tiny_bundle: Path) -> None:
    tunes = tmp_path / "It's mine"
    tunes.mkdir()
    network: dict[str, Value] = {"latent": 24, "dropout": 0.1}
    wanted = {
        "recipe": order(row("melody_vae"), tmp_path / "melody_vae.safetensors"),
        "own": order(
            row("gan"), tmp_path / "gan~A b.safetensors", str(tunes), {"steps": 9, "device": "cpu", "mix": 0.5},
            {"penalty": 0.25, "width": 32},
        ),
        "fine-tuned": order(
            row("melody_vae"), tmp_path / "x.safetensors", "folk", {"seed": 3}, network, False, tiny_bundle
        ),
        "resumed": dataclasses.replace(
            order(row("vae"), tmp_path / "y.safetensors", "folk", {"minutes": 2.5}, {}, True),
            memory=1.5, scratch=tmp_path,
        ),
    }[kind]  # fmt: skip
    if kind == "fine-tuned":
        wanted = dataclasses.replace(wanted, network={**train.order(
            row("melody_vae"), wanted.out, "folk", start=tiny_bundle).network, **network})  # fmt: skip
    said = train.command(wanted)
    assert said.startswith("python -m engine.train ")
    assert train.ordered(parsed(shlex.split(said)[3:]), tmp_path) == wanted
    assert not wanted.twins or "--corpus" not in said


def test_a_training_of_the_studio_goes_on_elsewhere(tunes: Path, tiny_options: Small, tmp_path: Path) -> None:
    """Its two files are copied, its music lies in another place."""
    options = TrainOptions(steps=6, device="cpu", hear_minutes=0.0)
    begun = Order(row("melody_vae"), "/gone", tmp_path / "melody_vae~Mine.safetensors", options, network=tiny_options)
    unfinished.keep(begun)
    file = begun.out.with_suffix(".training")
    found = train.ordered(parsed(["--order", str(file), "--corpus", str(tunes), "--steps", "4"]), tmp_path)
    assert (found.out, found.resume, found.title) == (begun.out, True, "Mine")
    assert found.network == tiny_options and found.options == dataclasses.replace(options, steps=4)
    assert found.corpus == str(tunes)
    for words in (["--order", str(tmp_path / "none.training")], ["--order", str(tunes / "book.abc")]):
        with pytest.raises(UserError, match="no unfinished training"):
            train.ordered(parsed(words), tmp_path)
    with pytest.raises(UserError, match="says what is trained"):
        train.ordered(parsed(["vae", "--order", str(file)]), tmp_path)
    assert train.main(["--order", str(file), "--corpus", str(tunes)]) == 0
    made = read(begun.out).header
    assert made["took"]["steps"] == 6 and "CPU" in made["took"]["chip"] and made["corpus"]["name"] == tunes.name
    assert [path.name for path in tmp_path.iterdir()] == [begun.out.name]


WITHOUT = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {{min(os.sched_getaffinity(0))}})  # one thread: the machine may be busy with other tests
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ImportError(f"{{name}} is not installed")
sys.meta_path.insert(0, Absent())
from engine.train import main
code = main({words!r})
print(sorted({{"PySide6", "pyqtgraph", "torch"}} & set(sys.modules)))
sys.exit(code)
"""
ABSENT = {"PySide6", "shiboken6", "pyqtgraph", "appdirs", "sounddevice", "soundfile", "rtmidi", "fluidsynth", "app",
          "mido", "pretty_midi", "symusic", "music21"}  # fmt: skip


@pytest.mark.timeout(PATIENCE)
def test_it_needs_nothing_of_the_interface(tunes: Path, tiny_options: Small, tmp_path: Path) -> None:
    """A machine that only trains has no screen, no sound, and none of their libraries."""
    network = [word for name, value in tiny_options.items() for word in ("--set", f"{name}={value}")]
    words = ["melody_vae", "--corpus", str(tunes), "--out", str(tmp_path), "--steps", "3", "--device", "cpu", *network]
    script = WITHOUT.format(absent=ABSENT, words=words)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr[-2000:]
    out = tmp_path / f"melody_vae~{tunes.name}.safetensors"
    assert done.stdout.splitlines() == [str(out), "['torch']"]
    assert "Learning on CPU" in done.stderr and read(out).model == "melody_vae"


@pytest.mark.timeout(PATIENCE)
def test_help_needs_not_even_torch() -> None:
    script = WITHOUT.format(absent={*ABSENT, "torch"}, words=["--help"])
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0 and "--nproc-per-node" not in done.stdout and "--corpus" in done.stdout, done.stderr


def test_what_cannot_be_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert train.main(["all", "--set", "x=1"]) == 2
    assert capsys.readouterr().err.startswith("melomorph: Every model has a corpus")
    monkeypatch.setenv("WORLD_SIZE", "3")
    monkeypatch.setenv("RANK", "1")
    assert train.main(["guru"]) == 2
    assert capsys.readouterr().err.startswith("melomorph, process 2 of 3: There is no model called guru.")
