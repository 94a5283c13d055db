"""Which qualities a bundle can add to a melody, told by its file's list of contents: quick, for cards and forms."""

from __future__ import annotations

from pathlib import Path

from engine.errors import UserError
from engine.latent.attributes import AXES
from engine.latent.map import moving
from engine.models.bundle import read_header
from engine.models.checks import container


def qualities(path: Path | None) -> tuple[str, ...]:
    """Names of AXES that the bundle has a direction for which was not measured to be dead; all while there is none."""
    if path is None:
        return tuple(AXES)
    try:
        names, moves = container.opened(path).tensors, moving(read_header(path))
    except UserError:
        return tuple(AXES)
    return tuple(name for name in moves if f"extra.map.vector.{name}" in names)
