"""Looking through a folder of music as a job: in a child process, so that the studio stays smooth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.corpus.survey import survey
from engine.jobs.child import run_in_child
from engine.jobs.job import Job, Report


def survey_job(folder: str, cache: Path | None, done: Callable[[Any], None]) -> Job:
    """A job whose result is the `Survey` of a folder; cancelled, what was found so far stays in the cache."""

    def work(report: Report) -> Any:
        return run_in_child(survey, (folder, cache), report)

    return Job(f"Looking through {Path(folder).name}", work, done)
