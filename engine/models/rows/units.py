"""Systems whose units are for themselves: dictionaries, repairs, bricks."""

from __future__ import annotations

from engine.models.row import Recipe, Row, Twin

UNITS = "Dictionaries and repairs"

ROWS = (
    Row(
        name="vq_vae",
        title="VQ-VAE",
        year=2017,
        paper="van den Oord, Vinyals, Kavukcuoglu: Neural Discrete Representation Learning (NeurIPS 2017)",
        promise="Melodies as a row of numbered bricks: swap some, draw others again, keep the rest.",
        group=UNITS,
        codec="melody4",
        capabilities=("samples", "encodes", "bricks", "learns"),
        module="engine.models.vq_vae",
        network="VQVAE",
        recipe=Recipe(corpus="folk", steps=5_000, options={"weight_decay": 0.05}),
    ),
    Row(
        name="sparse_ae",
        title="Sparse autoencoder",
        year=2011,
        paper="Ng: Sparse autoencoder (CS294A lecture notes, Stanford 2011)",
        promise="A dictionary of motifs: switch them on and off and hear what each one is for.",
        group=UNITS,
        codec="melody",
        capabilities=("samples", "encodes", "motifs", "learns"),
        module="engine.models.sparse_ae",
        network="SparseAE",
        recipe=Recipe(corpus="folk", steps=4_500),
    ),
    Row(
        name="denoising_ae",
        title="Denoising autoencoder",
        year=2008,
        paper="Vincent, Larochelle, Bengio, Manzagol: Extracting and Composing Robust Features with Denoising "
        "Autoencoders (ICML 2008)",
        promise="Repairs what is missing in a melody, and dreams one out of noise.",
        group=UNITS,
        codec="melody",
        capabilities=("samples", "encodes", "inpaints", "refines", "learns"),
        module="engine.models.denoising_ae",
        network="DenoisingAE",
        recipe=Recipe(corpus="folk", steps=2_500, twins=(Twin("plain", {"noise": 0.0}),)),
    ),
    Row(
        name="contractive_ae",
        title="Contractive autoencoder",
        year=2011,
        paper="Rifai, Vincent, Muller, Glorot, Bengio: Contractive Auto-Encoders: Explicit Invariance During "
        "Feature Extraction (ICML 2011)",
        promise="The steadiest code: a small edit of the melody stays a small step.",
        group=UNITS,
        codec="melody",
        capabilities=("samples", "encodes", "learns"),
        module="engine.models.contractive_ae",
        network="ContractiveAE",
        recipe=Recipe(
            corpus="folk",
            steps=3_000,
            options={"learning_rate": 3e-3},
            twins=(Twin("plain", {"contraction": 0.0}),),
        ),
    ),
)
