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
    _said(folder, {"unheard": found, "step": short._step, "chip": short._chip})


def go_on(tunes: str, network: dict[str, Any], game: dict[str, Any], folder: str, steps: int) -> None:
    """Go on from a checkpoint; then a game with a judge, which only one process asks."""
    torch.distributed.barrier() if torch.distributed.is_initialized() else None
    again = trainer_of("melody_vae", Path(tunes), network, 32, Path(folder) / "mine.checkpoint", steps=steps)
    first = again._step
    again.run()
    judge = Counting()
    play = trainer_of("gan", Path(tunes), game, 32, None, judge, steps=6, judge_every=2, learning_rate=1e-3)
    play.run()
    weights = torch.cat([p.detach().flatten() for p in play._raw.parameters()])
    clocked = trainer_of("melody_vae", Path(tunes), network, 32, None, minutes=0.01)
    clocked.run()
    _said(folder, {
        "first": first, "last": again._step, "asked": judge.asked, "weights": float(weights.double().sum()),
        "losses": play.losses, "steps": clocked._step,
    })  # fmt: skip


def ends(how: str, words: list[str]) -> int:
    """A training by its command; the second process ends in the middle of it, without a word."""
    step = Trainer._one_step

    def last(self: Trainer, fraction: float) -> None:
        step(self, fraction)
        if self._step == 4:  # both are here: how long that takes is the machine's affair
            torch.distributed.distributed_c10d._set_pg_timeout(timedelta(seconds=3))
        if self._step == 5 and device.place().rank == 1:
            os.kill(os.getpid(), signal.SIGKILL) if how == "dies" else time.sleep(1000)

    Trainer._one_step = last  # type: ignore[method-assign]
    return train.main(words)


def _said(folder: str, what: dict[str, Any]) -> None:
    (Path(folder) / f"rank{device.place().rank}.json").write_text(json.dumps(what), encoding="utf-8")


if __name__ == "__main__":
    code = {"learn": learn, "go_on": go_on, "ends": ends}[sys.argv[1]](**json.loads(sys.argv[2]))
    sys.stderr.flush()
    os._exit(code or 0)
