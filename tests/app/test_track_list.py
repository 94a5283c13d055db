"""The list of tracks: it chooses, renames, mutes and solos, by hand and by keys, and costs nothing while hidden."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.panels.track_list import MUTE, NAME, SOLO
from engine.score import Note, Score, Track


def cell(window: MainWindow, row: int, column: int) -> QTableWidgetItem:
    found = window.workshop.tracks.table.item(row, column)
    assert found is not None
    return found


def test_many_tracks_are_chosen_renamed_muted_and_soloed_in_one_list(window: MainWindow, qtbot: QtBot) -> None:
    panel, session = window.workshop.tracks, window.session
    table = panel.table
    parts = [Track.of([Note(0, 40 + i, 480)], f"Part {i + 1}", i) for i in range(40)]
    session.history.do("parts", score=Score(tracks=(*parts[:39], Track.of([], "Kit", drums=True))))
    assert table.rowCount() == 0, "hidden, it costs nothing"
    window.menus.actions["view.tracks"].trigger()
    qtbot.waitUntil(lambda: table.isVisible() and table.rowCount() == 40)
    assert cell(window, 39, NAME).toolTip() == "Kit · Drums"

    def click(row: int, column: int) -> None:
        table.scrollToItem(cell(window, row, column))
        place: QPoint = table.visualItemRect(cell(window, row, column)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    click(7, NAME)
    assert (window.roll.track, window.tracks.chooser.currentText()) == (7, "Part 8")
    click(3, MUTE)
    click(5, SOLO)
    assert (session.hearing.muted, session.hearing.solo) == (frozenset({3}), frozenset({5}))
    said = Qt.ItemDataRole.AccessibleTextRole
    assert [cell(window, 3, MUTE).data(said), cell(window, 5, SOLO).data(said)] == ["muted", "heard alone"]
    assert cell(window, 4, MUTE).data(said) == "not muted"
    click(5, SOLO)
    assert not session.hearing.solo

    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert window.roll.track == 6
    table.setCurrentCell(6, MUTE)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert 6 in session.hearing.muted and window.roll.playhead == 0
    cell(window, 6, NAME).setText("Oboe & <b>friends</b>")
    assert session.score.tracks[6].name == "Oboe & <b>friends</b>"
    window.files.undo()
    assert cell(window, 6, NAME).text() == "Part 7"
    window.tracks.choose(39)
    assert table.currentRow() == 39
    window.menus.actions["track.duplicate"].trigger()
    assert (len(session.score.tracks), window.roll.track, table.rowCount()) == (41, 40, 41)
    assert session.score.tracks[40] == session.score.tracks[39]
