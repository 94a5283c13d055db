"""What is heard while the player stands still: hover, drag, click, undo and play do not fight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app import studio
from app.main_window import MainWindow
from engine.events import CandidatesReady, MelodyMorphed
from tests.app.map_room import Room

Log = list[str]


def listen(room_session: object, monkeypatch: pytest.MonkeyPatch) -> Log:
    """The names of what the player was told, in order; everything still reaches it."""
    log: Log = []
    player = room_session.player  # type: ignore[attr-defined]

    def noted(name: str, call: Callable[..., None]) -> Callable[..., None]:
        def told(*args: object, **how: object) -> None:
            log.append(name)
            call(*args, **how)

        return told

    for name in ("preview", "stop_preview", "play"):
        monkeypatch.setattr(player, name, noted(name, getattr(player, name)))
    return log


def drag(room: Room) -> QPoint:
    """A drag across the map, heard on the way; the hand is still down."""
    start, end = room.free_pixel(-1.0, -1.0), room.free_pixel(0.8, 0.6)
    room.press(start)
    room.move(start + (end - start) / 2)
    room.move(end)
    room.qtbot.waitUntil(lambda: any(isinstance(event, MelodyMorphed) for event in room.heard))
    room.qtbot.wait(60)
    return end


def test_a_kept_drag_is_heard_out_and_not_begun_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    log = listen(room.session, monkeypatch)
    end = drag(room)
    while_down = log.count("preview")
    assert while_down >= 1
    room.release(end)
    room.qtbot.wait(60)
    assert log.count("preview") == while_down


def test_a_click_is_heard_although_the_hand_left_before_the_answer(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    log = listen(room.session, monkeypatch)
    room.click(room.free_pixel(0.8, 0.6))
    room.qtbot.waitUntil(lambda: log.count("preview") == 1)
    room.qtbot.wait(60)
    assert log.count("preview") == 1
    assert room.session.history.labels == ["morph"]


def test_escape_falls_silent(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    log = listen(room.session, monkeypatch)
    drag(room)
    room.qtbot.keyClick(room.canvas, Qt.Key.Key_Escape)
    room.qtbot.wait(60)
    assert log[-1] == "stop_preview"


def test_pressing_the_puck_silences_the_melody_under_the_mouse(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    log = listen(room.session, monkeypatch)
    dot = room.pixel(*map(float, room.canvas.dots[3]))
    room.move(dot)
    room.qtbot.waitUntil(lambda: "preview" in log)
    room.press(dot)
    assert "stop_preview" in log[log.index("preview") :]
    room.release(dot)


def test_undo_and_play_silence_what_still_sounds(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = listen(window.session, monkeypatch)
    window.session.history.do("clear", score=window.session.score)
    window.files.undo()
    assert log == ["stop_preview"]
    window.transport.toggle()
    assert log[1:3] == ["play", "stop_preview"]
    window.transport.stop()
    assert log[-1] == "stop_preview"


def test_a_drag_takes_over_from_a_candidate(window: MainWindow, qtbot: QtBot) -> None:
    studio.wake(window)
    qtbot.waitUntil(lambda: window.verbs.playable, timeout=20_000)
    heard: list[object] = []
    window.bridge.heard.connect(heard.append)
    window.candidates.generate()
    qtbot.waitUntil(lambda: any(isinstance(event, CandidatesReady) for event in heard))
    window.session.player.available = None  # as on a machine with sound: the small playhead runs
    window.candidates.hear(1)
    assert window.candidates._heard is not None
    window.session.ask.morph(window.session.steering)
    qtbot.waitUntil(lambda: window.candidates._heard is None)
