"""What is declared of a system: one row of the registry, and the recipe of its shipped weights."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType

from engine.options import Value

OWN = "~"  # between the name of a system and the one a composer gave to a network of their own: "gan~My reels"


@dataclass(frozen=True)
class Twin:
    """A network trained beside the shipped one, for comparison only: its figures are kept, its weights are not.

    Attributes:
        name: what it is, in words.
        network: what differs from the shipped network's options.
        share: of the shipped network's steps.
    """

    name: str
    network: Mapping[str, Value]
    share: float = 1.0


@dataclass(frozen=True)
class Recipe:
    """How the shipped bundle is made by `make models`.

    Attributes:
        corpus: a name in training.corpora.
        steps: optimiser steps.
        seed: of everything random.
        network: changes of the network's own default options.
        options: changes of `TrainOptions`.
        twins: trained with it for comparison.
    """

    corpus: str
    steps: int
    seed: int = 1
    network: Mapping[str, Value] = field(default_factory=dict)
    options: Mapping[str, Value] = field(default_factory=dict)
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True)
class Row:
    """One system.

    Attributes:
        name: what commands and files call it; of a composer's own network, `row.system` and its title behind OWN.
        title, year, paper: what people call it, and where it was published.
        promise: what it does for a composer, one sentence.
        group: the heading it stands under in lists.
        codec: a name in codecs.catalog: how music becomes its tensors.
        capabilities: names in `capabilities.CAPABILITIES`.
        module, network: where the nn.Module lives (imported only when used: it brings torch).
        recipe: how the shipped weights are made.
    """

    name: str
    title: str
    year: int
    paper: str
    promise: str
    group: str
    codec: str
    capabilities: tuple[str, ...]
    module: str
    network: str
    recipe: Recipe

    @property
    def system(self) -> str:
        """Its name in the registry; that of a composer's own network is longer."""
        return self.name.partition(OWN)[0]

    @property
    def own(self) -> bool:
        """A composer's own network, which has a card beside the shipped one."""
        return OWN in self.name

    def load_module(self) -> ModuleType:
        """The model's file, imported."""
        return importlib.import_module(self.module)
