"""Time signature, tempo and key written by hand, each one undo step; humanise with its preview."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QInputDialog, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.settings import Settings
from app.views.roll.editor import RollEditor
from engine.score import Key, Meter
from tests.app.test_note_dialogs import number, opened, press


def test_another_time_signature_tempo_and_key_from_the_playhead_on(window: MainWindow, qtbot: QtBot) -> None:
    transport, session = window.transport, window.session
    window.roll.step_bar(1)
    assert transport.place.text().strip() == "2:1", "the keys move the player, too"
    transport.meter.menu().aboutToShow.emit()
    assert next(a.text() for a in transport.meter.menu().actions()) == "From bar 2 on"
    next(a for a in transport.meter.menu().actions() if a.text() == "3/4").trigger()
    assert session.score.meters == (Meter(0), Meter(1920, 3, 4))
    assert transport.meter.text() == "3/4 ▾"
    transport.ask_tempo()
    dialog = window.findChild(QInputDialog)
    assert isinstance(dialog, QInputDialog)
    assert dialog.labelText() == "Quarter notes per minute from bar 2, beat 1 on"
    dialog.setDoubleValue(90)
    dialog.accept()
    assert [round(tempo.bpm) for tempo in session.score.tempos] == [120, 90]
    assert transport.tempo.value() == 90
    window.roll.set_key(Key(0, -1, minor=True))
    button = window.findChild(QToolButton, "key_button")
    assert isinstance(button, QToolButton)
    button.menu().aboutToShow.emit()
    write = button.menu().actions()[-1]
    assert write.text() == "Write D minor into the piece, from bar 2 on"
    write.trigger()
    assert session.score.keys == (Key(0), Key(1920, -1, minor=True))
    assert window.roll.state.scale.chosen is None
    assert session.history.labels == ["change time signature", "change tempo", "change key"]
    for _ in range(3):
        window.files.undo()
    assert (session.score.meters, session.score.keys, len(session.score.tempos)) == ((Meter(0),), (), 1)


def test_a_time_signature_is_typed_and_nonsense_is_refused_in_words(window: MainWindow, qtbot: QtBot) -> None:
    for text, meter in (("7/16", Meter(0, 7, 16)), ("7/7", Meter(0, 7, 16))):
        window.menus.actions["play.meter"].trigger()
        dialog = next(one for one in window.findChildren(QInputDialog) if one.isVisible())
        dialog.setTextValue(text)
        dialog.accept()
        assert window.session.score.meters == (meter,)
    assert "“7/7” is no time signature." in window.bar.label.text()


def test_tracks_are_changed_by_keys_and_held_keys_switch_once(window: MainWindow, qtbot: QtBot) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    for key, track in ((Qt.Key.Key_PageDown, 1), (Qt.Key.Key_PageDown, 0), (Qt.Key.Key_PageUp, 1)):
        qtbot.keyClick(window.roll.roll, key, control)
        assert (window.roll.track, window.tracks.index) == (track, track)
    assert not window.menus.actions["play.toggle"].autoRepeat()
    assert window.menus.actions["edit.undo"].autoRepeat()


def test_grid_and_time_signature_are_reached_by_tab(window: MainWindow, qtbot: QtBot) -> None:
    window.roll.select_all()  # past the last note, Tab leaves the roll
    window.roll.set_chords_mode("shown")
    reached = set()
    window.transport.play_button.setFocus()
    for _ in range(200):
        here = QApplication.focusWidget()
        assert here is not None
        if here in reached:
            break
        reached.add(here)
        qtbot.keyClick(here, Qt.Key.Key_Tab)
    names = {widget.accessibleName() for widget in reached}
    assert {"Snap grid", "Chords: more", "Time signature: 4/4"} <= names


def test_humanise_shows_what_it_would_do_and_begins_as_it_was_left(editor: RollEditor) -> None:
    before: Any = editor.state.score
    editor.ask_humanize()
    dialog = opened(editor)
    number(dialog, "timing").setValue(40)
    number(dialog, "seed").setValue(7)
    shown = editor.state.preview.show[0].tolist()
    assert editor.state.score is before and shown != [0, 480, 960, 1440, 1920]
    press(dialog, QDialogButtonBox.StandardButton.Ok)
    assert [note.start for note in editor.state.score.tracks[0].notes] == shown
    assert editor.state.session.history.labels == ["Humanise"]
    editor.ask_humanize()
    assert (number(opened(editor), "timing").value(), number(opened(editor), "seed").value()) == (40, 7)


def test_space_held_moves_the_paper_and_the_player_stays_as_it_was(window: MainWindow, qtbot: QtBot) -> None:
    roll, geometry = window.roll.roll, window.roll.state.geometry
    geometry.zoom_time(6, 0)
    roll.setFocus()
    qtbot.keyPress(roll, Qt.Key.Key_Space)

    def playing() -> bool:
        return window.session.player.playing

    assert playing(), "it plays at once"
    before, score = (geometry.left, geometry.top), window.session.score
    qtbot.mousePress(roll, Qt.MouseButton.LeftButton, pos=QPoint(300, 120))
    assert not playing()
    for x in (260, 200):
        at = QPointF(x, 120)
        moved = QMouseEvent(QEvent.Type.MouseMove, at, roll.mapToGlobal(at), Qt.MouseButton.NoButton,
                            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
        QApplication.sendEvent(roll, moved)
    qtbot.mouseRelease(roll, Qt.MouseButton.LeftButton, pos=QPoint(200, 120))
    qtbot.keyRelease(roll, Qt.Key.Key_Space)
    assert geometry.x_of(before[0]) == pytest.approx(-100) and geometry.top == before[1]
    assert window.session.score is score, "nothing was drawn"
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=QPoint(200, 60))
    assert window.session.score is not score, "let go, the pencil draws again"


def test_control_and_tab_leave_the_roll_at_once(window: MainWindow, qtbot: QtBot) -> None:
    roll, control = window.roll.roll, Qt.KeyboardModifier.ControlModifier
    roll.setFocus()
    qtbot.keyClick(roll, Qt.Key.Key_Tab, control)
    assert QApplication.focusWidget() is window.roll.findChild(QToolButton, "grid_button")
    roll.setFocus()
    qtbot.keyClick(roll, Qt.Key.Key_Backtab, control | Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is not roll


def test_how_one_writes_is_there_at_the_next_start(window: MainWindow) -> None:
    roll, desk = window.roll, window.desk
    assert (roll.grid, roll.velocity_visible, roll.follow_playhead) == ("1/16", True, True)
    roll.set_grid("1/8T")
    roll.set_velocity_visible(False)
    roll.toggle_follow()
    desk.keep()
    roll.set_grid("off")
    roll.set_velocity_visible(True)
    roll.toggle_follow()
    window.settings.put(Settings(window.paths.settings).preferences)  # as the file has it
    desk.restore()
    assert (roll.grid, roll.velocity_visible, roll.follow_playhead) == ("1/8T", False, False)
    window.settings.put(replace(window.settings.preferences, grid="no such grid"))
    desk.restore()
    assert roll.grid == "1/8T"


def test_no_menu_is_longer_than_a_small_window(window: MainWindow) -> None:
    tall = {menu.title(): menu.sizeHint().height() for menu in window.menuBar().findChildren(QMenu)}
    assert max(tall.values()) < 560, tall


def test_the_page_is_turned_only_while_one_wants_it(window: MainWindow) -> None:
    follow, geometry = window.menus.actions["view.follow"], window.roll.state.geometry
    geometry.zoom_time(8, 0)
    for wanted in (False, True):
        assert follow.isChecked() is not wanted
        follow.trigger()
        left = geometry.left
        window.roll.set_playhead(geometry.left + 1, playing=True)
        window.roll.set_playhead(geometry.right + 1, playing=True)
        assert (geometry.left > left) is wanted
