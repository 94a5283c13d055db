"""The one training loop. It knows no model and no data: only `loss(batch)` and where batches come from.

Runs on CPU, CUDA and MPS, and on many processes under torchrun with the same command (lightning-fabric).
Killed at any moment, it goes on from the last checkpoint as if nothing had happened.
"""

from __future__ import annotations

import copy
import logging
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from torch import nn

from engine import device as devices
from engine.jobs.job import Report, silent
from engine.training import checkpoint
from engine.training.options import TrainOptions

Batches = Callable[[np.random.Generator, float], NDArray[np.uint8]]  # given the progress, 0..1
Curve = dict[str, list[float]]  # name of a loss, or "steps" -> values, POINTS of them in a whole training
POINTS = 100
ALARM_FROM = 0.25  # part of the training after which a collapse is told


@dataclass(frozen=True)
class Progress:
    """What a step tells: for a loss curve and for words."""

    step: int
    fraction: float  # of the whole training, 0..1
    losses: dict[str, float]  # smoothed
    alarm: str = ""  # why the training has gone wrong, in words


def make_fabric(wanted: str, precision: str = "auto") -> Fabric:
    """Fabric for one process, or for all that torchrun started."""
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # its remarks would break up the progress bar
    device = devices.choose(wanted)
    workers = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    many = int(os.environ.get("WORLD_SIZE", "1")) > 1
    nodes = max(1, int(os.environ.get("WORLD_SIZE", "1")) // workers)
    fabric = Fabric(
        accelerator=device.type,
        devices=workers,
        num_nodes=nodes,
        strategy="ddp" if many else "auto",
        precision="32-true" if precision == "full" else devices.precision(device),  # type: ignore[arg-type]
    )
    fabric.launch()
    return fabric


class Trainer:
    """One training: `run` to the end, or iterate `steps()` and stop whenever."""

    def __init__(self, model: nn.Module, batches: Batches, options: TrainOptions, resume: Path | None = None) -> None:
        """Prepare; with `resume` (a checkpoint's path, which need not exist yet) progress is kept there."""
        self.options, self._batches, self._path = options, batches, resume
        self._fabric = make_fabric(options.device, options.precision)
        self._seed()
        self.average = copy.deepcopy(model).to(self._fabric.device)  # what is shipped
        optimizer = _optimizer(model, options)
        self._raw = model
        self._model, self._optimizer = self._fabric.setup(model, optimizer)
        self._model.mark_forward_method("loss")
        self._step, self._seconds = 0, 0.0
        self._losses: dict[str, float] = {}
        self.curve: Curve = {}
        if resume is not None and resume.exists():
            state = checkpoint.load(resume, self._raw, self.average, self._optimizer, self._rng)
            self._step, self._seconds, self._losses = state["step"], state["seconds"], state["losses"]
            self.curve = state.get("curve", {})
            if self._fabric.global_rank:  # the file holds the first process' draws: each needs its own
                self._seed(self._step)

    def run(self, report: Report = silent) -> dict[str, float]:
        """Train to the end; returns the last smoothed losses. A cancelled training keeps its checkpoint."""
        for progress in self.steps():
            words = ", ".join(f"{name} {value:.3f}" for name, value in progress.losses.items())
            report(progress.fraction, 1.0, f"{progress.alarm or f'step {progress.step}'}: {words}")
        return self._losses

    def steps(self) -> Iterator[Progress]:
        """One optimiser step per item; what happens to the iterator, the checkpoint stays whole."""
        saved = clock = time.monotonic()
        while (fraction := self._fraction()) < 1:
            self._one_step(fraction)
            now = time.monotonic()
            self._seconds, clock = self._seconds + now - clock, now
            if now - saved > self.options.checkpoint_seconds:
                self.keep()
                saved = now
            yield Progress(self._step, self._fraction(), dict(self._losses), self._alarm())
        self.keep()

    def keep(self) -> None:
        """Write the checkpoint now (rank 0 only)."""
        if self._path is not None and self._fabric.is_global_zero:
            state = {"step": self._step, "seconds": self._seconds, "losses": self._losses, "curve": self.curve}
            checkpoint.save(self._path, self._raw, self.average, self._optimizer, self._rng, state)

    def _seed(self, step: int = 0) -> None:
        """Random draws of this process' own, from `step` on."""
        rank, seed = self._fabric.global_rank, self.options.seed
        self._rng = np.random.default_rng([seed, rank, step] if step else [seed, rank])
        torch.manual_seed(seed * 1000 + rank + step * 1_000_003)

    def _fraction(self) -> float:
        if self.options.minutes > 0:
            mine = min(1.0, self._seconds / 60 / self.options.minutes)
            return float(self._fabric.broadcast(mine))  # one clock for all, or some would wait for others that ended
        return min(1.0, self._step / self.options.steps)

    def _one_step(self, fraction: float) -> None:
        options = self.options
        warm = min(1.0, (self._step + 1) / 200)
        for group in self._optimizer.param_groups:
            group["lr"] = options.learning_rate * warm * (0.02 + 0.49 * (1 + math.cos(math.pi * fraction)))
        self._raw.progress = fraction  # type: ignore[assignment]
        batch = torch.from_numpy(self._batches(self._rng, fraction)).to(self._fabric.device)
        with self._fabric.autocast():  # a marked method gets it from Fabric only when there are several processes
            losses = self._model.loss(batch)
        self._optimizer.zero_grad()
        self._fabric.backward(losses["loss"])
        self._fabric.clip_gradients(self._model, self._optimizer, max_norm=options.clip)
        self._optimizer.step()
        self._step += 1
        self._follow()
        for name, value in losses.items():
            before = self._losses.get(name, value.item())
            self._losses[name] = 0.98 * before + 0.02 * value.item()

        if fraction * POINTS >= len(self.curve.get("steps", ())):
            for name, value in {"steps": float(self._step), **self._losses}.items():
                self.curve.setdefault(name, []).append(round(value, 5))

    def _alarm(self) -> str:
        """Why this training has collapsed, if the network can tell and has had its time."""
        collapsed: Callable[[dict[str, float]], str] | None = getattr(self._raw, "collapsed", None)
        if collapsed is None or self._fraction() < ALARM_FROM:
            return ""
        return collapsed(self._losses)

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the running average towards the weights, faster while it is young."""
        decay = min(self.options.average, (1 + self._step) / (10 + self._step))
        ours: list[torch.Tensor] = list(self.average.parameters())
        theirs: list[torch.Tensor] = list(self._raw.parameters())
        torch._foreach_lerp_(ours, theirs, 1 - decay)
        for kept, now in zip(self.average.buffers(), self._raw.buffers(), strict=True):
            kept.copy_(now)


def _optimizer(model: nn.Module, options: TrainOptions) -> torch.optim.Optimizer:
    """AdamW; weight decay for matrices only."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    groups: list[dict[str, Any]] = [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(
        groups, lr=options.learning_rate, betas=(0.9, 0.99), weight_decay=options.weight_decay, fused=True
    )
