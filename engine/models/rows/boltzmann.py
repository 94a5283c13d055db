"""Boltzmann machines: what is drawn stays, the rest settles around it."""

from __future__ import annotations

from engine.models.row import Recipe, Row

SETTLING = "Machines that settle"

ROWS: tuple[Row, ...] = (
    Row(
        name="rbm",
        title="RBM",
        year=2012,
        paper="Boulanger-Lewandowski, Bengio, Vincent: Modeling Temporal Dependencies in High-Dimensional Sequences "
        "(ICML 2012); the machine after Smolensky (1986) and Hinton (2002)",
        promise="A sketch pad: what I drew stays, and the rest settles around it.",
        group=SETTLING,
        codec="melody",
        capabilities=("samples", "inpaints", "rewrites", "learns"),
        module="engine.models.rbm",
        network="RBM",
        recipe=Recipe(
            corpus="folk",
            steps=4_500,
            options={"learning_rate": 4e-3, "weight_decay": 0.01, "precision": "full", "mix": 0.0},
        ),
    ),
    Row(
        name="deep_belief_network",
        title="Deep belief network",
        year=2006,
        paper="Hinton, Osindero, Teh: A Fast Learning Algorithm for Deep Belief Nets (Neural Computation 2006); for "
        "melodies Bickerman, Bosley, Swire, Keller (ICCC 2010)",
        promise="A sketch pad with an idea of the whole: what settles lies three layers away from the notes.",
        group=SETTLING,
        codec="melody",
        capabilities=("samples", "inpaints", "rewrites", "learns"),
        module="engine.models.deep_belief_network",
        network="DeepBeliefNetwork",
        recipe=Recipe(
            corpus="folk",
            steps=4_000,
            options={"learning_rate": 2e-3, "weight_decay": 0.01, "precision": "full", "mix": 0.0},
        ),
    ),
    Row(
        name="c_rbm",
        title="C-RBM",
        year=2016,
        paper="Lattner, Grachten, Widmer: Imposing Higher-Level Structure in Polyphonic Music Generation using "
        "Convolutional Restricted Boltzmann Machines and Constraints (2016)",
        promise="Takes the shape of a tune, its repeats, keys and rhythm, and makes another tune of that shape.",
        group=SETTLING,
        codec="phrase",
        capabilities=("samples", "inpaints", "rewrites", "learns"),
        module="engine.models.c_rbm",
        network="CRBM",
        recipe=Recipe(
            corpus="folk",
            steps=5_000,
            options={"learning_rate": 3e-3, "weight_decay": 0.01, "precision": "full", "mix": 0.0},
        ),
    ),
)
