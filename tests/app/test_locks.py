"""Locking in the studio: what is dragged, erased or written around a locked note leaves it as it is, and says so."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.actions import ACTIONS
from app.main_window import MainWindow
from app.music_given import Place, given
from app.passages import Use
from app.theme import CONTRAST, DARK
from app.views.events.table import EventTable
from app.views.roll.editor import RollEditor
from app.views.roll.edits import describe
from app.views.roll.note_table import MARKS
from engine.commands.document import Steering
from tests.app.conftest import RollSession

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def at(editor: RollEditor, tick: float, pitch: int) -> QPoint:
    geometry = editor.state.geometry
    return QPoint(round(geometry.x_of(tick)), geometry.y_of(pitch) + geometry.row // 2)


def drag(qtbot: QtBot, editor: RollEditor, start: QPoint, end: QPoint, button: Qt.MouseButton = LEFT) -> None:
    roll = editor.roll
    qtbot.mousePress(roll, button, pos=start)
    for part in (0.3, 0.7, 1.0):
        where = start + (end - start) * part
        event = _moved(where, button)
        roll.mouseMoveEvent(event)
    qtbot.mouseRelease(roll, button, pos=end)


def _moved(where: QPoint, button: Qt.MouseButton) -> object:
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    none = Qt.KeyboardModifier.NoModifier
    return QMouseEvent(QEvent.Type.MouseMove, QPointF(where), QPointF(where), button, button, none)


@pytest.fixture
def said(editor: RollEditor) -> list[str]:
    heard: list[str] = []
    editor.described.connect(heard.append)
    return heard


def test_a_key_locks_what_is_selected_as_one_undo_step(
    editor: RollEditor, roll_session: RollSession, said: list[str]
) -> None:
    editor.state.select([0, 1])
    editor.toggle_lock()
    assert [n.locked for n in roll_session.score.tracks[0].notes] == [True, True, False, False, False]
    assert editor.locked and len(editor.selected_notes) == 2 and said[-1] == "2 notes locked"
    editor.state.select([0])
    assert describe(editor.state).endswith(", locked")
    editor.state.select([0, 2])
    editor.toggle_lock()
    assert editor.locked, "some were free: now all are locked"
    editor.toggle_lock()
    assert not editor.locked
    roll_session.history.undo()
    assert editor.locked
    assert next(a for a in ACTIONS if a.id == "notes.lock").keys == ("Shift+L",)


def test_a_locked_note_is_neither_dragged_nor_erased(
    editor: RollEditor, roll_session: RollSession, said: list[str], qtbot: QtBot
) -> None:
    editor.state.select([1])
    editor.toggle_lock()
    before = roll_session.score
    drag(qtbot, editor, at(editor, 700, 64), at(editor, 1300, 69))
    assert roll_session.score is before and editor.state.preview.show.shape[1] == 0
    qtbot.waitUntil(lambda: "Locked notes stay" in said[-1])
    said.clear()
    drag(qtbot, editor, at(editor, 700, 64), at(editor, 720, 64), RIGHT)
    assert roll_session.score is before
    qtbot.waitUntil(lambda: bool(said) and "Locked notes stay" in said[-1])
    editor.state.select([1])
    for command in (editor.delete_selection, editor.cut, editor.legato, editor.split):
        command()
        editor.state.select([1])
    for number in (editor.transpose, editor.nudge, editor.lengthen):
        number(1)
    assert roll_session.score is before


def test_the_free_ones_of_a_selection_still_move(editor: RollEditor, roll_session: RollSession, qtbot: QtBot) -> None:
    editor.state.select([1])
    editor.toggle_lock()
    editor.select_all()
    drag(qtbot, editor, at(editor, 200, 60), at(editor, 200, 62))
    assert [n.pitch for n in roll_session.score.tracks[0].notes] == [62, 64, 69, 73, 64]
    editor.select_all()
    editor.delete_selection()
    assert [n.pitch for n in roll_session.score.tracks[0].notes] == [64]


def test_locks_are_painted_and_listed(editor: RollEditor) -> None:
    plain = editor.roll.grab().toImage()
    editor.state.select([0])
    editor.toggle_lock()
    editor.state.select([])
    assert editor.roll.grab().toImage() != plain
    for theme in (DARK, CONTRAST):
        editor.set_theme(theme)
        assert not editor.roll.grab().isNull()
    table = EventTable(editor.state)
    table.refresh()
    assert table.data(table.index(0, MARKS)) == "me, locked" and table.data(table.index(4, MARKS)) == "model"
    assert not table.flags(table.index(0, 1)) & Qt.ItemFlag.ItemIsEditable
    assert table.flags(table.index(1, 1)) & Qt.ItemFlag.ItemIsEditable


def test_verbs_are_told_what_is_locked(editor: RollEditor, roll_session: RollSession) -> None:
    editor.state.select([0, 3])
    editor.toggle_lock()
    score = roll_session.score
    found = given(score, Steering(), Place(), "melody", 1, use=Use.AROUND)
    passage = found.passage(score)
    assert passage is not None and [note.pitch for note in passage.locked] == [60, 71]


def test_the_menu_says_what_it_does(window: MainWindow, qtbot: QtBot) -> None:
    window.roll.state.select([0])
    action = window.menus.actions["notes.lock"]
    assert action.isEnabled() and not action.isChecked()
    action.trigger()
    assert window.roll.locked and action.isChecked() and window.session.history.undo_label == "Lock notes"
    window.session.history.undo()
    assert not window.roll.locked
