"""Trainings without widgets: their order, what becomes of each, what is kept; and showing without haste."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.bridge import slot_of
from app.panels.training.said import about, at_length, in_short, offer, question, why
from app.training.locks import TrainingLocks
from app.training.queue import DONE, FAILED, PAUSE, RESTING, RUNNING, WAITING, Queue
from app.unhurried import Unhurried
from engine.errors import UserError
from engine.training import hearings
from engine.training.hearings import KEPT
from engine.training.progress import TrainingProgress
from tests.app.training_room import GOING, changed, game, heard, interrupted, made, ordered, told


def test_three_trainings_one_after_the_other(tmp_path: Path) -> None:
    queue = Queue()
    for job, title in enumerate(("one", "two", "three"), 1):
        queue.expect(job, ordered(title, tmp_path))
    queue.on_event(changed(1, "running"))
    assert [known.order.title for known in queue.listed] == ["one", "two", "three"]
    assert [known.state for known in queue.listed] == [RUNNING, WAITING, WAITING]
    queue.on_event(changed(1, "done", 1.0))
    queue.on_event(changed(2, "running"))
    assert [known.order.title for known in queue.listed] == ["two", "three", "one"]
    queue.on_event(changed(3, "cancelled"))
    queue.on_event(changed(2, "failed", error=UserError("Too little.", "Add some.")))
    assert [(known.order.title, known.state) for known in queue.listed] == [
        ("three", RESTING), ("two", FAILED), ("one", DONE)
    ]  # fmt: skip


def test_what_a_job_said_before_anyone_knew_it(tmp_path: Path) -> None:
    queue = Queue()
    assert queue.on_event(changed(7, "running", 0.2)) is None
    training = queue.expect(7, ordered("quick", tmp_path))
    assert training.state == RUNNING and queue.knows(7) and not queue.knows(8)


def test_going_on_is_the_same_training_and_a_new_order_is_not(tmp_path: Path) -> None:
    queue, first = Queue(), ordered("mine", tmp_path)
    training = queue.expect(1, first)
    queue.on_event(changed(1, "running"))
    queue.on_event(made(1, heard(100)))
    queue.on_event(told(1))
    queue.on_event(changed(1, "cancelled"))
    assert queue.expect(2, replace(first, resume=True)) is training
    assert len(training.hearings) == 1 and training.progress is GOING and training.state == WAITING
    queue.on_event(changed(1, "cancelled"))
    assert training.state == WAITING, "the first job is over and says nothing of the second"
    assert queue.expect(3, first) is not training and len(queue.listed) == 1


def test_what_was_left_over(tmp_path: Path) -> None:
    queue, old = Queue(), interrupted("old", tmp_path)
    queue.expect(1, ordered("new", tmp_path))
    queue.find_left_over([old, ordered("new", tmp_path)])
    assert [(known.order.title, known.state) for known in queue.listed] == [("new", WAITING), ("old", RESTING)]
    assert queue.listed[1].kept is not None and queue.listed[0].kept is None
    queue.find_left_over([])
    assert [known.order.title for known in queue.listed] == ["new"], "someone removed the file"


def test_what_was_left_over_still_has_what_it_let_hear(tmp_path: Path) -> None:
    queue, old = Queue(), interrupted("old", tmp_path)
    hearings.write(old.out, [hearings.Hearing(heard(20), 5.0), hearings.Hearing(heard(40), 9.0)])
    header = json.dumps({"__metadata__": {"state": json.dumps({"looks": [[8, 0.1, {"loss": 2.0}], [80, 0.25, {}]]})}})
    checkpoint = len(header).to_bytes(8, "little") + header.encode()
    old.out.with_suffix(".checkpoint").write_bytes(checkpoint)
    queue.find_left_over([old])
    training = queue.listed[0]
    assert [hearing.heard.step for hearing in training.hearings] == [20, 40]
    assert [look.step for look in training.looks] == [8, 80] and in_short(training, 0) == "Not finished · 25%"
    training.hear(heard(30))
    assert [hearing.heard.step for hearing in training.hearings] == [20, 30], "a kill took the steps between"
    old.out.with_suffix(".checkpoint").write_bytes(checkpoint[:-9])
    assert Queue().find_left_over([old]) is None


def test_curves_of_a_twin_are_not_mixed_with_those_of_what_is_kept(tmp_path: Path) -> None:
    queue = Queue()
    training = queue.expect(1, ordered("mine", tmp_path))
    queue.on_event(told(1, TrainingProgress(40, 0.5, {}, looks=game(30))))
    queue.on_event(told(1, TrainingProgress(4, 0.1, {}, network="plain", looks=game(3))))
    assert len(training.looks) == 30 and training.progress is not None and training.progress.network == "plain"


def test_of_many_hearings_the_first_and_the_newest_stay(tmp_path: Path) -> None:
    queue = Queue()
    training = queue.expect(1, ordered("mine", tmp_path))
    for step in range(1, 60):
        queue.on_event(made(1, heard(step)))
    steps = [hearing.heard.step for hearing in training.hearings]
    assert len(steps) == KEPT and steps[0] == 1 and steps[-1] == 59
    assert max(after - before for before, after in pairwise(steps)) <= 16, "spread over the time"


def test_nothing_that_was_heard_is_dropped_on_the_way() -> None:
    assert slot_of(told(1)) == slot_of(told(1)) != slot_of(told(2)), "of progress only the newest waits"
    assert slot_of(made(1, heard(1))) is None, "what it made arrives, all of it"


def test_what_learns_in_another_window_is_left_to_it(tmp_path: Path) -> None:
    here, there, out = TrainingLocks(), TrainingLocks(), tmp_path / "gan~Mine.safetensors"
    assert not here.elsewhere(out) and here.take(out) and here.take(out)
    assert there.elsewhere(out) and not there.take(out) and not here.elsewhere(out)
    here.free(out)
    assert not there.elsewhere(out) and there.take(out) and here.elsewhere(out)
    there.free_all()
    assert here.take(out) and not list(tmp_path.glob("*.safetensors"))


def test_a_process_that_died_holds_nothing(tmp_path: Path) -> None:
    out = tmp_path / "gan~Mine.safetensors"
    work = "import sys, os, pathlib; from app.training.locks import TrainingLocks as L; locks = L(); "
    work += "locks.take(pathlib.Path(sys.argv[1])); os._exit(9)"
    subprocess.run([sys.executable, "-c", work, str(out)], check=False)
    assert out.with_suffix(".lock").exists()
    locks = TrainingLocks()
    assert not locks.elsewhere(out) and locks.take(out)


# words -----------------------------------------------------------------------------------------------------------


def test_where_a_training_stands_in_words(tmp_path: Path) -> None:
    queue = Queue()
    training = queue.expect(1, ordered("mine", tmp_path))
    assert in_short(training, 0) == "Next" and in_short(training, 2) == "Waits, 2 before it"
    assert "before it are done: 2" in at_length(training, 2)
    queue.on_event(changed(1, "running", 0.0, text="starting"))
    assert at_length(training, 0) == "It begins…"
    queue.on_event(changed(1, "running", 0.01, text="waltz.mid"))
    assert at_length(training, 0) == "It reads its music: waltz.mid"
    queue.on_event(changed(1, "running", 0.2, text="layer 2"))
    assert at_length(training, 0) == "20% · layer 2", "some learn layer by layer before their first step"
    queue.on_event(changed(1, "running", 0.25, seconds_left=30.0))
    queue.on_event(told(1))
    assert in_short(training, 0) == "25% · 30 s left" and "8 steps a second" in at_length(training, 0)
    training.wish = PAUSE
    assert in_short(training, 0) == "Pausing…"
    queue.on_event(changed(1, "running", 0.97, text="laying out the map", seconds_left=40.0))
    training.wish = ""
    assert at_length(training, 0).endswith("measured: laying out the map. (40 s left)")
    queue.on_event(changed(1, "cancelled"))
    assert in_short(training, 0) == "Paused" and "learnt nothing yet" in at_length(training, 0)


def test_why_one_failed_in_words(tmp_path: Path) -> None:
    queue = Queue()
    training = queue.expect(1, interrupted("mine", tmp_path))
    queue.on_event(changed(1, "failed", error=UserError("There is too little music.", "Add some.")))
    assert why(training) == "There is too little music. Add some. What it had learnt is kept: it can go on."
    queue.on_event(changed(1, "failed", text="in a child process:\nTraceback\nValueError: odd", error=RuntimeError()))
    assert why(training).startswith("It failed: ValueError: odd")


def test_what_would_be_lost_in_words(tmp_path: Path) -> None:
    queue = Queue()
    queue.find_left_over([interrupted("old", tmp_path), interrupted("young", tmp_path, checkpoint=False)])
    old, young = queue.listed
    assert "Throw away “old”? All it had learnt by" in question(old)
    assert "learnt nothing yet" in question(young)
    old.progress = GOING
    assert question(old) == "Throw away “old”? 40 steps, 5 s of learning, are lost for good."
    assert offer([old.order]) == "The training of “old” is not finished. It can go on where it was."
    assert offer([old.order, young.order]).startswith("2 trainings are not finished: “old”, “young”.")


def test_what_learns_from_what(tmp_path: Path) -> None:
    assert about(ordered("mine", tmp_path)).startswith("GAN · O'Neill")
    own = replace(
        ordered("mine", tmp_path), corpus=str(tmp_path / "My tunes"), start=tmp_path / "gan~First.safetensors"
    )
    assert about(own) == "GAN · the folder My tunes · begun with First"


# showing ---------------------------------------------------------------------------------------------------------


def test_showing_is_never_in_haste_and_never_for_nobody(qtbot: QtBot) -> None:
    widget, shown = QWidget(), list[int]()
    qtbot.addWidget(widget)
    calm = Unhurried(widget, lambda: shown.append(1), 60)
    calm.ask()
    assert not shown, "nobody can see it"
    widget.show()
    assert len(shown) == 1
    for _ in range(50):
        calm.ask()
    assert len(shown) == 1
    qtbot.waitUntil(lambda: len(shown) == 2)
    calm.ask(now=True)
    assert len(shown) == 3
    widget.hide()
    calm.ask(now=True)
    assert len(shown) == 3
