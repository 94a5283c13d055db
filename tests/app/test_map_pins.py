"""Pins on the map over a real engine: the very notes come back, and the way between two is a slider."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu

from app.desks.generate import GenerateDesk
from app.music_given import Place
from engine.commands.document import Pin
from engine.events import IdeasReady
from engine.latent.interpolate import slerp
from engine.score import Note
from tests.app.map_room import LEFT, Room


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


def test_double_click_pins(room: Room) -> None:
    at = room.free_pixel(0.8, -0.5)
    room.click(at)
    room.qtbot.mouseDClick(room.canvas.viewport(), LEFT, pos=at)
    assert [pin.label for pin in room.session.steering.pins] == ["A"]


def test_the_menu_reaches_everything(room: Room) -> None:
    room.view.pin("A", QPointF(-1, 0))
    room.view.pin("B", QPointF(1, 0.5))
    room.canvas.menu_wanted.emit(QPointF(0, 0), QPoint(10, 10))
    menu = room.view.findChild(QMenu, "map menu")
    assert menu is not None
    actions = {action.text(): action for action in menu.actions() if action.text()}
    actions["Average the pins"].trigger()
    assert room.session.history.undo_label == "average of the pins"
    extent = room.session.map.extent
    actions["Main directions (PCA)"].trigger()
    assert room.session.map.extent != extent
    actions["Remove pin B"].trigger()
    assert [pin.label for pin in room.session.steering.pins] == ["A"]
    menu.close()


def test_state_says_whose_notes_they_are(room: Room) -> None:
    room.click(room.free_pixel(0.5, 0.5))
    room.qtbot.waitUntil(lambda: "reconstruction" in room.view.state)
    room.view.pin("A")
    room.qtbot.waitUntil(lambda: room.view.state == "● notes of pin A")  # but a model wrote them
    room.session.history.undo()
    assert "reconstruction" in room.view.state
    room.session.history.undo()
    room.view.put_my_melody()
    room.qtbot.waitUntil(lambda: "your notes" in room.view.state)


def test_codes_of_another_model_do_no_harm(room: Room) -> None:
    foreign = Pin("A", (1.0, 2.0, 3.0), (Note(0, 60, 100),))
    room.session.history.do("open", steering=replace(room.session.steering, code=(1.0, 2.0), pins=(foreign,)))
    assert not room.view.bar.ready
    room.click(room.free_pixel(0.5, 0.5))
    assert len(room.session.steering.code) == room.session.map.codes.shape[1]


def test_keys_on_the_bar_are_one_step_kept_when_the_keyboard_goes_elsewhere(room: Room) -> None:
    room.view.pin("A", QPointF(-1.0, -1.0))
    room.view.pin("B", QPointF(1.0, 1.0))
    room.view.activateWindow()
    room.view.bar.slider.setFocus()
    for _ in range(3):
        room.qtbot.keyClick(room.view.bar.slider, Qt.Key.Key_PageUp)
    room.canvas.setFocus()
    assert room.session.history.labels == ["pin A", "pin B", "morph from A to B"]
    assert room.view.way.place_of(room.session.steering.code) == pytest.approx(0.5, abs=0.02)


def test_candidates_are_asked_for_around_the_place_of_the_menu(room: Room) -> None:
    asked: list[tuple[tuple[float, ...], float]] = []
    room.view.around_asked.connect(lambda code, radius: asked.append((code, radius)))
    room.canvas.menu_wanted.emit(QPointF(0.7, -0.6), QPoint(10, 10))
    menu = room.view.findChild(QMenu, "map menu")
    assert menu is not None
    near = next(action.menu() for action in menu.actions() if action.text() == "Candidates around here")
    near.actions()[1].trigger()  # type: ignore[attr-defined]
    menu.close()
    ((code, radius),) = asked
    assert radius == 0.5 and room.session.map.to_plane(code) == pytest.approx((0.7, -0.6), abs=1e-3)


def test_with_many_pins_the_menu_stays_short(room: Room) -> None:
    pads: list[bool] = []
    room.view.pad_asked.connect(lambda: pads.append(True))
    for number in range(8):
        room.view.pin("", QPointF(-1.2 + 0.3 * number, 0.2 * number - 0.6))
    room.canvas.menu_wanted.emit(QPointF(0, 0), QPoint(10, 10))
    menu = room.view.findChild(QMenu, "map menu")
    assert menu is not None
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert len(actions) <= 24
    actions["Corner pad of the pins"].trigger()
    below = actions["Remove a pin"].menu()
    below.actions()[7].trigger()  # type: ignore[attr-defined]
    menu.close()
    assert pads == [True] and [pin.label for pin in room.session.steering.pins] == list("ABCDEFG")


def test_a_double_click_on_a_dot_pins_the_melody_that_was_just_heard(room: Room) -> None:
    dot = 3
    at = room.pixel(*map(float, room.canvas.dots[dot])) + QPoint(2, 1)
    room.click(at)
    room.qtbot.mouseDClick(room.canvas.viewport(), LEFT, pos=at)
    (pin,) = room.session.steering.pins
    chart = room.session.map
    assert chart is not None and pin.code == room.session.steering.code
    assert chart.nearest(pin.code) == room.view.shown[room.canvas.dot_at(QPointF(at))]
    assert [(n.start, n.pitch, n.length) for n in pin.notes] == room.bars() and "pin A" in room.view.state


def test_the_pins_are_the_corners_of_the_pad(room: Room) -> None:
    for place in ((-1.2, 0.8), (1.2, 0.8), (-1.2, -0.8), (1.2, -0.8)):
        room.view.pin("", QPointF(*place))
    desk = GenerateDesk(room.session, Place, lambda: None, lambda: None)
    room.view.pad_asked.connect(desk.fill_pad)
    room.view.pad_asked.emit()
    room.qtbot.waitUntil(lambda: any(isinstance(event, IdeasReady) for event in room.heard))
    (ready,) = (event for event in room.heard if isinstance(event, IdeasReady))
    assert len(ready.ideas) == 16 and ready.model == "melody_vae"
    drawn = {idea.caption: [(n.start, n.pitch) for n in idea.voices[0].notes] for idea in ready.ideas}
    kept = {pin.label: [(n.start, n.pitch) for n in pin.notes] for pin in room.session.steering.pins}
    assert {label: drawn[label] for label in "ABCD"} == kept
