"""Training as a job of the work lane: in a child process, so that the studio stays smooth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.jobs.child import run_in_child
from engine.jobs.job import Job, Report
from engine.training.options import Order


def train_job(order: Order, done: Callable[[Any], None] = lambda path: None) -> Job:
    """A job that trains as ordered; its result is the path of the bundle. Cancelled, it leaves its checkpoint."""
    return Job(f"Training {order.row.title}", lambda report: run_in_child(train_modestly, (order,), report), done)


def train_modestly(order: Order, report: Report) -> Path:
    """What the child runs: all cores but one."""
    from engine import device
    from engine.training.make import train

    device.use_cores(but=1)
    return train(order, report)
