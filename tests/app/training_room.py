"""Made-up trainings for tests of their room: orders, what they tell, and what they let hear."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.codecs.codec import Voice
from engine.events import JobChanged, TrainingHeard, TrainingProgressed
from engine.models.registry import row
from engine.score import Note
from engine.training import unfinished
from engine.training.options import Order, order
from engine.training.progress import Heard, Line, Look, TrainingProgress
from engine.training.watch.verdict import LEARNING

GOING = TrainingProgress(40, 0.5, {"loss": 1.0}, seconds_left=30.0, pace=8.0, chip="CPU", verdict=LEARNING)
NAMES = ("reel", "jig", "hymn")
KINDS = (np.arange(60) % 3).astype(np.uint8)


def game(count: int) -> tuple[Look, ...]:
    """Looks at a game."""

    def figures(n: int) -> dict[str, float]:
        found = {"critic": -1.0, "generator": 0.1 * n, "right": 0.8, "unique": 0.9, "chance": 0.5, "distance": 90.0 - n}
        return found | ({"critic_gradient": 1.0, "generator_gradient": 0.1} if n % 2 else {})

    return tuple(Look(80 * n, n / 100, figures(n)) for n in range(count))


def ordered(title: str, folder: Path, system: str = "gan") -> Order:
    """What a composer would have ordered."""
    return order(row(system), folder / f"{system}~{title}.safetensors", "folk")


def interrupted(title: str, folder: Path, checkpoint: bool = True) -> Order:
    """The same, begun and never ended: as it lies in the folder after a crash."""
    made = ordered(title, folder)
    unfinished.keep(made)
    if checkpoint:
        made.out.with_suffix(unfinished.CHECKPOINT).write_bytes(b"kept")
    return made


def heard(step: int, table: bool = True, places: bool = True) -> Heard:
    """What a network makes after so many steps: four melodies, a map that spreads, a table."""
    from engine.verbs.idea import Idea

    samples = tuple(
        Idea(f"{n + 1}", (Voice("", 0, tuple(Note(480 * i, 60 + n + i, 400) for i in range(8))),), ticks=3840)
        for n in range(4)
    )
    spread = np.random.default_rng(1).normal(size=(60, 2)) + step * np.array([[1, 0], [0, 1], [-1, -1]])[KINDS]
    lines = (
        Line("this one", {"distance": 20.04, "copies": 0.021}),
        Line("real music", {"distance": 4.0, "copies": 0.1}),
        Line("Markov chain", {"distance": 17.0, "copies": 0.0}),
    )
    dots = spread.astype(np.float32) if places else None
    return Heard(step, 0.5, samples, 480, dots, KINDS if places else None, lines if table else (), NAMES)


def changed(job: int, state: str, fraction: float = 0.0, **more: object) -> JobChanged:
    """A word about a job."""
    return JobChanged(job, "Training", state, fraction, **more)  # type: ignore[arg-type]


def told(job: int, progress: TrainingProgress = GOING) -> TrainingProgressed:
    """How it goes."""
    return TrainingProgressed(job, "gan", progress)


def made(job: int, music: Heard) -> TrainingHeard:
    """What it makes."""
    return TrainingHeard(job, "gan", music)
