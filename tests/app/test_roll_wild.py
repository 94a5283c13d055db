"""Hands that do anything: whatever mouse, wheel, keys and commands do in whatever order, notes stay notes."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.views.roll.editor import RollEditor
from engine.score import Key, Meter, Note, Origin, Score, Track
from tests.app.conftest import RollSession

HELD = (Qt.KeyboardModifier.NoModifier,) * 4 + (
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier,
)  # fmt: skip
BUTTONS = (Qt.MouseButton.LeftButton,) * 5 + (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)
KEYS = ("Up", "Down", "Left", "Right", "Tab", "Escape", "Delete", "W", "V", "End", "PageUp", "Insert")
COMMANDS = (
    "select_all", "copy", "cut", "paste", "duplicate", "quantize", "join", "legato", "split", "toggle_lock", "accept",
    "loop_selection", "zoom_selection", "zoom_to_fit", "write_key", "toggle_highlight", "show_beginning", "to_end",
    "write_note",
)  # fmt: skip
STEPS = 1000


class Wild:
    """Does one thing after the other.

    Args:
        editor: that it is done to.
        seed: what is done, and where.
    """

    def __init__(self, editor: RollEditor, session: RollSession, seed: int) -> None:
        self._editor, self._history, self._dice = editor, session.history, random.Random(seed)

    def do(self) -> None:
        """Anything."""
        kinds = [self._drag] * 5 + [self._press] * 2 + [self._command] * 2 + [self._turn, self._other]
        self._dice.choice(kinds)()

    def _drag(self) -> None:
        editor, dice = self._editor, self._dice
        widget = dice.choice([editor.roll] * 6 + [editor.lane, editor.ruler, editor.keyboard])
        button, held = dice.choice(BUTTONS), dice.choice(HELD)

        def send(kind: QEvent.Type, at: QPoint, down: Qt.MouseButton) -> None:
            there = QPointF(widget.mapToGlobal(at))
            QApplication.sendEvent(widget, QMouseEvent(kind, QPointF(at), there, button, down, held))

        at = QPoint(dice.randrange(-5, widget.width() + 5), dice.randrange(-5, widget.height() + 5))
        twice = dice.random() < 0.1
        send(QEvent.Type.MouseButtonDblClick if twice else QEvent.Type.MouseButtonPress, at, button)
        for _ in range(dice.randrange(4)):
            at += QPoint(dice.randrange(-80, 80), dice.randrange(-60, 60))
            send(QEvent.Type.MouseMove, at, button)
            if dice.random() < 0.05:
                self._history.undo()
        if dice.random() < 0.05:
            editor.escape()
        send(QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.NoButton)

    def _press(self) -> None:
        QTest.keyClick(self._editor.roll, getattr(Qt.Key, f"Key_{self._dice.choice(KEYS)}"), self._dice.choice(HELD))

    def _command(self) -> None:
        getattr(self._editor, self._dice.choice(COMMANDS))()

    def _turn(self) -> None:
        widget = self._dice.choice([self._editor.roll, self._editor.lane, self._editor.ruler])
        at = QPointF(self._dice.randrange(widget.width()), self._dice.randrange(widget.height()))
        turned, none = QPoint(0, self._dice.choice([-120, 120, 30])), Qt.MouseButton.NoButton
        held = self._dice.choice(HELD)
        widget.wheelEvent(QWheelEvent(at, at, QPoint(), turned, none, held, Qt.ScrollPhase.NoScrollPhase, False))

    def _other(self) -> None:
        editor, dice = self._editor, self._dice
        dice.choice([
            lambda: editor.set_tool(dice.choice(editor.tools)),
            lambda: editor.toggle_fold(dice.choice(["notes", "scale"])),
            lambda: editor.set_track(dice.randrange(3)),
            lambda: editor.change_grid(dice.choice(["finer", "coarser", "off", "triplet"])),
            lambda: editor.set_playhead(dice.randrange(9000)),
            lambda: editor.transpose_in_scale(dice.choice([-3, 2])),
            self._history.undo,
            self._history.redo,
        ])()  # fmt: skip


@pytest.mark.parametrize("seed", [3, 6])
def test_notes_stay_notes_and_all_of_it_is_undone(editor: RollEditor, roll_session: RollSession, seed: int) -> None:
    dice = random.Random(seed)
    ends = [Note(0, 0, 480), Note(0, 127, 480), Note(480, 60, 480 * 40), Note(480, 64, 1)]
    origins = (Origin.MINE, Origin.GENERATED)
    notes = ends + [
        Note(dice.randrange(8000), dice.randrange(40, 90), dice.randrange(1, 900), dice.randrange(1, 128),
             dice.choice(origins), dice.random() < 0.1)
        for _ in range(60)
    ]  # fmt: skip
    tracks = (Track.of(notes), Track.of(notes[:20]), Track.of(notes[5:30], drums=True))
    roll_session.history.do(
        "begin", score=Score(tracks=tracks, meters=(Meter(0, 7, 8), Meter(3360, 3, 4)), keys=(Key(0, -3),))
    )
    begun, wild = roll_session.score, Wild(editor, roll_session, seed)
    roll_session.history.reset(roll_session.history.document)
    editor.roll.menu_requested.disconnect()
    for step in range(STEPS):
        wild.do()
        assert len(editor.state.mask) == len(editor.state.table)
        for track in roll_session.score.tracks:
            start, pitch, length, velocity, _ = track.columns
            assert (start >= 0).all() and (length >= 1).all() and ((pitch >= 0) & (pitch <= 127)).all()
            assert ((velocity >= 1) & (velocity <= 127)).all()
        if not step % 150:
            editor.grab()
    assert len(roll_session.history.labels) > 20
    while roll_session.history.undo():
        pass
    assert roll_session.score == begun
