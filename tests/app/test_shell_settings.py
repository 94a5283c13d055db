"""Preferences on disk, the bridge between threads, forms made from dataclasses."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox
from pytestqt.qtbot import QtBot

from app.bridge import Bridge
from app.panels.options_form import OptionsForm
from app.panels.preferences import PreferencesDialog
from app.settings import HOME, Preferences, Settings, read, user_paths
from engine.events import Events, JobChanged, Notice, PlayheadMoved
from engine.options import option


def test_settings_survive(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    wanted = replace(Preferences(), theme="dark", volume=0.25, recent=("a.mid", "ü.mid"), first_launch=False)
    assert Settings(path).put(wanted)
    assert Settings(path).preferences == wanted
    assert [found.name for found in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"volume": "loud"}', '{"recent": [1]}', '{"first_launch": 3}', "\0"])
def test_a_corrupt_file_is_set_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text, encoding="utf-8")
    settings = Settings(path)
    assert settings.preferences == Preferences()
    assert settings.set_aside is not None
    assert settings.set_aside.read_text(encoding="utf-8") == text
    assert settings.put(Preferences())


def test_other_versions_can_share_the_file() -> None:
    assert read({"theme": "dark", "of a later version": 3}) == replace(Preferences(), theme="dark")
    assert read({"volume": 7}).volume == 1.0


def test_a_disk_that_refuses_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file" / "settings.json")
    assert not settings.put(replace(Preferences(), theme="dark"))
    assert settings.preferences.theme == "dark"


def test_one_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    paths = user_paths()
    assert all(tmp_path in path.parents for path in (paths.settings, paths.autosave, paths.models, paths.log))
    monkeypatch.delenv(HOME)
    assert "melomorph" in str(user_paths().settings)


def test_recent_files() -> None:
    known = Preferences()
    for number in range(12):
        known = known.with_recent(Path(f"{number}.mid"))
    assert known.with_recent(Path("5.mid")).recent[:2] == ("5.mid", "11.mid")
    assert len(known.recent) == 10


def test_bridge_keeps_order_and_drops_what_is_outdated(qtbot: QtBot) -> None:
    events, heard = Events(), []
    bridge = Bridge(events)
    bridge.heard.connect(heard.append)

    def speak() -> None:
        events.emit(Notice("first"))
        for tick in range(1000):
            events.emit(PlayheadMoved(tick, True))
            events.emit(JobChanged(1, "Training", "running", tick / 1000))
        events.emit(JobChanged(1, "Training", "done"))
        events.emit(Notice("last"))

    thread = threading.Thread(target=speak)
    thread.start()
    thread.join()
    assert heard == []  # nothing before the interface's own thread turns to it
    qtbot.waitUntil(lambda: len(heard) > 0 and heard[-1] == Notice("last"))
    assert heard[0] == Notice("first")
    assert PlayheadMoved(999, True) in heard
    assert len(heard) == 5
    bridge.close()
    events.emit(Notice("too late"))
    assert heard[-1] == Notice("last")


def test_bridge_delivers_at_once_at_home(qtbot: QtBot) -> None:
    events, heard = Events(), []
    bridge = Bridge(events)

    def answer(event: object) -> None:
        heard.append(event)
        if event == Notice("one"):
            events.emit(Notice("two"))
            assert len(heard) == 1  # everyone hears the first before anyone hears the second

    bridge.heard.connect(answer)
    events.emit(Notice("one"))
    assert heard == [Notice("one"), Notice("two")]


@dataclass(frozen=True)
class SampleOptions:
    """As the engine writes them."""

    temperature: float = option(0.5, "how surprising", 0.0, 1.5)
    steps: int = option(100, "how many", 1, 1000)
    compound: bool = option(False, "12-step bars")


def test_forms_come_from_option_classes(qtbot: QtBot) -> None:
    form = OptionsForm(SampleOptions())
    qtbot.addWidget(form)
    told: list[SampleOptions] = []
    form.changed.connect(told.append)
    box = form.editors["temperature"]
    assert isinstance(box, QDoubleSpinBox)
    assert (box.minimum(), box.maximum(), box.accessibleName()) == (0.0, 1.5, "Temperature")
    box.setValue(1.25)
    assert told == [SampleOptions(temperature=1.25)]


def test_preferences_dialog_changes_at_once(qtbot: QtBot) -> None:
    dialog = PreferencesDialog(Preferences(recent=("kept.mid",)), ["Loudspeakers"])
    qtbot.addWidget(dialog)
    told: list[Preferences] = []
    dialog.changed.connect(told.append)
    theme = dialog.form.editors["theme"]
    assert isinstance(theme, QComboBox)
    theme.setCurrentIndex(2)
    theme.activated.emit(2)
    assert told[-1] == Preferences(theme="dark", recent=("kept.mid",))
