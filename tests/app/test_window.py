"""The window as a whole: its shares, its end, and that everything on it has a name and can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import studio
from app.main_window import MainWindow
from app.settings import Settings, UserPaths
from engine.session import Session, SessionPaths
from tests.app.conftest import piece


def test_the_map_takes_its_share_of_a_wide_window(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.docks["map"]
    assert 320 <= dock.width() <= 380
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: 490 <= dock.width() <= 560)
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: 320 <= dock.width() <= 380)


def test_a_window_torn_down_without_being_closed_is_quiet(
    qtbot: QtBot, small_models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = UserPaths(tmp_path / "settings.json", tmp_path / "autosave", tmp_path / "models", tmp_path / "log.txt")
    session = Session(SessionPaths(bundles=small_models), audio=False, document=piece())
    made = studio.make_window(session, Settings(paths.settings), paths)
    made.show()
    qtbot.waitExposed(made)
    shiboken6.delete(made)
    QApplication.processEvents()
    session.close()
    assert "Traceback" not in capsys.readouterr().err
