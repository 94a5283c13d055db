"""A training is killed again and again, at any moment: it goes on, loses next to nothing, and ends where it would have.

The child processes come from a server that has torch loaded, where the system has one: a start is then cheap.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import multiprocessing
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open

from engine.models.bundle import Arrays, read
from engine.models.registry import row
from engine.options import Value
from engine.training import make, unfinished
from engine.training.options import Order, TrainOptions
from tests.engine.conftest import tune
from tests.engine.small import SMALL

KILLS, STEPS, SECONDS = 20, 240, 0.04
AFTER = ("putting its map together", "phrases")  # what is said when all steps are done, and while it is measured
OPTIONS = TrainOptions(steps=STEPS, device="cpu", checkpoint_seconds=SECONDS, hear_minutes=0.0, learning_rate=3e-3)
NETWORK: dict[str, Value] = {**SMALL["c_rbm"], "batch": 4}  # its chains go on by chance from step to step


def work(order: Order, pipe: Connection, last: str) -> None:
    """What a child process does: train, and say all it reports with the time; it goes no further than `last`."""
    torch.set_num_threads(1)

    def report(done: float, total: float, text: str = "") -> None:
        pipe.send((time.monotonic(), text))
        if last and last in text:
            time.sleep(1000)

    make.train(order, report)
    pipe.send((time.monotonic(), "done"))


@pytest.fixture(scope="module")
def processes() -> Any:
    """How children are started."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["engine.training.make", "engine.evaluation.evaluate", "tests.engine.test_kill"])
    return context


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, rng = tmp_path_factory.mktemp("book"), random.Random(6)
    tunes = [tune(number, "6/8" if number % 3 == 0 else "4/4", rng) for number in range(1, 31)]
    (folder / "book.abc").write_text("\n".join(tunes), encoding="utf-8")
    return folder


@dataclass
class Life:
    """What a child said before its end: when, and which step."""

    steps: list[tuple[float, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def hear(self, moment: float, text: str) -> None:
        self.texts.append(text)
        if text.startswith("step "):
            self.steps.append((moment, int(text[5:].split(":")[0])))

    @property
    def done(self) -> bool:
        return "done" in self.texts


def live(processes: Any, order: Order, enough: Callable[[Life], bool], patience: float, last: str = "") -> Life:
    """One child, killed `patience` seconds after it has said enough; `last` is the furthest that it may come."""
    ours, theirs = processes.Pipe(duplex=False)
    child = processes.Process(target=work, args=(order, theirs, last), daemon=True)
    child.start()
    theirs.close()
    life = Life()
    with contextlib.suppress(EOFError):
        while not enough(life):
            life.hear(*ours.recv())
        time.sleep(patience)  # somewhere in a step, or in a file
    child.kill()
    child.join()
    with contextlib.suppress(EOFError, OSError):
        while ours.poll():
            life.hear(*ours.recv())
    ours.close()
    return life


def kept_step(path: Path) -> int:
    """The step in a checkpoint; it can be read."""
    with safe_open(path, "pt") as file:
        for name in file.keys():  # noqa: SIM118
            file.get_tensor(name)
        return int(json.loads(file.metadata()["state"])["step"])


@pytest.mark.timeout(900)  # of a busy machine: it is begun two and twenty times
def test_killed_twenty_times_it_loses_a_moment_each_time_and_ends_the_same(
    processes: Any, book: Path, tmp_path: Path
) -> None:
    rng = random.Random(20)
    straight = Order(row("c_rbm"), str(book), tmp_path / "straight.safetensors", OPTIONS, network=NETWORK)
    assert live(processes, straight, lambda life: life.done, 0.0).done

    order = replace(straight, out=tmp_path / "killed" / "mine.safetensors")
    unfinished.keep(order)
    path = order.out.with_suffix(".checkpoint")
    moments: list[int | str] = [0, 0, *sorted(rng.sample(range(1, STEPS), KILLS - 4)), *AFTER]
    for moment in moments:
        if isinstance(moment, str):
            life = live(processes, order, lambda life, words=moment: any(words in t for t in life.texts), 0.01, moment)  # type: ignore[misc]
        elif moment:
            life = live(processes, order, lambda life, at=moment: bool(life.steps) and life.steps[-1][1] >= at,  # type: ignore[misc]
                        rng.uniform(0.0, 0.02))  # fmt: skip
        else:
            life = live(processes, order, lambda life: True, rng.uniform(0.05, 0.4))  # while it reads, say
        assert not life.done
        (order,) = unfinished.orders(order.out.parent)  # what was ordered can be read, and has lost nothing
        assert order.resume and order.options == OPTIONS and order.network == NETWORK
        if life.steps:
            assert_little_is_lost(life, kept_step(path))
    assert not any(text.startswith("step") for text in life.texts), "measured again without having learnt again"
    last = live(processes, order, lambda life: life.done, 0.0)
    assert last.done and not last.steps
    assert sorted(file.name for file in order.out.parent.iterdir()) == ["mine.safetensors"]
    one, other = read(straight.out), read(order.out)
    assert_equal(one.weights, other.weights)
    assert one.header["training"] == other.header["training"] and one.header["took"]["steps"] == STEPS
    assert one.header["evaluation"]["figures"] == other.header["evaluation"]["figures"]


def assert_little_is_lost(life: Life, step: int) -> None:
    """What is not in the checkpoint was learnt in the last interval and one step."""
    lost = [moment for moment, number in life.steps if number > step]
    moments = [moment for moment, _ in life.steps]
    longest = max([after - before for before, after in itertools.pairwise(moments)], default=0.0)
    assert not lost or lost[-1] - lost[0] <= SECONDS + longest
    assert life.steps[0][1] <= step + 1 + len(lost)


def assert_equal(one: Arrays, other: Arrays) -> None:
    assert set(one) == set(other)
    assert [name for name in one if not np.array_equal(one[name], other[name])] == []
