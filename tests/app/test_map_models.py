"""Other models on the map of the studio: whole phrases under the puck, curved planes, two ways between two pins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from app.panels.candidates import CandidatesStrip
from app.panels.sliders.panel import SlidersPanel
from app.panels.sliders.table import SliderTable
from app.theme import LIGHT
from app.views.map.head import MapHead
from engine.commands.document import Document, Steering
from engine.events import Failed, MapReady
from engine.latent.attributes import AXES
from engine.models import registry
from engine.score import Note, Score, Track
from engine.session import Session, SessionPaths
from tests.app.map_room import LEFT, Room
from tests.toys import ROWS, write_toy

BAR = 1920


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toys")
    for name in ROWS:
        write_toy(name, folder)
    return folder


@pytest.fixture
def room(qtbot: QtBot, toys: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """The map of a toy that plays two bars; another one plays eight."""
    for name, row in ROWS.items():
        monkeypatch.setitem(registry.REGISTRY, name, row)
    notes = [Note(i * 480, 60 + i % 5, 440) for i in range(64)]
    document = Document(Score(tracks=(Track.of(notes, name="Melody"),)), Steering("toy_melody", at_tick=2 * BAR))
    session = Session(SessionPaths(toys), audio=False, document=document)
    made = Room(qtbot, session)
    yield made
    made.bridge.close()
    assert not [event for event in made.heard if isinstance(event, Failed)]
    session.close()


def head(room: Room) -> MapHead:
    found = room.view.findChild(MapHead)
    assert found is not None
    return found


def go_to(room: Room, name: str) -> None:
    """Choose a model in the menu on the map, and wait until it plays."""
    room.heard.clear()
    menu = head(room).models.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == ROWS[name].title).trigger()
    room.qtbot.waitUntil(
        lambda: any(isinstance(e, MapReady) and e.playable and e.model == name for e in room.heard), timeout=20_000
    )


def test_another_model_comes_on_the_map_and_undo_brings_the_first_back(room: Room) -> None:
    room.view.pin("A", QPointF(-0.5, 0.5))
    dots = room.canvas.dots.copy()
    assert head(room).models.text().startswith("Toy melody")
    go_to(room, "toy_phrase")
    assert head(room).models.text().startswith("Toy phrase")
    assert room.session.history.undo_label == "map of Toy phrase"
    assert room.view.latent is room.session.map and not np.allclose(room.canvas.dots, dots)
    assert not room.canvas._marks and not room.view.bar.ready
    room.session.history.undo()
    room.qtbot.waitUntil(lambda: room.view.latent is not None, timeout=20_000)
    assert np.allclose(room.canvas.dots, dots) and len(room.canvas._marks) == 1
    assert head(room).models.text().startswith("Toy melody")


def test_the_puck_morphs_whole_phrases(room: Room) -> None:
    go_to(room, "toy_phrase")
    room.view.pin("A", QPointF(-1.0, -0.5))
    room.view.pin("B", QPointF(1.0, 0.5))
    assert max(note.end for note in room.session.steering.pins[0].notes) > 7 * BAR
    assert room.view.bar.first._frame.bars == 8
    start, end = room.free_pixel(-0.6, -0.9), room.free_pixel(0.7, 0.8)
    room.press(start)
    for step in range(1, 5):
        room.move(start + (end - start) * step / 4)
    before = room.session.score
    room.release(end)
    written = [n for n in room.session.score.tracks[0].notes if n.start >= 2 * BAR]
    assert max(n.start for n in written if n.start < 10 * BAR) >= 9 * BAR
    outside = [n for n in before.tracks[0].notes if not 2 * BAR <= n.start < 10 * BAR]
    assert [n for n in room.session.score.tracks[0].notes if not 2 * BAR <= n.start < 10 * BAR] == outside


def test_on_a_curved_plane_the_puck_stays_where_the_hand_put_it(room: Room) -> None:
    plane = next(action for action in head(room).planes.menu().actions() if action.data() == "tsne")
    assert "% of neighbours" in plane.text() and "t-SNE" in plane.text()
    plane.trigger()
    assert room.session.map.curved and "ten nearest neighbours" in room.view.truth
    for x, y in ((-0.4, 0.3), (0.5, -0.2)):
        at = room.free_pixel(x, y)
        room.press(room.free_pixel(0.0, 0.0))
        room.move(at)
        held = room.canvas.puck
        assert (room.canvas.pixel(held.x(), held.y()) - QPointF(at)).manhattanLength() < 1.0
        room.release(at)
        assert (room.canvas.puck - held).manhattanLength() < 1e-6, "no leap when it is let go"
    last = room.canvas.puck
    room.session.history.undo()
    room.session.history.redo()
    assert (room.canvas.puck - last).manhattanLength() < 1e-6


def test_what_a_plane_hides_is_said_for_every_plane(room: Room) -> None:
    said = set()
    for name in room.session.map.planes:
        room.view._choose_plane(name)
        said.add(room.view.truth)
        assert f"{round(100 * room.session.map.distortion(name).kept)} %" in room.view.truth
    assert len(said) > 1


def test_both_ways_from_a_to_b_are_heard_at_one_place(room: Room) -> None:
    room.view.pin("A", QPointF(-1.5, -1.0))
    room.view.pin("B", QPointF(1.5, 1.0))
    room.view.bar.slider.setValue(300)
    room.view._release()
    code, morph = room.session.steering.code, room.bars()
    ways = room.view.bar._ways
    room.qtbot.mouseClick(ways.button(1), LEFT)
    assert room.session.history.undo_label == "crossfade from A to B"
    assert room.session.steering.code == code and room.session.steering.crossfade == pytest.approx(0.5, abs=0.01)
    mixed = room.bars()
    assert mixed != morph and "steps of both" in room.view.state and room.view.bar.crossfades
    a, b = ({(n.start, n.pitch) for n in pin.notes} for pin in room.session.steering.pins)
    assert {(start, pitch) for start, pitch, _ in mixed} <= a | b, "every step is one of theirs"
    room.qtbot.mouseClick(ways.button(0), LEFT)
    assert room.bars() == morph and room.session.steering.crossfade is None
    room.session.history.undo()
    assert room.bars() == mixed and room.view.bar.crossfades
    room.click(room.free_pixel(0.2, -1.2))
    assert room.session.steering.crossfade is None


def test_candidates_hold_eight_bars_and_lead_back_to_their_map(room: Room) -> None:
    strip = CandidatesStrip(room.session, LIGHT)
    room.qtbot.addWidget(strip)
    room.bridge.heard.connect(strip.on_event)
    go_to(room, "toy_phrase")
    strip.generate()
    room.qtbot.waitUntil(lambda: strip.cards[3].full)
    assert strip.cards[0].roll._frame.bars == 8
    go_to(room, "toy_melody")
    strip.choose(0)
    assert room.session.steering.model == "toy_phrase" and len(room.session.steering.code) == 4
    inside = [n for n in room.session.score.tracks[0].notes if 2 * BAR <= n.start < 10 * BAR]
    assert max(n.start for n in inside) >= 9 * BAR


# sliders --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def panel(room: Room) -> SlidersPanel:
    made = SlidersPanel(room.session, LIGHT)
    room.qtbot.addWidget(made)
    made.resize(360, 300)
    made.show()
    room.bridge.heard.connect(made.on_event)
    made._follow_map()
    return made


def test_all_sliders_of_the_model_are_there_the_first_few_at_once(room: Room, panel: SlidersPanel) -> None:
    assert list(panel.rows)[-2:] != [] and set(AXES) <= set(panel.rows)
    assert panel.rows["height"].isVisible() and not panel.rows["mode"].isVisible()
    assert panel.more.text() == "5 more sliders"
    panel.more.click()
    assert panel.rows["mode"].isVisible() and panel.more.text() == "Fewer sliders"
    row = panel.rows["range"]
    row.slider.setValue(row.slider.value() + 100)
    panel._settled()
    assert room.session.history.undo_label == "range" and room.session.steering.sliders["range"] == pytest.approx(1.0)


def test_a_slider_is_made_of_a_pin(room: Room, panel: SlidersPanel) -> None:
    room.view.pin("A", QPointF(-1.0, 1.0))
    room.view.pin("B", QPointF(1.0, -1.0))
    room.view._learn_slider("A")
    room.qtbot.waitUntil(lambda: "Like A" in panel.rows and panel.rows["Like A"].isVisible())
    assert room.session.history.undo_label == "slider “Like A”"
    room.session.history.undo()
    assert "Like A" not in panel.rows


def test_what_each_slider_moves_is_a_table(room: Room, panel: SlidersPanel) -> None:
    room.qtbot.mouseClick(panel.table, LEFT)
    sheet = panel.findChild(SliderTable)
    assert sheet is not None
    assert sheet.matrix.sentences()[0].startswith("Density: Density +1.00, Height 0")
    assert not sheet.matrix.grab().isNull() and "Density" in sheet.matrix.accessibleDescription()
    sheet.close()


def test_the_tab_key_goes_through_rows_in_their_order(room: Room, panel: SlidersPanel) -> None:
    panel.more.click()
    order, widget = [], panel.rows["density"].slider
    for _ in range(150):
        order += [name for name, row in panel.rows.items() if row.slider is widget]
        widget = widget.nextInFocusChain()  # type: ignore[assignment]
    assert order[: len(panel.rows)] == [*AXES, "surprise"]
