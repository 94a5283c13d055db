"""Chords above the roll, with real mouse events and keys; each change is one step of undo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.theme import THEMES
from app.views.chords.box import ChordBox
from app.views.roll.chords import shown
from app.views.roll.editor import RollEditor
from engine.errors import UserError
from engine.score import Chord, Key, Quality
from engine.score.chords import parse_chord

BAR = 1920
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
KEY = Qt.Key


class Hand:
    """What a composer does in the lane, by ticks."""

    def __init__(self, editor: RollEditor) -> None:
        self.editor, self.lane, self.chords = editor, editor.chords, editor.state.chords

    def at(self, tick: float) -> QPointF:
        return QPointF(self.editor.state.geometry.x_of(tick) + 6, 12)

    def send(self, kind: QEvent.Type, tick: float, keys: Any = PLAIN) -> None:
        at = self.at(tick)
        changed = NONE if kind == QEvent.Type.MouseMove else LEFT
        held = NONE if kind == QEvent.Type.MouseButtonRelease else LEFT
        QApplication.sendEvent(self.lane, QMouseEvent(kind, at, self.lane.mapToGlobal(at), changed, held, keys))

    def click(self, tick: float) -> None:
        self.send(QEvent.Type.MouseButtonPress, tick)
        self.send(QEvent.Type.MouseButtonRelease, tick)

    def drag(self, start: float, to: float, keys: Any = PLAIN, release: bool = True) -> None:
        self.send(QEvent.Type.MouseButtonPress, start, keys)
        self.send(QEvent.Type.MouseMove, (start + to) / 2, keys)
        self.send(QEvent.Type.MouseMove, to, keys)
        if release:
            self.send(QEvent.Type.MouseButtonRelease, to, keys)

    def key(self, key: Qt.Key, keys: Any = PLAIN, text: str = "") -> None:
        QApplication.sendEvent(self.lane, QKeyEvent(QEvent.Type.KeyPress, key, keys, text))

    @property
    def box(self) -> ChordBox:
        assert self.lane.box is not None
        return self.lane.box

    @property
    def written(self) -> list[tuple[float, str]]:
        """Bars (from 0) and names."""
        return [(chord.tick / BAR, chord.name()) for chord in self.chords.all]


@pytest.fixture
def hand(editor: RollEditor) -> Iterator[Hand]:
    editor.set_chords_mode("shown")
    QApplication.processEvents()
    made = Hand(editor)
    yield made
    if made.lane.box is not None:
        made.lane.box.close()


def put(hand: Hand, **chords: str) -> None:
    """Chords by bar: `put(hand, b0="C", b2="F")`."""
    for bar, name in chords.items():
        hand.chords.put(int(bar[1:]) * BAR, parse_chord(name))


def labels(editor: RollEditor) -> list[str]:
    return editor.state.session.history.labels


def test_a_click_on_an_empty_bar_asks_for_a_chord(hand: Hand) -> None:
    hand.click(BAR + 40)
    assert hand.box.asked.tick == BAR and hand.box.edit.text() == ""
    QTest.keyClicks(hand.box.edit, "f#m7")
    assert hand.box.words.text() == "F sharp minor seventh"
    QTest.keyClick(hand.box.edit, KEY.Key_Return)
    assert hand.written == [(1, "F#m7")] and labels(hand.editor) == ["Set chord"]
    hand.editor.state.session.history.undo()
    assert hand.editor.state.session.score.chords == ()


def test_what_is_no_chord_is_told_and_the_sheet_stays(hand: Hand) -> None:
    hand.click(BAR)
    QTest.keyClicks(hand.box.edit, "jazz")
    QTest.keyClick(hand.box.edit, KEY.Key_Return)
    assert "no chord" in hand.box.words.text() and hand.box.isVisible() and not hand.chords.all
    QTest.keyClick(hand.box.edit, KEY.Key_Escape)
    assert not hand.chords.all and not labels(hand.editor)


def test_tab_goes_on_from_bar_to_bar(qtbot: QtBot, hand: Hand) -> None:
    hand.click(40)
    for bar, name in enumerate(("C", "am", "", "G7")):
        QTest.keyClicks(hand.box.edit, name)
        QTest.keyClick(hand.box.edit, KEY.Key_Tab)
        qtbot.waitUntil(lambda: hand.lane.box is not None and hand.box.asked.tick == (bar + 1) * BAR)  # noqa: B023
    assert hand.written == [(0, "C"), (1, "Am"), (3, "G7")] and hand.box.asked.tick == 4 * BAR


def test_chords_of_the_key_are_offered_first(hand: Hand) -> None:
    hand.editor.set_key(Key(0, -3, True))
    put(hand, b0="E")
    hand.click(BAR + 40)
    rows = [[b.text() for (r, _), b in sorted(hand.box.buttons.items()) if r == row] for row in range(3)]
    assert rows[0][0] == "Cm\ni" and rows[1][0] == "G7\nV7"
    assert [text.split("\n")[0] for text in rows[2]] == ["E", "N.C."]
    hand.box.buttons[0, 3].click()
    assert hand.written[1] == (1, "Ab")


def test_the_arrows_walk_and_sound_the_choice(hand: Hand, roll_session: Any) -> None:
    hand.click(BAR + 40)
    QTest.keyClick(hand.box.edit, KEY.Key_Down)
    before = len(roll_session.player.pitches)
    QTest.keyClick(hand.box.buttons[0, 0], KEY.Key_Right)
    QTest.keyClick(hand.box.buttons[0, 1], KEY.Key_Down)
    if hand.box.buttons[1, 1].hasFocus():  # where the platform gives popups the focus
        assert len(roll_session.player.pitches) > before
    QTest.keyClick(hand.box.buttons[1, 1], KEY.Key_Return)
    assert hand.written == [(1, "Cmaj7")]


def test_a_click_beside_the_name_writes_inside_a_long_chord(hand: Hand) -> None:
    put(hand, b0="C")
    hand.click(2 * BAR + 40)
    QTest.keyClicks(hand.box.edit, "F")
    QTest.keyClick(hand.box.edit, KEY.Key_Return)
    assert hand.written == [(0, "C"), (2, "F")]


def test_a_chord_is_dragged_to_a_beat(hand: Hand) -> None:
    put(hand, b0="C", b1="F")
    steps = len(labels(hand.editor))
    hand.drag(BAR, BAR + 900)
    assert hand.written == [(0, "C"), (1.5, "F")]
    hand.drag(1.5 * BAR, 1.5 * BAR + 130, ALT)
    assert hand.chords.all[1].tick == 1.5 * BAR + 120
    hand.drag(0, 2 * BAR, SHIFT)
    assert [name for _, name in hand.written] == ["C", "F", "C"]
    assert labels(hand.editor)[steps:] == ["Move chord", "Move chord", "Copy chord"]
    hand.drag(2 * BAR, 3 * BAR, release=False)
    assert hand.chords.moving is not None and hand.editor.cancel_gesture() and hand.chords.moving is None
    assert len(labels(hand.editor)) == steps + 3


def test_a_click_takes_in_hand_and_a_double_click_changes(hand: Hand, roll_session: Any) -> None:
    put(hand, b0="C", b1="F")
    heard = len(roll_session.player.pitches)
    hand.click(0)
    assert hand.chords.place == 0 and len(roll_session.player.pitches) > heard and hand.lane.box is None
    hand.send(QEvent.Type.MouseButtonDblClick, BAR)
    assert hand.box.edit.text() == "F"
    hand.box.edit.clear()
    QTest.keyClick(hand.box.edit, KEY.Key_Return)
    assert hand.written == [(0, "C")], "an empty name takes the chord away"


def test_everything_by_keys(hand: Hand) -> None:
    put(hand, b0="C", b2="G")
    hand.chords.go_to(0)
    hand.key(KEY.Key_Right)
    assert hand.chords.place == BAR
    hand.key(KEY.Key_A, text="a")
    assert hand.box.edit.text() == "A"
    QTest.keyClicks(hand.box.edit, "m")
    QTest.keyClick(hand.box.edit, KEY.Key_Return)
    hand.key(KEY.Key_Right, SHIFT)
    assert hand.written == [(0, "C"), (1.25, "Am"), (2, "G")]
    hand.key(KEY.Key_Up)
    assert hand.written[1] == (1.25, "Bdim")
    hand.key(KEY.Key_Left)
    assert hand.chords.place == BAR
    hand.key(KEY.Key_Right)
    hand.key(KEY.Key_Delete)
    assert hand.written == [(0, "C"), (2, "G")]
    assert "Bar 2" in hand.lane.accessibleDescription()


def test_keys_of_the_window_stay_its_own(hand: Hand) -> None:
    def claimed(key: Qt.Key, text: str = "", keys: Any = PLAIN) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, keys, text)
        event.ignore()
        QApplication.sendEvent(hand.lane, event)
        return event.isAccepted()

    assert claimed(KEY.Key_G, "g") and claimed(KEY.Key_Return) and claimed(KEY.Key_Left)
    assert not claimed(KEY.Key_Space, " ") and not claimed(KEY.Key_Q, "q") and not claimed(KEY.Key_F6)
    assert not claimed(KEY.Key_C, "c", Qt.KeyboardModifier.ControlModifier)


def test_the_menu_of_a_chord(hand: Hand) -> None:
    put(hand, b0="C")
    QApplication.sendEvent(
        hand.lane,
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(12, 12), hand.lane.mapToGlobal(QPoint(12, 12))),
    )
    menu = hand.lane.findChild(QMenu)
    assert menu is not None
    titles = {action.text(): action for action in menu.actions()}
    assert {"Change…", "Change to", "Hear", "Delete", "Find chords", "Play chords", "Delete all chords"} <= set(titles)
    titles["Delete"].trigger()
    assert not hand.chords.all
    menu.close()


def test_found_chords_bring_the_lane(editor: RollEditor) -> None:
    assert not editor.chords_visible and editor.chords_mode == "auto"
    editor.find_chords("bar")
    assert editor.chords_visible and editor.chords_mode == "auto" and len(editor.state.chords.all) > 0
    editor.remove_chords()
    assert not editor.chords_visible
    editor.set_chords_mode("hidden")
    editor.find_chords("bar")
    assert editor.chords_visible, "who looks for chords wants to see them"


def test_a_folded_lane_leaves_no_gap(editor: RollEditor) -> None:
    for height in (700, 420):
        editor.resize(1100, height)
        for mode in ("shown", "hidden"):
            editor.set_chords_mode(mode)
            QApplication.processEvents()
            above = editor.chords if mode == "shown" else editor.ruler
            assert editor.roll.geometry().top() == above.geometry().bottom() + 1


def test_chords_are_played_on_their_track(editor: RollEditor) -> None:
    with pytest.raises(UserError):
        editor.play_chords("block")
    editor.find_chords("bar")
    editor.play_chords("broken")
    assert [track.name for track in editor.state.score.tracks] == ["Tune", "Bass", "Chords"]
    editor.state.session.history.undo()
    assert len(editor.state.session.score.tracks) == 2


def test_chords_behind_the_last_note_belong_to_the_piece(hand: Hand) -> None:
    put(hand, b9="C")
    assert hand.editor.state.piece_end == 10 * BAR and hand.editor.state.geometry.end >= 10 * BAR


def test_tones_of_a_chord_are_shown_in_its_rows(hand: Hand) -> None:
    put(hand, b1="C")
    geometry = hand.editor.state.geometry

    def colour(pitch: int, tick: float) -> QColor:
        image: QImage = hand.editor.roll.grab().toImage()
        at = QPoint(round(geometry.x_of(tick)) + 5, geometry.y_of(pitch) + geometry.row // 2)
        return image.pixelColor(at * image.devicePixelRatio())

    paper = colour(72, BAR + 960)
    hand.send(QEvent.Type.MouseMove, BAR + 40)
    assert colour(72, BAR + 960) != paper and colour(74, BAR + 960) == colour(74, 0.5 * BAR)
    QApplication.sendEvent(hand.lane, QEvent(QEvent.Type.Leave))
    assert colour(72, BAR + 960) == paper
    hand.editor.toggle_chord_tones()
    assert colour(72, BAR + 960) != paper


@pytest.mark.parametrize("name", list(THEMES))
def test_names_can_be_read_in_every_theme(hand: Hand, name: str) -> None:
    put(hand, b0="C", b1="F#m7b5")
    hand.editor.set_theme(THEMES[name])
    painter = hand.lane._painter
    for paper in (painter._fill, painter._tail):
        assert _contrast(THEMES[name].text, paper) >= 4.5
    assert hand.lane.grab().toImage().pixelColor(1, 12) != THEMES[name].panel


def _contrast(one: QColor, other: QColor) -> float:
    def light(colour: QColor) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]  # type: ignore[index]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_thousand_chords_are_painted_and_found(hand: Hand) -> None:
    from dataclasses import replace

    state = hand.editor.state
    many = tuple(Chord(480 * i, i * 7 % 12, Quality.MINOR if i % 3 else Quality.MAJOR) for i in range(4000))
    state.session.history.do("many", score=replace(state.score, chords=many))
    state.refresh()
    for scale in (0.2, 0.02, 0.002, 0.0002):
        state.geometry.zoom_time(scale / state.geometry.scale, 0)
        hand.lane.grab()
    assert hand.chords.number_at(480 * 1000 + 5) == 1000


def test_names_have_real_signs() -> None:
    assert shown("F#m7b5/Bb") == "F♯m7♭5/B♭" and shown("Bb7") == "B♭7" and shown("N.C.") == "N.C."


def test_the_lane_is_remembered(window: MainWindow) -> None:
    assert not window.roll.chords_visible
    window.menus.actions["chords.lane"].trigger()
    assert window.roll.chords_visible and window.settings.preferences.chord_lane == "shown"
    assert window.menus.actions["chords.lane"].isChecked()
    window.menus.actions["chords.lane"].trigger()
    assert window.settings.preferences.chord_lane == "hidden"
    window.menus.actions["chords.find_bar"].trigger()
    assert window.session.score.chords and window.menus.actions["chords.play_block"].isEnabled()
    window.menus.actions["edit.undo"].trigger()
    assert not window.session.score.chords


def test_beside_a_chord_its_bar_still_has_beats(hand: Hand) -> None:
    hand.editor.state.geometry.zoom_time(72 / BAR / hand.editor.state.geometry.scale, 0)  # beats are narrow
    x = hand.editor.state.geometry.x_of
    assert hand.lane.place_at(x(BAR + 1500)) == BAR
    put(hand, b1="C")
    assert hand.lane.place_at(x(BAR + 1500)) == BAR + 1440
    assert hand.lane.head_at(x(BAR + 1500)) is None and hand.lane.head_at(x(BAR + 100)) == 0
    hand.send(QEvent.Type.MouseMove, BAR + 1500)
    assert hand.lane.hover == BAR + 1440
    hand.send(QEvent.Type.MouseMove, BAR)
    assert hand.lane.hover is None
