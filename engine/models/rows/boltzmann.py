"""Boltzmann machines: what is drawn stays, the rest settles around it."""

from __future__ import annotations

from engine.models.row import Row

ROWS: tuple[Row, ...] = ()
