"""Systems that write chords frame by frame, each note of a chord given the others."""

from __future__ import annotations

from engine.models.row import Row

ROWS: tuple[Row, ...] = ()
