"""Every system, one row each. Adding one is a file and a row; tests prove what the row declares."""

from __future__ import annotations

from engine.errors import UserError
from engine.models.row import Recipe, Row, Twin
from engine.models.rows import adversarial, boltzmann, chorales, frames, maps, tunes, units

__all__ = ["REGISTRY", "Recipe", "Row", "Twin", "row"]

REGISTRY: dict[str, Row] = {
    row.name: row for family in (maps, tunes, chorales, frames, boltzmann, units, adversarial) for row in family.ROWS
}


def row(name: str) -> Row:
    """The row of a name.

    Raises:
        UserError: no such model.
    """
    if name not in REGISTRY:
        raise UserError(f"There is no model called {name}.", f"Choose one of: {', '.join(REGISTRY)}.")
    return REGISTRY[name]
