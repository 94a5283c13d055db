"""What the dialogs over notes ask for: quantise, humanise, transpose. Their forms are made from these."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.views.roll.bars import GRIDS

UNITS = {"semitone": "semitones", "scale": "steps of the key", "octave": "octaves"}


@dataclass(frozen=True)
class Quantise:
    """How onsets are moved to a grid.

    Attributes:
        grid: name of a grid; empty: the one the roll snaps to.
        strength: per cent of the way that is moved.
        swing: per cent; how late every other line of the grid is.
    """

    grid: str = field(
        default="",
        metadata={
            "title": "Grid",
            "choices": {"": "As the snap grid"} | {name: name for name in GRIDS if GRIDS[name]},
        },
    )
    strength: int = field(
        default=100,
        metadata={"low": 0, "high": 100, "step": 5, "text": "Per cent of the way to the grid; 50 keeps half the feel."},
    )
    swing: int = field(
        default=0,
        metadata={"low": 0, "high": 100, "step": 5, "text": "How late every other line is; 100 swings like triplets."},
    )


@dataclass(frozen=True)
class Humanise:
    """How far from the paper hands play.

    Attributes:
        timing: milliseconds that an onset comes early or late at most.
        velocity: by how much a note is louder or softer at most.
        seed: of the dice.
    """

    timing: int = field(
        default=12, metadata={"low": 0, "high": 100, "text": "Milliseconds that notes come early or late at most."}
    )
    velocity: int = field(
        default=10, metadata={"low": 0, "high": 64, "text": "How much louder or softer notes become at most."}
    )
    seed: int = field(
        default=1, metadata={"low": 0, "high": 9999, "text": "Another number plays it another way; the same, the same."}
    )


@dataclass(frozen=True)
class Transpose:
    """How far notes are moved in pitch.

    Attributes:
        amount: steps, downwards if negative.
        unit: one of `UNITS`.
    """

    amount: int = field(default=0, metadata={"title": "Move by", "low": -127, "high": 127})
    unit: str = field(default="semitone", metadata={"title": "Counted in", "choices": UNITS})
