"""kill -9 loses at most the last seconds: a real process, a real window, a real SIGKILL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app import studio
from app.main_window import MainWindow
from app.settings import Settings, UserPaths
from engine.autosave import leftovers
from engine.session import Session, SessionPaths

CHILD = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from app import files
files.AUTOSAVE_MS = 100
from app import studio
from app.settings import Settings, user_paths
from engine.score import Note, Track

paths = user_paths()
settings = Settings(paths.settings)
app = studio.make_application()
window = studio.make_window(studio.make_session(settings, paths, audio=False), settings, paths)
window.show()
session = window.session

def draw():
    track = Track.of([Note(i * 480, 60 + i, 400) for i in range(7)], "Unsaved")
    session.history.do("draw", score=session.score.with_track(0, track))

def look():
    if list(paths.autosave.glob("*.melomorph")):
        print("autosaved", flush=True)

QTimer.singleShot(0, draw)
timer = QTimer()
timer.timeout.connect(look)
timer.start(50)
app.exec()
"""


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UserPaths:
    monkeypatch.setenv("MELOMORPH_HOME", str(tmp_path))
    return UserPaths(*(tmp_path / name for name in ("settings.json", "autosave", "models", "cache", "log.txt")))


@pytest.fixture
def child(paths: UserPaths) -> Iterator[subprocess.Popen[str]]:
    """A studio that autosaved unsaved work and is still open."""
    root = Path(studio.__file__).parent.parent
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD], cwd=root, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "autosaved\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def open_window(paths: UserPaths) -> MainWindow:
    session = Session(SessionPaths(bundles=paths.models, autosave=paths.autosave), audio=False)
    window = studio.make_window(session, Settings(paths.settings), paths)
    window.show()
    studio.begin(window)
    return window


def test_work_comes_back_after_a_kill(qtbot: QtBot, paths: UserPaths, child: subprocess.Popen[str]) -> None:
    assert leftovers(paths.autosave) == [], "a studio that still runs is not offered"
    child.kill()
    child.wait()
    qtbot.waitUntil(lambda: len(leftovers(paths.autosave)) == 1)
    window = open_window(paths)
    qtbot.waitUntil(window.bar.isVisible)
    assert "unsaved work" in window.bar.label.text()
    assert [button.text() for button in window.bar.buttons] == ["Bring it back", "Discard"]
    window.bar.buttons[0].click()
    track = window.session.score.tracks[0]
    assert (track.name, len(track.notes)) == ("Unsaved", 7)
    assert window.session.dirty
    assert window.isWindowModified()
    assert leftovers(paths.autosave) == []
    assert len(list(paths.autosave.glob("*.melomorph"))) == 1, "the recovered work is on disk again at once"
    window.session.new()
    assert window.close()
    assert list(paths.autosave.glob("*.melomorph")) == [], "a clean end leaves nothing"
    window.deleteLater()


def test_discarded_work_is_not_offered_again(qtbot: QtBot, paths: UserPaths, child: subprocess.Popen[str]) -> None:
    child.kill()
    child.wait()
    window = open_window(paths)
    qtbot.waitUntil(window.bar.isVisible)
    window.bar.buttons[1].click()
    assert leftovers(paths.autosave) == []
    assert window.close()
    again = open_window(paths)
    assert "unsaved work" not in again.bar.label.text()
    again.close()
    for one in (window, again):
        one.deleteLater()


def test_a_clean_end_offers_nothing(paths: UserPaths) -> None:
    window = open_window(paths)
    window.tracks.rename_to("changed")
    window.files.autosave(wait=True)
    assert len(list(paths.autosave.glob("*.melomorph"))) == 1
    window.files.undo()
    assert window.close()
    assert list(paths.autosave.iterdir()) == []
    window.deleteLater()
