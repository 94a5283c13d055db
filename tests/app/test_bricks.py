"""The bricks over a small untrained model: laid, swapped, locked, drawn again, chosen from the book, mixed with B."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.bridge import Bridge
from app.music_given import Place
from app.panels.bricks.panel import BricksPanel, Wall
from app.panels.bricks.row import COUNT
from app.theme import DARK, LIGHT
from engine.commands.document import Document
from engine.events import BricksHeard, Failed
from engine.score import Note, Score, Track
from engine.session import Session, SessionPaths
from tests.small_bundles import keep_small

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("models")
    keep_small("vq_vae", made)
    return made


class Desk:
    """A shown panel over a session; waits for what was asked."""

    def __init__(self, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        melody = Track.of([Note(i * 480, 60 + i % 5, 440) for i in range(16)], "Melody")
        self.qtbot = qtbot
        self.session = Session(SessionPaths(bundles=folder), audio=False, document=Document(Score((melody,))))
        self.heard: list[object] = []
        self.failed: list[Failed] = []
        self.session.player.available = None
        monkeypatch.setattr(self.session.player, "preview_voices", lambda *how: self.heard.append(how))
        self.bridge = Bridge(self.session.events)
        self.panel = BricksPanel(self.session, LIGHT, lambda: (0, 0), Place)
        self.bridge.heard.connect(self.panel.on_event)
        self.bridge.heard.connect(lambda event: self.failed.append(event) if isinstance(event, Failed) else None)
        qtbot.addWidget(self.panel)
        self.panel.resize(640, 260)
        self.panel.show()

    def answered(self, act: Callable[[], object]) -> None:
        """Do something and wait until it is built and shown."""
        seen: list[BricksHeard] = []
        stop = self.session.events.subscribe(lambda e: seen.append(e) if isinstance(e, BricksHeard) else None)
        act()
        self.qtbot.waitUntil(lambda: bool(seen) and seen[-1].request == self.panel._asked, timeout=20_000)
        self.qtbot.waitUntil(lambda: self.panel.bench.voices == seen[-1].voices)
        stop()

    @property
    def a(self) -> tuple[int, ...]:
        return self.panel.wall.a

    def drag(self, start: int, end: int) -> None:
        row = self.panel.row
        points = [row.tile(place).center().toPoint() for place in (start, end)]
        self.qtbot.mousePress(row, LEFT, pos=points[0])
        self.qtbot.mouseMove(row, points[1])
        self.qtbot.mouseRelease(row, LEFT, pos=points[1])


@pytest.fixture
def desk(qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk(qtbot, folder, monkeypatch)
    yield made
    made.panel.bench.sound.stop()
    made.bridge.close()
    made.session.close()
    assert not made.failed


def test_my_bars_are_laid_and_heard_but_not_written(desk: Desk) -> None:
    desk.answered(desk.panel.head.mine.click)
    assert len(desk.a) == COUNT + 1 and len(desk.heard) == 1
    assert desk.panel.row.isVisible() and not desk.panel.other.isVisible()
    assert desk.session.history.labels == []
    desk.panel.bench.use.click()
    assert desk.session.history.labels == ["bricks"]


def test_a_drag_swaps_two_bricks(desk: Desk) -> None:
    desk.answered(desk.panel.draw)
    desk.panel.wall = Wall((*range(12), 0, 1, 2, 3, desk.a[16]))
    desk.panel._show()
    desk.answered(lambda: desk.drag(2, 9))
    assert desk.a[2] == 9 and desk.a[9] == 2 and desk.a[3] == 3


def test_locked_bricks_survive_a_draw(desk: Desk) -> None:
    desk.answered(desk.panel.draw)
    before, row = desk.a, desk.panel.row
    for place in (1, 5, 6):
        foot = row.tile(place).center().toPoint()
        foot.setY(row.height() - 6)
        desk.qtbot.mouseClick(row, LEFT, pos=foot)
    row.setFocus()
    desk.qtbot.keyClick(row, Qt.Key.Key_Right)
    desk.qtbot.keyClick(row, Qt.Key.Key_K)
    assert desk.panel.wall.locked == {1, 5, 6, 7}
    changed = set()
    for _ in range(3):
        desk.answered(desk.panel.head.again.click)
        assert [desk.a[p] for p in (1, 5, 6, 7, 16)] == [before[p] for p in (1, 5, 6, 7, 16)]
        changed |= {p for p in range(COUNT) if desk.a[p] != before[p]}
    assert len(changed) > 4


def test_another_brick_from_the_book(desk: Desk) -> None:
    desk.answered(desk.panel.draw)
    row = desk.panel.row
    desk.qtbot.mouseClick(row, LEFT, pos=row.tile(4).center().toPoint())
    palette = desk.panel._palette
    assert palette is not None and palette.present == desk.a[4]
    desk.qtbot.waitUntil(lambda: len(palette.book.bars) == 12)
    other = (desk.a[4] + 1) % 12
    before = desk.a
    desk.answered(lambda: palette.heard.emit(other))  # tried out
    assert desk.a == before
    desk.answered(lambda: palette.chosen.emit(other))
    assert desk.a == (*before[:4], other, *before[5:])


def test_what_was_tried_out_goes_when_the_book_is_closed(desk: Desk) -> None:
    desk.answered(desk.panel.draw)
    before, music = desk.a, desk.panel.bench.voices
    desk.panel.open_book(0)
    palette = desk.panel._palette
    assert palette is not None
    desk.answered(lambda: palette.heard.emit((before[0] + 5) % 12))
    heard = len(desk.heard)
    desk.answered(palette.close)
    assert desk.a == before and desk.panel.bench.voices == music and len(desk.heard) == heard


def test_bars_of_a_and_b_change_places(desk: Desk) -> None:
    desk.answered(desk.panel.head.mine.click)
    desk.panel.head.aside.click()
    b = desk.panel.wall.b
    desk.answered(desk.panel.draw)
    a = desk.a
    assert desk.panel.other.isVisible() and desk.panel.wall.b == b
    desk.answered(lambda: desk.panel.head.bar_asked.emit(2))
    assert desk.a[8:12] == b[8:12] and desk.panel.wall.b[8:12] == a[8:12]
    assert desk.a[:8] == a[:8] and desk.a[12:] == a[12:]


def test_the_first_note_moves_all_of_them(desk: Desk) -> None:
    desk.answered(desk.panel.head.mine.click)
    first = desk.panel.head.first
    assert first.text() == "C4" and desk.a[COUNT] == first.value() - 36
    before = [note.pitch for note in desk.panel.bench.voices[0].notes]
    desk.answered(lambda: first.setValue(62))
    after = [note.pitch for note in desk.panel.bench.voices[0].notes]
    assert desk.a[COUNT] == 26 and len(after) == len(before) and after != before
    assert first.valueFromText("d4") == 62 and first.valueFromText("what") == 62


def test_no_music_and_no_model_are_said(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.session.new()
    desk.panel.head.mine.click()
    assert desk.panel.says.text() and desk.panel.wall == Wall()
    empty = Session(SessionPaths(bundles=tmp_path), audio=False)
    panel = BricksPanel(empty, LIGHT, lambda: (0, 0), Place)
    qtbot.addWidget(panel)
    panel.show()
    assert "not trained" in panel.says.text() and not panel.head.isVisible()
    empty.close()


def test_themes_and_names(desk: Desk) -> None:
    desk.answered(desk.panel.draw)
    desk.panel.set_theme(DARK)
    assert not desk.panel.grab().isNull()
    assert "brick 1 of 16" in desk.panel.row.accessibleName()
