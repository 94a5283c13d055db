"""What every verb of the command line uses: where models are, progress on a terminal, JSON or words."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from app.settings import user_paths
from engine.errors import UserError
from engine.jobs.job import Report
from engine.models.registry import REGISTRY, find
from engine.models.shelf import Shelf
from engine.resources import root
from engine.training.progress import BEGUN, Heard, Tell, TrainingProgress


def shelf() -> Shelf:
    """The composer's own models before the shipped ones."""
    return Shelf([user_paths().models, root() / "bundles"], user_paths().models)


def model_name(text: str) -> str:
    """The name of a model by the words of a command line: a system's, that of one of the composer's own
    (`gan~My reels`), or the title of such a one; no words, no name.

    Raises:
        UserError: there is no model called so.
    """
    kept, known = shelf(), find(text)
    if not text or (known is not None and not known.own):
        return text
    own = [entry.row for entry in kept.entries() if entry.row.own]
    if known is not None:
        kept.path(text)  # told in words if it is not here
        return kept.now_called(text)
    titled = [row.name for row in own if row.title.casefold() == text.casefold()]
    if len(titled) == 1:
        return titled[0]
    if titled:
        raise UserError(f"Several of your models are called {text}.", f"Name one of: {', '.join(titled)}.")
    mine = f" Yours are: {', '.join(row.name for row in own)}." if own else ""
    raise UserError(f"There is no model called {text}.", f"Choose one of: {', '.join(REGISTRY)}.{mine}")


def progress(title: str) -> Report:
    """A bar on standard error, at most ten times a second; nothing where nobody looks."""
    if not sys.stderr.isatty() or os.environ.get("RANK", "0") != "0":
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
    """Says on standard error how a training goes, whenever that changes: a line of its own with what to try."""
    said = ""

    def tell(progress: TrainingProgress | Heard) -> bool:
        nonlocal said
        if isinstance(progress, Heard):
            return False
        found = progress.verdict
        if f"{progress.network} {found.name}" != said and found != BEGUN and os.environ.get("RANK", "0") == "0":
            said = f"{progress.network} {found.name}"
            where = f"{progress.network}, step {progress.step}" if progress.network else f"Step {progress.step}"
            words = f"{where}: {found.words} {found.remedy}".rstrip()
            print(f"\r{words:<110}" if sys.stderr.isatty() else words, file=sys.stderr, flush=True)
        return False

    return tell


def say(data: Any, as_json: bool, words: Callable[[], str]) -> None:
    """Print data as JSON or in words."""
    print(json.dumps(data, ensure_ascii=False, indent=2) if as_json else words())
