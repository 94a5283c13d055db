"""Ideas at home: written where they belong, seen while they take shape, explained by pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.ideas.paint import why_box
from app.panels.ideas.panel import IdeasPanel
from app.panels.ideas.pictures import PictureView
from app.panels.ideas.results import Result
from app.panels.ideas.writing import hint
from app.panels.pictures.matrix import MatrixPicture
from app.sketches import Sketches
from app.theme import DARK, LIGHT
from app.views.roll.ghosts import sketch_of
from app.views.roll.note_table import NoteTable
from engine.codecs.codec import Voice
from engine.commands.document import Document
from engine.commands.place import place_idea, rescaled_idea
from engine.events import IdeaSketched, IdeasReady, JobChanged
from engine.score import Note, Origin, Score, Track
from engine.session import Session, SessionPaths
from engine.verbs.idea import Idea, Picture, Plot

BAR = 1920
MATRIX = Picture("which notes it listens to", ((0.0, 0.5), (1.0, 0.25)), "yours", "new")
CURVE = Plot("reward", (("rules", (0.0, 0.5, 1.0)),), "rounds")


def tune(pitch: int, count: int = 8) -> tuple[Voice, ...]:
    notes = tuple(Note(i * 480, pitch + i % 12, 480, 80, Origin.GENERATED) for i in range(count))
    return (Voice("", 0, notes),)


def at_home(caption: str = "1", pitch: int = 80) -> Idea:
    return Idea(caption, tune(pitch), at=2 * BAR, ticks=2 * BAR, fresh=(480, 960), pictures=(MATRIX, CURVE))


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> Iterator[IdeasPanel]:
    tracks = (Track.of([Note(i * 480, 60 + i % 5, 440) for i in range(32)], "Melody"), Track.of([], "Other"))
    session = Session(SessionPaths(bundles=tmp_path), audio=False, document=Document(Score(tracks)))
    made = IdeasPanel(session, LIGHT, lambda: (0, 1))
    qtbot.addWidget(made)
    made.resize(900, 170)
    made.show()
    session.events.subscribe(made.on_event)
    yield made
    session.close()


# written where it belongs -----------------------------------------------------------------------------------------


def test_only_what_is_new_is_written_at_its_place_and_on_its_track(panel: IdeasPanel) -> None:
    panel.on_event(IdeasReady("fill", "vae", (Idea("mine", tune(60)), at_home()), track=0))
    assert "at bar 3 of Melody" in panel.says.text()
    before = panel._session.score.tracks[0].notes
    panel.write(panel.rows[0], [1])
    after = panel._session.score.tracks[0].notes
    assert [n.pitch for n in after if n.origin is Origin.GENERATED] == [81] and panel.written[0].start == 2 * BAR + 480
    assert [n for n in before if n not in after] == [before[9]] and len(panel._session.history.labels) == 1
    assert len(panel._session.score.tracks[1]) == 0, "the track that is edited now is another one"


def test_ideas_of_one_place_cannot_follow_one_another(panel: IdeasPanel) -> None:
    panel.on_event(IdeasReady("fill", "vae", (at_home("1"), at_home("2"))))
    assert not panel.rows[0].write.isVisibleTo(panel)
    panel.on_event(IdeasReady("draw", "vae", (Idea("1", tune(50)), Idea("2", tune(50)))))
    assert panel.rows[0].write.isVisibleTo(panel)


def test_mine_stands_where_the_others_do_and_cards_are_as_long_as_the_idea() -> None:
    result = Result.of("continue", "vae", (Idea("mine", tune(60)), at_home()), 480, False)
    assert [idea.at for idea in result.ideas] == [2 * BAR, 2 * BAR]
    longer = Result.of("continue", "vae", (Idea("1", tune(60, 40), at=0, ticks=12 * BAR),), 480, False)
    assert (longer.ticks, longer.bars, longer.frame.ticks) == (12 * BAR, 12, 12 * BAR)


def test_a_note_held_into_what_is_new_is_held_as_long_as_the_idea_says() -> None:
    score = Score((Track.of([Note(0, 60, 960), Note(960, 62, 960)], "Melody"),))
    idea = Idea("1", (Voice("", 0, (Note(0, 60, 1200), Note(1200, 64, 720))),), at=0, ticks=BAR, fresh=(480, BAR))
    placed = place_idea(score, idea, 0, BAR, 0)
    assert [(n.start, n.pitch, n.length) for n in placed.score.tracks[0].notes] == [(0, 60, 1200), (1200, 64, 720)]
    half = rescaled_idea(idea, 480, 240)
    assert (half.at, half.ticks, half.fresh, half.voices[0].notes[1].start) == (0, 960, (240, 960), 600)


# seen while it takes shape ----------------------------------------------------------------------------------------


def test_the_newest_sketch_is_shown_not_every_one(qtbot: QtBot) -> None:
    sketches, shown = Sketches(), []
    sketches.shown.connect(shown.append)
    sketches.on_event(JobChanged(3, "Rewrite", "running"))
    for number in range(20):
        sketches.on_event(IdeaSketched("rewrite", "vae", at_home(f"{number}")))
    assert [s.idea.caption for s in shown] == ["0"] and sketches.job == 3
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert shown[1].idea.caption == "19"
    sketches.on_event(JobChanged(2, "Another", "cancelled"))
    assert sketches.present is not None
    sketches.on_event(JobChanged(3, "Rewrite", "cancelled"))
    assert shown[-1] is None and sketches.present is None


def test_a_sketch_without_a_place_is_not_on_the_paper() -> None:
    assert sketch_of(Idea("1", tune(60)), "Melody", True) is None
    sketch = sketch_of(at_home(), "Melody", True)
    assert sketch is not None and sketch.here and sketch.span == (2 * BAR + 480, 2 * BAR + 960)
    assert sketch.columns[0].tolist() == [2 * BAR + 480]
    sung = Idea("1", (Voice("Alto", 52, tune(60)[0].notes),), at=0, ticks=BAR)
    elsewhere = sketch_of(sung, "Melody", True)
    assert elsewhere is not None and not elsewhere.here
    area = elsewhere.area(NoteTable(elsewhere.columns))
    assert area is not None and (area.left, area.right) == (0, 8 * 480)


def test_the_window_shows_the_work_and_stops_it(window: MainWindow, qtbot: QtBot) -> None:
    ideas, roll = window.workshop.ideas, window.roll
    stopped: list[int] = []
    window.session.work.cancel = stopped.append  # type: ignore[method-assign]
    window.session.events.emit(JobChanged(9, "Rewrite", "running"))
    window.session.events.emit(IdeaSketched("rewrite", "melody_vae", at_home(), 0))
    qtbot.waitUntil(lambda: ideas.at_work.isVisible() and window.docks["ideas"].isVisible())
    assert roll.state.sketch is not None and roll.state.sketch.here
    assert not roll.grab().isNull() and ideas.at_work.why.isVisible()
    ideas.at_work.stop.click()
    assert stopped == [9] and not ideas.at_work.stop.isEnabled()
    window.session.events.emit(IdeasReady("rewrite", "melody_vae", (at_home(),), 0))
    assert roll.state.sketch is None and not ideas.at_work.isVisible() and ideas.result is not None
    window.session.events.emit(JobChanged(9, "Rewrite", "done"))
    del window.session.work.cancel


# pictures ---------------------------------------------------------------------------------------------------------


def test_a_card_with_pictures_tells_why(panel: IdeasPanel, qtbot: QtBot) -> None:
    panel.on_event(IdeasReady("fill", "vae", (Idea("1", tune(50)), at_home("2"))))
    cards = panel.rows[0].cards
    cards.go_to(0)
    qtbot.keyClick(cards, Qt.Key.Key_W)
    assert panel.why.view is None, "this one has no pictures"
    cards.go_to(1)
    qtbot.keyClick(cards, Qt.Key.Key_W)
    assert panel.why.view is not None and panel.why.view.isVisible() and "2" in panel.why.view.windowTitle()
    panel.why.view.close()
    qtbot.mouseClick(
        cards.viewport(),
        Qt.MouseButton.LeftButton,
        pos=why_box(cards.visualRect(cards.ideas.index(1))).center().toPoint(),
    )
    assert panel.why.view.isVisible() and not panel.sound.sounding
    said = str(cards.ideas.data(cards.ideas.index(1), Qt.ItemDataRole.AccessibleTextRole))
    assert "W shows why" in said and "See why" in [a.text() for a in panel.menu_of(panel.rows[0], 1).actions()]
    panel.why.view.close()


def test_pictures_of_work_move_with_it_and_stay_when_it_is_over(panel: IdeasPanel) -> None:
    sketch = IdeaSketched("rewrite", "vae", at_home())
    panel.why.show_sketch(sketch, LIGHT)
    view = panel.why.view
    assert view is not None
    parts = list(view.parts)
    newer = Idea("1", (), pictures=(MATRIX, Plot("reward", (("rules", (0.0, 0.5, 1.0, 2.0)),), "rounds")))
    panel.why.follow(IdeaSketched("rewrite", "vae", newer))
    assert view.parts == parts and len(parts[1].lines["rules"].getData()[0]) == 4  # type: ignore[union-attr]
    panel.why.follow(None)
    assert view.isVisible() and len(view.parts) == 2
    panel.why.show_idea(Idea("x", (), pictures=(MATRIX,)), LIGHT)
    assert len(view.parts) == 1
    view.close()


def test_a_matrix_is_painted_and_read_in_words(qtbot: QtBot) -> None:
    view = PictureView("Why", (MATRIX, CURVE), LIGHT)
    qtbot.addWidget(view)
    view.show()
    part = view.parts[0]
    assert isinstance(part, MatrixPicture) and part.accessibleName() == MATRIX.caption
    assert (
        part.words_at(part.area.center() + QPointF(9, -9)) == "new 1, yours 2: 0.5" and part.words_at(QPointF()) == ""
    )
    shades = part._shades()
    lightness = [(shade >> 8) & 255 for shade in shades.tolist()]
    assert (np.diff(lightness) <= 0).all(), "the more, the darker"
    view.set_theme(DARK)
    assert not view.grab().isNull()
    part.set_picture(Picture("both ways", ((-2.0, 1.0),)))
    assert part.range == (-2.0, 2.0) and not view.grab().isNull()
    part.set_picture(Picture("nothing", ()))
    assert not view.grab().isNull()


def test_a_melody_is_never_written_on_drums() -> None:
    score = Score((Track.of([Note(0, 36, 120)], "Kit", drums=True), Track.of([Note(0, 60, 480)], "Tune")))
    placed = place_idea(score, Idea("1", tune(60)), 0, 2 * BAR, 0)
    assert [track.name for track in placed.score.tracks] == ["Kit", "Tune", "Melody"]
    assert placed.score.tracks[:2] == score.tracks and len(placed.score.tracks[2].notes) == 8
    again = place_idea(placed.score, Idea("2", tune(62)), 0, 2 * BAR, 0)
    assert len(again.score.tracks) == 3, "the next one takes its place"
    result = Result.of("draw", "vae", [Idea("1", tune(60))], 480, False)
    assert "tracks of its own" in hint(score, result, (0, 0)) and "of Tune" in hint(score, result, (0, 1))
