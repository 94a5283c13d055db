"""The map in a real widget over a real engine: drag, pins, hover, zoom, keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.bridge import Bridge
from app.theme import DARK, LIGHT
from app.views.latent_map import LatentMapView
from app.views.map_canvas import MapCanvas
from engine.events import Failed, MapReady, MelodyMorphed
from engine.session import Session

LEFT = Qt.MouseButton.LeftButton


class Room:
    """A shown map over a session whose decoder is warm."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot, self.session = qtbot, session
        self.heard: list[object] = []
        self.bridge = Bridge(session.events)
        self.view = LatentMapView(session, LIGHT)
        qtbot.addWidget(self.view)
        self.view.resize(420, 520)
        self.view.show()
        self.bridge.heard.connect(self.view.on_event)
        self.bridge.heard.connect(self.heard.append)
        session.ask.load_map()
        qtbot.waitUntil(lambda: any(isinstance(e, MapReady) and e.playable for e in self.heard), timeout=20_000)

    @property
    def canvas(self) -> MapCanvas:
        canvas = self.view.findChild(MapCanvas)
        assert canvas is not None
        return canvas

    def pixel(self, x: float, y: float) -> QPoint:
        return self.canvas.pixel(x, y).toPoint()

    def free_pixel(self, x: float, y: float) -> QPoint:
        """A pixel near a place with no dot under it."""
        at = self.canvas.pixel(x, y)
        spots = (at + QPointF(dx, dy) for dx in range(-60, 61, 4) for dy in range(-60, 61, 4))
        return next(spot.toPoint() for spot in spots if self.canvas.dot_at(QPointF(spot.toPoint())) < 0)

    def press(self, at: QPoint) -> None:
        self.qtbot.mousePress(self.canvas.viewport(), LEFT, pos=at)

    def move(self, at: QPoint) -> None:
        self.qtbot.mouseMove(self.canvas.viewport(), at)

    def release(self, at: QPoint) -> None:
        self.qtbot.mouseRelease(self.canvas.viewport(), LEFT, pos=at)

    def click(self, at: QPoint) -> None:
        self.press(at)
        self.release(at)

    def bars(self) -> list[tuple[int, int, int]]:
        """What is written where the map writes, from tick 0 on."""
        start = self.session.steering.at_tick
        notes = self.session.score.tracks[0].notes
        return [(n.start - start, n.pitch, n.length) for n in notes if start <= n.start < start + 3840]


@pytest.fixture
def room(qtbot: QtBot, map_session: Session) -> Iterator[Room]:
    made = Room(qtbot, map_session)
    yield made
    made.bridge.close()
    assert not [event for event in made.heard if isinstance(event, Failed)]


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
    from PySide6.QtGui import QMouseEvent

    at = QPointF(start + QPoint(80, 0))
    shift = Qt.KeyboardModifier.ShiftModifier
    move = QMouseEvent(QMouseEvent.Type.MouseMove, at, room.canvas.mapToGlobal(at), LEFT, LEFT, shift)
    QApplication.sendEvent(room.canvas.viewport(), move)
    moved = room.canvas.pixel(room.canvas.puck.x(), room.canvas.puck.y()).x() - begun.x()
    assert 8 <= moved <= 12
    room.release(at.toPoint())


def test_at_a_pin_the_very_notes_come_back(room: Room) -> None:
    room.click(room.free_pixel(-1.0, -0.8))
    mine = room.bars()
    room.view.pin("A")
    room.click(room.free_pixel(1.0, 0.9))
    other = room.bars()
    room.view.pin("B")
    assert [pin.label for pin in room.session.steering.pins] == ["A", "B"]
    assert [(n.start, n.pitch, n.length) for n in room.session.steering.pins[0].notes] == mine != other
    room.click(room.free_pixel(0.5, -1.0))
    pin = room.session.steering.pins[0]
    room.click(room.pixel(*room.session.map.to_plane(pin.code)) + QPoint(3, 2))  # a few pixels beside it
    assert room.session.steering.code == pin.code
    assert room.bars() == mine
    room.view.bar.second.click()
    assert room.bars() == other
    assert room.session.history.undo_label == "morph from A to B"


def test_my_melody_on_the_map_is_pinned_and_comes_back(room: Room) -> None:
    mine, notes = room.bars(), room.session.score.tracks[0].notes
    room.view.put_my_melody()
    room.qtbot.waitUntil(lambda: len(room.session.steering.pins) == 1)
    assert room.session.score.tracks[0].notes == notes and room.session.history.labels == ["put my melody on the map"]
    room.click(room.free_pixel(1.0, 1.0))
    assert room.bars() != mine
    room.click(room.pixel(*room.session.map.to_plane(room.session.steering.pins[0].code)))
    assert room.bars() == mine
    room.qtbot.waitUntil(lambda: room.session.interactive.idle)


def test_the_bar_between_pins_morphs(room: Room) -> None:
    room.view.pin("A", QPointF(-1.0, -1.0))
    room.view.pin("B", QPointF(1.0, 1.0))
    assert room.view.bar.ready
    slider = room.view.bar.slider
    middle = QPoint(slider.width() // 2, slider.height() // 2)
    room.qtbot.mousePress(slider, LEFT, pos=middle)
    room.qtbot.mouseRelease(slider, LEFT, pos=middle)
    assert room.session.history.labels == ["pin A", "pin B", "morph from A to B"]
    first, second = (np.array(pin.code) for pin in room.session.steering.pins)
    from engine.latent.interpolate import slerp

    assert np.abs(slerp(first, second, 0.5) - np.array(room.session.steering.code)).max() < 0.1
    room.view.pins.remove("A")
    assert not room.view.bar.ready


def test_the_puck_slides_along_the_way(room: Room) -> None:
    room.view.pin("A", QPointF(-1.0, 0.6))
    room.view.pin("B", QPointF(1.2, 0.9))
    way = room.view.way
    t, far = way.nearest(*way.points[12], room.canvas.scale_px())
    assert far < 1e-3 and abs(t - 12 / 32) < 1e-3
    room.press(room.free_pixel(0, -1))
    room.move(room.pixel(*way.points[12]))
    on_way = room.canvas.plane(QPointF(room.pixel(*way.points[12])))
    code = room.session.map.to_plane(way.code(12 / 32))
    assert np.hypot(on_way.x() - code[0], on_way.y() - code[1]) < 0.1
    room.release(room.pixel(*way.points[12]))
    assert way.place_of(room.session.steering.code) is not None


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


def test_double_click_pins(room: Room) -> None:
    at = room.free_pixel(0.8, -0.5)
    room.click(at)
    room.qtbot.mouseDClick(room.canvas.viewport(), LEFT, pos=at)
    assert [pin.label for pin in room.session.steering.pins] == ["A"]


def test_the_menu_reaches_everything(room: Room) -> None:
    room.view.pin("A", QPointF(-1, 0))
    room.view.pin("B", QPointF(1, 0.5))
    room.canvas.menu_wanted.emit(QPointF(0, 0), QPoint(10, 10))
    menu = room.view.findChild(QMenu)
    assert menu is not None
    actions = {action.text(): action for action in menu.actions() if action.text()}
    actions["Average the pins"].trigger()
    assert room.session.history.undo_label == "average of the pins"
    extent = room.session.map.extent
    actions["Axes of greatest difference"].trigger()
    assert room.session.map.extent != extent
    actions["Remove pin B"].trigger()
    assert [pin.label for pin in room.session.steering.pins] == ["A"]
    menu.close()


def test_state_says_whose_notes_they_are(room: Room) -> None:
    room.click(room.free_pixel(0.5, 0.5))
    room.qtbot.waitUntil(lambda: "reconstruction" in room.view.state)
    room.view.pin("A")
    room.qtbot.waitUntil(lambda: "your notes" in room.view.state)
    room.session.history.undo()
    assert "reconstruction" in room.view.state


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
