"""Systems that write a tune note by note: continue it, answer it, fill its gaps, obey pins and rules."""

from __future__ import annotations

from engine.models.row import Row

ROWS: tuple[Row, ...] = ()
