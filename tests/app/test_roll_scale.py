"""The key one writes in: rows highlighted, rows folded away, and gestures that still mean the pitch they point at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication

from app.gestures.base import Pointer
from app.theme import DARK, LIGHT
from app.views.roll.editor import RollEditor
from app.views.roll.geometry import RollGeometry
from app.views.roll.key_menu import KeyButton, key_title
from app.views.roll.overview import Overview
from app.views.roll.raster import raster
from app.views.roll.rows import ALL_ROWS, Rows
from engine.score import Key, Note, Origin, Track
from engine.score.columns import to_columns

PLAIN, CTRL, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def tune(editor: RollEditor) -> list[tuple[int, int]]:
    return [(note.start, note.pitch) for note in editor.state.score.tracks[0].notes]


def drag(editor: RollEditor, *places: tuple[float, int], button: Any = Qt.MouseButton.LeftButton) -> None:
    """Press at the first (tick, pitch), move over the others, release at the last."""
    geometry, kinds = editor.state.geometry, QEvent.Type
    points = [QPointF(geometry.x_of(tick), geometry.y_of(pitch) + geometry.row / 2) for tick, pitch in places]
    steps = [(kinds.MouseButtonPress, points[0]), *((kinds.MouseMove, point) for point in points[1:])]
    for kind, point in [*steps, (kinds.MouseButtonRelease, points[-1])]:
        changed = Qt.MouseButton.NoButton if kind == kinds.MouseMove else button
        held = Qt.MouseButton.NoButton if kind == kinds.MouseButtonRelease else button
        event = QMouseEvent(kind, point, editor.roll.mapToGlobal(point), changed, held, PLAIN)
        QApplication.sendEvent(editor.roll, event)


def pixel(editor: RollEditor, tick: float, pitch: int) -> QColor:
    geometry = editor.state.geometry
    return editor.roll.grab().toImage().pixelColor(round(geometry.x_of(tick)), geometry.y_of(pitch) + 3)


# ------------------------------------------------------------------------------------------------------------- rows


def test_rows_and_pixels_are_inverse_when_folded() -> None:
    shown = np.zeros(128, bool)
    shown[[40, 41, 60, 64, 67]] = True
    geometry = RollGeometry()
    geometry.set_rows(Rows(shown))
    assert geometry.rows.pitches == (67, 64, 60, 41, 40)
    for pitch in geometry.rows.pitches:
        assert geometry.pitch_at(geometry.y_of(pitch)) == geometry.pitch_at(geometry.y_of(pitch) + 13) == pitch
        assert geometry.tops_of(np.array([pitch]))[0] == geometry.y_of(pitch)
    assert geometry.y_of(63) == geometry.y_of(64) and geometry.y_of(0) == geometry.y_of(40)
    assert geometry.foot == 5 * geometry.row and geometry.max_top == 0
    assert geometry.pitch_at(-50) == 67 and geometry.pitch_at(9999) == 40


def test_folding_and_unfolding_keep_what_is_in_the_middle() -> None:
    geometry = RollGeometry()
    geometry.scroll_to(top=geometry.rows.place[70] * geometry.row)
    middle, shown = geometry.pitch_at(geometry.height // 2), np.ones(128, bool)
    shown[1::12] = False
    geometry.set_rows(Rows(shown))
    assert abs(geometry.pitch_at(geometry.height // 2) - middle) <= 1
    geometry.set_rows(ALL_ROWS)
    assert abs(geometry.pitch_at(geometry.height // 2) - middle) <= 1


@pytest.mark.parametrize("far", [False, True])
def test_many_notes_lie_on_their_folded_rows(qapp: Any, far: bool) -> None:
    shown = np.zeros(128, bool)
    shown[[50, 55, 62]] = True
    geometry = RollGeometry()
    geometry.set_rows(Rows(shown), 10)
    columns = Track.of([Note(0, 50, 4800), Note(9600, 55, 4800), Note(19200, 62, 4800)]).columns
    geometry.scale = 0.005
    image = QImage(200, 40, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.white)
    painter, words = QPainter(image), np.concatenate([[0], np.full(16, 0xFF000000)]).astype(np.uint32)
    if far:
        Overview(columns, 480).paint(painter, QRect(0, 0, 200, 40), geometry, words)
    else:
        raster(
            painter, QRect(0, 0, 200, 40), geometry, columns, lambda sums: words[np.minimum(sums(None), 1).astype(int)]
        )
    painter.end()
    black = np.frombuffer(image.constBits(), np.uint32).reshape(40, 200) == 0xFF000000
    assert black[24, 12] and black[14, 60] and black[4, 108]
    assert not black[24, 60] and not black[4, 12] and not black[32:].any()


# ------------------------------------------------------------------------------------------------------------ scale


def test_the_key_is_the_pieces_own_at_the_playhead_unless_another_is_chosen(editor: RollEditor) -> None:
    scale = editor.state.scale
    assert scale.key == Key(0)
    written = (Key(0, 1), Key(3840, -3, minor=True))
    editor.state.session.history.do("keys", score=replace(editor.state.score, keys=written))
    assert scale.key == written[0]
    editor.set_playhead(4000)
    assert scale.key == written[1]
    assert np.flatnonzero(scale.inside[60:72]).tolist() == [0, 2, 3, 5, 7, 8, 10]
    editor.set_key(Key(0, 2))
    assert scale.key == Key(0, 2) and scale.key_at(0) == Key(0, 2)
    editor.set_key(None)
    assert scale.key == written[1]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_highlight_shades_what_is_outside(editor: RollEditor, theme: Any) -> None:
    editor.set_theme(theme)
    editor.set_key(Key(0, 2))  # D major: F sharp inside, F outside
    before = pixel(editor, 3000, 65)
    editor.toggle_highlight()
    inside, outside, tonic = pixel(editor, 3000, 66), pixel(editor, 3000, 65), pixel(editor, 3000, 62)
    assert inside != outside and outside != before and tonic not in (inside, outside)
    editor.toggle_highlight()
    assert pixel(editor, 3000, 65) == before


def test_transposing_in_the_key_uses_the_chosen_one(editor: RollEditor) -> None:
    editor.state.select([1])  # E4
    editor.set_key(Key(0, 2))
    editor.transpose_in_scale(1)
    assert editor.selected_notes[0].pitch == 66


def test_the_button_names_the_key_and_chooses_another(editor: RollEditor, qtbot: Any) -> None:
    button = KeyButton(editor, [])
    qtbot.addWidget(button)
    assert button.text() == "C major ▾" and not button.isChecked()
    next(action for key, action in button._keys.items() if key == Key(0, 3, True)).trigger()
    assert editor.state.scale.key == Key(0, 3, True)
    assert button.text() == "F♯ minor ▾" and key_title(Key(0, -3)) == "E♭ major"
    editor.toggle_highlight()
    assert button.isChecked()
    button._own.trigger()
    assert editor.state.scale.chosen is None and button.text() == "C major ▾"


# ------------------------------------------------------------------------------------------------------------- fold


def test_folded_to_notes_only_used_rows_are_left_and_gestures_keep_their_pitch(editor: RollEditor) -> None:
    editor.set_tool("pencil")
    row = editor.state.geometry.row
    editor.toggle_fold("notes")
    geometry = editor.state.geometry
    assert geometry.rows.pitches == (71, 67, 64, 62, 60) and geometry.row > row
    drag(editor, (2500, 67))
    assert (2400, 67) in tune(editor)
    drag(editor, (240, 60), (200, 62), (240, 64))  # two rows up: from C to E
    assert (0, 64) in tune(editor)
    assert geometry.rows.pitches == (71, 67, 64, 62), "the row of C is no longer used"
    editor.transpose(1)
    assert 65 in geometry.rows.pitches, "a new pitch gets its row"
    editor.state.session.history.undo()
    editor.state.session.history.undo()
    assert geometry.rows.pitches == (71, 67, 64, 62, 60)
    editor.toggle_fold("notes")
    assert geometry.rows is ALL_ROWS and geometry.row == row


def test_folded_boxes_erasing_and_keys_mean_the_rows_one_sees(editor: RollEditor, qtbot: Any) -> None:
    editor.toggle_fold("notes")
    editor.set_tool("select")
    drag(editor, (10, 64), (1900, 60))
    assert {note.pitch for note in editor.selected_notes} == {60, 64}
    drag(editor, (100, 60), (600, 64), (1100, 67), button=Qt.MouseButton.RightButton)
    assert [pitch for _, pitch in tune(editor)] == [71, 62]
    where = QPointF(10, editor.state.geometry.y_of(62) + 4).toPoint()
    qtbot.mouseClick(editor.keyboard, Qt.MouseButton.LeftButton, pos=where)
    assert editor.state.session.player.pitches[-1] == 62


def test_folded_to_the_scale_notes_outside_it_keep_their_rows(editor: RollEditor) -> None:
    editor.set_key(Key(0, -1))  # F major: B flat
    editor.toggle_fold("scale")
    rows = editor.state.geometry.rows
    assert 70 in rows.pitches and 66 not in rows.pitches
    assert 71 in rows.pitches, "B natural is in use"
    editor.set_key(Key(0, 0))
    assert 70 not in editor.state.geometry.rows.pitches
    editor.toggle_fold("notes")
    assert len(editor.state.geometry.rows) == 5


def test_a_track_without_notes_shows_all_rows(editor: RollEditor) -> None:
    editor.toggle_fold("notes")
    editor.state.session.history.do("gone", score=editor.state.score.with_track(0, Track()))
    assert len(editor.state.geometry.rows) == 128
    editor.set_track(1)
    assert editor.state.geometry.rows.pitches == (50, 48)


def test_a_fold_paints_other_voices_and_ghosts_without_inventing_rows(editor: RollEditor) -> None:
    editor.toggle_fold("notes")
    editor.show_other_tracks(False)
    alone = editor.roll.grab().toImage()
    editor.show_other_tracks(True)
    assert editor.roll.grab().toImage() == alone, "the bass has no row here"
    editor.show_ghosts([Note(2880, 63, 480, 80, Origin.GENERATED)])
    assert editor.roll.grab().toImage() != alone
    editor.state.set_ghosts(to_columns([]))
    editor.zoom_to_fit()


# ----------------------------------------------------------------------------------------------------- command key


def test_on_a_mac_the_command_key_suspends_the_snap_once_a_drag_has_begun() -> None:
    def at(keys: Any, begun: Any, mac: bool = True) -> Pointer:
        return Pointer.of(QPointF(), keys, 0, 60, begun, mac)

    assert at(CTRL, PLAIN).alt
    assert not at(CTRL, CTRL).alt, "held from the press it copies"
    assert not at(CTRL, None).alt and not at(PLAIN, PLAIN).alt
    assert not at(CTRL, PLAIN, mac=False).alt
    assert at(ALT, None, mac=False).alt
