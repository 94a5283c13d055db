"""How long trainings take on this computer: remembered system by system, so that the end of the next can be foretold.

What is remembered lies in the cache: without it nothing is known, and the first training of a system finds it out.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from engine.training.options import Order
from engine.training.progress import News, TrainingProgress

NAME, LARGEST = "training-times.json", 100_000  # of the file; bytes
BEFORE, AFTER = 30.0, 90.0  # seconds of reading before and of measuring after, where nothing was ever trained
MANY = 10.0  # seconds of learning after which its pace is known


@dataclass(frozen=True)
class Times:
    """Of the last trainings of a system here, of a network of the usual size; 0: not known.

    Attributes:
        pace: steps in a second.
        before: seconds from its turn to its first step: the music is read.
        after: seconds from its last step to the card: the map is drawn, it is measured.
        chip: that learnt.
    """

    pace: float = 0.0
    before: float = 0.0
    after: float = 0.0
    chip: str = ""


def known(cache: Path | None) -> dict[str, Times]:
    """What is remembered, by system; nothing if that is damaged or not there."""
    try:
        path = cache / NAME if cache is not None else None
        if path is None or path.stat().st_size > LARGEST:
            return {}
        said = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): _times(found) for name, found in said.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _times(found: Mapping[str, object]) -> Times:
    """Raises ValueError or TypeError if it is something else."""
    seconds = {name: float(found[name]) for name in ("pace", "before", "after") if name in found}  # type: ignore[arg-type]
    if not all(math.isfinite(value) and value >= 0 for value in seconds.values()):
        raise ValueError("times are neither endless nor below nought")
    return Times(**seconds, chip=str(found.get("chip", "")))


def remember(cache: Path | None, system: str, news: Times) -> None:
    """Keep what has become known of a system; what is not (0) stays as it was. A disk that refuses forgets it."""
    if cache is None:
        return
    found = known(cache)
    fresh = {name: value for name, value in asdict(news).items() if value}
    found[system] = replace(found.get(system, Times()), **fresh)
    part = cache / f"{NAME}.{os.getpid()}.part"
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({name: asdict(times) for name, times in found.items()}, indent=1), encoding="utf-8")
        part.replace(cache / NAME)


def after(system: str, found: Mapping[str, Times]) -> float:
    """Seconds from the last step to the card: as they were, else as they were of other systems here, else guessed."""
    mine = found.get(system, Times()).after
    return mine or median([times.after for times in found.values() if times.after] or [AFTER])


def around(system: str, found: Mapping[str, Times]) -> tuple[float, bool]:
    """Seconds of reading before and of measuring after, and whether that was timed here with this very system."""
    mine = found.get(system, Times())
    before = mine.before or median([times.before for times in found.values() if times.before] or [BEFORE])
    return before + after(system, found), bool(mine.before and mine.after)


class Course:
    """One training by the clock: what is left until its card plays, and what is remembered of it.

    Args:
        order: what is trained.
        cache: where times are remembered; None: nowhere.
        clock: seconds; tests bring their own.
    """

    def __init__(self, order: Order, cache: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._order, self._cache, self._clock = order, cache, clock
        self._after = self._began = 0.0
        self._first: float | None = None  # when its first step was heard of
        self._newest: tuple[float, TrainingProgress] | None = None
        self._learnt: float | None = None  # when its last step was done

    def begin(self) -> None:
        """It has its turn."""
        self._began = self._clock()
        self._after = after(self._order.row.system, known(self._cache))

    def hear(self, news: News, enough: bool) -> None:
        """How it goes; `enough`: it was just asked to end, and keeps what is best."""
        if isinstance(news, TrainingProgress):
            now = self._clock()
            self._first = now if self._first is None else self._first
            self._newest = now, news
            if enough:
                self._learnt = now

    def has_learnt(self) -> None:
        """Its steps are done; what follows is the map and the figures."""
        if self._learnt is None and self._newest is not None:
            self._learnt = self._clock()

    def left(self) -> float | None:
        """Seconds until its card plays; None while nobody knows."""
        now = self._clock()
        if self._learnt is not None:
            left = self._after - (now - self._learnt)
            return left if left > 0 else None  # it takes longer than it ever did
        if self._newest is None:
            return None
        then, progress = self._newest
        if progress.network or progress.seconds_left is None:  # twins come one after the other
            return None
        return max(0.0, progress.seconds_left - (now - then)) + self._after

    def done(self) -> None:
        """The card is there: what took how long is remembered, unless the network was of another size than usual."""
        if self._newest is None or self._first is None or self._learnt is None:
            return  # it was only measured again
        if self._order.start is None and dict(self._order.network) != dict(self._order.row.recipe.network):
            return
        progress = self._newest[1]
        timed = progress.pace > 0 and progress.step / progress.pace >= MANY
        before, measured = self._first - self._began, self._clock() - self._learnt
        news = Times(progress.pace if timed else 0.0, before, measured, progress.chip)
        remember(self._cache, self._order.row.system, news)
