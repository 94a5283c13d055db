"""Long work before and after the steps of a training: kept as it goes, so that a kill costs a minute of it.

A network that is prepared layer by layer, or goes on learning without music, says by its `mark` how far it is. Whoever
has none is done in moments, and begins again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from engine.errors import UserError
from engine.jobs.job import Report
from engine.training import checkpoint


def kept(
    work: Callable[[Report], None], network: Any, path: Path, seconds: float, rng: np.random.Generator, report: Report
) -> None:
    """Do some work that changes a network, from where it was left if it was begun before.

    Args:
        work: given where to report; begins at the network's `mark` and moves it on.
        network: whose weights, buffers and mark are all that changes.
        path: where it is kept; it stays when the work is done.
        seconds: between two times it is kept.
        rng: what else the work draws from.
        report: progress and cancel point.

    Raises:
        UserError: what was kept is damaged, or of another network.
        Cancelled: by the report; what was done is kept.
    """
    mark, nothing = getattr(network, "mark", None), nn.Module()
    if mark is None:
        return work(report)
    if path.exists():
        mark.layer, mark.step = checkpoint.load(path, network, nothing, {}, rng)[0]["mark"]
    last = time.monotonic()

    def keep() -> None:
        with contextlib.suppress(UserError):  # the training will say so, if the disk still refuses then
            checkpoint.save(path, network, nothing, {}, {}, rng, {"mark": [mark.layer, mark.step]})

    def watched(done: float, total: float, text: str = "") -> None:
        nonlocal last
        report(done, total, text)
        if (now := time.monotonic()) - last > seconds:
            keep()
            last = now

    try:
        work(watched)
    except BaseException:
        keep()
        raise
