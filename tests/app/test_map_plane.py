"""The choice of the map's plane, and whether melodies under the mouse are heard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app import studio
from app.main_window import MainWindow
from app.views.map.head import MapHead
from tests.app.map_room import Room


def choice(room: Room) -> QToolButton:
    head = room.view.findChild(MapHead)
    assert head is not None
    return head.planes


def test_another_plane_is_one_click_away(room: Room) -> None:
    room.view.pin("A", QPointF(-1.0, 0.4))
    room.click(room.free_pixel(0.8, 0.6))
    code, latent = room.session.steering.code, room.session.map
    dots = room.canvas.dots.copy()
    assert choice(room).text().startswith("Musical axes")
    choice(room).menu().actions()[1].trigger()
    assert latent.chosen == "pca"
    assert choice(room).text().startswith("Main directions")
    assert [action.isChecked() for action in choice(room).menu().actions()[:2]] == [False, True]
    assert not np.allclose(room.canvas.dots, dots)
    assert room.session.steering.code == code, "looking from elsewhere moves nothing"
    assert np.allclose(room.canvas.puck.toTuple(), latent.to_plane(code), atol=1e-4)
    (pin,) = room.session.steering.pins
    marks = [mark.pos().toTuple() for mark in room.canvas._marks]
    assert np.allclose(marks, [latent.to_plane(pin.code)], atol=1e-4)
    choice(room).menu().actions()[0].trigger()
    assert np.allclose(room.canvas.dots, dots)


def test_a_drag_under_way_is_kept_before_the_plane_changes(room: Room) -> None:
    start = room.free_pixel(-0.5, 0.5)
    room.press(start)
    room.move(room.free_pixel(0.9, -0.5))
    choice(room).menu().actions()[1].trigger()
    room.qtbot.waitUntil(lambda: bool(room.session.history.labels))
    assert room.session.history.labels == ["morph"]
    room.release(start)
    assert room.session.history.labels == ["morph"]


def test_melodies_under_the_mouse_can_be_silenced(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(window.session.ask, "hover", asked.append)
    studio.wake(window)
    qtbot.waitUntil(lambda: window.verbs.playable, timeout=20_000)
    known = window.settings.preferences
    window.desk.apply_preferences(replace(known, map_sounds=False, candidate_sounds=False))
    window.map.hover.over(3, window.map.rect().center())
    qtbot.wait(400)
    assert window.map.hover.card.isVisible() and not asked
    assert not window.candidates.hover_sounds
    window.desk.apply_preferences(known)
    window.map.hover.over(4, window.map.rect().center())
    qtbot.waitUntil(lambda: asked == [4])
    assert window.candidates.hover_sounds


def test_the_composer_picks_what_lies_across_and_up(room: Room) -> None:
    latent = room.session.map
    code = room.session.steering.code
    across, up = (action.menu() for action in choice(room).menu().actions() if action.menu() is not None)
    assert [action.data() for action in across.actions() if action.isChecked()] == ["density"]
    wanted = next(action for action in up.actions() if action.data() == "leaps")
    wanted.trigger()
    assert latent.axes == ("density", "leaps") and latent.chosen == "qualities"
    assert room.canvas._words == ("calmer", "busier", "stepwise", "leaping")
    room.click(room.free_pixel(0.5, 0.8))
    assert room.session.steering.code != code and room.session.history.labels == ["morph"]
    across, _ = (action.menu() for action in choice(room).menu().actions() if action.menu() is not None)
    next(action for action in across.actions() if action.data() == "leaps").trigger()
    assert latent.axes == ("leaps", "density"), "the two change places"
