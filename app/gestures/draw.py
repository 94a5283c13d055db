"""The pencil: a click writes a note as long and loud as the last one; dragging draws its length; Shift paints a row."""

from __future__ import annotations

from app.gestures.base import Pointer, step_for
from app.i18n import tr
from app.views.roll.state import Preview, RollState
from engine.commands import edit
from engine.score import Note
from engine.score.columns import to_columns


class Draw:
    """One new note; it starts at the grid line before the press."""

    def __init__(self, roll: RollState, at: Pointer) -> None:
        self._roll = roll
        self._press = at
        start = roll.bars.snap(at.tick, step_for(roll, at), "down")
        self._note = Note(start, at.pitch, roll.draw_length, roll.default_velocity)
        self._dragged = False
        self._show(self._note)
        roll.sound(at.pitch)

    def move(self, at: Pointer) -> None:
        """The end of the note follows the hand to the next grid line."""
        self._dragged = self._dragged or abs(at.x - self._press.x) >= 4
        if not self._dragged:
            return
        step = step_for(self._roll, at)
        end = self._roll.bars.snap(at.tick, step, "up")
        length = max(end - self._note.start, step, 1)
        if length != self._note.length:
            self._show(Note(self._note.start, self._note.pitch, length, self._note.velocity))

    def _show(self, note: Note) -> None:
        self._note = note
        self._roll.set_preview(Preview(show=to_columns([note])))

    def release(self, at: Pointer) -> None:
        """One undo step; a drawn length is kept for the next note."""
        roll = self._roll
        if self._dragged:
            roll.default_length = self._note.length
        roll.commit(tr("Draw note"), edit.add_notes(roll.score, roll.track, (self._note,)))

    def cancel(self) -> None:
        """No note."""
        self._roll.set_preview(Preview())


class Paint:
    """Shift and drag: a note on every step the hand passes, each at the pitch where the hand was."""

    def __init__(self, roll: RollState, at: Pointer) -> None:
        self._roll = roll
        self._notes: dict[int, Note] = {}
        self._length = roll.draw_length
        self._origin = roll.bars.snap(at.tick, step_for(roll, at), "down")
        self.move(at)

    def move(self, at: Pointer) -> None:
        """Every slot of one note length, counted from the press, is filled once."""
        slot = int((at.tick - self._origin) // self._length)
        start = self._origin + slot * self._length
        before = self._notes.get(slot)
        if start < 0 or (before and before.pitch == at.pitch):
            return
        self._notes[slot] = Note(start, at.pitch, self._length, self._roll.default_velocity)
        self._roll.sound(at.pitch)
        self._roll.set_preview(Preview(show=to_columns(list(self._notes.values()))))

    def release(self, at: Pointer) -> None:
        """All painted notes are one undo step."""
        roll = self._roll
        notes = tuple(sorted(self._notes.values()))
        roll.commit(tr("Paint notes"), edit.add_notes(roll.score, roll.track, notes))

    def cancel(self) -> None:
        """No notes."""
        self._roll.set_preview(Preview())
