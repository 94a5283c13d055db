"""The way through all pins: dragged along, and written as an arrangement."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu

from engine.commands.walk import stations
from engine.jobs.generate import mixed
from engine.latent.interpolate import slerp
from engine.score import Origin
from tests.app.map_room import LEFT, Room

BAR = 1920


@pytest.fixture
def three(room: Room) -> Room:
    """Pins A, B and C on a map whose bars are the third and the fourth."""
    for label, place in (("A", (-1.2, -1.0)), ("B", (1.2, 0.9)), ("C", (-0.6, 1.1))):
        room.view.pin(label, QPointF(*place))
    return room


def drag_bar(room: Room, t: float) -> None:
    slider = room.view.bar.slider
    at = QPoint(round(8 + t * (slider.width() - 16)), slider.height() // 2)
    room.qtbot.mousePress(slider, LEFT, pos=at)
    room.qtbot.mouseRelease(slider, LEFT, pos=at)


def test_the_bar_goes_through_every_pin(three: Room) -> None:
    session, pins = three.session, three.session.steering.pins
    assert three.view.bar.ends == ("A", "C") and three.view.bar.slider.accessibleName() == "From A to C"
    drag_bar(three, 0.505)  # a notch holds the hand at B
    assert session.steering.code == pins[1].code
    assert session.history.undo_label == "morph from A to C"
    drag_bar(three, 0.75)
    codes = np.array([pin.code for pin in pins])
    assert np.abs(slerp(codes[1], codes[2], 0.5) - np.array(session.steering.code)).max() < 0.1
    assert three.view.way.place_of(session.steering.code) == pytest.approx(0.75, abs=0.02)
    assert three.view.way.place_of(tuple((codes[0] + 1).tolist())) is None
    assert len(three.view.way.points) == 2 * three.view.way.POINTS + 1


def test_a_further_pin_leaves_a_crossfade_where_it_is(three: Room) -> None:
    three.view._choose_way(True)
    drag_bar(three, 0.25)
    here = three.session.steering
    assert here.crossfade == pytest.approx(0.25, abs=0.01) and mixed(here) is not None
    three.view.pin("D", QPointF(1.0, -1.0))
    moved = three.session.steering
    assert moved.crossfade == pytest.approx(here.crossfade * 2 / 3) and mixed(moved) is not None
    three.view.pins.remove("A")
    assert three.session.steering.crossfade is None


def test_the_way_is_written_as_variations_in_one_step(three: Room) -> None:
    session = three.session
    before, pins = session.score, session.steering.pins
    steps = len(session.history.labels)
    three.canvas.menu_wanted.emit(QPointF(0, 0), QPoint(10, 10))
    menu = three.view.findChild(QMenu, "map menu")
    assert menu is not None
    ways = next(action.menu() for action in menu.actions() if action.text() == "Write the way through the pins")
    actions = {action.text(): action for action in ways.actions()}  # type: ignore[attr-defined]
    assert list(actions)[:2] == ["4 bars: a variation every bar", "8 bars: a variation every bar"]
    actions["8 bars: a variation every 2 bars"].trigger()
    menu.close()
    three.qtbot.waitUntil(lambda: len(session.history.labels) == steps + 1)
    assert session.history.undo_label == "way from A to C"
    notes = session.score.tracks[0].notes
    start = session.steering.at_tick

    def window(number: int) -> list[tuple[int, int, int]]:
        begin = start + number * 2 * BAR
        return [(n.start - begin, n.pitch, n.length) for n in notes if begin <= n.start < begin + 2 * BAR]

    kept = [[(n.start, n.pitch, n.length) for n in pin.notes] for pin in pins]
    assert window(0) == kept[0] and window(3) == kept[2] and kept[1] in (window(1), window(2)), "pins keep their notes"
    assert [n for n in notes if n.start < start] == [n for n in before.tracks[0].notes if n.start < start]
    assert all(n.end <= start + 8 * BAR for n in notes)
    between = {0, 1, 2, 3} - {number for number in range(4) if window(number) in kept}
    for number in between:
        begin = start + number * 2 * BAR
        assert {n.origin for n in notes if begin <= n.start < begin + 2 * BAR} <= {Origin.GENERATED}
    session.history.undo()
    assert session.score == before


def test_bar_by_bar_the_variations_take_turns_with_first_and_second_bars(three: Room) -> None:
    session, pins = three.session, three.session.steering.pins
    three.view._walk(4, 1)
    three.qtbot.waitUntil(lambda: session.history.undo_label == "way from A to C")
    start = session.steering.at_tick
    notes = [(n.start - start, n.pitch) for n in session.score.tracks[0].notes if n.start >= start]
    first = [(n.start, n.pitch) for n in pins[0].notes if n.start < BAR]
    last = [(n.start + 2 * BAR, n.pitch) for n in pins[2].notes if n.start >= BAR]
    assert [note for note in notes if note[0] < BAR] == first
    assert [note for note in notes if note[0] >= 3 * BAR] == last


def test_every_pin_has_a_variation_of_its_own() -> None:
    assert stations(2, 3) == [0, 0.5, 1]
    assert stations(3, 4) == pytest.approx([0, 1 / 3, 0.5, 1])
    assert set(stations(5, 8)) >= {0, 0.25, 0.5, 0.75, 1} and stations(5, 8) == sorted(stations(5, 8))
    assert stations(8, 8) == pytest.approx(np.linspace(0, 1, 8).tolist())


def test_keys_go_along_the_whole_way(three: Room) -> None:
    slider = three.view.bar.slider
    three.view.activateWindow()
    slider.setFocus()
    three.qtbot.keyClick(slider, Qt.Key.Key_End)
    three.canvas.setFocus()
    assert three.session.steering.code == three.session.steering.pins[2].code
