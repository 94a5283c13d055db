"""The window as a whole: its shares, its end, and that everything on it has a name and can be reached."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import studio
from app.main_window import MainWindow
from app.settings import Settings, UserPaths
from app.views.map.canvas import MapCanvas
from engine.events import JobChanged
from engine.score import Note
from engine.session import Session, SessionPaths
from tests.app.conftest import piece


def test_the_map_takes_its_share_of_a_wide_window(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.docks["map"]
    assert 320 <= dock.width() <= 380
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: 490 <= dock.width() <= 560)
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: 320 <= dock.width() <= 380)


def test_a_narrow_window_is_for_the_music(window: MainWindow, qtbot: QtBot) -> None:
    model, strip = window.docks["model"], window.candidates
    window.resize(900, 560)
    qtbot.waitUntil(model.isHidden)
    qtbot.waitUntil(lambda: strip.cards[0].x() >= strip.generate_button.mapTo(strip, QPoint()).x()
                    + strip.generate_button.width())  # fmt: skip
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: not model.isHidden())
    model.hide()  # by hand: it stays away
    window.resize(900, 560)
    window.resize(1280, 800)
    assert model.isHidden()


def test_a_narrow_window_is_for_the_music_when_it_is_opened_again(
    small_models: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    paths = UserPaths(*(tmp_path / name for name in ("settings.json", "autosave", "models", "cache", "log.txt")))
    for time in ("first", "again"):
        session = Session(SessionPaths(small_models, paths.autosave, paths.models), audio=False)
        made = studio.make_window(session, Settings(paths.settings), paths)
        made.resize(1000, 700)
        made.show()
        qtbot.waitUntil(lambda made=made: made._painted)  # type: ignore[misc]
        made.resize(1000, 700)
        centre = made.centralWidget()
        assert centre.width() >= centre.minimumSizeHint().width(), time
        made.close()


def test_long_names_ask_for_no_more_room(window: MainWindow, qtbot: QtBot) -> None:
    before = window.minimumSizeHint().width()
    window.tracks.rename_to("A most remarkably long name of a track that nobody would ever shorten " * 2)
    window.bar.say("The file “" + "x" * 300 + ".mid” cannot be read.", "error")
    job = JobChanged(1, "Rendering " + "a_very_long_name_" * 12, "running", 0.3)
    window.jobs.on_event(job)
    window.strip.show_jobs([job])
    window.desk.show_dock("jobs")
    QApplication.processEvents()
    assert window.minimumSizeHint().width() <= before + 140
    label = window.jobs.rows[1].title
    assert label.text() == job.title and label.toolTip() == job.title
    window.jobs.on_event(replace(job, state="done"))


def test_a_window_torn_down_without_being_closed_is_quiet(
    qtbot: QtBot, small_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = UserPaths(*(tmp_path / name for name in ("settings.json", "autosave", "models", "cache", "log.txt")))
    session = Session(SessionPaths(bundles=small_models), audio=False, document=piece())
    made = studio.make_window(session, Settings(paths.settings), paths)
    made.show()
    qtbot.waitExposed(made)
    shiboken6.delete(made)
    QApplication.processEvents()
    session.close()
    assert "Traceback" not in capsys.readouterr().err


def test_a_melody_the_map_writes_out_of_sight_is_brought_into_sight(window: MainWindow, qtbot: QtBot) -> None:
    geometry = window.roll.state.geometry
    seen = (geometry.left, geometry.top)
    steering, session = window.session.steering, window.session
    session.ask.write((Note(0, 62, 480), Note(480, 64, 480)), steering, "morph", window.map)
    assert (geometry.left, geometry.top) == seen, "what is in sight moves nothing"
    session.ask.write((Note(0, 118, 480),), steering, "morph", window.map)
    assert 0 <= geometry.y_of(118) < geometry.height
    session.history.undo()
    session.ask.write((Note(0, 20, 480),), replace(steering, at_tick=100 * 1920), "morph", window.map)
    assert geometry.left <= 100 * 1920 <= geometry.right
    assert 0 <= geometry.y_of(20) < geometry.height


def test_undo_and_redo_lead_puck_pins_and_sliders_and_survive_a_save(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    studio.wake(window)
    qtbot.waitUntil(lambda: window.verbs.playable, timeout=20_000)
    canvas, session = window.map.findChild(MapCanvas), window.session
    slider = window.sliders.rows["density"].slider

    def shown() -> tuple[object, ...]:
        return canvas.puck.toTuple(), len(canvas._marks), slider.value(), window.sliders.seed.value(), session.score

    states = [shown()]
    window.map.pin("A", QPointF(0.5, 0.5))
    states.append(shown())
    spot = canvas.pixel(-0.5, -0.4).toPoint()
    qtbot.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    states.append(shown())
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: session.history.undo_label == "density")
    states.append(shown())
    window.sliders.seed.setValue(77)
    qtbot.waitUntil(lambda: session.history.undo_label == "seed")
    states.append(shown())
    assert len(set(map(str, states))) == len(states)
    for state in reversed(states[:-1]):
        window.files.undo()
        assert shown() == state
    for state in states[1:]:
        window.files.redo()
        assert shown() == state
    window.files.save_to(tmp_path / "mine.melomorph")
    kept = session.document
    session.new()
    window.files.open(tmp_path / "mine.melomorph")
    qtbot.waitUntil(lambda: shown() == states[-1])
    assert session.document == kept
