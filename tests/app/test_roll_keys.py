"""The roll without a mouse: playhead, writing, loudness, zoom, grid, loop; and what the wheel does to a locked note."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.finding import search
from app.views.roll.bars import Bars
from app.views.roll.editor import RollEditor
from app.views.roll.edits import describe
from app.views.roll.ruler import changes_between
from app.views.roll.wheel import louder
from engine.score import Meter, Note, Origin, Score, Tempo, Track
from tests.app.conftest import RollSession

Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def press(editor: RollEditor, qtbot: Any) -> Any:
    return lambda key, held=Qt.KeyboardModifier.NoModifier: qtbot.keyClick(editor.roll, key, held)


def test_arrows_move_the_playhead_while_nothing_is_selected(editor: RollEditor, press: Any, qtbot: Any) -> None:
    sought: list[int] = []
    editor.seek_requested.connect(sought.append)
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Left):
        press(key)
    press(Key.Key_Right, CTRL)
    press(Key.Key_Right, CTRL)
    press(Key.Key_Left)
    press(Key.Key_Left, CTRL)
    press(Key.Key_End)
    assert sought == [120, 240, 120, 1920, 3840, 3720, 1920, editor.state.piece_end]
    assert editor.playhead == editor.state.piece_end
    editor.state.select([0])
    press(Key.Key_Right)
    assert editor.state.score.tracks[0].notes[0].start == 120, "with a selection they move that"


def test_the_grid_begins_anew_at_bar_lines_for_the_playhead_too(editor: RollEditor) -> None:
    history = editor.state.session.history
    history.do("7/8", score=Score(tracks=editor.state.score.tracks, meters=(Meter(0, 7, 8),)))
    editor.set_grid("1/4")
    editor.set_playhead(1440)
    editor.step(1)
    assert editor.playhead == 1680, "the bar line, half a step on"
    editor.step(-1)
    assert editor.playhead == 1440
    assert Bars(editor.state.score).snap(1600, 1920) == 1680, "no grid reaches over a bar line"


def test_notes_are_written_at_the_playhead_one_after_the_other(editor: RollEditor, press: Any) -> None:
    editor.state.select([])
    editor.set_playhead(3840)
    press(Key.Key_W)
    press(Key.Key_Up)
    press(Key.Key_W)
    written = [(note.start, note.pitch, note.length) for note in editor.state.score.tracks[0].notes[-2:]]
    assert written == [(3840, 63, 120), (3960, 63, 120)], "at the pitch of the note before, then of the one shaped"
    assert editor.playhead == 4080
    assert [note.start for note in editor.selected_notes] == [3960]


def test_keys_change_the_loudness_as_one_undo_step(editor: RollEditor, press: Any) -> None:
    editor.state.select([0, 1])
    for _ in range(3):
        press(Key.Key_Up, CTRL)
    press(Key.Key_Down, CTRL)
    assert [note.velocity for note in editor.selected_notes] == [68, 78]
    assert editor.state.session.history.labels == ["Change velocity"]
    editor.state.select([2])
    press(Key.Key_Up, CTRL)
    assert editor.state.session.history.labels == ["Change velocity"] * 2, "other notes are another step"
    editor.state.session.history.undo()
    editor.state.session.history.undo()
    assert [note.velocity for note in editor.state.score.tracks[0].notes[:3]] == [60, 70, 80]


def test_the_wheel_changes_only_the_note_it_is_turned_on(editor: RollEditor) -> None:
    def turn(widget: QWidget, at: QPointF) -> list[int]:
        held, none = Qt.KeyboardModifier.AltModifier, Qt.MouseButton.NoButton
        widget.wheelEvent(
            QWheelEvent(at, at, QPoint(), QPoint(0, 120), none, held, Qt.ScrollPhase.NoScrollPhase, False)
        )
        return [note.velocity for note in editor.state.score.tracks[0].notes]

    x = editor.state.geometry.x_of
    assert turn(editor.ruler, QPointF(x(100), 10)) == [60, 70, 80, 90, 100], "no note lies on the ruler"
    assert turn(editor.lane, QPointF(x(480), 20)) == [60, 74, 80, 90, 100]
    assert turn(editor.lane, QPointF(x(700), editor.lane.y_of(64))) == [60, 74, 80, 90, 100], "beside every head"
    assert turn(editor.roll, QPointF(x(100), editor.state.geometry.y_of(60) + 3)) == [64, 74, 80, 90, 100]


def test_loudness_of_a_locked_note_stays(editor: RollEditor) -> None:
    editor.state.select([0])
    editor.toggle_lock()
    louder(editor.state, 4)
    assert editor.state.score.tracks[0].notes[0].velocity == 60


def test_the_view_is_zoomed_by_keys_and_fingers(editor: RollEditor) -> None:
    geometry = editor.state.geometry
    editor.set_playhead(960)
    before, x = geometry.scale, geometry.x_of(960)
    editor.zoom(1)
    assert geometry.scale == pytest.approx(1.4 * before)
    assert geometry.x_of(960) == pytest.approx(x), "the playhead stays where it is seen"
    row = geometry.row
    editor.zoom_rows(1)
    assert geometry.row == row + 2
    editor.select_all()
    editor.zoom_selection()
    assert geometry.left <= 0 and geometry.right >= 2160 and geometry.visible_ticks < 2400
    before = geometry.scale
    at = QPointF(300, 100)
    device = QPointingDevice.primaryPointingDevice()
    assert isinstance(device, QInputDevice)
    kind = Qt.NativeGestureType.ZoomNativeGesture
    editor.roll.event(QNativeGestureEvent(kind, device, 2, at, at, at, 0.5, QPointF()))
    assert geometry.scale == pytest.approx(1.5 * before)


def test_the_grid_is_chosen_by_keys(editor: RollEditor) -> None:
    seen = []
    for how in ("finer", "triplet", "coarser", "triplet", "off", "off", "coarser", "coarser", "coarser", "coarser"):
        editor.change_grid(how)
        seen.append(editor.grid)
    assert seen == ["1/32", "1/32T", "1/16T", "1/16", "off", "1/16", "1/8", "1/4", "1/2", "1/1"]
    editor.change_grid("coarser")
    editor.change_grid("triplet")
    assert editor.grid == "1/1", "there is nothing coarser, and no triplets of it"


def test_the_selection_is_looped(editor: RollEditor) -> None:
    editor.loop_selection()
    assert editor.loop is None
    editor.state.select([1, 2])
    editor.loop_selection()
    assert editor.loop == (480, 1440)


def test_what_is_selected_is_accepted_alone_and_all_without_a_selection(
    editor: RollEditor, roll_session: RollSession
) -> None:
    made = [Note(i * 480, 60 + i, 240, 80, Origin.GENERATED) for i in range(4)]
    roll_session.history.do("made", score=editor.state.score.with_track(0, Track.of(made)))
    editor.state.select([1])
    editor.accept()
    origins = lambda: [note.origin is Origin.MINE for note in editor.state.score.tracks[0].notes]  # noqa: E731
    assert origins() == [False, True, False, False]
    assert [note.start for note in editor.selected_notes] == [480]
    editor.state.select(())
    editor.accept()
    assert origins() == [True] * 4
    assert not editor.selected_notes


def test_drums_are_called_by_their_names(editor: RollEditor, roll_session: RollSession) -> None:
    kit = Track.of([Note(0, 38, 120), Note(480, 42, 120)], drums=True)
    before = editor.keyboard.grab().toImage()
    roll_session.history.do("kit", score=editor.state.score.with_track(0, kit))
    editor.state.geometry.reveal(0, 38)
    editor.state.select([0])
    assert describe(editor.state).startswith("Snare, bar 1 beat 1")
    assert editor.keyboard.grab().toImage() != before
    said: list[str] = []
    editor.described.connect(said.append)
    geometry = editor.state.geometry
    editor.keyboard._press(geometry.pitch_at(geometry.y_of(42) + 1), False)
    assert said == ["Closed hat"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("quantize", "notes.quantize"),
        ("humanize", "notes.humanize"),
        ("harmonise", None),
        ("glue", "notes.join"),
        ("panic", "play.silence"),
        ("time signature", "play.meter"),
        ("bpm", "play.tempo"),
        ("ghost notes", "view.ghosts"),
        ("click", "play.metronome"),
        ("Sc\u0069ssors", "tool.knife"),
    ],
)
def test_commands_are_found_under_the_names_of_other_programs(words: str, found: str | None) -> None:
    assert [action.id for action in search(words)][:1] == ([found] if found else [])


def test_drums_are_no_shadows_of_melodies(editor: RollEditor, roll_session: RollSession) -> None:
    score = editor.state.score
    kit = Track.of([Note(0, 36, 120)], "Kit", drums=True)
    roll_session.history.do("kit", score=Score(tracks=(kit, *score.tracks)))
    assert [editor.state.track, len(editor.state.others)] == [0, 0], "a kit has no shadows of melodies"
    editor.set_track(1)
    assert set(editor.state.others.owners.tolist()) == {2}
    roll_session.history.do("drums", score=editor.state.score.with_track(1, Track.of([Note(0, 38, 9)], drums=True)))
    assert set(editor.state.others.owners.tolist()) == {0}, "now it is a kit, and another kit is its shadow"


def test_changes_of_time_signature_and_tempo_stand_on_the_ruler(editor: RollEditor, roll_session: RollSession) -> None:
    before = editor.ruler.grab().toImage()
    meters, tempos = (Meter(0), Meter(1920, 3, 4)), (Tempo(0), Tempo.of_bpm(1920, 90.5), Tempo.of_bpm(3360, 60))
    tracks = editor.state.score.tracks
    roll_session.history.do("changes", score=Score(tracks=tracks, meters=meters, tempos=tempos))
    assert changes_between(editor.state.score, 0, 3360) == {1920: "3/4  90.5 bpm"}
    assert changes_between(editor.state.score, 1921, 9999) == {3360: "60 bpm"}
    assert editor.ruler.grab().toImage() != before
