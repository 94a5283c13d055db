"""The list of notes: lazy, in step with the roll, readable in words and editable without the mouse."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemDelegate, QDoubleSpinBox, QSpinBox, QStyleOptionViewItem

from app.panels.event_list import EventList
from app.theme import LIGHT
from app.views.events.delegate import PitchBox, pitch_of
from app.views.roll.editor import RollEditor
from app.views.roll.note_table import LENGTH, MARKS, PITCH, START, VELOCITY
from engine.score import Note, Track

ROWS = QItemSelectionModel.SelectionFlag.Rows
SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | ROWS


@pytest.fixture
def events(editor: RollEditor, qtbot: Any) -> Iterator[EventList]:
    made = EventList(editor.state)
    qtbot.addWidget(made)
    made.resize(260, 400)
    made.show()
    yield made
    made.close()


def cell(events: EventList, row: int, column: int, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> Any:
    model = events.table.model()
    return model.data(model.index(row, column), role)


def rows(events: EventList) -> list[int]:
    return sorted(index.row() for index in events.table.selectionModel().selectedRows())


def test_hidden_it_costs_nothing(editor: RollEditor, qtbot: Any) -> None:
    made = EventList(editor.state)
    qtbot.addWidget(made)
    editor.select_all()
    editor.transpose(1)
    assert made.table is None and made._model.rowCount() == 0
    made.show()
    assert made._model.rowCount() == 5 and len(rows(made)) == 5


def test_it_shows_and_says_each_note(events: EventList) -> None:
    assert [cell(events, 4, column) for column in range(5)] == ["2.1.1", "D4", "0.5", "100", "model"]
    said = Qt.ItemDataRole.AccessibleTextRole
    assert cell(events, 4, START, said) == "bar 2 beat 1 sixteenth 1"
    assert cell(events, 4, LENGTH, said) == "eighth"
    assert cell(events, 4, VELOCITY, said) == "velocity 100"
    assert cell(events, 4, MARKS, said) == "model"


def test_of_a_kit_it_says_the_drum(events: EventList, editor: RollEditor) -> None:
    kit = Track.of([Note(0, 38, 120), Note(0, 4, 120)], drums=True)
    editor.state.session.history.do("kit", score=editor.state.score.with_track(0, kit))
    said = [events._model.index(row, PITCH).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)]
    assert said == ["E-1", "Snare"]
    assert events._model.index(1, PITCH).data(Qt.ItemDataRole.ToolTipRole) == "Snare"


def test_selection_is_in_step_both_ways(events: EventList, editor: RollEditor) -> None:
    editor.state.select([1, 2, 4])
    assert rows(events) == [1, 2, 4] and events.table.currentIndex().row() == 1
    model = events.table.selectionModel()
    model.setCurrentIndex(events.table.model().index(3, 0), SELECT)
    assert editor.state.selected.tolist() == [3]
    assert editor.state.session.player.pitches[-1] == 71, "one hears what one chooses"
    model.select(events.table.model().index(0, 0), QItemSelectionModel.SelectionFlag.Select | ROWS)
    assert editor.state.selected.tolist() == [0, 3]
    editor.state.select(())
    assert rows(events) == []


@pytest.mark.parametrize(
    ("column", "value", "made"),
    [
        (PITCH, 66, Note(480, 66, 480, 70)),
        (LENGTH, 0.25, Note(480, 64, 120, 70)),
        (VELOCITY, 111, Note(480, 64, 480, 111)),
    ],
)
def test_editing_a_cell_is_one_undo_step(
    events: EventList, editor: RollEditor, column: int, value: float, made: Note
) -> None:
    model = events.table.model()
    assert model.setData(model.index(1, column), value)
    assert editor.selected_notes == (made,)
    assert editor.state.session.history.labels == ["Edit note"]
    assert rows(events) == [1]
    assert model.setData(model.index(1, column), value), "the same again is no step"
    assert len(editor.state.session.history.labels) == 1


def test_what_no_note_can_be_is_refused(events: EventList, editor: RollEditor) -> None:
    model = events.table.model()
    for column, value in ((PITCH, 128), (VELOCITY, 0), (LENGTH, 0.0), (LENGTH, 1e9), (START, 5), (PITCH, "x")):
        assert not model.setData(model.index(0, column), value)
    assert not editor.state.session.history.labels
    assert not model.flags(model.index(0, START)) & Qt.ItemFlag.ItemIsEditable


def test_a_cell_is_edited_with_the_keyboard(events: EventList, editor: RollEditor, qtbot: Any) -> None:
    table = events.table
    table.setCurrentIndex(table.model().index(0, PITCH))
    table.edit(table.currentIndex())
    box = table.findChild(PitchBox)
    assert box.text() == "C4"
    box.lineEdit().setText("eb5")
    table.commitData(box)
    table.closeEditor(box, QAbstractItemDelegate.EndEditHint.NoHint)
    assert editor.selected_notes[0].pitch == 75
    assert events.table.currentIndex().row() == editor.state.selected[0]


def test_every_column_has_its_editor(events: EventList) -> None:
    table, option = events.table, QStyleOptionViewItem()
    kinds = {PITCH: PitchBox, LENGTH: QDoubleSpinBox, VELOCITY: QSpinBox}
    for column, kind in kinds.items():
        made = table.itemDelegate().createEditor(table, option, table.model().index(0, column))
        assert type(made) is kind and made.accessibleName()


@pytest.mark.parametrize(
    ("text", "pitch"),
    [("C4", 60), ("c#4", 61), ("D♭4", 61), ("B-1", 11), ("a0", 21), ("60", 60), ("h4", None), ("G9", 127), ("A9", None),
     ("128", None), ("", None), ("b", None), ("bb3", 58)],
)  # fmt: skip
def test_pitches_by_name(text: str, pitch: int | None) -> None:
    assert pitch_of(text) == pitch


def test_another_number_of_notes_is_another_list(events: EventList, editor: RollEditor) -> None:
    editor.state.select([2])
    editor.delete_selection()
    assert events.table.model().rowCount() == 4 and rows(events) == []
    editor.state.session.history.undo()
    assert events.table.model().rowCount() == 5


@pytest.mark.timeout(60)
def test_very_many_notes_are_listed_at_once(qtbot: Any, roll_session: Any) -> None:
    many = Track.of([Note(i * 60, 40 + i % 40, 50) for i in range(100_000)])
    roll_session.history.do("many", score=roll_session.score.with_track(0, many))
    editor = RollEditor(roll_session, LIGHT)
    qtbot.addWidget(editor)
    made = EventList(editor.state)
    qtbot.addWidget(made)
    start = time.thread_time()
    made.show()
    editor.select_all()
    assert made.table.model().rowCount() == 100_000 and len(made.table.selectionModel().selection()) == 1
    editor.state.select(range(0, 100_000, 2))
    assert rows(made) == [], "too many stretches to show"
    assert time.thread_time() - start < 2


def test_in_the_window_its_keys_are_its_own(window: Any, qtbot: Any) -> None:
    window.menus.actions["view.go_events"].trigger()
    table = window.docks["events"].widget().table
    qtbot.waitUntil(table.hasFocus)
    notes = window.session.score.tracks[0].notes
    table.setCurrentIndex(table.model().index(1, VELOCITY))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    box = table.findChild(QSpinBox)
    assert box is not None and box.value() == notes[1].velocity, "Enter edits here, though it rewinds elsewhere"
    box.setValue(33)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.score.tracks[0].notes[1].velocity == 33)
    qtbot.waitUntil(table.hasFocus)
    qtbot.keyClick(table, Qt.Key.Key_End)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert len(window.roll.selected_notes) == 1
    count = len(notes)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert len(window.session.score.tracks[0].notes) == count - 1
    assert window.session.history.labels[-2:] == ["Edit note", "Delete note"]
    assert table.currentIndex().row() == 2, "one goes on from where a note went"
    before = window.transport.playing
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert window.transport.playing is not before
    window.transport.stop()


def test_the_keys_of_scale_and_folds_work_in_the_window(window: Any, qtbot: Any) -> None:
    scale = window.roll.state.scale
    window.roll.setFocus()
    for key, holds in (
        (Qt.Key.Key_K, lambda: scale.highlight),
        (Qt.Key.Key_F, lambda: scale.fold == "notes"),
        (Qt.Key.Key_G, lambda: scale.fold == "scale"),
    ):
        qtbot.keyClick(window.roll.roll, key)
        assert holds()
    for name in ("view.scale", "view.fold_scale"):
        assert window.menus.actions[name].isChecked()
    assert not window.menus.actions["view.fold"].isChecked()
    qtbot.keyClick(window.roll.roll, Qt.Key.Key_T)
    from app.panels.note_dialog import NoteDialog

    dialog = next(dialog for dialog in window.roll.findChildren(NoteDialog) if dialog.isVisible())
    dialog.reject()
