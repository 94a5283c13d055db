"""Quantise and transpose: the roll shows what the numbers would do; OK does it once, Cancel leaves no trace."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QSpinBox

from app.panels.note_dialog import PLAY, NoteDialog
from app.views.roll.editor import RollEditor
from engine.score import Note, Track


def opened(editor: RollEditor) -> NoteDialog:
    return next(dialog for dialog in editor.findChildren(NoteDialog) if dialog.isVisible())


def number(dialog: NoteDialog, name: str) -> QSpinBox:
    box = dialog.form.editors[name]
    assert isinstance(box, QSpinBox)
    return box


def choose(dialog: NoteDialog, name: str, value: str) -> None:
    box = dialog.form.editors[name]
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def press(dialog: NoteDialog, kind: QDialogButtonBox.StandardButton) -> None:
    buttons = dialog.findChild(QDialogButtonBox)
    assert isinstance(buttons, QDialogButtonBox)
    buttons.button(kind).click()


def starts(editor: RollEditor) -> list[int]:
    return [note.start for note in editor.state.score.tracks[0].notes]


def shift(editor: RollEditor, ticks: int) -> None:
    late = Track.of([note.moved(ticks=ticks) for note in editor.state.score.tracks[0].notes])
    editor.state.session.history.do("late", score=editor.state.score.with_track(0, late))


def test_quantise_previews_then_does_it_and_q_does_it_again(editor: RollEditor) -> None:
    shift(editor, 40)
    before = editor.state.score
    editor.ask_quantize()
    dialog = opened(editor)
    number(dialog, "strength").setValue(50)
    choose(dialog, "grid", "1/4")
    assert editor.state.score is before, "nothing is done before OK"
    assert editor.state.preview.show[0].tolist() == [20, 500, 980, 1460, 1940]
    press(dialog, QDialogButtonBox.StandardButton.Ok)
    assert starts(editor) == [20, 500, 980, 1460, 1940]
    assert editor.state.session.history.labels == ["late", "Quantise"]
    assert editor.state.preview.show.shape[1] == 0
    editor.state.select(())
    editor.quantize()
    assert starts(editor) == [10, 490, 970, 1450, 1930]


def test_cancelled_nothing_is_moved_and_nothing_remembered(editor: RollEditor) -> None:
    shift(editor, 40)
    editor.ask_quantize()
    number(opened(editor), "strength").setValue(10)
    press(opened(editor), QDialogButtonBox.StandardButton.Cancel)
    assert starts(editor)[0] == 40 and editor.state.preview.show.shape[1] == 0
    editor.quantize()
    assert starts(editor) == [0, 480, 960, 1440, 1920]


def test_swing_delays_every_other_line(editor: RollEditor) -> None:
    notes = Track.of([Note(i * 240, 60, 200) for i in range(4)])
    editor.state.session.history.do("eighths", score=editor.state.score.with_track(0, notes))
    editor.ask_quantize()
    choose(opened(editor), "grid", "1/8")
    number(opened(editor), "swing").setValue(100)
    press(opened(editor), QDialogButtonBox.StandardButton.Ok)
    assert starts(editor) == [0, 320, 480, 800]


def test_transpose_by_semitones_octaves_and_steps_of_the_key(editor: RollEditor) -> None:
    editor.state.select([0, 1])
    editor.ask_transpose()
    dialog = opened(editor)
    number(dialog, "amount").setValue(2)
    assert editor.state.preview.show[1].tolist() == [62, 66]
    choose(dialog, "unit", "scale")
    assert editor.state.preview.show[1].tolist() == [64, 67]
    choose(dialog, "unit", "octave")
    press(dialog, QDialogButtonBox.StandardButton.Ok)
    assert [note.pitch for note in editor.selected_notes] == [84, 88]
    assert editor.state.session.history.labels == ["Transpose"]


def test_without_notes_there_is_nothing_to_ask(editor: RollEditor) -> None:
    editor.state.session.history.do("gone", score=editor.state.score.with_track(0, Track()))
    editor.ask_transpose()
    assert not [dialog for dialog in editor.findChildren(NoteDialog) if dialog.isVisible()]


def test_space_still_plays(editor: RollEditor, qtbot: Any) -> None:
    played: list[bool] = []
    action = QAction(editor)
    action.setObjectName(PLAY)
    action.setShortcut(Qt.Key.Key_Space)
    action.triggered.connect(lambda: played.append(True))
    editor.addAction(action)
    editor.ask_quantize()
    dialog = opened(editor)
    box = number(dialog, "strength")
    dialog.activateWindow()
    box.setFocus()
    qtbot.waitUntil(lambda: box.hasFocus())
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert played == [True]
    dialog.reject()


def test_notes_that_fall_together_are_told(editor: RollEditor) -> None:
    flam = Track.of([Note(0, 38, 30), Note(40, 38, 60), Note(480, 38, 60)], drums=True)
    editor.state.session.history.do("flam", score=editor.state.score.with_track(0, flam))
    said: list[str] = []
    editor.described.connect(said.append)
    editor.quantize()
    assert said[-1] == "One note fell onto another of its pitch; undo brings it back"
    editor.state.session.history.undo()
    assert len(editor.state.score.tracks[0]) == 3
