"""The map in a real widget over a real engine: drag, hover, zoom, keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.bridge import Bridge
from app.desks.generate import GenerateDesk
from app.music_given import Place
from app.theme import DARK, LIGHT
from app.views.map.canvas import MapCanvas
from app.views.map.latent_map import LatentMapView
from app.views.meter import MeterButton
from engine.commands.document import Document
from engine.commands.map_bars import map_span
from engine.events import MelodyMorphed
from engine.score import Meter, Note, Score, Track
from engine.session import Session, SessionPaths
from tests.app.map_room import LEFT, Room


def test_it_waits_calmly_for_the_map(qtbot: QtBot, map_session: Session) -> None:
    view = LatentMapView(map_session, LIGHT)
    qtbot.addWidget(view)
    view.show()
    assert view.findChild(MapCanvas) is None
    view.set_theme(DARK)


def test_a_drag_is_heard_at_once_and_is_one_undo_step(room: Room) -> None:
    before, score = room.session.steering, room.session.score
    start, end = room.free_pixel(-1.0, -1.0), room.free_pixel(1.2, 1.0)
    room.press(start)
    for step in range(1, 9):
        room.move(start + (end - start) * step / 8)
    room.qtbot.waitUntil(lambda: any(isinstance(event, MelodyMorphed) for event in room.heard))
    assert room.session.score is score  # nothing is written while the hand is down
    room.release(end)
    assert room.session.history.labels == ["morph"]
    assert room.session.score.tracks[0].notes != score.tracks[0].notes
    first_bars = [n for n in room.session.score.tracks[0].notes if n.start < room.session.steering.at_tick]
    assert first_bars == [n for n in score.tracks[0].notes if n.start < before.at_tick]
    there = room.session.map.to_plane(room.session.steering.code)
    assert np.allclose(there, room.canvas.plane(QPointF(end)).toTuple(), atol=0.05)
    room.session.history.undo()
    assert room.session.score == score and room.session.steering == before


def test_undo_takes_the_puck_back(room: Room) -> None:
    room.click(room.free_pixel(1.0, 1.0))
    there = room.canvas.puck
    room.click(room.free_pixel(-1.0, -1.0))
    assert (room.canvas.puck - there).manhattanLength() > 1
    room.session.history.undo()
    assert (room.canvas.puck - there).manhattanLength() < 1e-4


def test_escape_takes_a_drag_back(room: Room) -> None:
    score, start = room.session.score, room.free_pixel(-1.0, -1.0)
    room.press(start)
    room.move(start + QPoint(60, -40))
    with room.qtbot.waitSignal(room.view.cancelled):
        room.qtbot.keyClick(room.canvas, Qt.Key.Key_Escape)
    room.release(start + QPoint(60, -40))
    assert room.session.score is score and room.session.history.labels == []
    room.qtbot.waitUntil(lambda: room.session.interactive.idle)
    assert room.session.ask.settled > 0


def test_shift_moves_finely(room: Room) -> None:
    start = room.free_pixel(0.0, 0.0)
    room.press(start)
    begun = room.canvas.pixel(room.canvas.puck.x(), room.canvas.puck.y())
    at = QPointF(start + QPoint(80, 0))
    shift = Qt.KeyboardModifier.ShiftModifier
    move = QMouseEvent(QMouseEvent.Type.MouseMove, at, room.canvas.mapToGlobal(at), LEFT, LEFT, shift)
    QApplication.sendEvent(room.canvas.viewport(), move)
    moved = room.canvas.pixel(room.canvas.puck.x(), room.canvas.puck.y()).x() - begun.x()
    assert 8 <= moved <= 12
    room.release(at.toPoint())


def test_hover_draws_a_melody_and_click_goes_there(room: Room) -> None:
    dot = 7
    at = room.pixel(*map(float, room.canvas.dots[dot]))
    dot = room.canvas.dot_at(QPointF(at))
    room.move(at)
    card = room.view.hover.card
    assert card.isVisible() and card.roll.notes and card.geometry().intersected(room.view.rect()) == card.geometry()
    room.click(at)
    assert not card.isVisible()
    room.session.player.stop()
    index = room.view.shown[dot]
    assert np.allclose(room.session.steering.code, room.session.map.codes[index], atol=1e-6)
    room.move(room.free_pixel(0, 0))
    assert not card.isVisible()


def test_only_melodies_of_the_meter_in_use_are_dots(room: Room) -> None:
    duple = len(room.canvas.dots)
    compound = replace(room.session.steering, compound=True)
    room.session.history.do("meter", steering=compound)
    assert len(room.canvas.dots) == 120 - duple == 20
    room.session.history.undo()
    assert len(room.canvas.dots) == duple


def test_wheel_zooms_about_the_mouse_and_home_shows_all(room: Room) -> None:
    canvas = room.canvas
    at = QPointF(90, 130)
    place, wide = canvas.plane(at), canvas.scale_px()[0]
    none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    turn = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, none, phase, False
    )
    QApplication.sendEvent(canvas.viewport(), turn)
    assert canvas.scale_px()[0] > 1.3 * wide
    assert (canvas.pixel(place.x(), place.y()) - at).manhattanLength() < 0.5
    room.qtbot.keyClick(canvas, Qt.Key.Key_Home)
    assert canvas.scale_px()[0] == pytest.approx(wide)


def test_middle_drag_pans(room: Room) -> None:
    canvas, middle = room.canvas, Qt.MouseButton.MiddleButton
    place = canvas.plane(QPointF(100, 100))
    room.qtbot.mousePress(canvas.viewport(), middle, pos=QPoint(100, 100))
    room.move(QPoint(140, 70))
    room.qtbot.mouseRelease(canvas.viewport(), middle, pos=QPoint(140, 70))
    assert (canvas.pixel(place.x(), place.y()) - QPointF(140, 70)).manhattanLength() < 0.5
    assert room.session.history.labels == []


def test_arrow_keys_steer_and_are_one_undo_step(room: Room) -> None:
    before = room.canvas.puck
    for _ in range(5):
        room.qtbot.keyClick(room.canvas, Qt.Key.Key_Right)
    room.qtbot.keyClick(room.canvas, Qt.Key.Key_Up)
    assert room.canvas.puck.x() > before.x() and room.canvas.puck.y() > before.y()
    room.qtbot.waitUntil(lambda: room.session.history.labels == ["morph"], timeout=3000)
    room.qtbot.keyClick(room.canvas, Qt.Key.Key_Left)
    room.qtbot.keyClick(room.canvas, Qt.Key.Key_Return)  # keep it now
    assert room.session.history.labels == ["morph", "morph"]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_themes(room: Room, theme: object) -> None:
    room.view.pin("A", QPointF(-1, 0))
    room.view.pin("B", QPointF(1, 0.5))
    room.view.set_theme(theme)
    picture = room.view.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 420, 6) for y in range(0, 520, 6)}
    assert len(colours) > 12
    assert room.canvas.accessibleName() and room.view.bar.slider.accessibleName()


def test_a_dot_is_heard_when_the_mouse_rests_on_it(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[object, ...]] = []
    preview = room.session.player.preview
    monkeypatch.setattr(room.session.player, "preview", lambda notes, *how: (heard.append(notes), preview(notes, *how)))
    room.move(room.pixel(*map(float, room.canvas.dots[3])))
    assert not heard  # passing over it is not resting
    room.qtbot.waitUntil(lambda: len(heard) == 1)
    assert heard[0]


def test_a_missing_model_is_said_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    session = Session(SessionPaths(bundles=tmp_path), audio=False)
    bridge, view = Bridge(session.events), LatentMapView(session, LIGHT)
    qtbot.addWidget(view)
    bridge.heard.connect(view.on_event)
    session.ask.load_map()
    label = view.findChild(QLabel, "waiting")
    assert label is not None
    qtbot.waitUntil(lambda: "not trained yet" in label.text())
    bridge.close()
    session.close()


def test_a_drag_ends_when_something_else_changes(room: Room) -> None:
    room.click(room.free_pixel(1.0, 1.0))
    start = room.free_pixel(-0.5, -0.5)
    room.press(start)
    room.move(start + QPoint(30, 30))
    room.session.history.undo()
    room.release(start + QPoint(30, 30))
    assert room.session.history.labels == [] and room.session.history.redo_label == "morph"


def test_undo_under_a_drag_ends_it_until_the_hand_presses_again(room: Room) -> None:
    room.click(room.free_pixel(1.0, 1.0))
    at = room.free_pixel(-1.0, -1.0)
    room.press(at)
    room.move(at + QPoint(20, 0))
    room.session.history.undo()
    room.qtbot.waitUntil(lambda: room.session.interactive.idle)
    room.move(at + QPoint(40, 0))
    room.release(at + QPoint(40, 0))
    assert not room.session.history.labels and room.session.history.redo_label == "morph", "redo is still there"


def test_another_plane_or_model_takes_the_puck_out_of_the_hand(room: Room) -> None:
    at = room.free_pixel(-1.0, -1.0)
    room.press(at)
    room.move(at + QPoint(20, 0))
    room.view.choose_model("melody_vae")  # it is there already: what was dragged so far is kept
    assert room.session.history.labels == ["morph"]
    room.move(at + QPoint(60, 0))
    room.release(at + QPoint(60, 0))
    assert room.session.history.labels == ["morph"]


def test_the_maps_bars_take_the_meter_of_where_they_are_put(map_session: Session) -> None:
    jig = Track.of([Note(7680 + i * 240, 60, 200) for i in range(12)], "Jig")
    map_session.new(Document(Score((jig,), meters=(Meter(0, 4, 4), Meter(7680, 6, 8)))))
    desk = GenerateDesk(map_session, lambda: Place(playhead=9200.0), lambda: None, lambda: None)
    desk.morph_here()
    steering = map_session.steering
    assert steering.compound and map_span(steering, 480) == (7680 + 1440, 7680 + 3 * 1440)


def test_the_maps_bars_go_with_a_time_signature_written_by_hand(qtbot: QtBot, map_session: Session) -> None:
    button = MeterButton(map_session)
    qtbot.addWidget(button)
    choices = {action.text(): action for action in button.menu().actions()}
    choices["6/8"].trigger()
    assert map_session.steering.compound and map_session.history.labels == ["change time signature"]
    choices["3/4"].trigger()
    assert map_session.steering.compound, "twelve sixteenths as well"
    map_session.history.undo()
    map_session.history.undo()
    assert not map_session.steering.compound
    button.show_place(3 * 1440.0 + 1e6)
    choices["6/8"].trigger()
    assert not map_session.steering.compound, "behind the map's bars"
