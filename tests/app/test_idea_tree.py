"""A tree of ideas in the panel: seen as branches, walked with the arrows, heard and placed as whole paths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QSizeF, Qt
from pytestqt.qtbot import QtBot

from app.panels.ideas.panel import IdeasPanel
from app.panels.ideas.tree import IdeaTree
from app.panels.ideas.tree_row import TreeRow
from app.panels.ideas.tree_shape import TreeShape
from app.theme import DARK, LIGHT
from engine.codecs.codec import Voice
from engine.commands.document import Document
from engine.events import IdeasReady
from engine.score import Note, Origin, Score, Track
from engine.session import Session, SessionPaths
from engine.verbs.idea import Idea

BAR = 1920
TWO = 2 * BAR
LEFT = Qt.MouseButton.LeftButton


def path(caption: str, parent: int | None, pitches: tuple[int, ...]) -> Idea:
    """Two bars each of one pitch; the first are mine."""
    notes = tuple(Note(i * TWO, pitch, TWO, 80, Origin.GENERATED) for i, pitch in enumerate(pitches))
    ticks = TWO * len(pitches)
    return Idea(caption, (Voice("", 0, notes),), at=TWO, ticks=ticks, fresh=(TWO, ticks), parent=parent)


def tree(branches: int = 2) -> tuple[Idea, ...]:
    """Mine, two answers, two answers to each."""
    made = [path("mine", None, (60,)), *(path(f"{i + 1}", 0, (60, 70 + i)) for i in range(branches))]
    for i in range(branches):
        made += [path(f"{i + 1}.{j + 1}", 1 + i, (60, 70 + i, 80 + 2 * i + j)) for j in range(branches)]
    return tuple(made)


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdeasPanel]:
    track = Track.of([Note(i * 480, 60, 480) for i in range(16)], "Melody")
    session = Session(SessionPaths(bundles=tmp_path), audio=False, document=Document(Score((track,))))
    session.player.available = None
    made = IdeasPanel(session, LIGHT, lambda: (0, 0))
    monkeypatch.setattr(session.player, "preview_voices", lambda voices, *rest: heard(made).append(voices))
    qtbot.addWidget(made)
    made.resize(900, 260)
    made.show()
    made.on_event(IdeasReady("branch", "conditional_gan", tree(), 0))
    yield made
    made.sound.stop()
    session.close()


def heard(panel: IdeasPanel) -> list[list[tuple[list[Note], int]]]:
    """What was played, newest last."""
    found: list[list[tuple[list[Note], int]]] = panel.__dict__.setdefault("was_heard", [])
    return found


def cards(panel: IdeasPanel) -> IdeaTree:
    assert isinstance(panel.rows[0], TreeRow) and isinstance(panel.rows[0].cards, IdeaTree)
    return panel.rows[0].cards


def test_sisters_stand_together_and_parents_between_them() -> None:
    shape = TreeShape(tree(3))
    assert (shape.columns, shape.rows) == (3, 9) and shape.height[4:] == list(range(9))
    assert shape.height[:4] == [4.0, 1.0, 4.0, 7.0] and shape.path(5) == [0, 1, 5]
    boxes, whole = shape.laid_out(QSizeF(800, 600), QPointF())
    assert whole.height() == 600 and all(not a.intersects(b) for a in boxes for b in boxes if a is not b)


def test_what_leads_to_what_is_seen_stays_in_sight() -> None:
    shape = TreeShape(tree(4))
    boxes, whole = shape.laid_out(QSizeF(500, 120), QPointF(0, 0))
    assert whole.height() > 400 and boxes[0].bottom() <= 120 and boxes[1].bottom() <= 120
    boxes, _ = shape.laid_out(QSizeF(500, 120), QPointF(0, whole.height() - 120))
    assert boxes[0].top() >= 0 and boxes[4].top() >= 0 and boxes[1].bottom() < 0


def test_arrows_walk_and_remember(panel: IdeasPanel, qtbot: QtBot) -> None:
    there = cards(panel)
    there.setFocus()
    way = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down,
                Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right):  # fmt: skip
        qtbot.keyClick(there, key)
        way.append(there.ideas.idea(there.current).caption)
    assert way == ["mine", "1", "2", "2.1", "2.2", "2", "mine", "2", "2.2"]
    assert there.path == [0, 2, 6] and len(heard(panel)) == len(way)
    assert [n.pitch for n in heard(panel)[-1][0][0]] == [60, 71, 83], "mine first, then the whole path"


def test_a_path_is_placed_behind_mine_as_one_undo_step(panel: IdeasPanel, qtbot: QtBot) -> None:
    there, session = cards(panel), panel._session
    before = session.score.tracks[0].notes
    assert not panel.rows[0].write.isEnabled()
    middle = there.visualRect(there.ideas.index(5)).center()
    qtbot.mouseClick(there.viewport(), LEFT, pos=middle)
    assert there.current == 5 and panel.rows[0].write.isEnabled() and "bar 5" not in panel.says.text()
    qtbot.mouseDClick(there.viewport(), LEFT, pos=middle)
    after = session.score.tracks[0].notes
    assert after[: len(before)] == before and [(n.start, n.pitch) for n in after[len(before) :]] == [
        (4 * BAR, 71), (6 * BAR, 82)]  # fmt: skip
    assert len(session.history.labels) == 1
    session.history.undo()
    assert session.score.tracks[0].notes == before
    there.go_to(3)
    panel.rows[0].write.click()
    assert [n.pitch for n in session.score.tracks[0].notes][len(before) :] == [70, 80]


def test_mine_is_heard_but_never_written(panel: IdeasPanel, qtbot: QtBot) -> None:
    there = cards(panel)
    there.setFocus()
    qtbot.keyClick(there, Qt.Key.Key_Home)
    qtbot.keyClick(there, Qt.Key.Key_Return)
    assert there.current == 0 and not panel._session.history.labels


def test_the_marker_goes_along_the_path(panel: IdeasPanel) -> None:
    there, row = cards(panel), panel.rows[0]
    panel.hear(row, 5)
    assert there.painter.sounding is not None and row.hear.text() == "Stop"
    panel._show_sounding(0, 0.5)
    assert there.painter.sounding == (5, 0.5) and not there.grab().isNull()
    row.hear.click()
    assert there.painter.sounding is None and row.hear.text() == "Hear path"


def test_it_can_be_read_aloud_scrolled_and_repainted(panel: IdeasPanel) -> None:
    there = cards(panel)
    said = [str(there.ideas.data(there.ideas.index(i), Qt.ItemDataRole.AccessibleTextRole)) for i in (0, 5)]
    assert said == ["mine, 1 notes", "2.1, after 2, 3 notes"] and "4 paths" in there.accessibleName()
    panel.resize(420, 150)
    there.go_to(6)
    card = there.visualRect(there.ideas.index(6))
    assert there.viewport().rect().contains(card.center()) and there.indexAt(card.center()).row() == 6
    panel.set_theme(DARK)
    assert not there.grab().isNull()


def test_a_starred_path_stays_as_an_idea_of_its_own(panel: IdeasPanel) -> None:
    cards(panel).ideas.turn_star(4)
    panel.clear()
    assert panel.result is not None and [i.caption for i in panel.result.ideas] == ["1.2"]
    assert not panel.result.tree and not isinstance(panel.rows[0], TreeRow)
