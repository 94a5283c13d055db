"""Systems that learn by a game: a generator invents, a critic tells its music from real music."""

from __future__ import annotations

from engine.models.row import Row

GAMES = "Games of two"

ROWS: tuple[Row, ...] = ()
