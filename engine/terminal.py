"""What long work says on a terminal: a bar, and how a training goes. Only the first process of a training speaks."""

from __future__ import annotations

import sys
import time

from engine.device import is_first_process
from engine.jobs.job import Report
from engine.training.progress import BEGUN, News, Said, Tell, TrainingProgress


def progress(title: str) -> Report:
    """A bar on standard error, at most ten times a second; nothing where nobody looks."""
    if not sys.stderr.isatty() or not is_first_process():
        return lambda done, total, text="": None
    last = 0.0
    started = time.monotonic()

    def report(done: float, total: float, text: str = "") -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < 0.1 and done < total:
            return
        last = now
        part = min(1.0, done / total) if total else 0.0
        left = f"{(now - started) * (1 - part) / part:5.0f} s left" if part > 0.02 else ""
        bar = "#" * round(24 * part)
        end = "\n" if done >= total else ""
        print(f"\r{title} [{bar:<24}] {part:4.0%} {left} {text[:70]:<70}", end=end, file=sys.stderr, flush=True)

    return report


def judging() -> Tell:
    """Says on standard error what computes, and how a training goes whenever that changes: a line with what to try."""
    said = chip = ""

    def line(words: str) -> None:
        print(f"\r{words:<110}" if sys.stderr.isatty() else words, file=sys.stderr, flush=True)

    def tell(progress: News) -> bool:
        nonlocal said, chip
        if isinstance(progress, Said):
            line(progress.words)
        if not isinstance(progress, TrainingProgress) or not is_first_process():
            return False
        if progress.chip != chip:
            chip = progress.chip
            line(f"Learning on {chip}.")
        found = progress.verdict
        if f"{progress.network} {found.name}" != said and found != BEGUN:
            said = f"{progress.network} {found.name}"
            where = f"{progress.network}, step {progress.step}" if progress.network else f"Step {progress.step}"
            line(f"{where}: {found.words} {found.remedy}".rstrip())
        return False

    return tell
