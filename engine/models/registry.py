"""Every system, one row each. Adding one is a file and a row; tests prove what the row declares."""

from __future__ import annotations

from engine.errors import UserError
from engine.models.row import Recipe, Row, Twin

__all__ = ["REGISTRY", "Recipe", "Row", "Twin", "row"]

MAPS, UNITS, CHORALES, RAGTIME = "Maps of melodies", "Dictionaries and repairs", "Chorales", "Ragtime"

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
            group=MAPS,
            codec="melody",
            capabilities=("samples", "encodes", "learns"),
            module="engine.models.melody_vae",
            network="MelodyVAE",
            recipe=Recipe(corpus="folk", steps=9_000),
        ),
        Row(
            name="music_vae_hierarchical",
            title="MusicVAE, hierarchical",
            year=2018,
            paper="Roberts, Engel, Raffel, Hawthorne, Eck: A Hierarchical Latent Vector Model for Learning Long-Term "
            "Structure in Music (ICML 2018)",
            promise="A map of eight-bar phrases: drag, and a whole phrase changes with one hand.",
            group=MAPS,
            codec="phrase",
            capabilities=("samples", "encodes", "learns"),
            module="engine.models.music_vae_hierarchical",
            network="HierarchicalMusicVAE",
            recipe=Recipe(
                corpus="folk",
                steps=4_000,
                options={"learning_rate": 2e-3, "weight_decay": 0.02, "clip": 10.0},
                twins=(Twin("flat", {"flat": True}),),
            ),
        ),
        Row(
            name="music_vae",
            title="MusicVAE",
            year=2018,
            paper="Roberts, Engel, Raffel, Hawthorne, Eck: A Hierarchical Latent Vector Model for Learning Long-Term "
            "Structure in Music (ICML 2018)",
            promise="Two-bar melodies by the workhorse of the field: morph, average several, add what others have.",
            group=MAPS,
            codec="melody",
            capabilities=("samples", "encodes", "learns"),
            module="engine.models.music_vae",
            network="MusicVAE",
            recipe=Recipe(
                corpus="folk", steps=11_000, options={"learning_rate": 2e-3, "weight_decay": 0.02, "clip": 10.0}
            ),
        ),
        Row(
            name="vrae",
            title="VRAE",
            year=2014,
            paper="Fabius, van Amersfoort: Variational Recurrent Auto-Encoders (ICLR workshop 2015, arXiv 2014)",
            promise="The first music VAE: a flat sheet of loops, every point of which can be heard.",
            group=MAPS,
            codec="melody",
            capabilities=("samples", "encodes", "learns"),
            module="engine.models.vrae",
            network="VRAE",
            recipe=Recipe(
                corpus="folk",
                steps=4_000,
                network={"latent": 2, "beta": 0.25, "forget": 0.5, "luck": 0.7},
                options={"clip": 5.0, "weight_decay": 0.01},
                twins=(Twin("plain autoencoder", {"variational": False}),),
            ),
        ),
        Row(
            name="vrae_20",
            title="VRAE, 20 dimensions",
            year=2014,
            paper="Fabius, van Amersfoort: Variational Recurrent Auto-Encoders (ICLR workshop 2015, arXiv 2014)",
            promise="The same with room for more: loops come back closer to what went in.",
            group=MAPS,
            codec="melody",
            capabilities=("samples", "encodes", "learns"),
            module="engine.models.vrae",
            network="VRAE",
            recipe=Recipe(
                corpus="folk",
                steps=4_000,
                network={"latent": 20, "beta": 0.1, "forget": 0.5, "luck": 0.5},
                options={"clip": 5.0, "weight_decay": 0.01},
            ),
        ),
        Row(
            name="vae",
            title="VAE",
            year=2013,
            paper="Kingma, Welling: Auto-Encoding Variational Bayes (ICLR 2014, arXiv 2013)",
            promise="One space of two-bar melodies to draw from, walk in and morph through.",
            group=MAPS,
            codec="melody",
            capabilities=("samples", "encodes", "refines", "learns"),
            module="engine.models.vae",
            network="VAE",
            recipe=Recipe(corpus="folk", steps=3_000),
        ),
        Row(
            name="autoencoder",
            title="Autoencoder",
            year=2006,
            paper="Hinton, Salakhutdinov: Reducing the Dimensionality of Data with Neural Networks (Science 2006)",
            promise="The VAE without its prior: hear what lies between the melodies when nobody looks after it.",
            group=MAPS,
            codec="melody",
            capabilities=("samples", "encodes", "refines", "learns"),
            module="engine.models.vae",
            network="VAE",
            recipe=Recipe(corpus="folk", steps=3_000, network={"variational": False}),
        ),
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
        Row(
            name="auto_bach",
            title="auto-bach",
            year=2017,
            paper="Briot, Hadjeres, Pachet: Deep Learning Techniques for Music Generation - A Survey (2017), "
            "autoencoder generation by random labels",
            promise="Four bars in four voices from nothing, or from yours with its label bent a little.",
            group=CHORALES,
            codec="chorale",
            capabilities=("samples", "encodes", "learns"),
            module="engine.models.auto_bach",
            network="AutoBach",
            recipe=Recipe(
                corpus="chorales",
                steps=5_000,
                options={"learning_rate": 2e-3, "weight_decay": 0.02, "average": 0.998},
            ),
        ),
        Row(
            name="auto_bach_stacked",
            title="auto-bach, stacked",
            year=2017,
            paper="Briot, Hadjeres, Pachet: Deep Learning Techniques for Music Generation - A Survey (2017), stacked "
            "autoencoder generation by random labels",
            promise="The same with a deep stack: few dials, each of which bends the whole texture.",
            group=CHORALES,
            codec="chorale",
            capabilities=("samples", "encodes", "learns"),
            module="engine.models.auto_bach",
            network="AutoBach",
            recipe=Recipe(
                corpus="chorales",
                steps=2_500,
                network={"hidden": "500,200,30"},
                options={"learning_rate": 2e-3, "weight_decay": 0.02, "average": 0.998},
                twins=(Twin("one layer of 30", {"hidden": "30"}), Twin("two layers, 200 and 30", {"hidden": "200,30"})),
            ),
        ),
        Row(
            name="deephear",
            title="DeepHear",
            year=2015,
            paper="Sun: DeepHear - Composing and Harmonizing Music with Neural Networks (2015)",
            promise="Sixteen dials make four bars of ragtime, or find the ragtime that fits under my melody.",
            group=RAGTIME,
            codec="roll",
            capabilities=("samples", "encodes", "harmonizes", "learns"),
            module="engine.models.deephear",
            network="DeepHear",
            recipe=Recipe(
                corpus="rags",
                steps=5_000,
                network={"shake": 1.0},
                options={"learning_rate": 5e-3, "weight_decay": 0.0, "clip": 1e6, "average": 0.99},
                twins=(
                    Twin("autoencoders first", {"pretrain": "autoencoder"}, share=0.3),
                    Twin("no pre-training", {"pretrain": "none"}, share=0.3),
                ),
            ),
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
