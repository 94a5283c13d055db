"""A piece of background work, and how it tells its progress and learns that it should stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.errors import Cancelled


class Report(Protocol):
    """`report(done, total, text)`: progress AND the cancel point; call it at least every 50 ms of work.

    Raises:
        Cancelled: the composer asked to stop.
    """

    def __call__(self, done: float, total: float, text: str = "") -> None: ...


def silent(done: float, total: float, text: str = "") -> None:
    """A report for scripts and tests: says nothing, never stops."""


def stretch(report: Report, start: float, end: float) -> Report:
    """A report for one part of the work: its whole is the stretch from `start` to `end` (0..1) of all of it."""

    def inner(done: float, total: float, text: str = "") -> None:
        report(start + (end - start) * (min(1.0, done / total) if total > 0 else 0.0), 1.0, text)

    return inner


@dataclass
class Job:
    """What the work lane runs.

    Attributes:
        title: what the job list calls it.
        work: does it, given a report; returns the result. Runs on the lane's thread with a frozen snapshot.
        done: called with the result on the lane's thread; hand the result over as an event.
        foretell: seconds it still takes, where the work knows that better than its share of what is done tells;
            None: nobody knows.
    """

    title: str
    work: Callable[[Report], Any]
    done: Callable[[Any], None] = lambda result: None
    foretell: Callable[[], float | None] | None = None
    job_id: int = 0
    started: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask it to stop at its next report."""
        self.stop.set()

    def reporter(self, tell: Callable[[float, str, float | None], None]) -> Report:
        """The report this job's work is given: at most 20 times a second it does `tell(fraction, text, left)`."""
        last = 0.0

        def report(done: float, total: float, text: str = "") -> None:
            nonlocal last
            if self.stop.is_set():
                raise Cancelled
            now = time.monotonic()
            if now - last >= 0.05 or done >= total:
                last = now
                fraction = min(1.0, done / total) if total > 0 else 0.0
                tell(fraction, text, self._left(fraction, now))

        return report

    def _left(self, fraction: float, now: float) -> float | None:
        if self.foretell is not None:
            return self.foretell()
        return (now - self.started) * (1 - fraction) / fraction if fraction > 0.02 else None
