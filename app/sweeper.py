"""Garbage is collected on the window's thread only.

Python collects cycles on whichever thread happens to allocate. On an engine thread that would destroy Qt objects
away from the thread they belong to, which crashes; so automatic collection is switched off and done here by a timer.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500
CROWD = 60_000  # new objects between two sweeps: a library was loaded (torch: several times as many), which stays
SETTLED = 2  # full collections after which what is left (torch, mostly) is taken to stay


class Sweeper(QObject):
    """Collects what automatic collection would have, generation by generation, while `parent` lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._limits = gc.get_threshold()
        self._full = 0
        gc.disable()
        parent.destroyed.connect(gc.enable)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.sweep)
        self._timer.start(EVERY_MS)

    def sweep(self) -> int:
        """One collection, of the oldest generation that is due. Returns how many objects went."""
        if gc.get_count()[0] > CROWD:
            gc.freeze()  # to look through all of them would stop the window for a quarter of a second
            return 0
        due = [
            age for age, (count, limit) in enumerate(zip(gc.get_count(), self._limits, strict=True)) if count > limit
        ]
        if not due:
            return 0
        gone = gc.collect(due[-1])
        if due[-1] == 2:
            self._full += 1
            if self._full <= SETTLED:
                gc.freeze()  # or every full collection would look through all of torch again
        return gone
