"""The key one writes in: which rows are highlighted, and which are left when the roll is folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.views.roll.note_table import PITCH
from app.views.roll.rows import ALL_ROWS, PITCHES, Rows
from engine.commands.edit import scale_of
from engine.score import Key

if TYPE_CHECKING:
    from app.views.roll.state import RollState

FOLDS = ("notes", "scale")
TALLEST = 28  # pixels a row grows to when folding leaves room


class RollScale(QObject):
    """Highlight and fold of one roll. The key is the one chosen, else the piece's own at the playhead, else C major.

    A folded roll never hides a note of the track that is edited: rows outside the scale stay where it has notes.

    Args:
        roll: whose notes, playhead and geometry are meant.

    Attributes:
        highlight: shade the rows outside the scale.
        fold: "notes" (only rows in use), "scale" (only rows of the scale, and those in use) or "" (all rows).
        chosen: a key that the composer prefers to the piece's own.
    """

    changed = Signal()

    def __init__(self, roll: RollState) -> None:
        super().__init__()
        self._roll = roll
        self.highlight = False
        self.fold = ""
        self.chosen: Key | None = None
        self._row = 0  # height of a row before the fold
        self._key = self.key
        roll.notes_changed.connect(self._refresh)
        roll.playhead_changed.connect(self._follow)

    @property
    def key(self) -> Key:
        """The key in force at the playhead."""
        return self.key_at(self._roll.playhead)

    def key_at(self, tick: float) -> Key:
        """The key in force at a tick."""
        if self.chosen is not None:
            return self.chosen
        return self.written_at(tick) or Key(0)

    def written_at(self, tick: float) -> Key | None:
        """The key that the piece itself says at a tick; a piece that says none later counts from its start."""
        keys = self._roll.score.keys
        return next((key for key in reversed(keys) if key.tick <= tick), keys[0] if keys else None)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """True per pitch of the scale, shape [128]."""
        inside = np.zeros(PITCHES, dtype=bool)
        for step in scale_of(self.key):
            inside[step::12] = True
        return inside

    def set_key(self, key: Key | None) -> None:
        """Write in another key; None takes the piece's own."""
        if key != self.chosen:
            self.chosen = key
            self._refresh()
            self.changed.emit()  # whether it was chosen is shown as well

    def set_highlight(self, shown: bool) -> None:
        """Shade the rows outside the scale, or not."""
        if shown != self.highlight:
            self.highlight = shown
            self.changed.emit()

    def set_fold(self, how: str) -> None:
        """Leave only the rows in use ("notes"), of the scale ("scale"), or show all ("")."""
        if how not in ("", *FOLDS) or how == self.fold:
            return
        geometry = self._roll.geometry
        if not self.fold:
            self._row = geometry.row
        self.fold = how
        rows = self._rows()
        row = max(self._row, min(TALLEST, geometry.height // len(rows))) if rows.folded else self._row
        geometry.set_rows(rows, row)
        self.changed.emit()

    def _rows(self) -> Rows:
        if not self.fold:
            return ALL_ROWS
        shown = np.bincount(self._roll.table.columns[PITCH], minlength=PITCHES) > 0
        if self.fold == "scale":
            shown |= self.inside
        return Rows(shown) if shown.any() else ALL_ROWS

    def _refresh(self) -> None:
        """Other notes or another key: the rows may be others, and so may the name of the key."""
        key, rows = self.key, self._rows()
        same_rows = np.array_equal(rows.shown, self._roll.geometry.rows.shown)
        if not same_rows:
            self._roll.geometry.set_rows(rows)
        if key != self._key or not same_rows:
            self._key = key
            self.changed.emit()

    def _follow(self, before: float, after: float) -> None:
        if len(self._roll.score.keys) > 1 and self.key != self._key:
            self._refresh()
