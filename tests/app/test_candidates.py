"""The candidates over a real engine: generate, hear, keep, use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.bridge import Bridge
from app.panels.candidates import CandidatesStrip
from app.theme import DARK, LIGHT
from engine.commands.document import Steering
from engine.events import CandidatesReady, Failed, MapReady
from engine.score import Note, Origin
from engine.session import Session

LEFT = Qt.MouseButton.LeftButton


class Table:
    """A shown strip over a session whose decoder is warm."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot, self.session = qtbot, session
        self.heard: list[object] = []
        self.bridge = Bridge(session.events)
        self.strip = CandidatesStrip(session, LIGHT)
        qtbot.addWidget(self.strip)
        self.strip.resize(760, 96)
        self.strip.show()
        self.bridge.heard.connect(self.strip.on_event)
        self.bridge.heard.connect(self.heard.append)
        assert not self.strip.generate_button.isEnabled()
        session.ask.load_map()
        qtbot.waitUntil(lambda: any(isinstance(e, MapReady) and e.playable for e in self.heard), timeout=20_000)

    def generate(self) -> list[tuple[Note, ...]]:
        self.qtbot.mouseClick(self.strip.generate_button, LEFT)
        assert not self.strip.generate_button.isEnabled()  # one order at a time
        kept = sum(card.star.isChecked() for card in self.strip.cards)
        self.qtbot.waitUntil(lambda: self.strip.generate_button.isEnabled() or kept == 4)
        return self.melodies()

    def melodies(self) -> list[tuple[Note, ...]]:
        return [card.roll.notes for card in self.strip.cards]


@pytest.fixture
def table(qtbot: QtBot, map_session: Session) -> Iterator[Table]:
    made = Table(qtbot, map_session)
    yield made
    made.bridge.close()
    assert not [event for event in made.heard if isinstance(event, Failed)]


def test_four_are_made_and_nothing_is_written(table: Table) -> None:
    score = table.session.score
    melodies = table.generate()
    assert len({m for m in melodies if m}) == 4 and all(card.full for card in table.strip.cards)
    assert table.session.score is score and table.session.history.labels == []
    assert table.generate() != melodies  # another seed


def test_a_double_click_uses_one_as_one_undo_step(table: Table) -> None:
    melodies, before = table.generate(), table.session.document
    card = table.strip.cards[2]
    with table.qtbot.waitSignal(table.strip.chosen):
        table.qtbot.mouseDClick(card, LEFT)
    at = table.session.steering.at_tick
    written = [n for n in table.session.score.tracks[0].notes if n.start >= at]
    assert [(n.start - at, n.pitch, n.length) for n in written] == [(n.start, n.pitch, n.length) for n in melodies[2]]
    assert all(note.origin is Origin.GENERATED for note in written)
    assert table.session.steering.code != before.steering.code
    assert table.session.history.labels == ["candidate 3"]
    table.session.history.undo()
    assert table.session.document == before


def test_a_star_keeps_one(table: Table) -> None:
    first = table.generate()
    table.strip.cards[1].star.click()
    assert table.strip.generate_button.text() == "Generate three"
    second = table.generate()
    assert second[0] == first[1] and table.strip.cards[0].star.isChecked()
    assert not set(second[1:]) & set(first)
    for card in table.strip.cards[1:]:
        card.star.click()
    assert not table.strip.generate_button.isEnabled()


def test_keys_choose_and_use(table: Table) -> None:
    melodies = table.generate()
    table.strip.cards[0].setFocus()
    table.qtbot.keyClick(table.strip.cards[0], Qt.Key.Key_3)
    table.qtbot.keyClick(table.strip.cards[2], Qt.Key.Key_Right)
    table.qtbot.keyClick(table.strip.cards[3], Qt.Key.Key_Return)
    assert table.session.history.labels == ["candidate 4"]
    at = table.session.steering.at_tick
    assert len([n for n in table.session.score.tracks[0].notes if n.start >= at]) == len(melodies[3])


def test_a_click_is_heard_and_shows_a_playhead(table: Table) -> None:
    table.generate()
    table.session.player.available = None  # as with a sound device
    card = table.strip.cards[1]
    table.qtbot.mouseClick(card, LEFT)
    table.qtbot.waitUntil(lambda: card.roll.playhead is not None)
    table.qtbot.mouseClick(table.strip.cards[0], LEFT)
    assert card.roll.playhead is None


def test_themes_and_names(table: Table) -> None:
    table.strip.set_theme(DARK)
    assert all(card.accessibleName() for card in table.strip.cards)
    table.generate()
    assert "notes" in table.strip.cards[0].accessibleName()
    assert not table.strip.grab().isNull()


def test_candidates_around_a_place_are_the_nearer_the_smaller_the_radius(table: Table) -> None:
    chart = table.session.map
    assert chart is not None
    home = tuple(chart.codes[5].tolist())
    far = []
    for radius in (0.0, 0.25, 0.8):
        table.strip.generate_around(home, radius)
        table.qtbot.waitUntil(lambda: table.strip.generate_button.isEnabled())
        codes = np.array([candidate.code for candidate in table.strip._candidates])
        far.append(float(np.linalg.norm(codes - np.array(home), axis=1).mean()))
    assert far[0] < 1e-4 < far[1] < far[2]
    assert len({melody for melody in table.melodies() if melody}) == 4
    table.strip.choose(2)
    assert table.session.steering.code == table.strip._candidates[2].code and chart.fits(table.session.steering.code)


def test_the_same_seed_finds_the_same_around_a_place_and_sliders_count(table: Table) -> None:
    chart = table.session.map
    assert chart is not None
    home = replace(table.session.steering, code=tuple(chart.codes[5].tolist()), seed=9)
    first, again, busier = (
        _around(table, steering) for steering in (home, home, replace(home, sliders={"density": 2}))
    )
    np.testing.assert_allclose(first, again)
    turned = np.sqrt(1 - 0.5**2) * 2 * chart.sliders["density"]
    np.testing.assert_allclose(busier - first, np.tile(turned, (3, 1)), atol=1e-4)


def _around(table: Table, steering: Steering) -> np.ndarray:
    before = len(table.heard)
    table.session.ask.candidates(steering, 3, 0.5)
    table.qtbot.waitUntil(lambda: any(isinstance(e, CandidatesReady) for e in table.heard[before:]))
    (ready,) = (event for event in table.heard[before:] if isinstance(event, CandidatesReady))
    return np.array(ready.codes)
