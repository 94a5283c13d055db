"""The two lanes, and work in a child process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from engine.errors import Cancelled, UserError
from engine.events import Event, Events, Failed, JobChanged, Notice, TrainingHeard
from engine.jobs.child import GRACE, run_in_child
from engine.jobs.job import Job, Report, silent, stretch
from engine.jobs.worker import InteractiveLane, WorkLane
from engine.models.registry import row
from engine.session import Session, SessionPaths
from engine.training.options import Order, TrainOptions
from tests.engine.small import SMALL

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0  # seconds: a busy machine does it when it can; whoever waits that long waits for nothing


def wait_for(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


class Heard(list[Event]):
    """Everything the engine said."""

    def __init__(self, events: Events) -> None:
        super().__init__()
        events.subscribe(self.append)

    def states(self, job: int) -> list[str]:
        """The states of a job, each once."""
        states = [event.state for event in self if isinstance(event, JobChanged) and event.job_id == job]
        return [state for before, state in zip(["", *states], states, strict=False) if state != before]

    def last(self, job: int) -> JobChanged:
        return [event for event in self if isinstance(event, JobChanged) and event.job_id == job][-1]


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def heard(events: Events) -> Heard:
    return Heard(events)


@pytest.fixture
def fast(events: Events) -> Iterator[InteractiveLane]:
    lane = InteractiveLane(events)
    yield lane
    lane.close()


@pytest.fixture
def lane(events: Events) -> Iterator[WorkLane]:
    made = WorkLane(events)
    yield made
    made.close()


# the interactive lane ------------------------------------------------------------------------------------------------


def test_of_many_requests_only_the_first_and_the_last_run(fast: InteractiveLane) -> None:
    answered: list[int] = []
    gate, begun = threading.Event(), threading.Event()

    def slow() -> None:
        answered.append(0)
        begun.set()
        gate.wait()

    fast.ask("morph", slow)
    assert begun.wait(PATIENCE)
    for number in range(1, 100):
        fast.ask("morph", lambda number=number: answered.append(number))
    gate.set()
    wait_for(lambda: fast.idle)
    assert answered == [0, 99]


def test_other_questions_keep_their_turn(fast: InteractiveLane) -> None:
    answered: list[str] = []
    gate, begun = threading.Event(), threading.Event()
    fast.ask("block", lambda: (begun.set(), gate.wait()))
    assert begun.wait(PATIENCE)
    for key in ("morph", "candidates", "morph"):
        fast.ask(key, lambda key=key: answered.append(key))
    gate.set()
    wait_for(lambda: fast.idle)
    assert answered == ["candidates", "morph"]


def test_what_an_answer_raises_is_told_and_the_lane_lives(fast: InteractiveLane, heard: Heard) -> None:
    problem = UserError("No.", "Yes.")

    def fail(error: BaseException) -> None:
        raise error

    fast.ask("a", lambda: fail(problem))
    wait_for(lambda: fast.idle)
    fast.ask("a", lambda: fail(Cancelled()))
    wait_for(lambda: fast.idle)
    fast.ask("a", lambda: fail(ZeroDivisionError()))
    wait_for(lambda: fast.idle)
    assert [type(event) for event in heard] == [Failed, Failed]
    assert heard[0] == Failed(problem)
    answered = threading.Event()
    fast.ask("a", answered.set)
    assert answered.wait(PATIENCE)


def test_closing_the_lane_waits_for_its_answer(events: Events) -> None:
    lane = InteractiveLane(events)
    done: list[str] = []
    begun = threading.Event()
    lane.ask("a", lambda: (begun.set(), time.sleep(0.1), done.append("a")))
    assert begun.wait(PATIENCE)
    lane.ask("b", lambda: done.append("b"))
    lane.close()
    assert done == ["a"]


# the work lane -------------------------------------------------------------------------------------------------------


def test_jobs_run_in_order_and_tell_their_life(lane: WorkLane, heard: Heard) -> None:
    results: list[object] = []
    first = lane.submit(Job("one", lambda report: 1, results.append))
    second = lane.submit(Job("two", lambda report: results.append("two runs") or 2, results.append))
    wait_for(lambda: not lane.busy)
    assert heard.states(first) == heard.states(second) == ["queued", "running", "done"]
    assert results == [1, "two runs", 2]
    assert heard.last(second).result == 2 and heard.last(second).fraction == 1.0


def test_progress_is_told_at_most_twenty_times_a_second(lane: WorkLane, heard: Heard) -> None:
    took = 0.0

    def work(report: Report) -> None:
        nonlocal took
        begun = time.monotonic()
        while time.monotonic() < begun + 0.5 or len(on_the_way()) < 2:
            report(0.3, 1.0, "on the way")
        took = time.monotonic() - begun
        report(1.0, 1.0, "there")

    def on_the_way() -> list[JobChanged]:
        return [event for event in list(heard) if isinstance(event, JobChanged) and event.text == "on the way"]

    job = lane.submit(Job("busy", work))
    wait_for(lambda: not lane.busy)
    told = on_the_way()
    assert 2 <= len(told) <= 20 * took + 2
    assert told[-1].fraction == pytest.approx(0.3)
    assert told[-1].seconds_left is not None and 0 < told[-1].seconds_left < 10 * took
    assert heard.last(job).state == "done"


def test_cancel_stops_at_the_next_report(lane: WorkLane, heard: Heard) -> None:
    begun, rounds = threading.Event(), 0

    def endless(report: Report) -> None:
        nonlocal rounds
        while True:
            report(0, 1)
            rounds += 1
            begun.set()
            time.sleep(0.001)

    running = lane.submit(Job("endless", endless))
    waiting = lane.submit(Job("never", lambda report: pytest.fail("it was cancelled")))
    assert begun.wait(PATIENCE)
    lane.cancel(waiting)
    lane.cancel(running)
    before = rounds
    wait_for(lambda: not lane.busy)
    assert rounds <= before + 2
    assert heard.states(running) == ["queued", "running", "cancelled"]
    assert heard.states(waiting) == ["queued", "cancelled"]
    lane.cancel(12345)  # gone long ago: nothing happens


def test_a_failed_job_is_an_event_and_the_next_one_runs(lane: WorkLane, heard: Heard) -> None:
    def fail(report: Report) -> None:
        raise UserError("The disk is full.", "Make room.")

    bad = lane.submit(Job("bad", fail))
    good = lane.submit(Job("good", lambda report: "fine"))
    wait_for(lambda: not lane.busy)
    assert heard.last(bad).state == "failed" and isinstance(heard.last(bad).error, UserError)
    assert heard.last(bad).text == "The disk is full. Make room."
    assert heard.last(good).state == "done"


def test_closing_cancels_everything_and_joins(events: Events, heard: Heard) -> None:
    lane, begun = WorkLane(events), threading.Event()

    def endless(report: Report) -> None:
        begun.set()
        while True:
            report(0, 1)
            time.sleep(0.001)

    job = lane.submit(Job("endless", endless))
    lane.submit(Job("never", lambda report: pytest.fail("it was closed")))
    assert begun.wait(PATIENCE)
    lane.close()
    assert not lane._thread.is_alive()
    assert heard.last(job).state == "cancelled"


# in a child process --------------------------------------------------------------------------------------------------

WORK = """
import os, signal, time
from engine.jobs import child
from engine.errors import UserError

def count(n, report):
    for i in range(n):
        report(i, n, f"round {i}")
    return {"sum": sum(range(n)), "pid": os.getpid(), "nice": os.nice(0) if hasattr(os, "nice") else 10}

def refuse(report):
    raise UserError("No such corpus.", "Choose another.")

def break_down(report):
    raise ZeroDivisionError("one by nothing")

def die(report):
    report(0, 1, "last words")
    os._exit(11)

def dream(path, report):
    child.GRACE = 0.5  # here, in the child
    report(0, 1, "asleep")
    open(path, "w").write(str(os.getpid()))
    time.sleep(60)

def keep_on(path, report):
    open(path, "w").write(str(os.getpid()))
    try:
        while True:
            report(0, 1, "on")
            time.sleep(0.01)
    finally:
        open(path + ".end", "w").write("stopped in order")
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """A module that a child can import."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "child_work.py").write_text(WORK, encoding="utf-8")
    sys.path.insert(0, str(folder))
    import child_work  # type: ignore[import-not-found]

    yield child_work
    sys.path.remove(str(folder))
    del sys.modules["child_work"]


def gone(pid: int) -> bool:
    """Whether a process has ended (or waits as a zombie for its parent to look)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def test_a_child_works_and_tells(work: ModuleType) -> None:
    told: list[str] = []
    found = run_in_child(work.count, (40,), lambda done, total, text="": told.append(text))
    assert found["sum"] == 780 and found["pid"] != os.getpid()
    assert [text for text in told if text.startswith("round")][-1] == "round 39"
    if hasattr(os, "nice"):
        assert found["nice"] >= 10


def test_what_a_child_raises_arrives(work: ModuleType) -> None:
    with pytest.raises(UserError) as refused:
        run_in_child(work.refuse, (), silent)
    assert (refused.value.what, refused.value.remedy) == ("No such corpus.", "Choose another.")
    with pytest.raises(RuntimeError, match="ZeroDivisionError: one by nothing"):
        run_in_child(work.break_down, (), silent)


def test_a_child_that_dies_is_told_with_a_remedy(work: ModuleType) -> None:
    with pytest.raises(UserError, match="exit status 11") as died:
        run_in_child(work.die, (), silent)
    assert died.value.remedy


@pytest.mark.parametrize("function", ["keep_on", "dream"])
def test_cancelling_ends_the_child(work: ModuleType, tmp_path: Path, function: str) -> None:
    """One that reports stops in order; one that does not is killed after the grace."""
    note = tmp_path / "pid"

    def report(done: float, total: float, text: str = "") -> None:
        if note.exists() and note.read_text():
            raise Cancelled

    with pytest.raises(Cancelled):
        run_in_child(getattr(work, function), (str(note),), report, grace=PATIENCE if function == "keep_on" else 0.5)
    assert gone(int(note.read_text()))
    assert (tmp_path / "pid.end").exists() is (function == "keep_on")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to look at a process that is not ours")
@pytest.mark.parametrize("function", ["keep_on", "dream"])
def test_the_child_of_a_killed_parent_ends(work: ModuleType, tmp_path: Path, function: str) -> None:
    """One that reports ends in order; one that does not is ended after the grace."""
    note = tmp_path / "pid"
    assert work.__file__ is not None
    script = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(Path(work.__file__).parent)!r}]
import child_work
from engine.jobs.child import GRACE, run_in_child
if __name__ == "__main__":
    run_in_child(child_work.{function}, ({str(note)!r},), lambda done, total, text="": None)
"""
    (tmp_path / "parent.py").write_text(script, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(tmp_path / "parent.py")])
    wait_for(lambda: note.exists() and bool(note.read_text()))
    parent.kill()
    parent.wait()
    wait_for(lambda: gone(int(note.read_text())), seconds=GRACE + PATIENCE)
    assert (tmp_path / "pid.end").exists() is (function == "keep_on")


# training in a child -------------------------------------------------------------------------------------------------


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session(SessionPaths(bundles=tmp_path), audio=False)
    yield made
    made.close()


@pytest.mark.slow
@pytest.mark.timeout(4 * PATIENCE)
def test_training_is_told_cancelled_and_resumed(session: Session, tunes: Path, tmp_path: Path) -> None:
    heard, out = Heard(session.events), tmp_path / "mine.safetensors"
    options = TrainOptions(steps=100_000, device="cpu", checkpoint_seconds=1e9, hear_minutes=0.02)
    order = Order(row("c_rbm"), str(tunes), out, options, network=SMALL["c_rbm"])
    job = session.ask.train(order)

    def learning() -> list[TrainingHeard]:
        return [event for event in list(heard) if isinstance(event, TrainingHeard)]

    def stepping() -> bool:
        return any(isinstance(event, JobChanged) and event.text.startswith("step") for event in list(heard))

    wait_for(lambda: bool(learning()) and stepping())
    session.cancel(job)
    first = learning()[0]
    assert (first.job_id, first.model) == (job, "mine") and len(first.heard.samples) == 4 and first.heard.step > 0
    started = time.monotonic()
    wait_for(lambda: not session.school.busy)
    assert time.monotonic() - started < GRACE, "it was not killed"
    assert heard.last(job).state == "cancelled" and heard.last(job).title == "Training C-RBM"
    assert out.with_suffix(".checkpoint").exists() and not out.exists()

    shorter = TrainOptions(steps=1, device="cpu")  # it is beyond that already: what is there is written
    again = session.ask.train(replace(order, options=shorter, resume=True))
    wait_for(lambda: not session.school.busy)
    assert heard.last(again).state == "done" and heard.last(again).result == out, heard.last(again)
    assert out.exists() and any(isinstance(event, Notice) and "trained" in event.text for event in heard)


def test_a_part_of_the_work_fills_its_part_of_the_bar() -> None:
    told: list[tuple[float, float, str]] = []
    inner = stretch(lambda done, total, text="": told.append((done, total, text)), 0.5, 0.75)
    for done, total in ((0, 4), (2, 4), (4, 4), (9, 4), (1, 0)):
        inner(done, total, "x")
    assert told == [(0.5, 1.0, "x"), (0.625, 1.0, "x"), (0.75, 1.0, "x"), (0.75, 1.0, "x"), (0.5, 1.0, "x")]
