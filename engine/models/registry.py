"""Every system, one row each. Adding one is a file and a row; tests prove what the row declares."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import UserError
from engine.models.row import OWN, Recipe, Row, Twin
from engine.models.rows import adversarial, boltzmann, chorales, frames, maps, tunes, units

__all__ = ["REGISTRY", "Recipe", "Row", "Twin", "find", "listed", "row"]

REGISTRY: dict[str, Row] = {
    row.name: row for family in (maps, tunes, chorales, frames, boltzmann, units, adversarial) for row in family.ROWS
}


def find(name: str) -> Row | None:
    """The row of a name, if there is one; that of a composer's own network is its system's under the name it was given.

    Whether such a network is on this machine is for the shelf to know.
    """
    system, own, title = name.partition(OWN)
    known = REGISTRY.get(system)
    return replace(known, name=name, title=title) if known is not None and own and title else known


def listed(known: Row) -> str:
    """What a model is called in a list of many: a network of the composer's own with its system behind its title."""
    return f"{known.title} ({REGISTRY[known.system].title})" if known.own else known.title


def row(name: str) -> Row:
    """The row of a name.

    Raises:
        UserError: no such model.
    """
    known = find(name)
    if known is None:
        raise UserError(f"There is no model called {name}.", f"Choose one of: {', '.join(REGISTRY)}.")
    return known
