"""What keyboard, ruler, roll and velocity lane share while one edits: selection, tool, grid, preview; no notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import is_not
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.i18n import tr
from app.views.roll.bars import GRIDS, Bars, grid_ticks
from app.views.roll.chords import RollChords
from app.views.roll.faults import RollFaults
from app.views.roll.geometry import RollGeometry
from app.views.roll.ghosts import Area, Sketch, area_of, joined, replaced_area
from app.views.roll.note_table import Indices, NoteTable
from app.views.roll.scale import RollScale
from engine.commands.map_bars import map_span
from engine.score import Note, Score, Track
from engine.score.columns import Columns, is_locked, keys_of, no_columns, to_columns, to_notes

if TYPE_CHECKING:
    from engine.commands.edit import Edit
    from engine.session import Session

TOOLS = ("select", "pencil", "knife")


@dataclass(frozen=True)
class Preview:
    """What a drag shows before it is committed: some notes are hidden, others painted instead.

    Attributes:
        hide: indices of notes not painted.
        show: columns of notes painted selected, shape [5, n].
    """

    hide: Indices = field(default_factory=lambda: np.zeros(0, np.int64))
    show: Columns = field(default_factory=lambda: no_columns())


@dataclass(frozen=True)
class Overlay:
    """A box ("box") or a cut ("cut") that a gesture paints over the notes, in ticks and pitches."""

    kind: str
    left: float
    right: float
    low: int
    high: int


class RollState(QObject):
    """The present look at one track of the session's score.

    Attributes:
        table: the notes of the track; others: those of all other tracks, merged.
        mask: True per selected note of `table`.
        scale: the key one writes in, and the rows it shades or leaves.
        faults: marks of what is wrong between voices.
        chords: those over the music, as the lane shows them.
        piece_end: tick of the bar line at which the piece is over; one bar at least.
        default_length, default_velocity: of the next drawn note; 0 length means one step of the grid.
    """

    notes_changed = Signal()
    selection_changed = Signal()
    preview_changed = Signal(object, object)  # Preview before, Preview after
    overlay_changed = Signal()
    tool_changed = Signal(str)
    grid_changed = Signal(str)
    track_changed = Signal(int)
    loop_changed = Signal(object)  # (start, end) in ticks, or None
    playhead_changed = Signal(float, float)  # before, after
    seek_requested = Signal(int)
    ghosts_changed = Signal(object)  # the roll_ghosts.Area to repaint
    others_changed = Signal()
    described = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.geometry = RollGeometry(session.score.ticks_per_quarter)
        self.track = min(session.steering.track, len(session.score.tracks) - 1)
        self.tool, self.grid, self.last_grid = "pencil", "1/16", "1/16"
        self.default_length, self.default_velocity = 0, 80
        self.preview, self.overlay = Preview(), None  # type: Preview, Overlay | None
        self.spun = no_columns()  # notes as the wheel left their velocities: turned again, it goes on
        self.ghosts: Columns | None = None
        self.sketch: Sketch | None = None
        self._replaced: Area | None = None  # what the ghosts stand for
        self.loop: tuple[int, int] | None = None
        self.playhead, self.others_shown = 0.0, True
        self.score: Score = Score(tracks=())
        self.bars = Bars(self.score)
        self.piece_end = 0
        self.table = self.others = NoteTable(no_columns())
        self.mask = np.zeros(0, bool)
        self._shown: Track | None = None
        self._around: tuple[Track, ...] = ()
        self.scale, self.faults, self.chords = RollScale(self), RollFaults(), RollChords(self)
        self.refresh()

    # ------------------------------------------------------------------------------------------------- the score

    def refresh(self, select: Sequence[Note] | None = None) -> None:
        """Look at the session's score again; rebuild only what differs.

        Args:
            select: these become the selection; None keeps what is still there.
        """
        score = self.session.score
        keys = self.table.keys[self.mask] if select is None else _keys(select)
        if score is not self.score:
            self.score, self.bars = score, Bars(score)
            last = max(score.end, score.chords[-1].tick + 1 if score.chords else 0)
            self.piece_end = max(self.bars.bar_end(last), score.bar_ticks(score.meters[0]))
            self.track = max(0, min(self.track, len(score.tracks) - 1))
            self._rebuild()
        elif select is None:
            return
        mask = np.zeros(len(self.table), bool)
        mask[self.table.find(keys)] = True
        self.mask = mask
        self.geometry.set_extent(self.piece_end + 4 * score.bar_ticks(score.meters[-1]), score.ticks_per_quarter)
        self.notes_changed.emit()
        self.selection_changed.emit()

    def _rebuild(self) -> None:
        tracks = self.score.tracks
        shown = tracks[self.track] if tracks else Track()
        other_kind = self._shown is None or shown.drums != self._shown.drums  # drums are no shadows of melodies
        if shown is not self._shown:
            self._shown, self.table = shown, NoteTable(shown.columns)
        around = (*tracks[: self.track], *tracks[self.track + 1 :])
        if other_kind or len(around) != len(self._around) or any(map(is_not, around, self._around)):
            self._around, alike = around, (pair for pair in enumerate(tracks) if pair[1].drums == shown.drums)
            self.others = NoteTable.of_tracks((i, track) for i, track in alike if i != self.track)

    def set_track(self, index: int) -> None:
        """Edit another track; its notes come to the front, the others become faint."""
        index = max(0, min(index, len(self.score.tracks) - 1))
        if index != self.track:
            self.track = index
            self._around = ()
            self._rebuild()
            self.mask = np.zeros(len(self.table), bool)
            self.track_changed.emit(index)
            self.notes_changed.emit()
            self.selection_changed.emit()

    def commit(self, label: str, edit: Edit, select: Sequence[Note] | None = None, goes_on: bool = False) -> None:
        """Make an edit one undo step, drop the preview it was painted with, select what it made (or `select`)."""
        self.set_preview(Preview())
        self.session.history.do(label, score=edit.score, initiator=self, goes_on=goes_on)
        self.refresh(select=edit.notes if select is None else select)

    @property
    def current(self) -> Track:
        """The track whose notes are edited."""
        return self.score.tracks[self.track] if self.score.tracks else Track()

    @property
    def target(self) -> tuple[int, int]:
        """Ticks in which a morphed melody is written."""
        return map_span(self.session.steering, self.score.ticks_per_quarter)

    # ------------------------------------------------------------------------------------------------- selection

    @property
    def selected(self) -> Indices:
        """Indices of the selected notes, rising."""
        return np.flatnonzero(self.mask)

    def notes(self, indices: Sequence[int] | Indices | None = None) -> tuple[Note, ...]:
        """Notes of the track by index; the selected ones by default."""
        chosen = self.selected if indices is None else np.asarray(indices, np.int64)
        return to_notes(self.table.columns[:, chosen])

    def loose(self, indices: Indices | None = None) -> Indices:
        """Those of some notes, of the selected ones by default, that are not locked; says so if any is."""
        chosen = self.selected if indices is None else indices
        locked = is_locked(self.table.columns[:, chosen])
        if locked.any():
            words = tr("Locked notes stay as they are. Shift+L unlocks what is selected.")
            QTimer.singleShot(0, self, lambda: self.say(words))  # after what is said of the selection
        return chosen[~locked]

    def select(self, indices: Iterable[int] | Indices, how: str = "only") -> None:
        """Change the selection: "only" these, "add" them, or "toggle" each."""
        at = np.asarray(list(indices) if not isinstance(indices, np.ndarray) else indices, np.int64)
        mask = np.zeros(len(self.table), bool) if how == "only" else self.mask.copy()
        mask[at] = ~mask[at] if how == "toggle" else True
        if not np.array_equal(mask, self.mask):
            self.mask = mask
            self.selection_changed.emit()

    # --------------------------------------------------------------------------------------- what gestures paint

    def set_preview(self, preview: Preview) -> None:
        """Paint a drag that is not committed yet."""
        before, self.preview = self.preview, preview
        if before is not preview:
            self.preview_changed.emit(before, preview)

    def set_overlay(self, overlay: Overlay | None) -> None:
        """Paint a selection box or a cut; None removes it."""
        if overlay != self.overlay:
            self.overlay = overlay
            self.overlay_changed.emit()

    def set_ghosts(self, columns: Columns | None) -> None:
        """Paint a melody that morphs, outlined; None removes it."""
        before, self.ghosts = self.ghosts, columns
        was, now = self._replaced, None if columns is None else replaced_area(self.table, self.target)
        self._replaced = now
        dirty = [area_of(part) for part in (before, columns) if part is not None]
        if was != now:  # notes step back, or come forward again
            dirty += [was, now]
        if (area := joined(dirty)) is not None:
            self.ghosts_changed.emit(area)

    def set_sketch(self, sketch: Sketch | None) -> None:
        """Paint what a verb at work has in mind; None removes it."""
        before, self.sketch = self.sketch, sketch
        if (area := joined([part.area(self.table) for part in (before, sketch) if part is not None])) is not None:
            self.ghosts_changed.emit(area)

    def set_others_shown(self, shown: bool) -> None:
        """Paint the other tracks behind this one, or not."""
        self.others_shown = shown
        self.others_changed.emit()

    # -------------------------------------------------------------------------------------------- tool, grid, time

    def set_tool(self, name: str) -> None:
        """Take "select", "pencil" or "knife"."""
        if name in TOOLS and name != self.tool:
            self.tool = name
            self.tool_changed.emit(name)

    def set_grid(self, name: str) -> None:
        """Snap to a grid of `bars.GRIDS`."""
        if name in GRIDS and name != self.grid:
            self.grid, self.last_grid = name, self.grid
            self.grid_changed.emit(name)

    @property
    def step(self) -> int:
        """Ticks of one step of the grid; 0 where it is off."""
        return grid_ticks(self.grid, self.score.ticks_per_quarter)

    @property
    def nudge_step(self) -> int:
        """Ticks an arrow key moves: the grid, or a sixteenth where it is off."""
        return self.step or max(1, self.score.ticks_per_quarter // 4)

    @property
    def draw_length(self) -> int:
        """Ticks of the next drawn note."""
        return self.default_length or self.nudge_step

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Loop between two ticks, or not at all."""
        if loop != self.loop:
            self.loop = loop
            self.loop_changed.emit(loop)

    def set_playhead(self, tick: float) -> None:
        """Where the player is."""
        before, self.playhead = self.playhead, tick
        if before != tick:
            self.playhead_changed.emit(before, tick)

    # ---------------------------------------------------------------------------------------------- sound and words

    def sound(self, pitch: int, velocity: int | None = None) -> None:
        """Let one note be heard for a moment."""
        chosen = self.default_velocity if velocity is None else velocity
        self.session.player.audition(int(pitch), int(chosen), self.current.program, 250, self.current.drums)

    def adopt(self, index: int) -> None:
        """The next drawn note is as long and as loud as this one."""
        _, _, length, velocity, _ = (int(value) for value in self.table.columns[:, index])
        self.default_length, self.default_velocity = length, velocity

    def say(self, text: str) -> None:
        """One line for the status bar and screen readers."""
        self.described.emit(text)

    def count_text(self) -> str:
        """How many notes are selected, in words."""
        return tr("{count} notes selected").format(count=int(self.mask.sum()))


def _keys(notes: Sequence[Note]) -> Indices:
    return np.sort(keys_of(to_columns(notes)))
