"""What hands do on the roll, with real mouse events on a real widget; each gesture is one undo step or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.theme import LIGHT
from app.views.roll.editor import RollEditor
from app.views.roll.menu import note_menu
from engine.score import Note, Origin

LEFT, RIGHT, MIDDLE, NONE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.NoButton,
)
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
PLAIN = Qt.KeyboardModifier.NoModifier


class Hand:
    """Drags on a roll by tick and pitch."""

    def __init__(self, editor: RollEditor) -> None:
        self.editor = editor
        self.geometry = editor.state.geometry

    def place(self, tick: float, pitch: int) -> QPointF:
        return QPointF(self.geometry.x_of(tick), self.geometry.y_of(pitch) + self.geometry.row / 2)

    def send(self, kind: QEvent.Type, at: QPointF, button: Any, keys: Any, widget: QWidget | None = None) -> None:
        target = widget or self.editor.roll
        held = button if kind != QEvent.Type.MouseButtonRelease else NONE
        changed = NONE if kind == QEvent.Type.MouseMove else button
        QApplication.sendEvent(target, QMouseEvent(kind, at, target.mapToGlobal(at), changed, held, keys))

    def drag(
        self,
        *places: tuple[float, int],
        button: Any = LEFT,
        keys: Any = PLAIN,
        release: bool = True,
        press_keys: Any = None,
    ) -> None:
        points = [self.place(*place) for place in places]
        self.send(QEvent.Type.MouseButtonPress, points[0], button, keys)
        for point in points[1:]:
            self.send(QEvent.Type.MouseMove, point, button, keys)
        if release:
            self.send(QEvent.Type.MouseButtonRelease, points[-1], button, keys)

    def release(self, tick: float, pitch: int, button: Any = LEFT) -> None:
        self.send(QEvent.Type.MouseButtonRelease, self.place(tick, pitch), button, PLAIN)


@pytest.fixture
def hand(qtbot: Any, roll_session: Any) -> Iterator[Hand]:
    editor = RollEditor(roll_session, LIGHT)
    qtbot.addWidget(editor)
    editor.resize(1100, 700)
    editor.show()
    editor.show_beginning()
    roll_session.events.subscribe(editor.on_event)
    yield Hand(editor)
    editor.close()


def tune(session: Any) -> tuple[Note, ...]:
    return session.score.tracks[0].notes


def labels(session: Any) -> list[str]:
    return session.history.labels


def test_pencil_click_writes_a_note_of_the_last_length(hand: Hand, roll_session: Any) -> None:
    hand.drag((250, 70))
    assert Note(240, 70, 120, 80) in tune(roll_session)
    assert labels(roll_session) == ["Draw note"]
    assert roll_session.player.pitches == [70]
    hand.drag((240, 60))  # a click on the quarter: its length and loudness become the default
    hand.drag((2500, 70))
    assert Note(2400, 70, 480, 60) in tune(roll_session)


def test_pencil_drag_draws_the_length(hand: Hand, roll_session: Any) -> None:
    hand.drag((2410, 72), (2600, 72), (2890, 72))
    assert Note(2400, 72, 600, 80) in tune(roll_session)
    assert len(labels(roll_session)) == 1
    assert hand.editor.state.default_length == 600


def test_alt_draws_off_the_grid(hand: Hand, roll_session: Any) -> None:
    hand.drag((2411, 72), (2600, 72), (2733, 72), keys=ALT)
    made = [note for note in tune(roll_session) if note.pitch == 72]
    assert abs(made[0].start - 2411) <= 3 and abs(made[0].end - 2733) <= 3


def test_shift_paints_a_row(hand: Hand, roll_session: Any) -> None:
    hand.drag((2410, 74), (2540, 74), (2650, 76), (2800, 76), keys=SHIFT)
    painted = [(note.start, note.pitch) for note in tune(roll_session) if note.start >= 2400]
    assert painted == [(2400, 74), (2520, 74), (2640, 76), (2760, 76)]
    assert labels(roll_session) == ["Paint notes"]


def test_escape_takes_a_drag_back(hand: Hand, roll_session: Any) -> None:
    before = roll_session.score
    hand.drag((2410, 72), (2890, 72), release=False)
    assert hand.editor.state.preview.show.shape[1] == 1
    hand.editor.escape()
    hand.release(2890, 72)
    assert roll_session.score is before
    assert not labels(roll_session)
    assert hand.editor.state.preview.show.shape[1] == 0


def test_dragging_the_middle_moves_in_steps_of_the_grid(hand: Hand, roll_session: Any) -> None:
    hand.drag((240, 60), (300, 61), (500, 62))
    assert Note(240, 62, 480, 60) in tune(roll_session)
    assert Note(0, 60, 480, 60) not in tune(roll_session)
    assert roll_session.player.pitches == [60, 61, 62]
    assert labels(roll_session) == ["Move notes"]
    assert [note.pitch for note in hand.editor.selected_notes] == [62]


def test_a_drag_commits_nothing_before_release(hand: Hand, roll_session: Any) -> None:
    before = roll_session.score
    hand.drag((240, 60), (300, 61), (500, 62), release=False)
    assert roll_session.score is before
    assert hand.editor.roll.dragging
    hand.release(500, 62)
    assert roll_session.score is not before


def test_all_selected_notes_move_together_and_stay_in_range(hand: Hand, roll_session: Any) -> None:
    hand.editor.select_all()
    hand.drag((240, 60), (200, 61), (-2000, 62))  # the first note is at tick 0: nothing may go before it
    assert [note.pitch for note in tune(roll_session)] == [62, 66, 69, 73, 64]
    assert tune(roll_session)[0].start == 0
    assert len(hand.editor.selected_notes) == 5


@pytest.mark.parametrize("key", [SHIFT, CTRL])
def test_shift_or_ctrl_drag_copies(hand: Hand, roll_session: Any, key: Any) -> None:
    hand.drag((240, 60), (800, 60), (2640, 60), keys=key)
    assert {(note.start, note.pitch) for note in tune(roll_session)} >= {(0, 60), (2400, 60)}
    assert labels(roll_session) == ["Copy notes"]


@pytest.mark.parametrize("key", [SHIFT, CTRL])
def test_shift_or_ctrl_click_adds_and_takes_out(hand: Hand, roll_session: Any, key: Any) -> None:
    hand.drag((240, 60))
    hand.drag((720, 64), keys=key)
    assert [note.pitch for note in hand.editor.selected_notes] == [60, 64]
    hand.drag((720, 64), keys=key)
    assert [note.pitch for note in hand.editor.selected_notes] == [60]
    assert not labels(roll_session)


def test_a_plain_click_selects_one_of_many(hand: Hand) -> None:
    hand.editor.select_all()
    hand.drag((720, 64))
    assert [note.pitch for note in hand.editor.selected_notes] == [64]


def test_both_edges_resize(hand: Hand, roll_session: Any) -> None:
    hand.drag((478, 60), (560, 60), (718, 60))
    assert tune(roll_session)[0].length == 720
    hand.drag((962, 67), (1000, 67), (1202, 67))
    assert Note(1200, 67, 240, 80) in tune(roll_session)
    assert labels(roll_session) == ["Resize notes", "Resize notes"]


def test_resize_keeps_one_step(hand: Hand, roll_session: Any) -> None:
    hand.drag((478, 60), (300, 60), (-400, 60))
    assert tune(roll_session)[0].length == 120


def test_right_click_with_the_pencil_deletes(hand: Hand, roll_session: Any) -> None:
    hand.drag((240, 60), button=RIGHT)
    assert 60 not in [note.pitch for note in tune(roll_session)]
    assert labels(roll_session) == ["Delete note"]


def test_right_drag_deletes_a_swath_once(hand: Hand, roll_session: Any) -> None:
    hand.drag((240, 60), (1680, 71), button=RIGHT)  # a fast hand: only two places are told
    assert [note.pitch for note in tune(roll_session)] == [62]
    assert labels(roll_session) == ["Delete notes"]
    roll_session.history.undo()
    assert len(tune(roll_session)) == 5
    assert len(hand.editor.state.table) == 5


def test_right_click_with_the_select_tool_asks_for_the_menu(hand: Hand, roll_session: Any, qtbot: Any) -> None:
    hand.editor.set_tool("select")
    hand.editor.roll.menu_requested.disconnect()
    with qtbot.waitSignal(hand.editor.roll.menu_requested):
        hand.drag((240, 60), button=RIGHT)
    assert [note.pitch for note in hand.editor.selected_notes] == [60]
    assert not labels(roll_session)


def test_right_click_beside_notes_asks_for_the_menu_with_the_pencil_too(
    hand: Hand, roll_session: Any, qtbot: Any
) -> None:
    hand.editor.roll.menu_requested.disconnect()
    with qtbot.waitSignal(hand.editor.roll.menu_requested):
        hand.drag((240, 72), button=RIGHT)
    with qtbot.assertNotEmitted(hand.editor.roll.menu_requested):
        hand.drag((240, 72), (300, 60), button=RIGHT)
    assert labels(roll_session) == ["Delete note"]


def test_the_menu_says_the_keys(hand: Hand) -> None:
    hand.editor.select_all()
    titles = [action.text() for action in note_menu(hand.editor).actions() if action.text()]
    assert titles[0] == "Cut\tCtrl+X" and "Make it mine\tA" in titles and all("\t" in title for title in titles)


def test_box_selects_and_adds(hand: Hand) -> None:
    hand.editor.set_tool("select")
    hand.drag((490, 70), (700, 66), (1500, 63))
    assert [note.pitch for note in hand.editor.selected_notes] == [64, 67]
    hand.drag((1930, 66), (2000, 61), (2100, 61), keys=SHIFT)
    assert [note.pitch for note in hand.editor.selected_notes] == [64, 67, 62]
    hand.drag((3000, 80))
    assert not hand.editor.selected_notes


def test_ctrl_draws_a_box_with_the_pencil(hand: Hand, roll_session: Any) -> None:
    hand.drag((490, 70), (1500, 63), keys=CTRL)
    assert [note.pitch for note in hand.editor.selected_notes] == [64, 67]
    assert not labels(roll_session)


def test_cancelled_box_restores_the_selection(hand: Hand) -> None:
    hand.editor.set_tool("select")
    hand.drag((240, 60))
    hand.drag((490, 70), (1500, 63), release=False)
    assert len(hand.editor.selected_notes) == 2
    hand.editor.escape()
    assert [note.pitch for note in hand.editor.selected_notes] == [60]
    assert hand.editor.state.overlay is None


def test_knife_splits_at_the_grid(hand: Hand, roll_session: Any) -> None:
    hand.editor.set_tool("knife")
    hand.drag((250, 60))
    assert [(n.start, n.length) for n in tune(roll_session) if n.pitch == 60] == [(0, 240), (240, 240)]
    assert labels(roll_session) == ["Split notes"]
    hand.drag((240, 80))
    assert len(labels(roll_session)) == 1


def test_e_held_is_the_knife(hand: Hand, roll_session: Any, qtbot: Any) -> None:
    qtbot.keyPress(hand.editor.roll, Qt.Key.Key_E)
    assert hand.editor.roll.tool == "knife"
    hand.drag((250, 60))
    qtbot.keyRelease(hand.editor.roll, Qt.Key.Key_E)
    assert hand.editor.roll.tool == "pencil"
    assert len(tune(roll_session)) == 6


def test_middle_drag_pans(hand: Hand, roll_session: Any) -> None:
    state = hand.editor.state.geometry
    state.zoom_time(4, 0)
    left, top = state.left, state.top
    start, end = QPointF(500, 300), QPointF(400, 250)
    hand.send(QEvent.Type.MouseButtonPress, start, MIDDLE, PLAIN)
    hand.send(QEvent.Type.MouseMove, end, MIDDLE, PLAIN)
    hand.send(QEvent.Type.MouseButtonRelease, end, MIDDLE, PLAIN)
    assert state.left == pytest.approx(left + 100 / state.scale)
    assert state.top == top + 50
    assert not labels(roll_session)


def test_undo_during_a_drag_takes_the_drag_back(hand: Hand, roll_session: Any) -> None:
    hand.drag((250, 70))
    hand.drag((240, 60), (500, 62), release=False)
    roll_session.history.undo()
    assert not hand.editor.roll.dragging
    hand.release(500, 62)
    assert len(tune(roll_session)) == 5
    assert labels(roll_session) == []


def test_ruler_click_seeks_and_drag_loops(hand: Hand, qtbot: Any) -> None:
    ruler = hand.editor.ruler
    x = hand.geometry.x_of
    with qtbot.waitSignal(hand.editor.seek_requested) as seek:
        qtbot.mouseClick(ruler, LEFT, pos=QPoint(round(x(970)), 20))
    assert seek.args == [960]
    assert hand.editor.playhead == 960
    for kind, tick in ((QEvent.Type.MouseButtonPress, 490), (QEvent.Type.MouseMove, 1400)):
        hand.send(kind, QPointF(x(tick), 20), LEFT, PLAIN, ruler)
    hand.send(QEvent.Type.MouseButtonRelease, QPointF(x(1910), 20), LEFT, PLAIN, ruler)
    assert hand.editor.loop == (480, 1440)
    qtbot.mouseDClick(ruler, LEFT, pos=QPoint(round(x(970)), 20))
    assert hand.editor.loop is None


def lane_drag(hand: Hand, *places: tuple[int, int], keys: Any = PLAIN) -> None:
    lane = hand.editor.lane
    points = [QPointF(hand.geometry.x_of(tick), lane.y_of(velocity)) for tick, velocity in places]
    hand.send(QEvent.Type.MouseButtonPress, points[0], LEFT, keys, lane)
    for point in points[1:]:
        hand.send(QEvent.Type.MouseMove, point, LEFT, keys, lane)
    hand.send(QEvent.Type.MouseButtonRelease, points[-1], LEFT, keys, lane)


def test_velocity_lane_sets(hand: Hand, roll_session: Any) -> None:
    lane_drag(hand, (480, 120))
    assert [abs(n.velocity - v) <= 1 for n, v in zip(tune(roll_session), (60, 120, 80, 90, 100), strict=True)] == [
        True
    ] * 5
    assert labels(roll_session) == ["Set velocity"]
    assert not hand.editor.selected_notes


def test_velocity_ramp_is_straight(hand: Hand, roll_session: Any) -> None:
    lane_drag(hand, (0, 20), (700, 120), (1440, 110), keys=CTRL)
    assert [round(n.velocity / 10) for n in tune(roll_session)[:4]] == [2, 5, 8, 11]
    assert labels(roll_session) == ["Set velocity"]


def test_only_the_selection_changes_its_velocity(hand: Hand, roll_session: Any) -> None:
    hand.drag((240, 60))
    lane_drag(hand, (-20, 30), (1440, 30), (1940, 30))
    assert [n.velocity for n in tune(roll_session)][1:] == [70, 80, 90, 100]
    assert abs(tune(roll_session)[0].velocity - 30) <= 1
    assert [note.pitch for note in hand.editor.selected_notes] == [60]


def test_a_moved_generated_note_stays_generated(hand: Hand, roll_session: Any) -> None:
    hand.drag((2040, 62), (2100, 63), (2280, 63))
    assert tune(roll_session)[-1].origin is Origin.GENERATED
    assert tune(roll_session)[-1].start == 2160


def test_click_on_another_voice_turns_to_it(hand: Hand, qtbot: Any) -> None:
    hand.editor.set_tool("select")
    with qtbot.waitSignal(hand.editor.track_changed) as told:
        hand.drag((900, 48))
    assert told.args == [1]
    assert hand.editor.track == 1
