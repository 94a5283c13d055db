"""Training as a job of the work lane: in a child process, so that the studio stays smooth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.jobs.child import run_in_child
from engine.jobs.job import Job, Report
from engine.training.options import Order
from engine.training.progress import News, Tell, nobody
from engine.training.times import Course

LEARNT = 0.955  # of the whole: from here on the map is drawn and it is measured


def train_job(
    order: Order,
    done: Callable[[Any], None] = lambda path: None,
    tell: Tell = nobody,
    cache: Path | None = None,
) -> Job:
    """A job that trains as ordered; its result is the path of the bundle. Cancelled, it leaves its checkpoint.

    Args:
        order: what is trained.
        done: hears the path, on the lane's thread.
        tell: hears how it goes, on the lane's thread; when it answers that this is enough, what is best so far is kept.
        cache: where it is remembered how long trainings take here, so that the job knows when it ends.
    """
    course = Course(order, cache)

    def work(report: Report) -> Any:
        course.begin()

        def told(news: News) -> bool:
            enough = tell(news)
            course.hear(news, enough)
            return enough

        def reported(done: float, total: float, text: str = "") -> None:
            if total > 0 and done / total >= LEARNT:
                course.has_learnt()
            report(done, total, text)

        made = run_in_child(train_modestly, (order,), reported, tell=told)
        course.done()
        return made

    return Job(f"Training {order.title}", work, done, course.left)


def train_modestly(order: Order, report: Report, tell: Tell) -> Path:
    """What the child runs: all cores but one."""
    from engine import device
    from engine.training.make import train

    device.use_cores(but=1)
    return train(order, report, tell)
