"""Every law and every trick of games, each on one small network for the same number of moves: a shelf to choose from.

Small and short: what is compared is how a law behaves early, not how good it can become. A run is repeated by its
seed to the last weight; the seconds are the processor's, of one core, on whatever machine it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch

from engine.codecs.melody import MELODY, PAD
from engine.corpus.dataset import Dataset
from engine.evaluation.features import Meter, copy_share, unique_share
from engine.evaluation.reconstruction import pick
from engine.jobs.job import Report, silent
from engine.options import Value, changed
from engine.training.batches import Source
from engine.training.options import TrainOptions
from engine.training.trainer import Trainer

STEPS, SAMPLE = 1_200, 1_000
LOOKS = (0.8, 0.85, 0.9, 0.95, 1.0)  # parts of a training after which the music is measured
SMALL: Mapping[str, Value] = {"latent": 32, "width": 32, "critic_width": 32, "batch": 48, "track_steps": 0}
TRAINING = TrainOptions(
    learning_rate=1e-3, weight_decay=0.0, average=0.995, mix=0.0, precision="full", device="cpu", judge_every=0
)
_CALM: Mapping[str, Value] = {"penalty": 0.05, "penalty_on": "real", "penalty_every": 4, "critic_steps": 1}
_BARE: Mapping[str, Value] = {"law": "non-saturating", "penalty": 0.0, "critic_steps": 1}


@dataclass(frozen=True)
class Case:
    """What is played.

    Attributes:
        name: of the case, for the file.
        title: in words.
        group: laws or tricks.
        network: what differs from the network's own options.
        training: what differs from TRAINING.
    """

    name: str
    title: str
    group: str
    network: Mapping[str, Value]
    training: Mapping[str, Value] = field(default_factory=dict)


def _law(name: str, title: str, rules: Mapping[str, Value] | None = None) -> Case:
    return Case(name, title, "laws", {**_CALM, **(rules or {}), "law": name})


def _trick(name: str, title: str, rules: Mapping[str, Value], training: Mapping[str, Value] | None = None) -> Case:
    return Case(name, title, "tricks", {**_BARE, **rules}, training or {})


CASES: tuple[Case, ...] = (
    _law("non-saturating", "Non-saturating (Goodfellow et al. 2014)"),
    _law("minimax", "Minimax (Goodfellow et al. 2014)"),
    _law("wgan", "WGAN, weights within .03 (Arjovsky et al. 2017)", {"penalty": 0.0, "clip_weights": 0.03}),
    _law(
        "wgan-gp",
        "WGAN-GP, two critic's moves each (Gulrajani et al. 2017)",
        {"penalty": 10.0, "penalty_on": "between", "penalty_every": 1, "critic_steps": 2},
    ),
    _law("hinge", "Hinge, spectral norm (Miyato et al. 2018)", {"penalty": 0.0, "spectral": True}),
    _law("lsgan", "LSGAN (Mao et al. 2017)"),
    _law("ebgan", "EBGAN, margin 3 nats (Zhao et al. 2017)", {"penalty": 0.0, "margin": 3.0}),
    _law("began", "BEGAN (Berthelot et al. 2017)", {"penalty": 0.0}),
    _law("f-kl", "f-GAN, Kullback-Leibler (Nowozin et al. 2016)"),
    _law("f-reverse-kl", "f-GAN, reverse Kullback-Leibler"),
    _law("f-pearson", "f-GAN, Pearson"),
    _law("f-hellinger", "f-GAN, squared Hellinger"),
    _trick("bare", "Nothing but the game", {}),
    _trick("feature-matching", "Feature matching", {"feature_matching": 1.0}),
    _trick("minibatch-deviation", "Minibatch deviation", {"minibatch": "deviation"}),
    _trick("minibatch-discrimination", "Minibatch discrimination", {"minibatch": "discrimination"}),
    _trick("historical", "Historical averaging", {"historical": 0.001}),
    _trick("smoothing", "One-sided label smoothing", {"smoothing": 0.1}),
    _trick("noise", "Noise on all the critic hears", {"noise": 0.1}),
    _trick("penalty", "Gradient penalty on real music", _CALM),
    _trick("no-average", "That penalty, last weights instead of their average", _CALM, {"average": 0.0}),
)


@dataclass(frozen=True)
class Ground:
    """What all cases are measured by: duple bars of the training side, in random keys."""

    meter: Meter
    shapes: set[bytes]
    conditions: torch.Tensor

    @classmethod
    def of(cls, data: Dataset, n: int = SAMPLE) -> Ground:
        """n melodies are asked for, as far from home as as many training windows."""
        rng = np.random.default_rng(29)
        duple = data.train.where(False)
        meter = Meter(pick(duple.windows, MELODY, 3 * n, rng))
        conditions = torch.from_numpy(pick(duple.windows, MELODY, n, rng).astype(np.int64))
        return cls(meter, {row.tobytes() for row in MELODY.shape_of(data.train.windows)}, conditions)

    def hear(self, network: Any) -> np.ndarray:
        """The network's melodies, always from the same throws of its dice."""
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.manual_seed(31)
            made: torch.Tensor = network.trial(self.conditions)
        return made.numpy().astype(np.uint8)


def play(case: Case, data: Dataset, ground: Ground, steps: int, seed: int, report: Report = silent) -> dict[str, Any]:
    """Train one case and measure it: its settings and `fd`, `fd_spread`, `unique`, `copies`, `notes`, `seconds`.

    fd: distance of the melodies from real ones after the last step. fd_spread: largest less smallest of the distances
    at the LOOKS. unique, copies: shares of the melodies. notes: onsets of a melody, on average. seconds: of one core.
    """
    from engine.models.gan import GAN, Options

    torch.manual_seed(seed)
    network = GAN(changed(Options(), {**SMALL, **case.network}))
    options = changed(TRAINING, {**case.training, "steps": steps, "seed": seed})
    batches = Source(data.train, MELODY).batches(network.options.batch, 0.0)
    trainer = Trainer(network, batches, options)
    looks = {max(1, round(part * steps)) for part in LOOKS}
    began, distances, music = time.process_time(), [], ground.conditions.numpy().astype(np.uint8)
    away = 0.0  # seconds spent measuring
    for progress in trainer.steps():
        report(progress.step, steps, case.title)
        if progress.step in looks:
            here = time.process_time()
            music = ground.hear(trainer.average.eval())
            distances.append(ground.meter.frechet(music))
            away += time.process_time() - here
    onsets = ((music >= 2) & (music < PAD)).sum(1)
    return {
        **asdict(case),
        "steps": steps,
        "seed": seed,
        "fd": round(distances[-1], 2),
        "fd_spread": round(max(distances) - min(distances), 2),
        "unique": round(unique_share(music), 4),
        "copies": round(copy_share(music, ground.shapes), 4),
        "notes": round(float(onsets.mean()), 2),
        "seconds": round(time.process_time() - began - away, 1),
    }


def shelf(
    data: Dataset,
    known: Sequence[Mapping[str, Any]] = (),
    keep: Callable[[list[dict[str, Any]]], None] | None = None,
    steps: int = STEPS,
    seed: int = 1,
    report: Report = silent,
) -> list[dict[str, Any]]:
    """All cases in their order; those known already, by name, steps, seed and settings, are not played again.

    Args:
        data: melodies of two bars.
        known: what an earlier run found.
        keep: given all that is found so far after every case.
        steps: of every case.
        seed: of every case.
        report: progress and cancel point.
    """
    before = {_key(row): dict(row) for row in known}
    found: list[dict[str, Any]] = []
    ground = Ground.of(data)
    for case in CASES:
        key = _key({**asdict(case), "steps": steps, "seed": seed})
        found.append(before[key] if key in before else play(case, data, ground, steps, seed, report))
        if keep is not None:
            keep(found)
    return found


def _key(row: Mapping[str, Any]) -> str:
    settings = sorted({**row["network"], **{f"training.{k}": v for k, v in row["training"].items()}}.items())
    return f"{row['name']} {row['steps']} {row['seed']} {settings}"
