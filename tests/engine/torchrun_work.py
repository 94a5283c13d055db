"""What the processes of a training do in tests: torchrun is given the name of a function and its arguments."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from engine import device, train
from engine.codecs.melody import MELODY
from engine.models.registry import row
from engine.options import changed
from engine.training import make
from engine.training.batches import Source
from engine.training.options import TrainOptions
from engine.training.trainer import Trainer
from engine.training.watch.held_out import HeldOut

PATIENCE = 240  # seconds: a busy machine starts processes when it can


def trainer_of(model: str, tunes: Path, network: dict[str, Any], batch: int, checkpoint: Path | None, judge: Any = None,
               **options: Any) -> Trainer:  # fmt: skip
    """A trainer of this process' share of the tunes; `batch` is of all processes together."""
    torch.set_num_threads(1)
    place, module = device.place(), row(model).load_module()
    torch.manual_seed(options.get("seed", 1))
    net = getattr(module, row(model).network)(changed(module.Options(), network))
    source = Source(make.read_data(str(tunes), MELODY).train, MELODY).share(place.rank, place.of)
    given = TrainOptions(device="cpu", checkpoint_seconds=1e9, precision="full", **options)
    return Trainer(net, source.batches(batch // place.of, 0.0), given, checkpoint, judge)


class Counting:
    """A judge that likes every stage less than the one before, and knows how often it was asked."""

    name, every = "distance", 0

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, network: Any) -> float:
        self.asked += 1
        return float(self.asked)


def unheard(trainer: Trainer, tunes: Path) -> float:
    """The loss on held-out music."""
    held = Source(make.read_data(str(tunes), MELODY).held_out, MELODY).many(200)
    return HeldOut(trainer.best(), held, held)()["unheard"]


def learn(tunes: str, network: dict[str, Any], folder: str, steps: int, seeds: list[int]) -> None:
    """Held-out losses of several trainings, and a checkpoint of one that stops early."""
    found = []
    for seed in seeds:
        trainer = trainer_of("melody_vae", Path(tunes), network, 32, None, seed=seed, steps=steps, learning_rate=4e-3)
        trainer.run()
        found.append(unheard(trainer, Path(tunes)))
    short = trainer_of("melody_vae", Path(tunes), network, 32, Path(folder) / "mine.checkpoint", steps=6)
    short.run()
    _said(folder, "learn", {"unheard": found, "step": short._step, "chip": short._chip})


def go_on(tunes: str, network: dict[str, Any], game: dict[str, Any], folder: str, steps: int) -> None:
    """Go on from a checkpoint; then a game with a judge, which only one process asks."""
    torch.distributed.barrier()
    again = trainer_of("melody_vae", Path(tunes), network, 32, Path(folder) / "mine.checkpoint", steps=steps)
    first = again._step
    again.run()
    judge = Counting()
    play = trainer_of("gan", Path(tunes), game, 32, None, judge, steps=6, judge_every=2, learning_rate=1e-3)
    play.run()
    weights = torch.cat([p.detach().flatten() for p in play._raw.parameters()])
    clocked = trainer_of("melody_vae", Path(tunes), network, 32, None, minutes=0.01)
    clocked.run()
    _said(folder, "go_on", {
        "first": first, "last": again._step, "asked": judge.asked, "weights": float(weights.double().sum()),
        "losses": play.losses, "steps": clocked._step,
    })  # fmt: skip


def both(learning: dict[str, Any], going_on: dict[str, Any], folder: str) -> None:
    """One after the other in the same processes: what is in between is done elsewhere, and a file says that it is."""
    learn(folder=folder, **learning)
    wait_for(Path(folder) / "elsewhere")
    go_on(folder=folder, **going_on)


def ends(how: str, words: list[str], note: str) -> int:
    """A training by its command, which notes that five steps are done. Then the second process ends without a word, or
    is still there and does nothing more; or ("goes on") both learn until they are told to stop.
    """
    step, five = Trainer._one_step, Path(note)

    def last(self: Trainer, fraction: float) -> None:
        step(self, fraction)
        if self._step != 5:
            return
        if device.place().rank == 0:  # how long it took to get here is the machine's affair
            if how != "goes on":
                torch.distributed.distributed_c10d._set_pg_timeout(timedelta(seconds=2))
            five.touch()
        elif how != "goes on":
            wait_for(five)
            os.kill(os.getpid(), signal.SIGKILL) if how == "dies" else time.sleep(1000)

    Trainer._one_step = last  # type: ignore[method-assign]
    return train.main(words)


def wait_for(file: Path) -> None:
    """Until a file is there; not for ever, since nobody may be left who would write it."""
    end = time.monotonic() + PATIENCE
    while not file.exists():
        if time.monotonic() > end:
            raise TimeoutError(file)
        time.sleep(0.02)


def _said(folder: str, name: str, what: dict[str, Any]) -> None:
    """Leave a note, whole or not at all."""
    file = Path(folder) / f"{name}{device.place().rank}.json"
    file.with_suffix(".part").write_text(json.dumps(what), encoding="utf-8")
    file.with_suffix(".part").replace(file)


if __name__ == "__main__":
    code = {"both": both, "ends": ends}[sys.argv[1]](**json.loads(sys.argv[2]))
    sys.stderr.flush()
    os._exit(code or 0)
