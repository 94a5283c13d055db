"""Training a system of frames on one of the sets of 2012: by minutes of one core, with the best on validation kept."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.codecs.roll import KEYS
from engine.evaluation.bench_rbm import FrameRbm
from engine.evaluation.bench_rbm import Options as RbmOptions
from engine.evaluation.bench_sets import BenchSet, Piece, marginals
from engine.evaluation.frame_likelihood import likelihood
from engine.jobs.job import Report, silent
from engine.models.nade import Nade
from engine.models.nade import Options as NadeOptions
from engine.models.rnn_nade import Options as RnnNadeOptions
from engine.models.rnn_nade import RnnNade
from engine.models.rnn_rbm import Options as RnnRbmOptions
from engine.models.rnn_rbm import RnnRbm

LONGEST = 160  # frames of a piece learnt in one go; longer ones are cut, and each part begins from nothing
TOGETHER = 4  # of them in a step
FEW = 20_000  # frames to learn from: the chorales have 13,807
FRAMES = 256  # single frames in a step, of systems without a memory
RATE, LEAST, CLIP = 3e-3, 0.05, 5.0  # learning rate, the share of it at the end, largest norm of the gradient
AVERAGE = 0.99  # decay of the running average of the weights, which is what is kept
CHECKS = 24  # looks at the validation pieces in a training
LISTENED = 6_000  # frames of the validation pieces at each look; where machines are annealed: ANNEALED
ANNEALED, CHAINS, TEMPERATURES = 250, 10, 200


@dataclass(frozen=True)
class Trained:
    """What came of a training.

    Attributes:
        network: with the weights that were best on the validation pieces.
        valid: nats per frame there (on what was listened to).
        minutes: of one core until then.
        rounds: times through the training pieces in all.
    """

    network: Any
    valid: float
    minutes: float
    rounds: float


def network_of(model: str, lowest: int, highest: int, frames: int = 0) -> nn.Module:
    """An untrained network of a name in `bench.MODELS`, as in the paper: no clock, the keys of the set.

    Where there are few frames to learn from, the RNN-NADE has a smaller memory and forgets more of it.
    """
    memory, dropout = (100, 0.6) if frames < FEW else (150, 0.3)
    if model == "rnn_nade":
        return RnnNade(RnnNadeOptions(lowest=lowest, highest=highest, clock=0, memory=memory, dropout=dropout))
    if model == "rnn_rbm":
        return RnnRbm(RnnRbmOptions(lowest=lowest, highest=highest, clock=0))
    if model == "nade":
        return Nade(NadeOptions(lowest=lowest, highest=highest))
    return FrameRbm(RbmOptions(lowest=lowest, highest=highest))


def train(model: str, bench: BenchSet, minutes: float, seed: int = 1, report: Report = silent) -> Trained:
    """Train for so many minutes of one core, looks at the validation pieces not counted."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network: Any = network_of(model, *bench.range, sum(map(len, bench.train)))
    draw = _parts(bench.train, rng) if hasattr(network, "rnn") else _frames(bench.train, rng)
    frames = np.concatenate(bench.train)
    network.prepare(lambda n: torch.from_numpy(frames[rng.integers(0, len(frames), 10 * n)].astype(np.int64))[None])
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    average = copy.deepcopy(network).eval()
    heard = _listened(bench.valid, rng)
    silence, best, used, seen, looks = marginals(bench.train), None, 0.0, 0, 0
    while (done := min(1.0, used / 60 / minutes)) < 1:
        start = time.process_time()
        batch, mask = draw()
        _step(network, optimizer, batch, mask, RATE * (1 - (1 - LEAST) * done))
        seen += int(mask.sum())
        _follow(average, network, seen)
        used += time.process_time() - start
        report(done, 1.0, f"{bench.title}: {used / 60:.1f} minutes")
        if used / 60 / minutes * CHECKS >= looks + 1:
            looks += 1
            found = likelihood(average, heard, silence, ANNEALED, CHAINS, TEMPERATURES).nats
            if best is None or found < best.valid:
                best = Trained(copy.deepcopy(average), found, used / 60, 0.0)
    assert best is not None
    return Trained(best.network, best.valid, best.minutes, seen / sum(len(piece) for piece in bench.train))


def _step(network: Any, optimizer: torch.optim.Optimizer, batch: Tensor, mask: Tensor, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    cost = (network.train().cost(batch) * mask).sum() / mask.sum()
    cost.backward()
    nn.utils.clip_grad_norm_(network.parameters(), CLIP)
    optimizer.step()


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, seen: int) -> None:
    """Move the running average of the weights, faster while it is young."""
    decay = min(AVERAGE, seen / (seen + 50_000))
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)


def _parts(pieces: Sequence[Piece], rng: np.random.Generator) -> Callable[[], tuple[Tensor, Tensor]]:
    """Draws parts of pieces, padded with silence, [n, t, 88], and which frames are music [n, t]."""
    parts = [part for piece in pieces for part in np.array_split(piece, -(-len(piece) // LONGEST))]
    order: list[int] = []

    def draw() -> tuple[Tensor, Tensor]:
        if len(order) < TOGETHER:
            order.extend(rng.permutation(len(parts)).tolist())
        chosen = [parts[order.pop(0)] for _ in range(min(TOGETHER, len(order)))]
        length = max(len(part) for part in chosen)
        batch = np.zeros((len(chosen), length, KEYS), np.int64)
        mask = np.zeros((len(chosen), length), np.float32)
        for row, part in enumerate(chosen):
            batch[row, : len(part)], mask[row, : len(part)] = part, 1
        return torch.from_numpy(batch), torch.from_numpy(mask)

    return draw


def _frames(pieces: Sequence[Piece], rng: np.random.Generator) -> Callable[[], tuple[Tensor, Tensor]]:
    """Draws single frames, [1, m, 88]."""
    frames: NDArray[np.uint8] = np.concatenate(pieces)

    def draw() -> tuple[Tensor, Tensor]:
        chosen = frames[rng.integers(0, len(frames), FRAMES)].astype(np.int64)
        return torch.from_numpy(chosen[None]), torch.ones(1, FRAMES)

    return draw


def _listened(pieces: Sequence[Piece], rng: np.random.Generator) -> list[Piece]:
    """Validation pieces, or as many beginnings of them as make up LISTENED frames."""
    found: list[Piece] = []
    room = LISTENED
    for index in rng.permutation(len(pieces)):
        part = pieces[int(index)][: max(LONGEST, LISTENED // len(pieces))][:room]
        if len(part):
            found.append(part)
            room -= len(part)
    return found
