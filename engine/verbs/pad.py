"""A pad with a melody in each corner: every cell between them is a melody of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.codecs.codec import Tokens
from engine.errors import UserError
from engine.jobs.job import Report
from engine.options import option
from engine.verbs.codes import decode, encode, row_of
from engine.verbs.verb import Asked, Idea, Verb

CORNERS = "ABCD"


@dataclass(frozen=True)
class Options:
    """The pad."""

    size: int = option(4, "cells along each side", 2, 8)
    seed: int = option(1, "which melodies stand in the corners that I do not fill", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Lines of cells: A top left, B top right, C bottom left, D bottom right. Corners are mine, note for note; where I
    give fewer than four, training melodies.
    """
    from engine.latent.interpolate import slerp

    corners, size = _corners(asked), asked.options.size
    codes = encode(asked, corners)
    places = np.linspace(0, 1, size)
    made: list[Idea] = []
    for line, down in enumerate(places):
        report(line, size, "filling the pad")
        left, right = slerp(codes[0], codes[2], float(down)), slerp(codes[1], codes[3], float(down))
        between = np.stack([slerp(left, right, float(across)) for across in places])
        windows = decode(asked, between)
        for column, (window, code) in enumerate(zip(windows, between, strict=True)):
            corner = _corner(line, column, size)
            caption = CORNERS[corner] if corner is not None else f"{line + 1}.{column + 1}"
            heard = window if corner is None else corners[corner]
            made.append(asked.idea(caption, heard, row_of(code), row=f"Line {line + 1}"))
    return made


def _corner(line: int, column: int, size: int) -> int | None:
    """Which corner a cell is, if it is one."""
    ends = (0, size - 1)
    return 2 * ends.index(line) + ends.index(column) if line in ends and column in ends else None


def _corners(asked: Asked) -> Tokens:
    """Mine first, then others of the model's map, in the same meter as far as there are enough of them.

    Raises:
        UserError: there are no others.
    """
    from engine.codecs.melody import is_compound

    missing = 4 - len(asked.windows[:4])
    if not missing:
        return np.stack(asked.windows[:4]).astype(np.uint8)
    extras = asked.shelf.bundle(asked.row.name).extras
    if "map.melodies" not in extras:
        raise UserError("This model keeps no melodies for the corners.", "Pin four melodies on its map.")
    melodies = extras["map.melodies"].astype(np.uint8)
    fitting = melodies[is_compound(melodies) == asked.compound]
    melodies = fitting if len(fitting) >= missing else melodies
    chosen = np.random.default_rng(asked.options.seed).permutation(len(melodies))[:missing]
    return np.stack([*asked.windows[:4], *melodies[chosen]]).astype(np.uint8)


VERB = Verb("pad", "Corner pad", "Fills a pad between four melodies: the pins of the map, or training melodies.",
            "encodes", 0, Options, run)  # fmt: skip
