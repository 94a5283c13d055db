"""Every system, one row each. Adding one is a file and a row; tests prove what the row declares."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType

from engine.errors import UserError


@dataclass(frozen=True)
class Recipe:
    """How the shipped bundle is made by `make models`."""

    corpus: str  # a name in training.corpora
    steps: int  # optimiser steps
    seed: int = 1


@dataclass(frozen=True)
class Row:
    """One system.

    Attributes:
        name: what commands and files call it.
        title, year, paper: what people call it, and where it was published.
        promise: what it does for a composer, one sentence.
        codec: module in engine.codecs that turns music into its tensors.
        capabilities: names in `capabilities.CAPABILITIES`.
        module, network: where the nn.Module lives (imported only when used: it brings torch).
        recipe: how the shipped weights are made.
    """

    name: str
    title: str
    year: int
    paper: str
    promise: str
    codec: str
    capabilities: tuple[str, ...]
    module: str
    network: str
    recipe: Recipe

    def load_module(self) -> ModuleType:
        """The model's file, imported."""
        return importlib.import_module(self.module)


REGISTRY: dict[str, Row] = {
    row.name: row
    for row in (
        Row(
            name="melody_vae",
            title="Melody VAE",
            year=2018,
            paper="Roberts, Engel, Raffel, Hawthorne, Eck: A Hierarchical Latent Vector Model for Learning Long-Term "
            "Structure in Music (ICML 2018), with a learnt prior after Chen et al. 2017",
            promise="A map of two-bar melodies: drag through it, morph one tune into another, draw new ones.",
            codec="melody",
            capabilities=("samples", "encodes", "learns"),
            module="engine.models.melody_vae",
            network="MelodyVAE",
            recipe=Recipe(corpus="folk", steps=9_000),
        ),
    )
}


def row(name: str) -> Row:
    """The row of a name.

    Raises:
        UserError: no such model.
    """
    if name not in REGISTRY:
        raise UserError(f"There is no model called {name}.", f"Choose one of: {', '.join(REGISTRY)}.")
    return REGISTRY[name]
