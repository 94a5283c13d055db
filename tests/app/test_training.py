"""The room of trainings: what is said, what is drawn, how one begins and ends; and a real one in its child process."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.bridge import slot_of
from app.main_window import MainWindow
from app.panels.training import TrainingPanel
from app.panels.training_words import GAME, PLAIN, how_far, number, plots_of
from app.theme import DARK, LIGHT
from app.verbs_common import judging
from engine.commands import ask_training
from engine.errors import UserError
from engine.events import JobChanged, TrainingProgressed
from engine.jobs.job import Job, Report
from engine.training.options import Order
from engine.training.progress import Look, TrainingProgress
from engine.training.verdict import BY_HEART, LEARNING, verdict
from tests.app.test_shell_training import SMALL, write_tunes

GOING = TrainingProgress(40, 0.5, {"loss": 1.0}, seconds_left=30.0, pace=8.0, chip="CPU", verdict=LEARNING)


def game(count: int) -> tuple[Look, ...]:
    def figures(n: int) -> dict[str, float]:
        found = {"critic": -1.0, "generator": 0.1 * n, "right": 0.8, "unique": 0.9, "chance": 0.5, "distance": 90.0 - n}
        return found | ({"critic_gradient": 1.0, "generator_gradient": 0.1} if n % 2 else {})

    return tuple(Look(80 * n, n / 100, figures(n)) for n in range(count))


# words -----------------------------------------------------------------------------------------------------------


def test_only_what_was_measured_is_drawn() -> None:
    assert plots_of(()) == ()
    assert [plot.name for plot in plots_of(game(2))] == ["pay", "distance", "right", "variety"], "a line has two points"
    assert [plot.name for plot in plots_of(game(9))] == ["pay", "distance", "right", "variety", "pull"]
    plain = [Look(n, n / 100, {"loss": 1.0, "heard": 1.0}) for n in range(3)]
    assert plots_of(plain) == (PLAIN[0],)
    assert {"growth", "turn"} <= {name for plot in GAME for name in plot.lines}


def test_how_far_it_is_in_words() -> None:
    assert how_far(GOING) == "step 40 · 30 s left · 8 steps a second · CPU"
    slow = TrainingProgress(3, 0.1, {}, network="without", pace=0.25)
    assert how_far(slow) == "for comparison: without · step 3 · 4 s a step"
    assert number(-0.12345) == "−0.123"


# the panel -------------------------------------------------------------------------------------------------------


@pytest.fixture
def panel(qtbot: QtBot) -> TrainingPanel:
    made = TrainingPanel(LIGHT)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    made.expect(1, "GAN")
    return made


def shown(*widgets: QWidget) -> list[bool]:
    return [widget.isVisible() for widget in widgets]


def test_a_training_from_its_start_to_its_end(panel: TrainingPanel) -> None:
    ends = (panel.finish, panel.stop, panel.go_on, panel.train)
    assert shown(*ends, panel.verdict) == [False, False, False, True, False]
    panel.on_event(JobChanged(1, "Training GAN", "running"))
    assert panel.title.text() == "GAN" and shown(*ends) == [False, True, False, False]
    panel.on_event(TrainingProgressed(1, "gan", GOING))
    assert shown(*ends, panel.verdict, panel.remedy) == [True, True, False, False, True, False]
    assert panel.verdict.text() == "It is learning." and "8 steps a second" in panel.where.text()
    panel.on_event(JobChanged(1, "Training GAN", "running", 0.97, "measuring", 5.0))
    assert "measuring" in panel.where.text()
    panel.on_event(JobChanged(1, "Training GAN", "done", 1.0))
    assert shown(*ends) == [False, False, False, True] and "Done" in panel.where.text()


def test_what_to_do_about_it_is_said(panel: TrainingPanel) -> None:
    panel.on_event(JobChanged(1, "Training GAN", "running", 0.3))
    sick = TrainingProgress(40, 0.5, {}, verdict=BY_HEART, looks=game(30))
    panel.on_event(TrainingProgressed(1, "gan", sick))
    assert panel.verdict.text() == BY_HEART.words and panel.remedy.text() == BY_HEART.remedy
    assert panel.sign.accessibleName() == "Something is the matter"
    panel.set_theme(DARK)
    assert panel._plots is not None and list(panel._plots.plots) == ["pay", "distance", "right", "variety", "pull"]
    assert "generator 2.9" in panel._plots.plots["pay"].area.accessibleDescription()


def test_curves_of_a_twin_are_not_mixed_with_those_of_what_is_kept(panel: TrainingPanel) -> None:
    panel.on_event(JobChanged(1, "Training GAN", "running", 0.3))
    panel.on_event(TrainingProgressed(1, "gan", TrainingProgress(40, 0.5, {}, looks=game(30))))
    panel.on_event(TrainingProgressed(1, "gan", TrainingProgress(4, 0.1, {}, network="plain", looks=game(3))))
    assert panel._plots is not None
    assert len(panel._plots.plots["pay"].lines["critic"].getData()[0]) == 30
    assert "for comparison: plain" in panel.where.text()


def test_it_is_asked_to_end_once(panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.on_event(JobChanged(1, "Training GAN", "running", 0.3))
    panel.on_event(TrainingProgressed(1, "gan", GOING))
    with qtbot.waitSignal(panel.finish_asked) as asked:
        panel.finish.click()
    assert asked.args == [1]
    assert not panel.finish.isEnabled() and not panel.stop.isEnabled() and panel.finish.text() == "Finishing…"
    panel.on_event(TrainingProgressed(1, "gan", GOING))
    assert panel.where.text() == "Keeping the best there was so far…"
    panel.on_event(JobChanged(1, "Training GAN", "cancelled"))
    assert panel.go_on.isVisible() and "can go on" in panel.where.text()
    with qtbot.waitSignal(panel.resume_asked):
        panel.go_on.click()
    panel.on_event(JobChanged(1, "Training GAN", "failed", error=UserError("There is too little music.", "Add some.")))
    assert "too little music" in panel.where.text()


def test_only_the_newest_progress_waits_for_a_busy_window() -> None:
    assert slot_of(TrainingProgressed(1, "gan", GOING)) == slot_of(TrainingProgressed(1, "gan", GOING))
    assert slot_of(TrainingProgressed(1, "gan", GOING)) != slot_of(TrainingProgressed(2, "gan", GOING))


# the window ------------------------------------------------------------------------------------------------------


def test_what_has_learnt_gets_its_card(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, small_models: Path
) -> None:
    """The work is a copy of an untrained bundle: what counts is what becomes of it."""

    def made(order: Order, done: object, tell: object) -> Job:
        def work(report: Report) -> Path:
            tell(GOING)  # type: ignore[operator]
            return Path(shutil.copyfile(small_models / "melody_vae.safetensors", order.out))

        return Job("Training", work, done)  # type: ignore[arg-type]

    monkeypatch.setattr(ask_training, "train_job", made)
    job = window.training.begin("melody_vae", "folk", {"steps": 5}, {}, "My tunes")
    panel = window.workshop.training
    assert not window.docks["training"].isHidden()
    qtbot.waitUntil(lambda: panel.job is not None and panel.job.state == "done")
    assert panel.job is not None and panel.job.job_id == job
    assert window.training.paces == {"melody_vae": 8.0}
    card = window.models.cards["melody_vae~My tunes"]
    assert card.entry.path is not None and card.entry.row.title == "My tunes", "the list is filled anew"
    assert list(window.models.cards).index(card.name) == 1 + list(window.models.cards).index("melody_vae")


@pytest.mark.slow
def test_a_real_training_stopped_and_gone_on_with(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    tunes = tmp_path / "tunes"
    tunes.mkdir()
    write_tunes(tunes)
    panel = window.workshop.training
    window.training.begin("melody_vae", str(tunes), {"steps": 100_000, "device": "cpu"}, SMALL)
    qtbot.waitUntil(lambda: panel._latest is not None or window.bar.isVisible(), timeout=90_000)
    assert not window.bar.isVisible(), window.bar.label.text()
    assert panel._latest is not None and panel._latest.progress.chip.startswith("CPU")
    assert verdict(panel._latest.progress.looks) == panel._latest.progress.verdict
    panel.stop.click()
    qtbot.waitUntil(lambda: panel.job is not None and panel.job.state == "cancelled", timeout=20_000)
    assert (window.paths.models / "melody_vae~tunes.checkpoint").exists()
    assert [order.name for order in window.session.ask.unfinished()] == ["melody_vae~tunes"]
    assert panel.go_on.isVisible()


# without a window --------------------------------------------------------------------------------------------------


def test_the_command_line_says_when_something_changes(capsys: pytest.CaptureFixture[str]) -> None:
    tell = judging()
    begun = TrainingProgress(4, 0.01, {})
    for progress in (begun, GOING, replace(GOING, step=80), replace(GOING, step=90, verdict=BY_HEART)):
        assert not tell(progress)
    assert capsys.readouterr().err.splitlines() == [
        "Step 40: It is learning.",
        f"Step 90: {BY_HEART.words} {BY_HEART.remedy}",
    ]
