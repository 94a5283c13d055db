"""The editor as the studio uses it: commands, keys, words, what is told and what is painted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from app.theme import DARK, LIGHT
from app.views.roll import paint as roll_paint
from app.views.roll.editor import RollEditor
from app.views.roll.geometry import RollGeometry
from app.views.roll.note_table import NoteTable
from app.views.roll.overview import Overview
from app.views.roll.paint import NotePainter, paint_flat
from app.views.roll.raster import raster
from engine.events import DocumentChanged, PlayheadMoved
from engine.score import Note, Origin, Track
from engine.score.columns import to_columns

SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def tune(editor: RollEditor) -> tuple[Note, ...]:
    return editor.state.score.tracks[0].notes


def select(editor: RollEditor, *indices: int) -> None:
    editor.state.select(list(indices))


def wheel(editor: RollEditor, at: QPointF, turns: int, keys: Any = Qt.KeyboardModifier.NoModifier) -> None:
    event = QWheelEvent(
        at,
        editor.roll.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor.roll, event)


# ------------------------------------------------------------------------------------------------------- commands


def test_clipboard_round_trip(editor: RollEditor) -> None:
    editor.select_all()
    editor.copy()
    editor.set_playhead(3850)
    editor.paste()
    assert [(n.start, n.pitch) for n in tune(editor)[5:]] == [(3840 + n.start, n.pitch) for n in tune(editor)[:5]]
    assert len(editor.selected_notes) == 5
    editor.cut()
    assert len(tune(editor)) == 5
    assert editor.state.session.history.labels == ["Paste notes", "Cut notes"]


def test_duplicate_follows_what_it_repeats(editor: RollEditor) -> None:
    select(editor, 0, 1)
    editor.duplicate()
    assert {(960, 60), (1440, 64)} <= {(n.start, n.pitch) for n in tune(editor)}


def test_transpose_nudge_lengthen(editor: RollEditor) -> None:
    select(editor, 4)
    editor.transpose(12)
    editor.nudge(2)
    editor.lengthen(1)
    note = editor.selected_notes[0]
    assert (note.start, note.pitch, note.length, note.origin) == (2160, 74, 360, Origin.GENERATED)
    editor.lengthen(-1)
    editor.lengthen(-1)
    editor.lengthen(-1)
    assert editor.selected_notes[0].length == 120


def test_transposing_out_of_range_does_nothing(editor: RollEditor) -> None:
    select(editor, 0)
    for _ in range(12):
        editor.transpose(12)
    assert editor.selected_notes[0].pitch == 120


def test_quantize_takes_all_when_nothing_is_selected(editor: RollEditor) -> None:
    editor.state.session.history.do(
        "late", score=editor.state.score.with_track(0, Track.of([n.moved(ticks=17) for n in tune(editor)]))
    )
    editor.quantize()
    assert [n.start for n in tune(editor)] == [0, 480, 960, 1440, 1920]


def test_join_and_legato_and_split(editor: RollEditor) -> None:
    select(editor, 4)
    editor.split()
    assert [(n.start, n.length) for n in tune(editor)[4:]] == [(1920, 120), (2040, 120)]
    assert len(editor.selected_notes) == 2
    editor.join()
    assert [(n.start, n.length) for n in tune(editor)[4:]] == [(1920, 240)]
    editor.select_all()
    editor.legato()
    assert [n.length for n in tune(editor)[:4]] == [480] * 4
    editor.state.select(())
    editor.set_playhead(720)
    editor.split()
    assert [(n.start, n.length) for n in tune(editor) if n.pitch == 64] == [(480, 240), (720, 240)]


def test_keys_edit_while_the_roll_has_the_focus(editor: RollEditor, qtbot: Any) -> None:
    roll = editor.roll
    qtbot.keyClick(roll, Qt.Key.Key_Tab)
    assert [n.pitch for n in editor.selected_notes] == [60]
    qtbot.keyClick(roll, Qt.Key.Key_Tab)
    qtbot.keyClick(roll, Qt.Key.Key_Up)
    qtbot.keyClick(roll, Qt.Key.Key_Up, SHIFT)
    qtbot.keyClick(roll, Qt.Key.Key_Right)
    qtbot.keyClick(roll, Qt.Key.Key_Right, SHIFT)
    assert editor.selected_notes[0] == Note(600, 77, 600, 70)
    qtbot.keyClick(roll, Qt.Key.Key_Backtab, SHIFT)
    assert [n.pitch for n in editor.selected_notes] == [60]
    qtbot.keyClick(roll, Qt.Key.Key_Delete)
    assert len(tune(editor)) == 4
    qtbot.keyClick(roll, Qt.Key.Key_V)
    assert not editor.velocity_visible


def test_escape_drops_selection_then_takes_the_select_tool(editor: RollEditor, qtbot: Any) -> None:
    editor.select_all()
    qtbot.keyClick(editor.roll, Qt.Key.Key_Escape)
    assert not editor.selected_notes and editor.tool == "pencil"
    qtbot.keyClick(editor.roll, Qt.Key.Key_Escape)
    assert editor.tool == "select"
    editor.toggle_tool()
    assert editor.tool == "pencil"


def test_space_is_left_to_the_window(editor: RollEditor, qtbot: Any) -> None:
    from PySide6.QtGui import QKeyEvent

    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    QApplication.sendEvent(editor.roll, event)
    assert not event.isAccepted()


# ------------------------------------------------------------------------------------------------------ the wheel


def test_wheel_scrolls_zooms_and_sets_velocity(editor: RollEditor) -> None:
    geometry = editor.state.geometry
    top = geometry.top
    wheel(editor, QPointF(300, 200), -1)
    assert geometry.top == top + 48
    under = geometry.tick_at(300)
    wheel(editor, QPointF(300, 200), 2, CTRL)
    assert geometry.tick_at(300) == pytest.approx(under)
    wheel(editor, QPointF(300, 200), -1, SHIFT)
    assert geometry.tick_at(300) > under
    row = geometry.row
    wheel(editor, QPointF(600, 30), 1, ALT)
    assert geometry.row == row + 1
    geometry.fit(0, 3840, 50, 80)
    place = QPointF(geometry.x_of(240), geometry.y_of(60) + 3)
    wheel(editor, place, 1, ALT)
    assert tune(editor)[0].velocity == 64
    assert editor.state.session.history.labels == ["Change velocity"]


# ------------------------------------------------------------------------------------------------- what it tells


def test_it_describes_the_selection(editor: RollEditor, qtbot: Any) -> None:
    with qtbot.waitSignal(editor.described) as told:
        select(editor, 4)
    assert told.args == ["D4, bar 2 beat 1, eighth, velocity 100, generated"]
    assert "D4" in editor.roll.accessibleDescription()
    with qtbot.waitSignal(editor.described) as told:
        editor.select_all()
    assert told.args == ["5 notes selected"]


def test_double_click_takes_a_velocity(editor: RollEditor, qtbot: Any) -> None:
    geometry = editor.state.geometry
    at = QPoint(round(geometry.x_of(720)), geometry.y_of(64) + 4)
    qtbot.mouseClick(editor.roll, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(editor.roll, Qt.MouseButton.LeftButton, pos=at)
    box = editor._box
    assert box.isVisible() and box.value() == 70
    box.lineEdit().setText("33")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert not box.isVisible()
    assert tune(editor)[1].velocity == 33
    assert editor.state.session.history.labels == ["Set velocity"]


def test_keyboard_sounds_and_selects(editor: RollEditor, qtbot: Any) -> None:
    at = QPoint(20, editor.state.geometry.y_of(67) + 4)
    qtbot.mouseClick(editor.keyboard, Qt.MouseButton.LeftButton, pos=at)
    assert editor.state.session.player.pitches == [67]
    assert not editor.selected_notes
    qtbot.mouseClick(editor.keyboard, Qt.MouseButton.LeftButton, SHIFT, pos=at)
    assert [n.pitch for n in editor.selected_notes] == [67]


def test_selection_survives_what_does_not_touch_it(editor: RollEditor) -> None:
    select(editor, 1)
    score = editor.state.score
    editor.state.session.history.do("other", score=score.with_track(1, replace(score.tracks[1], name="Cello")))
    assert [n.pitch for n in editor.selected_notes] == [64]
    editor.state.session.history.do("gone", score=score.with_track(0, Track()))
    assert not editor.selected_notes


def test_it_follows_the_player_page_by_page(editor: RollEditor) -> None:
    geometry = editor.state.geometry
    geometry.zoom_time(8, 0)
    editor.on_event(PlayheadMoved(geometry.right + 10, True))
    assert geometry.left > 0
    left = geometry.left
    page = geometry.left
    geometry.scroll_to(left=0)  # the composer looks elsewhere: stay there
    editor.on_event(PlayheadMoved(page + 900, True))
    assert geometry.left == 0
    geometry.scroll_to(left=left)
    editor.follow_playhead = False
    editor.on_event(PlayheadMoved(0, True))
    assert geometry.left == left


def test_the_playhead_repaints_its_own_strip(editor: RollEditor, monkeypatch: pytest.MonkeyPatch) -> None:
    QApplication.processEvents()
    painted: list[QRect] = []
    layers = editor.roll._layers
    monkeypatch.setattr(layers, "paint", lambda widget, rect: painted.append(QRect(rect)))
    editor.set_playhead(480)
    QApplication.processEvents()
    editor.set_playhead(490)
    QApplication.processEvents()
    assert painted[-1].width() < 20


def test_a_track_that_goes_is_not_shown(editor: RollEditor) -> None:
    editor.set_track(1)
    score = editor.state.score
    editor.state.session.history.do("remove", score=replace(score, tracks=score.tracks[:1]))
    assert editor.track == 0
    assert len(editor.state.table) == 5
    editor.on_event(DocumentChanged("echo"))


def test_the_velocity_lane_folds(editor: RollEditor) -> None:
    assert editor.velocity_visible
    editor.set_velocity_visible(False)
    assert not editor.lane.isVisible()
    editor.set_velocity_visible(True)
    assert editor.lane.isVisible()


# ------------------------------------------------------------------------------------------------------- painting


def pixel(editor: RollEditor, tick: float, pitch: int) -> QColor:
    geometry = editor.state.geometry
    image = editor.roll.grab().toImage()
    return image.pixelColor(round(geometry.x_of(tick)), geometry.y_of(pitch) + geometry.row - 4)


def far(one: QColor, other: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_notes_differ_from_paper_and_by_origin(editor: RollEditor, theme: Any) -> None:
    editor.set_theme(theme)
    mine, made, paper = pixel(editor, 1300, 67), pixel(editor, 2080, 62), pixel(editor, 2900, 67)
    assert far(mine, paper) > 90 and far(made, paper) > 90 and far(mine, made) > 90


def test_ghosts_and_other_tracks_are_seen_and_go(editor: RollEditor) -> None:
    paper = pixel(editor, 2900, 69)
    editor.show_ghosts([Note(2880, 69, 480)])
    assert far(pixel(editor, 3000, 69), paper) > 40
    editor.show_ghosts(None)
    assert far(pixel(editor, 3000, 69), paper) < 10
    editor.state.geometry.reveal(0, 48)
    faint = pixel(editor, 900, 48)
    editor.show_other_tracks(False)
    assert far(pixel(editor, 900, 48), faint) > 10


def picture(count_limit: int, monkeypatch: pytest.MonkeyPatch, dpr: float) -> np.ndarray:
    """Coverage of the same notes, painted by rectangles or, where the limit is low, by the raster."""
    rng = np.random.default_rng(2)
    notes = [Note(int(s), int(p), int(n), 127) for s, p, n in rng.integers((0, 40, 20), (40_000, 90, 900), (900, 3))]
    columns = NoteTable(Track.of(notes).columns).columns
    geometry = RollGeometry()
    geometry.resize(600, 400)
    geometry.set_extent(40_000, 480)
    geometry.fit(0, 40_000, 45, 85)
    monkeypatch.setattr(roll_paint, "RECTANGLES_UP_TO", count_limit)
    image = QImage(round(600 * dpr), round(400 * dpr), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(dpr)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    rect = QRect(0, 0, 600, 400)
    NotePainter(LIGHT).paint(painter, rect, geometry, columns, np.zeros(columns.shape[1], bool))
    painter.end()
    words = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return words != 0xFFFFFFFF


@pytest.mark.parametrize("dpr", [1.0, 2.0])
def test_raster_and_rectangles_cover_the_same_pixels(qapp: Any, monkeypatch: pytest.MonkeyPatch, dpr: float) -> None:
    raster, rectangles = picture(10, monkeypatch, dpr), picture(10_000, monkeypatch, dpr)
    assert rectangles.mean() > 0.05
    assert (raster != rectangles).mean() < 0.03  # thin notes are drawn a little wider as rectangles


def test_flat_notes_are_rastered_when_many(qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roll_paint, "RECTANGLES_UP_TO", 0)
    image = QImage(200, 200, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.white)
    geometry = RollGeometry()
    geometry.resize(200, 200)
    painter = QPainter(image)
    pitch = geometry.pitch_at(50)
    paint_flat(painter, QRect(0, 0, 200, 200), geometry, to_columns([Note(0, pitch, 4000)]), QColor("#123456"))
    painter.end()
    assert image.pixelColor(100, geometry.y_of(pitch) + 2) == QColor("#123456")


@pytest.mark.timeout(60)
def test_many_notes_stay_editable(qtbot: Any, roll_session: Any) -> None:
    notes = [Note(i // 4 * 240, 48 + 9 * (i % 4) + i % 7, 200, 40 + i % 80) for i in range(20_000)]
    roll_session.history.do("many", score=roll_session.score.with_track(0, Track.of(notes)))
    made = RollEditor(roll_session, DARK)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.zoom_to_fit()
    QApplication.processEvents()
    made.select_all()
    made.transpose(1)
    assert len(made.selected_notes) == len(made.state.table)
    made.state.select([9000])
    made.next_note()
    assert made.state.selected.tolist() == [9001]


@pytest.mark.parametrize("dpr", [1.0, 2.0])
@pytest.mark.parametrize("quarters", [450, 4000])
def test_the_far_view_shows_what_the_raster_shows(qapp: Any, dpr: float, quarters: int) -> None:
    rng = np.random.default_rng(4)
    drawn = rng.integers((0, 40, 60), (quarters * 480, 90, 2000), (3000, 3)).tolist()
    columns = Track.of([Note(start, pitch, length, 127) for start, pitch, length in drawn]).columns
    geometry = RollGeometry()
    geometry.resize(600, 400)
    geometry.set_extent(quarters * 480, 480)
    geometry.fit(0, quarters * 480, 45, 85)
    overview = Overview(columns, 480)
    assert overview.serves(geometry)
    geometry.scroll_to(left=geometry.end / 9)
    words = np.concatenate([[0], np.full(16, 0xFF000000)]).astype(np.uint32)
    pictures = []
    for far in (True, False):
        image = QImage(round(600 * dpr), round(400 * dpr), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(dpr)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        rect = QRect(0, 0, 600, 400)
        if far:
            overview.paint(painter, rect, geometry, words)
        else:
            raster(painter, rect, geometry, columns, lambda sums: words[np.minimum(sums(None), 1).astype(int)])
        painter.end()
        shown = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1) != 0xFFFFFFFF
        pictures.append(shown)
    far_view, exact = pictures
    assert exact.mean() > 0.02
    assert (exact & ~widened(far_view)).mean() < 0.002  # nothing is lost
    assert (far_view & ~widened(exact)).mean() < 0.002  # nothing is invented


def widened(shown: np.ndarray) -> np.ndarray:
    """Three pixels further to either side: as far as two bins may reach."""
    return np.any([np.roll(shown, shift, axis=1) for shift in range(-3, 4)], axis=0)


def test_a_morph_repaints_only_the_bars_it_concerns(editor: RollEditor, monkeypatch: pytest.MonkeyPatch) -> None:
    QApplication.processEvents()
    painted: list[QRect] = []
    monkeypatch.setattr(editor.roll._layers, "paint", lambda widget, rect: painted.append(QRect(rect)))
    geometry = editor.state.geometry
    editor.show_ghosts([Note(2000, 62, 480)])  # bars two and three step back for it
    QApplication.processEvents()
    assert painted[-1].left() >= geometry.x_of(1920) - 8 and painted[-1].height() == editor.roll.height()
    editor.show_ghosts([Note(2400, 64, 480)])
    QApplication.processEvents()
    assert painted[-1].height() <= 3 * geometry.row + 8
    assert painted[-1].left() <= geometry.x_of(2000) and painted[-1].right() >= geometry.x_of(2880)
    editor.show_ghosts(None)
    QApplication.processEvents()
    assert painted[-1].height() == editor.roll.height() and len(painted) == 3
