"""Check voices: faults are listed and marked while one writes, lead to their place, and go when switched off."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.voices import VoicesPanel
from app.theme import LIGHT
from app.views.roll.faults import Mark, RollFaults, sign_of
from app.views.roll.geometry import RollGeometry
from engine.commands.document import Document
from engine.commands.edit import move_notes
from engine.commands.voices import check, voices_of
from engine.errors import UserError
from engine.events import VoicesChecked
from engine.score import Note, Score, Track
from engine.score.voice_leading import Kind
from engine.session import Session, SessionPaths

BAR = 1920


def line(name: str, *pitches: int) -> Track:
    return Track.of([Note(480 * i, pitch, 480) for i, pitch in enumerate(pitches)], name)


def parallel() -> Score:
    """Fifths from the first beat to the second; the lower track comes first in the piece."""
    return Score((line("Bass", 48, 50, 48), line("Soprano", 67, 69, 72), Track.of([Note(0, 36, 99)], "D", drums=True)))


def test_faults_are_told_by_track_and_pitch() -> None:
    (fault,) = check(parallel())
    assert fault.kind is Kind.FIFTH and fault.tick == 480
    assert fault.tracks == (1, 0) and fault.pitches == (69, 50)


@pytest.mark.parametrize("tracks", [1, 7])
def test_voices_are_two_to_six_lines(tracks: int) -> None:
    with pytest.raises(UserError, match="two to six"):
        voices_of(Score(tuple(line("x", 60) for _ in range(tracks))))
    chords = Track.of([Note(0, 60, 480), Note(0, 64, 480)], "Piano")
    with pytest.raises(UserError, match="Piano has chords"):
        voices_of(Score((line("x", 70), chords)))


def test_a_long_piece_is_looked_through_before_one_notices() -> None:
    tracks = [line(str(v), *(60 - 9 * v + (i * (v + 3)) % 7 for i in range(400))) for v in range(4)]
    began = time.thread_time()
    assert check(Score(tuple(tracks)))
    assert time.thread_time() - began < 1.0


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[VoicesPanel, list[Mark]]]:
    session = Session(SessionPaths(bundles=tmp_path), audio=False, document=Document(parallel()))
    made, marks = VoicesPanel(session), []
    made.marked.connect(lambda found: marks.__setitem__(slice(None), found))
    qtbot.addWidget(made)
    answers: list[VoicesChecked] = []
    session.events.subscribe(lambda event: answers.append(event) if isinstance(event, VoicesChecked) else None)
    made.answers = answers  # type: ignore[attr-defined]
    yield made, marks
    session.close()


def answered(qtbot: QtBot, panel: VoicesPanel) -> None:
    """Let the answer of the engine's thread arrive, as the bridge would."""
    answers = panel.answers  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: bool(answers))
    panel.on_event(answers.pop())


def test_switched_on_it_lists_and_marks_and_off_it_forgets(panel: tuple[VoicesPanel, list[Mark]], qtbot: QtBot) -> None:
    made, marks = panel
    made.switch(True)
    answered(qtbot, made)
    assert [made.list.item(i).text() for i in range(made.list.count())] == [
        "Bar 1 beat 2: parallel fifth, Soprano and Bass"
    ]
    assert [(m.tick, m.low, m.high, m.sign) for m in marks] == [(480, 50, 69, "5")]
    with qtbot.waitSignal(made.gone_to) as gone:
        made.list.itemClicked.emit(made.list.item(0))
    assert gone.args == [1, 480, 69]
    made.switch(False)
    assert marks == []
    made.on_event(VoicesChecked(made._session.score, check(made._session.score)))
    assert marks == [], "an answer that comes late"


def test_what_cannot_be_checked_says_why(panel: tuple[VoicesPanel, list[Mark]]) -> None:
    made, _ = panel
    made.on = True
    made.on_event(VoicesChecked(made._session.score, (), "There are notes on one track."))
    assert "one track" in made.words.text() and made.list.count() == 0
    made.on_event(VoicesChecked(made._session.score, ()))
    assert made.words.text() == "No parallels, no crossings, all in range."


def test_marks_are_found_under_the_mouse_and_painted(qtbot: QtBot) -> None:
    geometry, faults = RollGeometry(480), RollFaults()
    geometry.resize(800, 400)
    geometry.fit(0, 4 * BAR, 48, 84)
    mark = Mark(960, 55, 67, "Bar 1 beat 3: parallel octave", sign_of("parallel octave"))
    faults.show_marks([Mark(9 * BAR, 50, 60, "far", "!"), mark])
    on = QPointF(geometry.x_of(960) + 2, geometry.y_of(60))
    assert faults.words_at(geometry, on) == mark.words
    assert faults.words_at(geometry, on + QPointF(40, 0)) == "" == faults.words_at(geometry, on + QPointF(0, -200))
    image = QImage(800, 400, QImage.Format.Format_RGB32)
    image.fill(LIGHT.row_white)
    blank = image.copy()
    painter = QPainter(image)
    faults.paint(painter, QRect(0, 0, 800, 400), geometry, LIGHT)
    painter.end()
    assert image != blank and [sign_of(str(kind)) for kind in Kind].count("5") == 2


def test_in_the_window_it_follows_the_hand(window: MainWindow, qtbot: QtBot) -> None:
    window.session.history.do("open", score=parallel())
    window.menus.actions["view.voices"].trigger()
    faults = window.roll.state.faults
    qtbot.waitUntil(lambda: len(faults.marks) == 1)
    assert window.menus.actions["view.voices"].isChecked()
    score = window.session.score
    window.session.history.do("move", score=move_notes(score, 0, score.tracks[0].notes[1:2], 0, -1).score)
    qtbot.waitUntil(lambda: not faults.marks)
    window.session.history.undo()
    qtbot.waitUntil(lambda: len(faults.marks) == 1)
    window.roll.go_to(1, 480, 69)
    assert window.roll.track == 1 and [n.pitch for n in window.roll.selected_notes] == [69]
    assert not window.roll.roll.grab(QRect(QPoint(0, 0), window.roll.roll.size())).isNull()
    window.menus.actions["view.voices"].trigger()
    assert window.docks["voices"].isHidden() and not faults.marks
