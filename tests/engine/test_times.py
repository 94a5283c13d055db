"""How long trainings take here: remembered, and what is left of one that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.errors import UserError
from engine.jobs import train as jobs
from engine.jobs.job import Report, silent
from engine.models.registry import row
from engine.training import times
from engine.training.options import order
from engine.training.progress import TrainingProgress
from engine.training.times import AFTER, BEFORE, Course, Times, around, known, remember


class Clock:
    """Moved by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def progress(step: int, left: float | None, network: str = "") -> TrainingProgress:
    return TrainingProgress(step, 0.5, {}, network, left, 10.0, "CPU, 32 bits")


def test_what_is_left_is_counted_to_the_card(tmp_path: Path) -> None:
    remember(tmp_path, "vae", Times(after=20.0))
    clock = Clock()
    course = Course(order(row("vae"), tmp_path / "vae~Mine.safetensors", "folk"), tmp_path, clock)
    course.begin()
    assert course.left() is None, "it reads"
    clock.now += 7
    course.hear(progress(500, None), False)
    assert course.left() is None, "nobody knows yet"
    course.hear(progress(600, 60.0), False)
    assert course.left() == 80.0
    clock.now += 10
    assert course.left() == 70.0, "it goes down between two words as well"
    course.hear(progress(600, 60.0, "plain"), False)
    assert course.left() is None, "who knows how many twins there are"
    course.hear(progress(600, 50.0), True)
    assert course.left() == 20.0, "it was asked to finish: only the figures are missing"
    clock.now += 5
    course.has_learnt()
    assert course.left() == 15.0
    clock.now += 25
    assert course.left() is None, "it takes longer than it ever did: nothing is said rather than something wrong"
    course.done()
    assert known(tmp_path)["vae"] == Times(10.0, 7.0, 30.0, "CPU, 32 bits")


def trained(folder: Path, step: int, **changes: Any) -> dict[str, Times]:
    """What is known after a training in which each part took a few seconds."""
    clock = Clock()
    course = Course(order(row("vae"), folder / "vae~Mine.safetensors", "folk", **changes), folder, clock)
    course.begin()
    clock.now += 4
    course.hear(progress(step, 0.0), False)
    clock.now += 1
    course.has_learnt()
    clock.now += 8
    course.done()
    return known(folder)


def test_only_what_was_timed_is_remembered(tmp_path: Path) -> None:
    course = Course(order(row("vae"), tmp_path / "vae~Mine.safetensors", "folk"), tmp_path, Clock())
    course.begin()
    course.has_learnt()
    course.done()
    assert known(tmp_path) == {}, "it was only measured again"
    assert trained(tmp_path, 900, network={"width": 32}) == {}, "another network is quicker or slower"
    assert trained(tmp_path, 900) == {"vae": Times(10.0, 4.0, 8.0, "CPU, 32 bits")}
    remember(tmp_path, "vae", Times(pace=3.0))
    assert trained(tmp_path, 60) == {"vae": Times(3.0, 4.0, 8.0, "CPU, 32 bits")}, "six seconds tell no pace"


def test_what_was_never_timed_is_guessed_from_others() -> None:
    assert around("vae", {}) == (BEFORE + AFTER, False)
    found = {"gan": Times(before=5.0, after=30.0), "vrae": Times(before=7.0, after=10.0)}
    assert around("vae", found) == (26.0, False) and around("gan", found) == (35.0, True)


@pytest.mark.parametrize("text", ["", "[]", '{"vae": 3}', '{"vae": {"after": -1}}', '{"vae": {"after": NaN}}',
                                  '{"vae": {"pace": "x"}}', "x" * (times.LARGEST + 1)])  # fmt: skip
def test_a_damaged_memory_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / times.NAME).write_text(text, encoding="utf-8")
    assert known(tmp_path) == {}
    remember(tmp_path, "vae", Times(after=3.0))
    assert known(tmp_path) == {"vae": Times(after=3.0)}, "and is made anew"


def test_the_job_says_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child process is left out: here counts what the job hears of it."""
    remember(tmp_path, "vae", Times(after=20.0))
    said: list[float | None] = []

    def child(work: object, arguments: object, report: Report, tell: Any) -> str:
        report(0.01, 1.0, "reading")
        tell(progress(5, 100.0))
        report(0.5, 1.0, "step 5")
        report(0.96, 1.0, "putting its map together")
        return "made"

    monkeypatch.setattr(jobs, "run_in_child", child)
    job = jobs.train_job(order(row("vae"), tmp_path / "x.safetensors", "folk"), cache=tmp_path)
    monkeypatch.setattr("engine.jobs.job.time.monotonic", iter(range(1, 100)).__next__)
    assert job.work(job.reporter(lambda fraction, text, left: said.append(left))) == "made"
    assert [round(left) if left is not None else None for left in said] == [None, 120, 20]


def test_a_job_that_fails_teaches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def child(work: object, arguments: object, report: Report, tell: Any) -> None:
        tell(progress(5, 100.0))
        report(0.97, 1.0, "measuring")
        raise UserError("The disk is full.", "Free some space.")

    monkeypatch.setattr(jobs, "run_in_child", child)
    with pytest.raises(UserError):
        jobs.train_job(order(row("vae"), tmp_path / "x.safetensors", "folk"), cache=tmp_path).work(silent)
    assert known(tmp_path) == {}
