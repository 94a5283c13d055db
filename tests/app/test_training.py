"""Trainings in the window: queued, paused, gone on with, thrown away, left over, done; and a real one in its child."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSysInfo, QTimer
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app import studio
from app.cli.common import judging
from app.main_window import MainWindow
from app.panels.training.words import GAME, how_far, number, plots_of
from app.settings import Settings
from app.training.locks import TrainingLocks
from app.training.queue import DONE, FAILED, RESTING, RUNNING, WAITING, Training
from engine.commands import ask_training
from engine.errors import UserError
from engine.jobs.job import Job, Report
from engine.session import Session, SessionPaths
from engine.training.options import Order
from engine.training.progress import Look, TrainingProgress
from engine.training.watch.verdict import BY_HEART, verdict
from tests.app.conftest import piece
from tests.app.test_shell_training import SMALL, write_tunes
from tests.app.training_room import GOING, game, heard, interrupted

# words -----------------------------------------------------------------------------------------------------------


def test_only_what_was_measured_is_drawn() -> None:
    assert plots_of(()) == ()
    assert [plot.name for plot in plots_of(game(2))] == ["pay", "distance", "right", "variety"], "a line has two points"
    assert [plot.name for plot in plots_of(game(9))] == ["pay", "distance", "right", "variety", "pull"]
    plain = [Look(n, n / 100, {"loss": 1.0, "heard": 1.0}) for n in range(3)]
    assert [plot.name for plot in plots_of(plain)] == ["loss"]
    encodes = [replace(look, figures={**look.figures, "back": 0.5}) for look in plain]
    assert [plot.name for plot in plots_of(encodes)] == ["back", "loss"], "what an autoencoder is judged by comes first"
    assert {"growth", "turn"} <= {name for plot in GAME for name in plot.lines}


def test_how_far_it_is_in_words() -> None:
    assert how_far(GOING, 42.0) == "step 40 · 42 s left · 8 steps a second · CPU"
    slow = TrainingProgress(3, 0.1, {}, network="without", pace=0.25)
    assert how_far(slow, None) == "for comparison: without · step 3 · 4 s a step"
    assert number(-0.12345) == "−0.123"


# the window ------------------------------------------------------------------------------------------------------


DEAD = f"999999\nstudio\n{QSysInfo.machineHostName()}\n"  # the lock of a process that is no more


class School:
    """In the place of the child process: trains by copying a bundle when it is let go, and can be stopped before."""

    def __init__(self, bundle: Path) -> None:
        self.go = {name: threading.Event() for name in ("One", "Two", "Three", "Old")}
        self.resumed: list[str] = []
        self._bundle = bundle

    def job(self, order: Order, done: Callable[[object], None], tell: Callable[[object], bool], cache: Path) -> Job:
        def work(report: Report) -> Path:
            if order.resume:
                self.resumed.append(order.title)
            tell(GOING)
            tell(heard(40))
            order.out.with_suffix(".checkpoint").write_bytes(b"kept")
            while not self.go[order.title].wait(0.01):
                report(0.5, 1.0, "step 40")
                if tell(GOING):
                    break
            if order.corpus == "nothing":
                raise UserError("There is too little music.", "Add some.")
            for leftover in (".checkpoint", ".training"):
                order.out.with_suffix(leftover).unlink()
            return Path(shutil.copyfile(self._bundle, order.out))

        return Job(f"Training {order.title}", work, done, lambda: 200.0)


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch, small_models: Path) -> School:
    made = School(small_models / "melody_vae.safetensors")
    monkeypatch.setattr(ask_training, "train_job", made.job)
    return made


def begin(window: MainWindow, *titles: str) -> list[Training]:
    for title in titles:
        window.training.begin("melody_vae", "folk", {"steps": 5}, {}, title)
    return [known(window, title) for title in titles]


def known(window: MainWindow, title: str) -> Training:
    return next(one for one in window.workshop.training.queue.listed if one.order.title == title)


def states(window: MainWindow) -> list[tuple[str, str]]:
    return [(training.order.title, training.state) for training in window.workshop.training.queue.listed]


def kept(window: MainWindow) -> list[str]:
    return sorted(path.name for path in window.paths.models.glob("*"))


def test_what_has_learnt_gets_its_card(window: MainWindow, qtbot: QtBot, school: School) -> None:
    window.docks["model"].hide()
    (training,) = begin(window, "One")
    school.go["One"].set()
    assert not window.docks["training"].isHidden()
    qtbot.waitUntil(lambda: training.state == DONE)
    assert window.training.paces == {"melody_vae": 8.0} and len(training.hearings) == 1
    card = window.models.cards["melody_vae~One"]
    assert card.entry.path is not None and card.entry.row.title == "One", "the list is filled anew"
    assert list(window.models.cards).index(card.name) == 1 + list(window.models.cards).index("melody_vae")
    assert card.is_open and not window.docks["model"].isHidden() and "Its card is open" in window.bar.label.text()
    window.models.open("vae")
    window.models.search.setText("nothing is called that")
    window.workshop.training.card.show_card.click()
    assert card.is_open and card.isVisible()


def test_the_time_left_is_the_same_wherever_it_is_said(window: MainWindow, qtbot: QtBot, school: School) -> None:
    (training,) = begin(window, "One")
    room = window.workshop.training
    qtbot.waitUntil(lambda: "3 min left" in room.card.where.text())
    assert GOING.seconds_left == 30.0, "that is only until it has learnt; its card plays later"
    assert "3 min left" in str(room.list.rows.data(room.list.rows.index(0)))
    assert window.strip.words.text() == "Training One · 3 min left" and training.seconds_left == 200.0
    school.go["One"].set()
    qtbot.waitUntil(lambda: training.state == DONE)
    assert training.seconds_left is None


def test_closing_asks_about_all_of_them(window: MainWindow, qtbot: QtBot, school: School) -> None:
    begin(window, "One", "Two")
    qtbot.waitUntil(lambda: states(window) == [("One", RUNNING), ("Two", WAITING)])
    asked: list[str] = []

    def keep() -> None:
        box = window.findChildren(QMessageBox)[-1]
        asked.extend((box.text(), box.informativeText()))
        next(button for button in box.buttons() if "Keep" in button.text()).click()

    QTimer.singleShot(100, keep)
    assert not window.close()
    assert asked[0] == "“Training One” and 1 more are not finished." and "can go on at the next start" in asked[1]
    assert states(window) == [("One", RUNNING), ("Two", WAITING)]


def test_three_queue_and_one_is_taken_out(window: MainWindow, qtbot: QtBot, school: School) -> None:
    _, two, _ = begin(window, "One", "Two", "Three")
    panel = window.workshop.training
    qtbot.waitUntil(lambda: states(window) == [("One", RUNNING), ("Two", WAITING), ("Three", WAITING)])
    panel.look_at(two)
    panel.card.out.click()
    assert states(window) == [("One", RUNNING), ("Three", WAITING), ("Two", RESTING)]
    school.go["One"].set()
    qtbot.waitUntil(lambda: states(window)[0] == ("Three", RUNNING))
    panel.look_at(two)
    panel.card.go_on.click()
    school.go["Three"].set()
    school.go["Two"].set()
    qtbot.waitUntil(lambda: [state for _, state in states(window)] == [DONE] * 3)
    assert window.session.ask.unfinished() == [] and not window.session.school.busy


def test_pausing_going_on_and_finishing_early(window: MainWindow, qtbot: QtBot, school: School) -> None:
    (training,) = begin(window, "One")
    panel = window.workshop.training
    qtbot.waitUntil(lambda: panel.card.finish.isEnabled() and bool(training.hearings))
    panel.card.pause.click()
    qtbot.waitUntil(lambda: training.state == RESTING)
    assert kept(window) == ["melody_vae~One.checkpoint", "melody_vae~One.training"]
    assert window.settings.preferences.paused == ("melody_vae~One",)
    panel.card.go_on.click()
    qtbot.waitUntil(lambda: training.state == RUNNING and len(training.hearings) == 1)
    assert school.resumed == ["One"] and window.settings.preferences.paused == ()
    qtbot.waitUntil(lambda: panel.card.finish.isEnabled())
    panel.card.finish.click()
    qtbot.waitUntil(lambda: training.state == DONE)
    assert kept(window) == ["melody_vae~One.safetensors"]


def test_throwing_one_away_that_learns_leaves_nothing(window: MainWindow, qtbot: QtBot, school: School) -> None:
    one, two = begin(window, "One", "Two")
    panel = window.workshop.training
    qtbot.waitUntil(lambda: one.kept is not None)
    panel.look_at(one)
    panel.card.drop.click()
    panel.card.yes.click()
    qtbot.waitUntil(lambda: states(window) == [("Two", RUNNING)])
    assert not [name for name in kept(window) if "One" in name] and panel.shown is two
    panel.card.drop.click()
    panel.card.yes.click()
    qtbot.waitUntil(lambda: kept(window) == [])
    assert panel.empty.isVisible()


def test_one_that_failed_says_why_and_can_be_tried_again(window: MainWindow, qtbot: QtBot, school: School) -> None:
    window.training.begin("melody_vae", "nothing", {}, {}, "One")
    training, panel = known(window, "One"), window.workshop.training
    school.go["One"].set()
    qtbot.waitUntil(lambda: training.state == FAILED)
    assert panel.card.where.text().startswith("There is too little music. Add some.")
    assert "too little music" in window.bar.label.text() and panel.card.go_on.isVisible()


def test_what_was_left_over_is_offered_at_the_start_and_goes_on(
    window: MainWindow, qtbot: QtBot, school: School
) -> None:
    interrupted("Old", window.paths.models)
    interrupted("Paused", window.paths.models)
    window.settings.put(replace(window.settings.preferences, paused=("gan~Paused",)))
    studio.wake(window)
    assert window.bar.isVisible() and "“Old” is not finished" in window.bar.label.text()
    assert [button.text() for button in window.bar.buttons] == ["Go on", "Show"]
    assert window.docks["training"].isHidden()
    assert sorted(states(window)) == [("Old", RESTING), ("Paused", RESTING)]
    window.bar.buttons[0].click()
    qtbot.waitUntil(lambda: known(window, "Old").state == RUNNING)
    assert school.resumed == ["Old"] and not window.docks["training"].isHidden()


def test_what_learns_in_another_window_is_not_offered(window: MainWindow, qtbot: QtBot, school: School) -> None:
    order, other = interrupted("Old", window.paths.models), TrainingLocks()
    assert other.take(order.out)
    studio.wake(window)
    window.workshop.show_training()
    card = window.workshop.training.card
    assert not window.bar.isVisible() and states(window) == [("Old", RESTING)], "it is not hidden, either"
    card.go_on.click()
    assert "learns in another window" in window.bar.label.text() and states(window) == [("Old", RESTING)]
    window.bar.dismiss()
    card.drop.click()
    card.yes.click()
    assert "learns in another window" in window.bar.label.text() and order.out.with_suffix(".training").exists()
    other.free_all()
    card.go_on.click()
    qtbot.waitUntil(lambda: states(window) == [("Old", RUNNING)])


def test_nothing_goes_on_twice(window: MainWindow, qtbot: QtBot, school: School) -> None:
    interrupted("Old", window.paths.models)
    studio.wake(window)
    late = window.bar.buttons[0]
    window.workshop.show_training()
    window.workshop.training.card.go_on.click()
    assert not window.bar.isVisible(), "what it offers is done"
    late.click()
    qtbot.waitUntil(lambda: school.resumed == ["Old"])
    school.go["Old"].set()
    qtbot.waitUntil(lambda: states(window) == [("Old", DONE)])
    assert not window.session.school.busy and school.resumed == ["Old"]


def test_one_left_over_is_in_the_room_and_can_be_thrown_away(window: MainWindow, qtbot: QtBot) -> None:
    interrupted("Old", window.paths.models)
    interrupted("Young", window.paths.models, checkpoint=False)
    (window.paths.models / "gan~Old.lock").write_text(DEAD, encoding="utf-8")
    window.menus.actions["view.training"].trigger()
    panel = window.workshop.training
    assert not window.bar.isVisible() and sorted(states(window)) == [("Old", RESTING), ("Young", RESTING)]
    panel.look_at(known(window, "Young"))
    assert panel.card.go_on.text() == "Begin"
    panel.look_at(known(window, "Old"))
    assert "can go on from there" in panel.card.where.text() and panel.card.go_on.text() == "Go on"
    panel.card.drop.click()
    panel.card.yes.click()
    assert states(window) == [("Young", RESTING)] and kept(window) == ["gan~Young.training"]


def test_closing_the_window_keeps_everything(
    window: MainWindow, qtbot: QtBot, school: School, monkeypatch: pytest.MonkeyPatch, small_models: Path
) -> None:
    begin(window, "One", "Two")
    qtbot.waitUntil(lambda: known(window, "One").kept is not None)
    monkeypatch.setattr(window.files, "may_stop", lambda titles, goes_on: goes_on)
    assert window.close()
    where = SessionPaths(small_models, window.paths.autosave, window.paths.models)
    session = Session(where, audio=False, document=piece())
    again = studio.make_window(session, Settings(window.paths.settings), window.paths)
    again.show()
    studio.wake(again)
    assert [(title, state) for title, state in states(again)] == [("One", RESTING), ("Two", RESTING)]
    assert "2 trainings are not finished" in again.bar.label.text()
    session.new()
    assert again.close()
    again.deleteLater()


def test_a_sample_is_brought_into_sight_in_the_piece(window: MainWindow, qtbot: QtBot, school: School) -> None:
    (training,) = begin(window, "One")
    panel = window.workshop.training
    qtbot.waitUntil(lambda: bool(training.hearings))
    panel.pages.turn_to("Music")
    qtbot.waitUntil(lambda: len(panel.music.rows) == 1)
    panel.music.hear(next(iter(panel.music.rows.values())), 0)
    panel.music.write()
    assert window.session.history.labels == ["music by “One”"]
    assert window.workshop.written_by(panel.music) == panel.music.written != ()
    window.menus.actions["edit.undo"].trigger()
    assert window.session.history.labels == []


@pytest.mark.slow
def test_a_real_training_stopped_and_gone_on_with(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    tunes = tmp_path / "tunes"
    tunes.mkdir()
    write_tunes(tunes)
    window.training.begin("melody_vae", str(tunes), {"steps": 100_000, "device": "cpu"}, SMALL)
    training, panel = known(window, "tunes"), window.workshop.training
    qtbot.waitUntil(lambda: training.progress is not None or window.bar.isVisible(), timeout=90_000)
    assert not window.bar.isVisible(), window.bar.label.text()
    assert training.progress is not None and training.progress.chip.startswith("CPU")
    assert verdict(training.progress.looks) == training.progress.verdict
    qtbot.waitUntil(lambda: panel.card.pause.isEnabled())
    panel.card.pause.click()
    qtbot.waitUntil(lambda: training.state == RESTING, timeout=20_000)
    assert (window.paths.models / "melody_vae~tunes.checkpoint").exists()
    assert [order.name for order in window.session.ask.unfinished()] == ["melody_vae~tunes"]
    assert panel.card.go_on.isVisible()


# without a window --------------------------------------------------------------------------------------------------


def test_the_command_line_says_when_something_changes(capsys: pytest.CaptureFixture[str]) -> None:
    tell = judging()
    begun = TrainingProgress(4, 0.01, {})
    for progress in (begun, GOING, replace(GOING, step=80), replace(GOING, step=90, verdict=BY_HEART)):
        assert not tell(progress)
    assert capsys.readouterr().err.splitlines() == [
        "Learning on CPU.",
        "Step 40: It is learning.",
        f"Step 90: {BY_HEART.words} {BY_HEART.remedy}",
    ]
