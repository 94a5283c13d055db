"""The ideas panel over a real session: what a verb made is seen, heard, kept and written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.ideas.paint import meter, star_box
from app.panels.ideas.panel import IdeasPanel
from app.panels.ideas.results import KEPT, Result
from app.panels.ideas.row import IdeaRow
from app.theme import DARK, LIGHT
from engine.codecs.codec import Voice
from engine.commands.document import Document
from engine.events import IdeasReady
from engine.score import Note, Origin, Score, Track
from engine.session import Session, SessionPaths
from engine.verbs.verb import Idea

LEFT = Qt.MouseButton.LeftButton
BAR = 1920
COPY = "84 % of its notes are in Maple Leaf Rag"


def tune(pitch: int) -> tuple[Voice, ...]:
    notes = tuple(Note(i * 480, pitch + i, 480, 80, Origin.GENERATED) for i in range(8))
    return (Voice("", 0, notes),)


def chorale() -> tuple[Voice, ...]:
    names = ("Soprano", "Alto", "Tenor", "Bass")
    return tuple(Voice(name, 52, (Note(0, 72 - 6 * i, 4 * BAR, 80, Origin.GENERATED),)) for i, name in enumerate(names))


def dream(rounds: int = 5) -> IdeasReady:
    return IdeasReady("dream", "vae", tuple(Idea(f"round {i}", tune(50 + i % 20)) for i in range(rounds)))


def sounding(row: IdeaRow) -> int | None:
    """Which card carries the marker."""
    now = row.cards.painter.sounding
    return None if now is None else now[0]


class Desk:
    """A shown panel over a session, writing at bar two of the first track; remembers what was heard."""

    def __init__(self, qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.qtbot, self.session = qtbot, session
        self.heard: list[list[tuple[list[Note], int]]] = []
        session.player.available = None  # as with a sound device
        monkeypatch.setattr(session.player, "preview_voices", self._hear)
        self.panel = IdeasPanel(session, LIGHT, lambda: (BAR, 0))
        qtbot.addWidget(self.panel)
        self.panel.resize(700, 160)
        self.panel.show()
        session.events.subscribe(self.panel.on_event)

    def _hear(self, voices: object, resolution: int, microseconds: int, follow: bool) -> None:
        self.heard.append([(list(notes), program) for notes, program in voices])  # type: ignore[attr-defined]

    def click(self, card: int, row: int = 0, twice: bool = False) -> None:
        cards = self.panel.rows[row].cards
        cards.scrollTo(cards.ideas.index(card))
        centre = cards.visualRect(cards.ideas.index(card)).center()
        (self.qtbot.mouseDClick if twice else self.qtbot.mouseClick)(cards.viewport(), LEFT, pos=centre)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    melody = Track.of([Note(i * 480, 60 + i % 5, 440) for i in range(16)], "Melody")
    session = Session(SessionPaths(bundles=tmp_path), audio=False, document=Document(Score((melody,))))
    made = Desk(qtbot, session, monkeypatch)
    yield made
    made.panel.sound.stop()
    session.close()


def test_a_click_is_heard_and_writes_nothing(desk: Desk) -> None:
    desk.panel.on_event(dream())
    before = desk.session.document
    desk.click(2)
    assert [n.pitch for n in desk.heard[-1][0][0]] == list(range(52, 60))
    assert desk.panel.rows[0].cards.painter.sounding is not None
    assert desk.session.document is before and "round 2" in desk.panel.says.text()


def test_arrows_go_from_card_to_card_and_enter_writes_one_undo_step(desk: Desk) -> None:
    desk.panel.on_event(dream())
    before, cards = desk.session.document, desk.panel.rows[0].cards
    desk.click(0)
    desk.qtbot.keyClick(cards, Qt.Key.Key_Right)
    assert cards.current == 1 and desk.heard[-1][0][0][0].pitch == 51
    desk.qtbot.keyClick(cards, Qt.Key.Key_Return)
    written = [n for n in desk.session.score.tracks[0].notes if BAR <= n.start < 3 * BAR]
    assert [(n.start - BAR, n.pitch) for n in written] == [(i * 480, 51 + i) for i in range(8)]
    assert all(note.origin is Origin.GENERATED for note in written) and desk.panel.written == tuple(written)
    assert len(desk.session.history.labels) == 1
    desk.session.history.undo()
    assert desk.session.document == before


def test_four_voices_become_four_tracks(desk: Desk) -> None:
    desk.panel.on_event(IdeasReady("draw", "auto_bach", (Idea("1", chorale(), remark=COPY),)))
    assert "own" in desk.panel.says.text()
    desk.click(0, twice=True)
    assert [t.name for t in desk.session.score.tracks[1:]] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert [len(heard) for heard in desk.heard][-1:] in ([], [4])
    desk.click(0)
    assert [program for _, program in desk.heard[-1]] == [52] * 4


def test_a_row_is_heard_and_written_as_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.panel.on_event(dream(3))
    row = desk.panel.rows[0]
    row.hear.click()
    assert [n.start for n in desk.heard[-1][0][0]] == [i * 480 for i in range(24)] and row.hear.text() == "Stop"
    began = time.monotonic()
    monkeypatch.setattr(desk.panel.sound, "_began", began - 4.5)  # two bars at 120 take four seconds
    desk.panel.sound._tick()
    assert sounding(row) == 1
    row.hear.click()
    assert sounding(row) is None and row.hear.text() == "Hear all"
    row.write.click()
    written = [n for n in desk.session.score.tracks[0].notes if n.start >= BAR]
    assert [n.start for n in written] == [BAR + i * 480 for i in range(24)]
    assert len(desk.session.history.labels) == 1


def test_stars_outlive_clearing_and_the_last_ten(desk: Desk) -> None:
    desk.panel.on_event(dream())
    cards = desk.panel.rows[0].cards
    star = star_box(cards.visualRect(cards.ideas.index(1))).center().toPoint()
    desk.qtbot.mouseClick(cards.viewport(), LEFT, pos=star)
    assert desk.heard == [] and desk.panel.result is not None and desk.panel.result.starred == {1}
    first = desk.panel.result
    for _ in range(KEPT + 3):
        desk.panel.on_event(dream(2))
    assert len(desk.panel.results.items) == KEPT and first in desk.panel.results.items
    desk.panel.choice.setCurrentIndex(KEPT - 1)
    desk.panel.choice.activated.emit(KEPT - 1)
    desk.panel.clear_button.click()
    assert desk.panel.result is not None and [idea.caption for idea in desk.panel.result.ideas] == ["round 1"]
    for _ in range(KEPT):
        desk.panel.choice.setCurrentIndex(0)
        desk.panel.choice.activated.emit(0)
        desk.panel.clear_button.click()
    assert [r.starred for r in desk.panel.results.items] == [{0}]


def test_rows_of_two_systems_stand_line_by_line(desk: Desk) -> None:
    headings = [f"{name}, line {line}" for name in ("Autoencoder", "VAE") for line in (1, 2)]
    ideas = tuple(Idea(f"{i}", tune(50), row=heading) for heading in headings for i in range(12))
    desk.panel.on_event(IdeasReady("compare", "vae", ideas))
    shown = [desk.panel.result.ideas[row.cards.ideas.places[0]].row for row in desk.panel.rows]  # type: ignore[union-attr]
    assert shown == ["Autoencoder, line 1", "VAE, line 1", "Autoencoder, line 2", "VAE, line 2"]
    bars = [row.cards.horizontalScrollBar() for row in desk.panel.rows]
    bars[0].setValue(37)
    assert [bar.value() for bar in bars] == [37] * 4
    desk.click(3)
    desk.qtbot.keyClick(desk.panel.rows[0].cards, Qt.Key.Key_Down)
    assert desk.panel.rows[1].cards.current == 3 and "VAE, line 1" in desk.panel.says.text()


def test_the_resting_mouse_hears_unless_it_should_not(desk: Desk) -> None:
    desk.panel.on_event(dream())
    cards = desk.panel.rows[0].cards
    desk.qtbot.mouseMove(cards.viewport(), cards.visualRect(cards.ideas.index(1)).center() + QPoint(2, 0))
    desk.qtbot.waitUntil(lambda: len(desk.heard) == 1)
    assert desk.heard[0][0][0][0].pitch == 51


def test_long_results_paint_only_what_is_seen(desk: Desk) -> None:
    desk.panel.on_event(dream(128))
    cards = desk.panel.rows[0].cards
    assert not cards.grab().isNull()
    assert 0 < len(cards.painter._rolls) < 12
    began = time.thread_time()
    for value in range(0, 2000, 20):
        cards.horizontalScrollBar().setValue(value)
        cards.grab()
    assert (time.thread_time() - began) / 100 < 0.016


def test_a_piece_of_another_resolution_gets_the_same_music(desk: Desk) -> None:
    result = Result.of("dream", "vae", (Idea("", tune(50)),), 480, False)
    assert result.span(96) == 2 * BAR // 5
    assert [n.start for n in result.voices(0, 96)[0].notes] == [i * 96 for i in range(8)]
    swaying = (Voice("", 0, (Note(0, 60, 2880),)),)
    assert Result.of("dream", "vae", (Idea("", swaying),), 480, True).ticks == 2880
    assert Result.of("dream", "vae", (Idea("", tune(50)),), 480, True).ticks == 2 * BAR


def test_the_copy_meter_reads_shares() -> None:
    assert meter(COPY) == (84, True)
    assert meter("30 % of its notes are in Elite Syncopations") == (30, False)
    assert meter("90% as it was") == (90, False)
    assert meter("at rest") is None and meter("12 7 3") is None


def test_the_menu_of_a_card_leads_to_the_dials(desk: Desk) -> None:
    ideas = (Idea("1", tune(50)), Idea("2", tune(52), code=(0.5, -1.0)))
    desk.panel.on_event(IdeasReady("draw", "vae", ideas))
    row = desk.panel.rows[0]
    titles = [[action.text() for action in desk.panel.menu_of(row, card).actions()] for card in (0, 1)]
    assert "Turn its dials" not in titles[0] and titles[1][-1] == "Turn its dials"
    with desk.qtbot.waitSignal(desk.panel.code_taken) as taken:
        desk.panel.menu_of(row, 1).actions()[-1].trigger()
    assert taken.args == ["vae", (0.5, -1.0)]
    desk.panel.menu_of(row, 1).actions()[2].trigger()
    assert desk.panel.result is not None and desk.panel.result.starred == {1}


def test_themes_names_and_nothing_yet(desk: Desk) -> None:
    assert desk.panel.result is None and not desk.panel.grab().isNull()
    desk.panel.on_event(IdeasReady("draw", "auto_bach", (Idea("1", chorale(), remark=COPY), Idea("2", ()))))
    desk.panel.set_theme(DARK)
    assert not desk.panel.grab().isNull()
    ideas = desk.panel.rows[0].cards.ideas
    assert COPY in str(ideas.data(ideas.index(0), Qt.ItemDataRole.AccessibleTextRole))


def test_in_the_window_a_verb_fills_the_panel_and_enter_writes(window: MainWindow, qtbot: QtBot) -> None:
    session, ideas = window.session, window.workshop.ideas
    assert window.docks["ideas"].isHidden()
    session.ask.verb("draw", "melody_vae")
    qtbot.waitUntil(lambda: ideas.result is not None, timeout=20_000)
    qtbot.waitUntil(window.docks["ideas"].isVisible)
    cards = ideas.rows[0].cards
    cards.setFocus()
    cards.go_to(0)
    session.player.seek(BAR)
    qtbot.keyClick(cards, Qt.Key.Key_Right)
    qtbot.keyClick(cards, Qt.Key.Key_Return)  # elsewhere in the window it goes to the start
    assert session.player.tick == BAR and len(session.history.labels) == 1
    assert ideas.written and set(ideas.written) <= set(session.score.tracks[0].notes)


def test_in_the_window_enter_uses_a_focused_candidate(window: MainWindow, qtbot: QtBot) -> None:
    window.session.ask.load_map()
    qtbot.waitUntil(window.candidates.generate_button.isEnabled, timeout=20_000)
    window.candidates.generate()
    qtbot.waitUntil(lambda: window.candidates.cards[1].full, timeout=20_000)
    window.candidates.cards[1].setFocus()
    window.session.player.seek(BAR)
    qtbot.keyClick(window.candidates.cards[1], Qt.Key.Key_Return)
    assert window.session.history.labels == ["candidate 2"] and window.session.player.tick == BAR


@pytest.mark.parametrize("size", [(900, 560), (1280, 800)])
def test_in_the_window_the_panels_find_room(window: MainWindow, qtbot: QtBot, size: tuple[int, int]) -> None:
    window.resize(*size)
    window.workshop.ideas.on_event(IdeasReady("draw", "auto_bach", (Idea("1", chorale(), remark=COPY),)))
    for name in ("ideas", "bricks", "dials"):
        window.desk.show_dock(name)
        qtbot.waitUntil(window.docks[name].isVisible)
        qtbot.wait(30)
        assert (window.width(), window.height()) == size
        dock, bar = window.docks[name], window.transport
        below = dock.mapTo(window, QPoint(0, dock.height())).y()
        assert below <= bar.mapTo(window, QPoint(0, 0)).y() + 4, name
