"""What is to be trained, how long and how fast. Apart from the trainer, so that forms and --help need no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import UserError
from engine.models import bundle as bundles
from engine.models.row import OWN, Recipe, Row, Twin
from engine.options import Value, changed, option


@dataclass(frozen=True)
class TrainOptions:
    """How long and how fast."""

    steps: int = option(12_000, "optimiser steps", 1)
    minutes: float = option(0.0, "stop after this long instead of by steps (only steps repeat exactly)", 0.0)
    learning_rate: float = option(1.2e-3, "at its height; it falls along half a cosine", 0.0)
    weight_decay: float = option(0.1, "pull of the matrices towards zero", 0.0)
    clip: float = option(30.0, "largest norm of the gradient", 0.0)
    average: float = option(0.999, "decay of the running average of the weights, which is what is kept", 0.0, 1.0)
    seed: int = option(1, "of the first weights and the order of the music", 0)
    checkpoint_seconds: float = option(60.0, "how often the unfinished training is kept", 0.0)
    device: str = option("auto", "auto, cuda, mps or cpu")
    mix: float = option(0.3, "share of melodies that take one half from elsewhere in the tune, early on", 0.0, 1.0)
    judge_every: int = option(
        250, "of games over melodies: steps between two looks at which stage is the best; 0: the last", 0
    )
    hear_minutes: float = option(4.0, "minutes between two hearings of what it makes by now; 0: never", 0.0)
    precision: str = option(
        "auto", "auto: bf16 where the chip is quicker with it; full: 32 bits", choices=("auto", "full")
    )


@dataclass(frozen=True)
class Order:
    """What is to be trained, on what, and where the result goes.

    Attributes:
        row: which system.
        corpus: a corpus' name or a folder.
        out: the bundle to write.
        options: how long and how fast.
        resume: go on with an unfinished training beside `out`.
        network: what differs from the network's own default options.
        twins: what is trained beside it for comparison.
        start: a bundle of the same system to begin with instead of with nothing; its network's options are taken over.
        memory: gigabytes for the music; 0: a quarter of the machine's. What does not fit is read from disk.
        scratch: the folder for that; None: beside `out`.
    """

    row: Row
    corpus: str
    out: Path
    options: TrainOptions
    resume: bool = False
    network: Mapping[str, Value] = field(default_factory=dict)
    twins: tuple[Twin, ...] = ()
    start: Path | None = None
    memory: float = 0.0
    scratch: Path | None = None

    @property
    def name(self) -> str:
        """What the result is called: a system's name, or the name of a composer's own network of it."""
        return self.out.stem

    @property
    def title(self) -> str:
        """What the card of the result is called."""
        return self.name.partition(OWN)[2] or self.row.title


def by_recipe(recipe: Recipe) -> TrainOptions:
    """How the shipped bundle of a row is trained.

    Raises:
        UserError: the recipe sets an option that does not exist.
    """
    return changed(TrainOptions(steps=recipe.steps, seed=recipe.seed), recipe.options)


def order(
    row: Row,
    out: Path,
    corpus: str = "",
    changes: Mapping[str, Value] | None = None,
    network: Mapping[str, Value] | None = None,
    resume: bool = False,
    start: Path | None = None,
) -> Order:
    """An order by the row's recipe, with what is wished differently; twins are trained only by the recipe itself.

    Raises:
        UserError: an option does not exist or is out of its range.
    """
    wished = changed(by_recipe(row.recipe), changes or {})
    by_the_book = not (start or corpus or network or {"steps", "minutes"} & set(changes or {}))
    twins = row.recipe.twins if by_the_book else ()
    settings = {**row.recipe.network, **(network or {})}
    if start is not None:
        settings = network_of(start, row) | dict(network or {})
    return Order(row, corpus or row.recipe.corpus, out, wished, resume, settings, twins, start)


def network_of(start: Path, row: Row) -> dict[str, Value]:
    """The options of the network in a bundle that a training begins with.

    Raises:
        UserError: it is no bundle, or of another system.
    """
    header = bundles.read_header(start)
    if header.get("model") != row.system:
        raise UserError(f"{start.name} is no {row.title}.", "Choose a trained model of the same kind to begin with.")
    return dict(header["options"])
