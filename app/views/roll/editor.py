"""The editor in the centre of the studio: what it is told and what it tells. Its commands are `RollCommands`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.theme import Theme
from app.views.roll.bars import GRIDS
from app.views.roll.commands import RollCommands
from app.views.roll.drop import MusicDrop
from app.views.roll.edits import describe, fit
from app.views.roll.ghosts import sketch_of
from app.views.roll.keys import roll_keys
from app.views.roll.menu import fill_grid_menu, note_menu
from app.views.roll.note_table import PITCH, START, VELOCITY
from app.views.roll.state import TOOLS, RollState
from app.views.roll.velocity_box import VelocityBox
from engine.events import DocumentChanged, Event, PlayheadMoved
from engine.score import Note
from engine.score.columns import to_columns

if TYPE_CHECKING:
    from engine.session import Session
    from engine.verbs.idea import Idea

OPENING_BAR_WIDTH = 72  # pixels at least for a bar when a piece is opened


class RollEditor(RollCommands):
    """Edits one track of the session's score.

    Args:
        session: whose score is shown and edited.
        theme: colours.

    Attributes:
        follow_playhead: turn the page when the player leaves it.
    """

    loop_changed = Signal(object)  # (start, end) in ticks, or None
    seek_requested = Signal(int)  # tick
    selection_changed = Signal()
    tool_changed = Signal(str)
    grid_changed = Signal(str)
    track_changed = Signal(int)
    described = Signal(str)  # one line about the selection, for status bar and screen reader

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(RollState(session), theme, parent)
        self._keys = roll_keys(self)
        self.follow_playhead = True
        self._playing = False
        self._settled = False  # shown once, so that its size is known
        self._box, self._drop = VelocityBox(self.roll), MusicDrop(self.roll)
        fill_grid_menu(self._grid_button, self)
        self._connect()
        self.setFocusProxy(self.roll)
        self.show_beginning()

    def _connect(self) -> None:
        state = self.state
        for inner, outer in (
            (state.loop_changed, self.loop_changed),
            (state.tool_changed, self.tool_changed),
            (state.grid_changed, self.grid_changed),
            (state.track_changed, self.track_changed),
            (state.described, self.described),
            (state.selection_changed, self.selection_changed),
        ):
            inner.connect(outer)
        state.seek_requested.connect(self._seek)
        state.selection_changed.connect(self._describe)
        self.roll.hovered.connect(self.keyboard.point_at)
        self.roll.edit_requested.connect(self._open_box)
        self.roll.menu_requested.connect(self._open_menu)
        self.roll.key_pressed.connect(self._key)
        self.chords.left.connect(self.roll.setFocus)
        state.geometry.changed.connect(self._box.keep)  # its note is elsewhere now
        self._box.chosen.connect(self._edits.set_velocity)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._settled:
            self._settled = True
            self.show_beginning()

    # ------------------------------------------------------------------------------------------- what it is told

    def on_event(self, event: Event) -> None:
        """Hear an engine event (on the interface's thread): repaint what changed."""
        if isinstance(event, DocumentChanged):
            if event.score and event.initiator is not self.state:
                self.cancel_gesture()
            self.state.refresh()
            if event.steering:
                self.ruler.update()
        elif isinstance(event, PlayheadMoved):
            self.set_playhead(event.tick, event.playing)

    def set_playhead(self, tick: float, playing: bool = False) -> None:
        """Show where the player is; while it plays, turn the page with it.

        Not while a drag is under way, and not after the composer scrolled away from it.
        """
        geometry, before = self.state.geometry, self.state.playhead
        margin = 0.04 * geometry.visible_ticks
        was_seen = not self._playing or geometry.left <= before <= geometry.right
        is_seen = geometry.left <= tick <= geometry.right - margin
        self._playing = playing
        self.state.set_playhead(tick)
        if playing and self.follow_playhead and was_seen and not is_seen and not self.roll.dragging:
            geometry.scroll_to(left=tick - margin)

    def show_ghosts(self, notes: Sequence[Note] | None) -> None:
        """Outline a melody that is being morphed (ticks of the score); None removes it."""
        self.state.set_ghosts(to_columns(notes) if notes is not None else None)

    def show_sketch(self, idea: Idea | None, track: int | None = None) -> None:
        """Outline what a verb at work has in mind, if it belongs to a place; None removes it.

        Args:
            idea: in the resolution of the piece.
            track: where its nameless voices would go; None: the one that is edited.
        """
        if self._drop.active:  # what is in the hand is seen
            return
        self.state.set_sketch(sketch_of(idea, self.state.current.name, track in (None, self.track)) if idea else None)

    def go_to(self, track: int, tick: int, pitch: int) -> None:
        """Bring a place of a track into sight, and select what sounds there."""
        self.set_track(track)
        self.state.geometry.reveal(tick, pitch)
        self.state.select(self.state.table.between(tick, tick + 1, pitch, pitch))

    def show_other_tracks(self, shown: bool) -> None:
        """Paint the other tracks faintly behind this one, or not."""
        self.state.set_others_shown(shown)

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Shade a loop between two ticks; None removes it."""
        self.state.set_loop(loop)

    def set_track(self, index: int) -> None:
        """Edit another track."""
        self.state.set_track(index)

    def set_tool(self, name: str) -> None:
        """Take "select", "pencil" or "knife"."""
        self.state.set_tool(name)

    def toggle_tool(self) -> None:
        """From the pencil to the selection and back."""
        self.set_tool("select" if self.tool == "pencil" else "pencil")

    def set_grid(self, name: str) -> None:
        """Snap to one of `grids`."""
        self.state.set_grid(name)

    def zoom_to_fit(self) -> None:
        """Show the whole piece as large as fits."""
        fit(self.state)

    def show_beginning(self) -> None:
        """Show the first bars at a size in which one writes, as after opening a piece."""
        fit(self.state, bars=max(4, min(16, self.state.geometry.width // OPENING_BAR_WIDTH)))

    # -------------------------------------------------------------------------------------------- what it can say

    @property
    def tool(self) -> str:
        """The tool in the hand: "select", "pencil" or "knife"."""
        return self.state.tool

    @property
    def tools(self) -> tuple[str, ...]:
        """Names for `set_tool`."""
        return TOOLS

    @property
    def grid(self) -> str:
        """Name of the snap grid."""
        return self.state.grid

    @property
    def grids(self) -> tuple[str, ...]:
        """Names for `set_grid`."""
        return tuple(GRIDS)

    @property
    def track(self) -> int:
        """Index of the track that is edited."""
        return self.state.track

    @property
    def loop(self) -> tuple[int, int] | None:
        """The loop in ticks."""
        return self.state.loop

    @property
    def playhead(self) -> float:
        """Where the playhead is painted, in ticks."""
        return self.state.playhead

    @property
    def selected_notes(self) -> tuple[Note, ...]:
        """The selection, sorted."""
        return self.state.notes()

    # -------------------------------------------------------------------------------------------- what it can do

    def escape(self) -> None:
        """Take back a drag; without one drop the selection; without one take the select tool."""
        if self.cancel_gesture():
            return
        if self.state.mask.any():
            self.state.select(())
        else:
            self.set_tool("select")

    # -------------------------------------------------------------------------------------------------- inside

    def _seek(self, tick: int) -> None:
        self.set_playhead(tick)
        self.seek_requested.emit(tick)

    def _describe(self) -> None:
        if text := describe(self.state):
            self.described.emit(text)
            self.roll.setAccessibleDescription(text)

    def _key(self, event: QKeyEvent) -> None:
        call = self._keys.get((event.keyCombination().key(), event.modifiers()))
        if call is not None:
            event.accept()
            call()

    def _open_box(self, index: int) -> None:
        geometry, columns = self.state.geometry, self.state.table.columns
        left = round(geometry.x_of(int(columns[START, index])))
        top = geometry.y_of(int(columns[PITCH, index]))
        self._box.open(index, int(columns[VELOCITY, index]), QRect(left, top, 64, geometry.row))

    def _open_menu(self, at: QPointF) -> None:
        note_menu(self).popup(at.toPoint())
