"""One network with and without a prior: the same grid of places between four melodies, decoded by both."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.codecs.codec import Tokens
from engine.jobs.job import Report
from engine.models.registry import row as row_of
from engine.options import option
from engine.verbs.codes import decode, encode
from engine.verbs.codes import row_of as numbers
from engine.verbs.verb import Asked, Idea, Verb

PAIR = ("autoencoder", "vae")


@dataclass(frozen=True)
class Options:
    """The grid."""

    size: int = option(4, "places along each side of the grid", 2, 8)
    seed: int = option(1, "which melodies stand at the corners, where I give none", 0)


def run(asked: Asked, report: Report) -> list[Idea]:
    """Rows of ideas: the grid of the plain autoencoder, then that of the VAE. Corners: mine, else training melodies."""
    corners = _corners(asked)
    made: list[Idea] = []
    for number, name in enumerate(PAIR):
        report(number, len(PAIR), name)
        one = replace(asked, row=asked.row if name == asked.row.system else row_of(name))
        codes = encode(one, corners)
        places = np.linspace(0, 1, one.options.size)
        grid = np.stack([_between(codes, float(x), float(y)) for y in places for x in places])
        for index, (window, code) in enumerate(zip(decode(one, grid), grid, strict=True)):
            x, y = places[index % len(places)], places[index // len(places)]
            row = f"{one.row.title}, line {index // len(places) + 1}"
            made.append(one.idea(_where(float(x), float(y)), window, numbers(code), row=row))
    return made


def _where(x: float, y: float) -> str:
    """A place in the grid: a corner's letter, or how far to the right and how far down."""
    corner = {(0.0, 0.0): "A", (1.0, 0.0): "B", (0.0, 1.0): "C", (1.0, 1.0): "D"}.get((x, y))
    return corner or f"→ {100 * x:.0f} %  ↓ {100 * y:.0f} %"


def _between(codes: np.ndarray, x: float, y: float) -> np.ndarray:
    """Bilinear between four corners: A top left, B top right, C bottom left, D bottom right."""
    a, b, c, d = codes
    found: np.ndarray = (1 - y) * ((1 - x) * a + x * b) + y * ((1 - x) * c + x * d)
    return found


def _corners(asked: Asked) -> Tokens:
    from engine.codecs.melody import is_compound

    melodies = asked.shelf.bundle(asked.row.name).extras["map.melodies"].astype(np.uint8)
    melodies = melodies[is_compound(melodies) == asked.compound]
    chosen = np.random.default_rng(asked.options.seed).permutation(len(melodies))[:4]
    given = [*asked.windows[:4], *melodies[chosen]]
    return np.stack(given[:4]).astype(np.uint8)


VERB = Verb("compare", "With and without a prior", "Decodes the same grid of places by the autoencoder and by the VAE.",
            "encodes", 0, Options, run, rows=PAIR)  # fmt: skip
