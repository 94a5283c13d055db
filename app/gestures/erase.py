"""Right drag: every note the hand passes over goes, in one undo step."""

from __future__ import annotations

import numpy as np

from app.gestures.base import Pointer
from app.i18n import tr
from app.views.roll.state import Preview, RollState
from engine.commands import edit


class Erase:
    """Hides what it passes; commits once, on release.

    Args:
        roll: what is edited.
        at: the press.
        at_once: whether a click on a note deletes it (pencil) or only a drag does (other tools).
    """

    def __init__(self, roll: RollState, at: Pointer, at_once: bool) -> None:
        self._roll = roll
        self._press = self._last = at
        self._gone: set[int] = set()
        if at_once:
            self._wipe(at)
        self.clicked = not self._gone  # still a plain click that asks for the context menu

    def move(self, at: Pointer) -> None:
        """Wipe along the line from the last place, so that a fast hand misses nothing."""
        if self.clicked and not at.far_from(self._press):
            return
        self.clicked = False
        self._wipe(at)

    def _wipe(self, at: Pointer) -> None:
        steps = max(1, int(max(abs(at.x - self._last.x), abs(at.y - self._last.y)) / 3))
        rows = self._roll.geometry.rows
        first, last = rows.place[self._last.pitch], rows.place[at.pitch]
        for part in np.linspace(0, 1, steps + 1):
            tick = self._last.tick + (at.tick - self._last.tick) * part
            pitch = rows.pitches[round(first + (last - first) * part)]
            self._gone.update(self._roll.loose(self._roll.table.between(tick, tick + 1e-6, pitch, pitch)).tolist())
        self._last = at
        if len(self._gone) != len(self._roll.preview.hide):
            self._roll.set_preview(Preview(hide=np.array(sorted(self._gone), np.int64)))

    def release(self, at: Pointer) -> None:
        """One undo step, if anything was passed."""
        roll, gone = self._roll, sorted(self._gone)
        if not gone:
            roll.set_preview(Preview())
            return
        kept = roll.notes([i for i in roll.selected.tolist() if i not in self._gone])
        label = tr("Delete note") if len(gone) == 1 else tr("Delete notes")
        roll.commit(label, edit.remove_notes(roll.score, roll.track, roll.notes(gone)), select=kept)

    def cancel(self) -> None:
        """Everything comes back."""
        self._roll.set_preview(Preview())
