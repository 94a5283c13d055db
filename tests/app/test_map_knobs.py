"""A MIDI controller on the map: two knobs, learnt by turning them, move the puck."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QMenu

from engine.audio.ports import Keyboards
from engine.events import Failed
from tests.app.map_room import Room
from tests.engine.wires import Wires


@pytest.fixture
def wires(room: Room) -> Wires:
    made, session = Wires(["Pads"]), room.session
    session.keyboards = Keyboards(session._key, made, session._knob)
    session.keyboards.listen(None)
    return made


def turn(room: Room, wires: Wires, number: int, *values: int) -> None:
    for value in values:
        wires.callbacks["Pads"](([0xB0, number, value], 0.0), None)
    room.qtbot.wait(1)  # from the system's thread to the window's


def switch(room: Room) -> None:
    room.canvas.menu_wanted.emit(QPointF(0, 0), QPoint(10, 10))
    menu = room.view.findChild(QMenu, "map menu")
    assert menu is not None
    next(action for action in menu.actions() if action.text() == "Move the puck with a MIDI controller").trigger()
    menu.close()
    menu.deleteLater()
    room.qtbot.wait(1)


def test_two_knobs_are_learnt_and_move_the_puck_in_one_undo_step(room: Room, wires: Wires) -> None:
    latent = room.session.map
    assert latent is not None
    _, right, bottom, top = latent.extent
    turn(room, wires, 21, 90, 91, 92, 93)
    assert not room.view.knobs.on and not room.session.history.labels, "nobody asked for it"
    switch(room)
    assert room.view.state == "turn a knob: across"
    turn(room, wires, 7, 64)  # one touch means nothing yet
    turn(room, wires, 21, 100, 110, 127)
    assert room.canvas.puck.x() == pytest.approx(right, abs=0.02) and room.view.state == "turn a knob: up"
    turn(room, wires, 22, 10, 5, 0)
    assert room.canvas.puck.toTuple() == pytest.approx((right, bottom), abs=0.02)
    turn(room, wires, 23, 1, 2, 3, 4, 5)  # a third one is another matter
    turn(room, wires, 22, 127)
    assert room.canvas.puck.toTuple() == pytest.approx((right, top), abs=0.02)
    assert not room.session.history.labels, "the hand is still on it"
    room.qtbot.waitUntil(lambda: room.session.history.labels == ["morph"])
    switch(room)
    turn(room, wires, 21, 0)
    assert room.canvas.puck.x() == pytest.approx(right, abs=0.02)


def test_the_mouse_goes_first(room: Room, wires: Wires) -> None:
    switch(room)
    at = room.free_pixel(-1.0, -1.0)
    room.press(at)
    room.move(at + QPoint(30, 0))
    here = room.canvas.puck
    turn(room, wires, 21, 1, 2, 3, 4)
    assert room.canvas.puck == here
    room.release(at + QPoint(30, 0))
    assert room.session.history.labels == ["morph"]


def test_without_a_controller_it_is_said(room: Room) -> None:
    switch(room)
    (failed,) = [event for event in room.heard if isinstance(event, Failed)]
    assert "No MIDI controller" in str(failed.error) and not room.view.knobs.on
    room.heard.remove(failed)
