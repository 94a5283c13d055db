"""The one training loop. It knows no model and no data: only `loss(batch)` and where batches come from.

Networks that play a game (Goodfellow et al., 2014) have no common loss: each player has its own, its own optimiser and
its turn. What is kept of them is what made the best music so far, if there is somebody to judge it.

Runs on CPU, CUDA and MPS, and on many processes under torchrun with the same command (lightning-fabric).
Killed at any moment, it goes on from the last checkpoint as if nothing had happened.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from engine import device as devices
from engine.errors import UserError
from engine.jobs.job import Report, silent, stretch
from engine.training import checkpoint
from engine.training.batches import Batches
from engine.training.fabric import make_fabric, one_checkpoint
from engine.training.game import Player, players_of
from engine.training.options import TrainOptions
from engine.training.progress import Tell, TrainingProgress, nobody
from engine.training.watch.hearing import Hearing
from engine.training.watch.monitor import Monitor
from engine.training.watch.verdict import not_kept

Curve = dict[str, list[float]]  # name of a loss, or "steps" -> values, POINTS of them in a whole training
POINTS = 100
ALARM_FROM = 0.25  # part of the training after which a collapse is told
TELL_SECONDS = 0.3  # between two tellings
KNOWN_FROM = 0.005  # part of the training after which its end can be foretold


class Judge(Protocol):
    """Says how good a stage is; smaller is better.

    Attributes:
        name: of what it measures, among the losses; empty: it is not told.
        every: steps between two judgements; 0: as the options say.
    """

    name: str
    every: int

    def __call__(self, network: nn.Module) -> float: ...


class Trainer:
    """One training: `run` to the end, or iterate `steps()` and stop whenever."""

    def __init__(
        self,
        model: nn.Module,
        batches: Batches,
        options: TrainOptions,
        resume: Path | None = None,
        judge: Judge | None = None,
        monitor: Monitor | None = None,
        hearing: Hearing | None = None,
    ) -> None:
        """Prepare; with `resume` (a checkpoint's path, which need not exist yet) progress is kept there."""
        self.options, self._batches, self._path = options, batches, resume
        self._fabric = make_fabric(options.device, options.precision)
        alone = self._fabric.is_global_zero  # who looks, hears and judges; the others wait at the next step
        self._monitor = (monitor or Monitor({})) if alone else Monitor({})
        self._hearing, self._judge = (hearing, judge) if alone else (None, None)
        self._seed()
        precision = str(self._fabric._precision.precision)
        self._chip = devices.told(self._fabric.device, precision, self._fabric.world_size)
        self.average = copy.deepcopy(model).to(self._fabric.device)  # what is shipped
        self._raw = model
        self._players = players_of(model, options)
        self._model, *optimizers = self._fabric.setup(model, *(player.optimizer for player in self._players))
        for player, optimizer in zip(self._players, optimizers, strict=True):
            player.optimizer = optimizer
        self._model.mark_forward_method("play" if len(self._players) > 1 else "loss")
        self._step, self._seconds = 0, 0.0
        self.losses: dict[str, float] = {}  # smoothed
        self._best: dict[str, Tensor] = {}  # the weights of the average that made the best music so far
        self._score, self._best_step = math.inf, 0  # how good that was, and when
        self.curve: Curve = {}
        self.trouble = ""  # why it could not be kept when that was last tried
        self._enough = False  # somebody said so: it does not go on
        if resume is not None and self._fabric.broadcast(resume.exists()):
            self._restore(resume)
        one_checkpoint(self._fabric, self._step)

    def _restore(self, path: Path) -> None:
        optimizers = {player.name: player.optimizer for player in self._players}
        state, self._best = checkpoint.load(path, self._raw, self.average, optimizers, self._rng)
        self._step, self._seconds, self.losses = state["step"], state["seconds"], state["losses"]
        self._score, self._best_step = state.get("score", math.inf), state.get("best_step", 0)
        self.curve = state.get("curve", {})
        self._monitor.restore(state.get("looks", []))
        self._enough = state.get("enough", False)
        if self._fabric.global_rank:  # the file holds the first process' draws: each needs its own
            self._seed(self._step)

    def best(self) -> nn.Module:
        """What is kept: the running average as it made the best music, or as it is now if nobody judged."""
        if self._best:
            self.average.load_state_dict(self._best)
        return self.average

    def run(self, report: Report = silent, tell: Tell = nobody) -> dict[str, float]:
        """Train to the end; returns the last smoothed losses. A cancelled training keeps its checkpoint.

        Args:
            report: told after every step, in words.
            tell: told a few times a second, with all there is to know; may say that this is enough.
        """
        told = 0.0
        for progress in self.steps():
            words = ", ".join(f"{name} {value:.3f}" for name, value in progress.losses.items())
            fault = progress.alarm or ("" if progress.verdict.good else progress.verdict.words)
            report(progress.fraction, 1.0, f"{fault or f'step {progress.step}'}: {words}")
            if (now := time.monotonic()) - told > TELL_SECONDS or progress.fraction >= 1:
                told = now
                if tell(progress) or self._heard(progress, report, tell):
                    self._enough = True
                    self.keep()
                    break
        return self.losses

    def _heard(self, progress: TrainingProgress, report: Report, tell: Tell) -> bool:
        """Now and then let it be heard what is learnt by now; whether whoever heard it has enough."""
        if self._hearing is None or not self._hearing.due():
            return False
        shown = copy.deepcopy(self.average)
        if self._best:
            shown.load_state_dict(self._best)
        part = stretch(report, progress.fraction, progress.fraction)
        return tell(self._hearing.listen(shown.cpu(), progress.step, progress.fraction, part))

    def steps(self) -> Iterator[TrainingProgress]:
        """One step of every player per item; what happens to the iterator, the checkpoint stays whole."""
        saved = clock = time.monotonic()
        while not self._enough and (fraction := self._agreed()) < 1:
            self._one_step(fraction)
            now = time.monotonic()
            self._seconds, clock = self._seconds + now - clock, now
            if now - saved > self.options.checkpoint_seconds:
                self.keep()
                saved = now
            yield self._told()
        self.keep()

    def _told(self) -> TrainingProgress:
        fraction, alarm = self._fraction(), self._alarm()
        self._monitor.look(self._step, fraction, self.losses)
        return TrainingProgress(
            step=self._step,
            fraction=fraction,
            losses=dict(self.losses),
            seconds_left=self._seconds * (1 - fraction) / fraction if fraction > KNOWN_FROM else None,
            pace=self._step / max(self._seconds, 1e-9),
            chip=self._chip,
            alarm=self.trouble or alarm,
            verdict=not_kept(self.trouble) if self.trouble else self._monitor.verdict(alarm),
            looks=tuple(self._monitor.looks),
        )

    def took(self) -> dict[str, float | str]:
        """How much work it was so far: `steps`, `seconds` and the `chip`; `kept` of these steps, if somebody judged."""
        kept = {"kept": self._best_step} if self._best_step else {}
        return {"steps": self._step, "seconds": round(self._seconds, 1), "chip": self._chip, **kept}

    def keep(self) -> None:
        """Write the checkpoint now (rank 0 only). If the disk refuses, `trouble` says so and the training goes on."""
        if self._path is not None and self._fabric.is_global_zero:
            state = {"step": self._step, "seconds": self._seconds, "losses": self.losses, "curve": self.curve}
            state |= {"looks": self._monitor.state(), "enough": self._enough}
            if self._best:
                state |= {"score": self._score, "best_step": self._best_step}
            optimizers = {player.name: player.optimizer for player in self._players}
            try:
                checkpoint.save(self._path, self._raw, self.average, self._best, optimizers, self._rng, state)
                self.trouble = ""
            except UserError as error:
                self.trouble = error.what

    def _seed(self, step: int = 0) -> None:
        """Random draws of this process' own, from `step` on."""
        rank, seed = self._fabric.global_rank, self.options.seed
        self._rng = np.random.default_rng([seed, rank, step] if step else [seed, rank])
        torch.manual_seed(seed * 1000 + rank + step * 1_000_003)

    def _fraction(self) -> float:
        if self.options.minutes > 0:
            return min(1.0, self._seconds / 60 / self.options.minutes)
        return min(1.0, self._step / self.options.steps)

    def _agreed(self) -> float:
        """The same for all processes: one clock, or some would wait for others that ended."""
        mine = self._fraction()
        return float(self._fabric.broadcast(mine)) if self.options.minutes > 0 else mine

    def _one_step(self, fraction: float) -> None:
        options = self.options
        warm = min(1.0, (self._step + 1) / 200)
        self._raw.progress = fraction  # type: ignore[assignment]
        losses: dict[str, Tensor] = {}
        for player in self._players:
            for group in player.optimizer.param_groups:
                group["lr"] = (
                    options.learning_rate * player.rate * warm * (0.02 + 0.49 * (1 + math.cos(math.pi * fraction)))
                )
            for _ in range(player.moves):
                losses |= self._move(player, fraction)
        self._step += 1
        self._follow()
        for name, value in losses.items():
            before = self.losses.get(name, value.item())
            self.losses[name] = 0.98 * before + 0.02 * value.item()
        self._listen()
        if fraction * POINTS >= len(self.curve.get("steps", ())):
            for name, now in {"steps": float(self._step), **self.losses}.items():
                self.curve.setdefault(name, []).append(round(now, 5))

    def _move(self, player: Player, fraction: float) -> dict[str, Tensor]:
        """One step of one player's optimiser; what it paid, under its name."""
        batch = torch.from_numpy(self._batches(self._rng, fraction)).to(self._fabric.device)
        player.takes_over(self._players)
        with self._fabric.autocast():  # a marked method gets it from Fabric only when there are several processes
            losses = self._model.play(player.name, batch.long()) if len(self._players) > 1 else self._model.loss(batch)
        player.optimizer.zero_grad()
        self._fabric.backward(losses["loss"])
        self._fabric.clip_gradients(self._model, player.optimizer, max_norm=self.options.clip)
        player.optimizer.step()
        if len(self._players) == 1:
            return dict(losses)
        after: Callable[[str], None] | None = getattr(self._raw, "after", None)
        if after is not None:
            after(player.name)
        return {player.name if name == "loss" else name: value for name, value in losses.items()}

    def _listen(self) -> None:
        """Now and then the judge hears what the average makes, and the best is put aside."""
        if self._judge is None:
            return
        every = self._judge.every or self.options.judge_every
        if not every or (self._step % every and self._fraction() < 1):
            return
        self.average.eval()
        with torch.random.fork_rng(devices=[]), torch.no_grad():  # the training's own draws go on as without it
            score = self._judge(self.average)
        if self._judge.name:
            self.losses[self._judge.name] = score
        if score < self._score:
            self._score, self._best_step = score, self._step
            self._best = {name: value.detach().cpu().clone() for name, value in self.average.state_dict().items()}

    def _alarm(self) -> str:
        """Why this training has collapsed, if the network can tell and has had its time."""
        collapsed: Callable[[dict[str, float]], str] | None = getattr(self._raw, "collapsed", None)
        if collapsed is None or self._fraction() < ALARM_FROM:
            return ""
        return collapsed(self.losses)

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the running average towards the weights, faster while it is young."""
        decay = min(self.options.average, (1 + self._step) / (10 + self._step))
        ours: list[torch.Tensor] = list(self.average.parameters())
        theirs: list[torch.Tensor] = list(self._raw.parameters())
        torch._foreach_lerp_(ours, theirs, 1 - decay)
        for kept, now in zip(self.average.buffers(), self._raw.buffers(), strict=True):
            kept.copy_(now)
