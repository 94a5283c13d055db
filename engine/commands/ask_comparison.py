"""Systems side by side as a job: in a child process, on the lane of long work, telling the table as it grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.events import ComparisonGrown
from engine.jobs.child import run_in_child
from engine.jobs.job import Job, Report

if TYPE_CHECKING:
    from engine.evaluation.comparison_table import Comparison
    from engine.session import Session

# names of systems, melodies of each row, seed, bars of 12 sixteenths, the music that all are held against
Wanted = tuple[tuple[str, ...], int, int, bool, str]


def compare(
    session: Session, names: Sequence[str], n: int, seed: int = 1, compound: bool = False, corpus: str = ""
) -> int:
    """Queue a comparison of systems; returns the job's number. Answers: ComparisonGrown after every row.

    It runs beside generations and exports, after trainings that were asked for before.

    Args:
        session: whose models.
        names: of the systems.
        n: two-bar melodies of each row.
        seed: of every draw.
        compound: bars of 12 sixteenths instead of 16.
        corpus: a collection that all are held against; empty: each against the one it was trained on.
    """
    wanted: Wanted = (tuple(names), n, seed, compound, corpus)

    def told(found: object) -> bool:
        session.events.emit(ComparisonGrown(job.job_id, found, whole=False))  # type: ignore[arg-type]
        return False

    def work(report: Report) -> object:
        return run_in_child(_compared, (session.shelf.folders, session.shelf.own, wanted), report, tell=told)

    def done(found: object) -> None:
        session.events.emit(ComparisonGrown(job.job_id, found, whole=True))  # type: ignore[arg-type]

    job = Job(f"Comparing {len(names)} models" if len(names) > 1 else "Measuring a model", work, done)
    return session.school.submit(job)


def _compared(
    folders: list[Path], own: Path | None, wanted: Wanted, report: Report, tell: Callable[[Comparison], bool]
) -> Comparison:
    """What the child does: all cores but one."""
    from engine import device
    from engine.evaluation import comparison
    from engine.models.shelf import Shelf

    device.use_cores(but=1)
    names, n, seed, compound, corpus = wanted

    def told(found: Comparison) -> None:
        tell(found)

    return comparison.compare(names, Shelf(folders, own), n, seed, report, told, corpus=corpus, compound=compound)
