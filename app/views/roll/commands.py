"""Every command that menus, keys and the palette may give to the roll, by the names that the table of actions uses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.i18n import tr
from app.theme import Theme
from app.views.roll import walk
from app.views.roll.edits import RollEdits
from app.views.roll.frame import RollFrame
from app.views.roll.note_table import Indices
from app.views.roll.options import Humanise, Transpose
from app.views.roll.state import RollState
from app.views.roll.wheel import LOUDER, louder
from engine.commands.edit import Edit
from engine.commands.measures import with_key
from engine.score import Key
from engine.score.columns import is_generated, is_locked

if TYPE_CHECKING:
    from app.panels.note_dialog import NoteDialog

T = TypeVar("T")


class RollCommands(RollFrame):
    """Commands over the selection and the scale of one roll.

    Args:
        state: what is edited.
        theme: colours.
    """

    follow_playhead: bool

    def __init__(self, state: RollState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(state, theme, parent)
        self.state = state
        self._edits = RollEdits(state)
        self._humanise = Humanise()

    # ----------------------------------------------------------------------------------------------- the selection

    def select_all(self) -> None:
        """Select every note of the track."""
        self._edits.select_all()

    def copy(self) -> None:
        """Keep the selection for pasting."""
        self._edits.copy()

    def cut(self) -> None:
        """Copy and remove the selection."""
        self._edits.cut()

    def paste(self) -> None:
        """Put what was copied at the playhead."""
        self._edits.paste()

    def duplicate(self) -> None:
        """Repeat the selection right after itself."""
        self._edits.duplicate()

    def delete_selection(self) -> None:
        """Remove the selection."""
        self._edits.delete()

    def quantize(self) -> None:
        """Move the onsets of the selection, or of all notes, to the grid as the dialog was left."""
        self._edits.quantize()

    def ask_quantize(self) -> None:
        """Open the quantise dialog; what it is left with is what `quantize` does from then on."""
        if dialog := self._dialog(tr("Quantise"), self._edits.quantise, self._edits.quantized):
            dialog.accepted.connect(lambda: setattr(self._edits, "quantise", dialog.form.options))

    def ask_humanize(self) -> None:
        """Open the humanise dialog; it begins as it was left."""
        if dialog := self._dialog(tr("Humanise"), self._humanise, self._edits.humanized):
            dialog.accepted.connect(lambda: setattr(self, "_humanise", dialog.form.options))

    def ask_transpose(self) -> None:
        """Open the transpose dialog."""
        self._dialog(tr("Transpose"), Transpose(), self._edits.transposed)

    def _dialog(self, title: str, options: T, make: Callable[[Indices, T], Edit]) -> NoteDialog | None:
        from app.panels.note_dialog import NoteDialog  # not needed at the start

        meant = self._edits.meant
        if not len(meant):
            self.state.say(tr("There are no notes"))
            return None
        self.cancel_gesture()
        dialog = NoteDialog(title, options, self.state, meant, partial(make, meant), parent=self)
        dialog.open()
        return dialog

    def join(self) -> None:
        """Make selected neighbours of one pitch one note."""
        self._edits.join()

    def legato(self) -> None:
        """Let every selected note last until the next."""
        self._edits.legato()

    def split(self) -> None:
        """Cut at the playhead, or the selected notes in the middle."""
        self._edits.split()

    def toggle_lock(self) -> None:
        """Lock the selection, so that nothing changes it, or let it go."""
        self._edits.toggle_lock()

    @property
    def locked(self) -> bool:
        """All that is selected is locked."""
        chosen = is_locked(self.state.table.columns[:, self.state.mask])
        return bool(len(chosen)) and bool(chosen.all())

    def transpose(self, semitones: int) -> None:
        """Move the selection up or down."""
        self._edits.transpose(semitones)

    def transpose_in_scale(self, steps: int) -> None:
        """Move the selection by steps of the key."""
        self._edits.transpose_in_scale(steps)

    def nudge(self, steps: int) -> None:
        """Move the selection by steps of the grid."""
        self._edits.nudge(steps)

    def lengthen(self, steps: int) -> None:
        """Make the selection longer or shorter by steps of the grid."""
        self._edits.lengthen(steps)

    def louder(self, steps: int) -> None:
        """Make the selection louder (1) or softer (-1)."""
        louder(self.state, steps * LOUDER)

    def accept(self) -> None:
        """Take generated notes over as one's own: those selected, or all of the track where none of them is."""
        self._edits.accept()

    @property
    def made_selected(self) -> bool:
        """A model wrote something of what is selected."""
        return bool(is_generated(self.state.table.columns[:, self.state.mask]).any())

    # -------------------------------------------------------------------------------------- playhead, view and grid

    def step(self, by: int) -> None:
        """Move the selection by steps of the grid; without one the playhead."""
        if self.state.mask.any():
            self.nudge(by)
        else:
            walk.step_playhead(self.state, by)

    def step_bar(self, by: int) -> None:
        """Move the playhead by a bar line."""
        walk.step_bar(self.state, by)

    def toggle_follow(self) -> None:
        """Turn the page when the player leaves it, or no longer."""
        self.follow_playhead = not self.follow_playhead

    def to_end(self) -> None:
        """Put the playhead to the end of the piece."""
        walk.put_playhead(self.state, self.state.piece_end)

    def write_note(self) -> None:
        """Write a note at the playhead and go on behind it."""
        walk.write_note(self.state)

    def loop_selection(self) -> None:
        """Repeat what is selected."""
        walk.loop_selection(self.state)

    def zoom(self, by: int) -> None:
        """Stretch time or press it together."""
        walk.zoom(self.state, by)

    def zoom_rows(self, by: int) -> None:
        """Make rows taller or flatter."""
        walk.zoom_rows(self.state, by)

    def zoom_selection(self) -> None:
        """Show what is selected as large as fits."""
        walk.zoom_selection(self.state)

    def scroll_page(self, by: int) -> None:
        """Turn the page up (-1) or down (1)."""
        self.state.geometry.scroll_by(dy=by * 0.8 * self.state.geometry.height)

    def change_grid(self, how: str) -> None:
        """Snap to a "finer" or "coarser" grid, to a "triplet" one, or "off"."""
        walk.change_grid(self.state, how)

    # -------------------------------------------------------------------------------------------------- what is going

    def next_note(self, by: int = 1) -> None:
        """Select the next note (1) or the one before (-1)."""
        self._edits.step_note(by)

    def cancel_gesture(self) -> bool:
        """Take back a drag that is under way; False if there was none."""
        return any(part.cancel_gesture() for part in (self.roll, self.lane, self.ruler, self.chords))

    # -------------------------------------------------------------------------------------------------- the chords

    def write_chord(self) -> None:
        """Ask for the chord at the beat nearest to the playhead."""
        self._bring_chords()
        self.chords.ask(self.state.bars.near_beat(self.state.playhead))

    def find_chords(self, every: str) -> None:
        """Write the likely chords of the music, in the bars of the selection or in all (UserError: no music there)."""
        self.state.chords.find(every)
        self._bring_chords()

    def play_chords(self, style: str) -> None:
        """Write the chords as notes on a track of their own (UserError: there are none)."""
        self.state.chords.play(style)

    def remove_chords(self) -> None:
        """Take every chord away."""
        self.state.chords.remove_all()

    def toggle_chord_tones(self) -> None:
        """Tint the rows that the chords have, or no longer."""
        self.state.chords.set_tones(not self.state.chords.tones)

    def go_to_chords(self) -> None:
        """Put the keyboard into the lane of chords."""
        self._bring_chords()
        self.chords.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _bring_chords(self) -> None:
        if not self.chords_visible:
            self.set_chords_mode("shown")

    # --------------------------------------------------------------------------------------------------- the scale

    def toggle_highlight(self) -> None:
        """Shade the rows outside the scale, or no longer."""
        self.state.scale.set_highlight(not self.state.scale.highlight)

    def toggle_fold(self, how: str) -> None:
        """Leave only the rows in use ("notes") or of the scale ("scale"); the same again shows all rows."""
        self.state.scale.set_fold("" if self.state.scale.fold == how else how)

    def write_key(self) -> None:
        """Write the key that is shown into the piece, from the bar of the playhead on; files then say it, too."""
        key = self.state.scale.key
        score = with_key(self.state.score, key, self.state.playhead)
        self.state.session.history.do(tr("change key"), score=score, initiator=self.state)
        self.state.scale.set_key(None)
        self.state.refresh()
        self.state.say(tr("The piece is in {key} from here on").format(key=key.name))

    def set_key(self, key: Key | None) -> None:
        """Write in another key than the piece says; None takes the piece's own."""
        self.state.scale.set_key(key)
