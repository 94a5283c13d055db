"""Training as a job of the work lane: in a child process, so that the studio stays smooth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.jobs.child import run_in_child
from engine.jobs.job import Job, Report
from engine.training.options import Order
from engine.training.progress import Tell, nobody


def train_job(order: Order, done: Callable[[Any], None] = lambda path: None, tell: Tell = nobody) -> Job:
    """A job that trains as ordered; its result is the path of the bundle. Cancelled, it leaves its checkpoint.

    `tell` hears how it goes, on the lane's thread; when it answers that this is enough, what is best so far is kept.
    """

    def work(report: Report) -> Any:
        return run_in_child(train_modestly, (order,), report, tell=tell)

    return Job(f"Training {order.title}", work, done)


def train_modestly(order: Order, report: Report, tell: Tell) -> Path:
    """What the child runs: all cores but one."""
    from engine import device
    from engine.training.make import train

    device.use_cores(but=1)
    return train(order, report, tell)
