"""The room of trainings: the list, the buttons, what is heard and seen while one learns; at any size, in any theme."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.panels.training.forming_map import SHAPES, colours, fitted
from app.panels.training.room import TrainingPanel
from app.panels.training.samples import SampleRow
from app.theme import THEMES, mix, stylesheet
from app.training.queue import DROP, Hearing
from engine.codecs.codec import Voice
from engine.errors import UserError
from engine.models.registry import REGISTRY
from engine.score import Note
from engine.session import Session
from engine.training.progress import Look, TrainingProgress
from engine.training.watch.verdict import BY_HEART
from engine.verbs.idea import Idea
from tests.app.test_access import nameless
from tests.app.training_room import changed, game, heard, interrupted, made, ordered, told


class Ear:
    """Remembers what the player was asked to sound."""

    def __init__(self) -> None:
        self.melodies: list[list[int]] = []

    def hear(self, voices: object, *more: object) -> None:
        self.melodies.append([note.pitch for notes, _ in voices for note in notes])  # type: ignore[attr-defined]


@pytest.fixture
def ear(map_session: Session, monkeypatch: pytest.MonkeyPatch) -> Ear:
    made_ear = Ear()
    map_session.player.available = None  # type: ignore[misc]  # as with a sound device
    monkeypatch.setattr(map_session.player, "preview_voices", made_ear.hear)
    return made_ear


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication, map_session: Session, tmp_path: Path) -> TrainingPanel:
    """A room with one training that learns, dressed as in the window."""
    qapp.setStyleSheet(stylesheet(THEMES["light"]))
    room = TrainingPanel(map_session, THEMES["light"], lambda: (1920, 0))
    qtbot.addWidget(room)
    room.resize(900, 236)
    room.show()
    room.expect(1, ordered("My tunes", tmp_path))
    room.on_event(changed(1, "running"))
    return room


def shown(*widgets: QWidget) -> list[bool]:
    return [widget.isVisible() for widget in widgets]


def titles(panel: TrainingPanel) -> list[str]:
    return [str(panel.list.rows.data(panel.list.rows.index(row))) for row in range(panel.list.rows.rowCount())]


def test_a_training_from_its_start_to_its_end(panel: TrainingPanel, qtbot: QtBot) -> None:
    card = panel.card
    buttons = (card.finish, card.pause, card.out, card.go_on, card.show_card, card.drop)
    assert card.title.text() == "My tunes" and shown(*buttons) == [True, True, False, False, False, True]
    assert not card.finish.isEnabled(), "there is nothing to keep yet"
    panel.on_event(told(1))
    qtbot.waitUntil(lambda: card.finish.isEnabled())
    assert card.verdict.text() == "It is learning." and "8 steps a second · CPU" in card.where.text()
    panel.on_event(changed(1, "done", 1.0))
    assert shown(*buttons) == [False, False, False, False, True, False] and "Done" in card.where.text()
    with qtbot.waitSignal(panel.card_asked) as asked:
        card.show_card.click()
    assert asked.args == ["gan~My tunes"]


def test_what_to_do_about_it_is_said(panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.on_event(told(1, TrainingProgress(40, 0.5, {}, verdict=BY_HEART, looks=game(30))))
    qtbot.waitUntil(lambda: panel.card.verdict.text() == BY_HEART.words)
    assert panel.card.remedy.text() == BY_HEART.remedy
    assert panel.card.sign.accessibleName() == "Something is the matter"
    qtbot.waitUntil(lambda: panel.plots is not None and bool(panel.plots.plots))
    assert panel.plots is not None and list(panel.plots.plots) == ["pay", "distance", "right", "variety", "pull"]
    assert "generator 2.9" in panel.plots.plots["pay"].area.accessibleDescription()


def test_figures_of_one_training_are_not_said_of_another(panel: TrainingPanel, qtbot: QtBot, tmp_path: Path) -> None:
    def shown(*heard: float) -> TrainingProgress:
        looks = [Look(n, n / 100, {"loss": 3.0} | ({"heard": value} if value else {})) for n, value in enumerate(heard)]
        return TrainingProgress(40, 0.5, {}, looks=tuple(looks))

    panel.expect(2, ordered("Other", tmp_path))
    panel.on_event(told(1, shown(9.0, 8.0)))
    panel.on_event(changed(2, "running"))
    panel.on_event(told(2, shown(0.0, 0.0)))
    said = [training for training in panel.queue.listed if training.looks]
    words = []
    for training in (said[0], said[1], said[0]):
        panel.look_at(training)
        assert panel.plots is not None
        words.append(panel.plots.plots["loss"].area.accessibleDescription())
    assert "music it learns 8" in words[0] and words[1] == "as it learns 3" and words[2] == words[0]


def test_it_is_asked_to_end_once(panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.on_event(told(1))
    qtbot.waitUntil(lambda: panel.card.finish.isEnabled())
    with qtbot.waitSignal(panel.finish_asked) as asked:
        panel.card.finish.click()
    assert asked.args == [1] and "Keeping the best" in panel.card.where.text()
    assert not any(button.isEnabled() for button in (panel.card.finish, panel.card.pause, panel.card.drop))
    panel.on_event(changed(1, "running", 0.97, text="laying out the map"))
    qtbot.waitUntil(lambda: "it is measured" in panel.card.where.text())


def test_pausing_and_going_on(panel: TrainingPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.pause_asked) as asked:
        panel.card.pause.click()
    assert asked.args == [1] and "Pausing" in panel.card.where.text()
    with qtbot.waitSignal(panel.ended):
        panel.on_event(changed(1, "cancelled"))
    assert panel.card.go_on.isVisible() and not panel.card.pause.isVisible()
    with qtbot.waitSignal(panel.go_on_asked) as going:
        panel.card.go_on.click()
    assert going.args == [panel.shown]
    panel.on_event(changed(1, "failed", error=UserError("There is too little music.", "Add some.")))
    assert "too little music" in panel.card.where.text() and panel.card.go_on.text() == "Try again"


def test_the_list_shows_the_queue_and_is_moved_through_with_arrows(
    panel: TrainingPanel, qtbot: QtBot, tmp_path: Path
) -> None:
    panel.expect(2, ordered("Second", tmp_path))
    panel.expect(3, ordered("Third", tmp_path))
    panel.show_left_over([interrupted("Old", tmp_path), *(ordered(name, tmp_path) for name in ("Second", "Third"))])
    assert titles(panel) == [
        "My tunes: Begins…", "Second: Next", "Third: Waits, 2 before it", "Old: Not finished"
    ]  # fmt: skip
    assert panel.shown is not None and panel.shown.order.title == "My tunes", "what learns stays in sight"
    panel.list.setFocus()
    for expected in ("Second", "Third", "Old"):
        qtbot.keyClick(panel.list, Qt.Key.Key_Down)
        assert panel.card.title.text() == expected
    assert panel.card.go_on.isVisible() and panel.card.go_on.text() == "Go on"
    qtbot.keyClick(panel.list, Qt.Key.Key_Up)
    with qtbot.waitSignal(panel.pause_asked) as asked:
        panel.card.out.click()
    assert asked.args == [3]


def test_throwing_away_asks_once_and_says_what_is_lost(panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.on_event(told(1))
    panel.card.drop.setFocus()
    panel.card.drop.click()
    assert panel.card.ask.isVisible() and not panel.card.buttons.isVisible()
    assert "40 steps, 5 s of learning, are lost for good" in panel.card.question.text()
    assert panel.card.no.hasFocus(), "Enter by mistake loses nothing"
    panel.card.no.click()
    assert panel.card.buttons.isVisible() and panel.card.drop.hasFocus()
    panel.card.drop.click()
    with qtbot.waitSignal(panel.drop_asked) as asked:
        panel.card.yes.click()
    assert asked.args == [panel.shown] and panel.shown is not None and panel.shown.wish == DROP
    panel.forget(panel.shown)
    assert panel.shown is None and panel.empty.isVisible() and not panel.card.isVisible()


# what it makes ---------------------------------------------------------------------------------------------------


def test_what_it_makes_is_shown_the_newest_first_and_heard(panel: TrainingPanel, qtbot: QtBot, ear: Ear) -> None:
    panel.pages.turn_to("Music")
    for step in (100, 200, 300):
        panel.on_event(made(1, heard(step)))
    rows = list(panel.music.rows.values())
    assert [row.words.partition(",")[0] for row in rows] == ["step 300", "step 200", "step 100"]
    cards = rows[0].cards
    second = cards.visualRect(cards.ideas.index(1)).center()
    qtbot.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=second)
    assert ear.melodies == [[61 + i for i in range(8)]]
    assert "step 300" in panel.music.says.text() and panel.music.use.isEnabled()
    panel.music.sound.stop()
    qtbot.keyClick(cards, Qt.Key.Key_Space)
    assert len(ear.melodies) == 2 and ear.melodies[1] == ear.melodies[0]
    qtbot.keyClick(cards, Qt.Key.Key_Right)
    assert ear.melodies[2][0] == 62
    qtbot.keyClick(cards, Qt.Key.Key_Down)
    assert rows[1].cards.current == 2 and len(ear.melodies) == 4, "the same dice, earlier"
    rows[2].hear.click()
    assert len(ear.melodies[4]) == 32, "all four, one after the other"


@pytest.mark.parametrize("system", list(REGISTRY))
def test_music_of_every_system_has_its_row(qtbot: QtBot, system: str) -> None:
    voices = tuple(Voice(name, 0, (Note(0, pitch, 960),)) for name, pitch in (("Soprano", 72), ("Bass", 48)))
    music = replace(heard(5), samples=(Idea("1", voices), Idea("2", voices[:1])))
    row = SampleRow(system, Hearing(music, 0.0), THEMES["dark"])
    qtbot.addWidget(row)
    row.resize(400, 100)
    row.fit(400)
    row.show()
    assert row.cards.ideas.result.bars >= 1 and row.cards.ideas.rowCount() == 2
    assert not row.cards.grab().isNull()


def test_a_sample_is_used_with_one_step_of_undo(panel: TrainingPanel, map_session: Session, ear: Ear) -> None:
    panel.pages.turn_to("Music")
    panel.on_event(made(1, heard(100)))
    assert not panel.music.use.isEnabled()
    panel.music.hear(next(iter(panel.music.rows.values())), 2)
    panel.music.use.click()
    pitches = [note.pitch for note in map_session.score.tracks[0].notes if 1920 <= note.start < 1920 + 3840]
    assert pitches == [62 + i for i in range(8)] and len(map_session.history.labels) == 1
    assert {note.pitch for note in panel.music.written} == set(pitches)


def test_rows_are_as_high_as_the_page_is_wide(panel: TrainingPanel, qtbot: QtBot) -> None:
    """At any size, also where a scroll bar comes because the rows are high, and would go were they low."""
    for step in range(1, 7):
        panel.on_event(made(1, heard(step)))
    panel.pages.turn_to("Music")
    for height in range(232, 760, 7):
        panel.resize(760 + height, height)
        QApplication.processEvents()
    rows = list(panel.music.rows.values())
    assert len({row.height() for row in rows}) == 1
    cards = rows[0].cards
    last = cards.visualRect(cards.ideas.index(3))
    assert last.right() <= cards.viewport().width() and last.bottom() <= cards.viewport().height()


def test_rows_that_stand_stay_as_they_are(panel: TrainingPanel) -> None:
    panel.pages.turn_to("Music")
    panel.on_event(made(1, heard(100)))
    (first,) = panel.music.rows.values()
    panel.on_event(made(1, heard(200)))
    assert list(panel.music.rows.values())[1] is first


def test_the_map_forms_before_the_eyes(panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.pages.turn_to("Map")
    early, late = heard(1), heard(9)
    assert early.places is not None and late.places is not None
    panel.on_event(made(1, early))
    assert np.array_equal(panel.map.now, fitted(early.places)), "the first one stands at once"
    panel.on_event(made(1, late))
    assert panel.map.gliding and not np.array_equal(panel.map.now, fitted(late.places))
    qtbot.waitUntil(lambda: not panel.map.gliding, timeout=1500)
    assert np.array_equal(panel.map.now, fitted(late.places))
    assert panel.map.accessibleDescription() == "60 melodies, at step 9, reel, jig, hymn"


def test_kinds_differ_in_shape_and_in_colour() -> None:
    assert len(set(SHAPES)) == len(SHAPES) == 6
    for theme in THEMES.values():
        names = [colour.name() for colour in colours(theme)]
        assert len(set(names)) == len(SHAPES)
        assert mix(theme.panel, theme.text, 0.0).name() not in names


def test_places_of_dots_fill_the_square() -> None:
    places = fitted(np.random.default_rng(2).normal(5, 40, (500, 2)).astype(np.float32))
    assert 0.97 < np.quantile(np.abs(places).max(1), 0.99) < 1.03 and abs(np.median(places)) < 0.2
    assert np.array_equal(fitted(np.full((5, 2), 3.0, np.float32)), np.zeros((5, 2), np.float32)), "all in one place"
    assert fitted(np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_the_table_has_words_for_its_figures(panel: TrainingPanel) -> None:
    panel.pages.turn_to("Figures")
    panel.on_event(made(1, heard(100)))
    table = panel.table.table
    heads = [table.horizontalHeaderItem(column).text() for column in range(4)]
    cells = [[table.item(row, column).text() for column in range(4)] for row in range(table.rowCount())]
    assert heads == ["", "this one", "real", "chain"]
    assert cells == [["Distance ↓", "20.0", "4.0", "17.0"], ["Copies ↓", "2.1 %", "10.0 %", "0.0 %"]]
    assert "Frechet" in table.item(0, 0).toolTip()
    assert table.item(1, 2).data(Qt.ItemDataRole.AccessibleTextRole) == "real, Copies ↓: 10.0 %"


def test_only_pages_with_something_on_them_are_offered(panel: TrainingPanel) -> None:
    assert panel.pages.nothing.isVisible() and panel.pages.in_sight == []
    panel.on_event(made(1, heard(100, table=False, places=False)))
    assert panel.pages.in_sight == ["Music"] and not panel.pages.nothing.isVisible()
    panel.on_event(made(1, heard(200)))
    offered = [title for title, button in panel.pages.buttons.items() if button.isVisible()]
    assert offered == ["Music", "Map", "Figures"] and panel.pages.in_sight == ["Music"]
    panel.pages.buttons["Figures"].click()
    assert panel.pages.in_sight == ["Figures"] and panel.table.isVisible() and not panel.music.isVisible()


# the room --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height", "pages", "narrow"), [
    (900, 236, 1, False), (620, 207, 1, False),
    (1400, 236, 3, False), (1200, 620, 4, False), (320, 700, 2, True), (420, 236, 1, True),
])  # fmt: skip
def test_it_fits_wherever_it_is_put(
    panel: TrainingPanel, qtbot: QtBot, width: int, height: int, pages: int, narrow: bool
) -> None:
    panel.on_event(told(1, TrainingProgress(40, 0.5, {}, verdict=BY_HEART, looks=game(30))))
    panel.on_event(made(1, heard(100)))
    panel.resize(width, height)
    QApplication.processEvents()
    assert panel.width() == width and panel.frame.narrow == narrow
    assert len(panel.pages.in_sight) == pages
    for button in (panel.card.pause, panel.card.finish, panel.card.drop):
        inside = button.mapTo(panel.card, button.rect().bottomRight())
        assert button.isVisible() and panel.card.rect().contains(inside)
        if not narrow:
            assert panel.rect().contains(button.mapTo(panel, button.rect().bottomRight())), "always within reach"
    for page in panel.pages.buttons.values():
        assert not page.isVisible() or page.width() >= page.sizeHint().width(), "no title is cut"
    panel.resize(900, 236)
    QApplication.processEvents()
    assert not panel.frame.narrow and len(panel.pages.in_sight) == 1


def apart(colour: QColor, pixel: int) -> int:
    other = QColor(pixel)
    return sum(abs(a - b) for a, b in zip(colour.getRgb()[:3], other.getRgb()[:3], strict=True))  # type: ignore[index]


@pytest.mark.parametrize("name", list(THEMES))
def test_in_every_theme(panel: TrainingPanel, qtbot: QtBot, name: str) -> None:
    panel.resize(1200, 620)
    panel.on_event(told(1, TrainingProgress(40, 0.5, {}, looks=game(30))))
    panel.on_event(made(1, heard(100)))
    qtbot.waitUntil(lambda: panel.plots is not None)
    panel.set_theme(THEMES[name])
    image = panel.map.grab().toImage()
    found = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    for colour in colours(THEMES[name])[:3]:
        assert any(apart(colour, other) < 90 for other in found), "every kind can be seen"


def test_every_control_has_a_name(panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.resize(1200, 620)
    panel.on_event(told(1, TrainingProgress(40, 0.5, {}, looks=game(30))))
    panel.on_event(made(1, heard(100)))
    qtbot.waitUntil(lambda: panel.plots is not None)
    assert nameless(panel) == []
    for button in (panel.card.pause, panel.card.finish, panel.card.drop, panel.train):
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus and button.accessibleDescription()


def test_tab_goes_from_left_to_right(panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.on_event(told(1))
    panel.on_event(made(1, heard(100)))
    panel.activateWindow()
    qtbot.waitUntil(lambda: panel.isActiveWindow() and panel.card.finish.isEnabled())
    panel.list.setFocus()
    names = []
    qtbot.waitUntil(lambda: any(row.cards.isVisible() for row in panel.music.rows.values()))
    for _ in range(10):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        names.append(focus.text() if isinstance(focus, QAbstractButton) else focus.accessibleName().partition(",")[0])
    words, buttons = "How the training goes", ["Pause", "Finish now", "Throw away…", "Music", "Map", "Figures"]
    assert names == ["Train a model…", words, *buttons, "", "step 100"]


def test_nothing_is_painted_while_nobody_looks(panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.hide()
    before = panel.card.where.text()
    panel.on_event(told(1))
    panel.on_event(made(1, heard(100)))
    qtbot.wait(30)
    assert panel.card.where.text() == before and not panel.music.rows and panel.plots is None
    panel.show()
    assert "step 40" in panel.card.where.text()
    qtbot.waitUntil(lambda: len(panel.music.rows) == 1)


def test_a_flood_of_progress_is_shown_a_few_times_a_second(
    panel: TrainingPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_texts = []
    monkeypatch.setattr(panel.card.where, "setText", shown_texts.append)
    for step in range(200):
        panel.on_event(told(1, TrainingProgress(step, 0.5, {}, pace=8.0)))
    qtbot.wait(260)
    assert 1 <= len(shown_texts) <= 4 and "step 199" in shown_texts[-1]
