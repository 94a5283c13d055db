"""Systems that learn by a game: a generator invents, a critic tells its music from real music."""

from __future__ import annotations

from engine.models.row import Recipe, Row, Twin
from engine.options import Value

GAMES = "Games of two"
_GENTLE: dict[str, Value] = {
    "law": "non-saturating",
    "penalty": 0.05,
    "penalty_on": "real",
    "penalty_every": 4,
    "critic_steps": 1,
}
_CALM: dict[str, Value] = {"weight_decay": 0.0, "mix": 0.0, "precision": "full"}  # no player is pulled or hurried

ROWS: tuple[Row, ...] = (
    Row(
        name="gan",
        title="GAN",
        year=2014,
        paper="Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville, Bengio: Generative Adversarial "
        "Nets (NIPS 2014)",
        promise="Invents two-bar melodies under the ear of a critic, who can rank them; mine has a place among them.",
        group=GAMES,
        codec="melody",
        capabilities=("samples", "encodes", "plays"),
        module="engine.models.gan",
        network="GAN",
        recipe=Recipe(
            corpus="folk",
            steps=9_000,
            network=_GENTLE,
            options={**_CALM, "learning_rate": 5e-4, "average": 0.998, "judge_every": 250},
            twins=(Twin("minimax", {"law": "minimax"}, share=0.3),),
        ),
    ),
    Row(
        name="info_gan",
        title="InfoGAN",
        year=2016,
        paper="Chen, Duan, Houthooft, Schulman, Sutskever, Abbeel: InfoGAN: Interpretable Representation Learning by "
        "Information Maximizing Generative Adversarial Nets (NIPS 2016)",
        promise="Two sliders and eight families of melodies that it found by itself, named by what they move.",
        group=GAMES,
        codec="melody",
        capabilities=("samples", "encodes", "plays"),
        module="engine.models.info_gan",
        network="InfoGAN",
        recipe=Recipe(
            corpus="folk",
            steps=5_000,
            network=_GENTLE,
            options={**_CALM, "learning_rate": 5e-4, "average": 0.998, "judge_every": 250},
        ),
    ),
    Row(
        name="conditional_gan",
        title="Conditional GAN",
        year=2014,
        paper="Mirza, Osindero: Conditional Generative Adversarial Nets (2014); as two halves of a passage in the "
        "lectures of Rusnak at EPFL",
        promise="Answers my two bars with two more, differently each time, and its answers in turn.",
        group=GAMES,
        codec="melody4",
        capabilities=("samples", "continues", "plays"),
        module="engine.models.conditional_gan",
        network="ConditionalGAN",
        recipe=Recipe(
            corpus="folk",
            steps=14_000,
            options={
                "learning_rate": 4e-4,
                "weight_decay": 0.0,
                "average": 0.995,
                "mix": 0.0,
                "precision": "full",
                "judge_every": 500,
            },
        ),
    ),
    Row(
        name="midinet",
        title="MidiNet",
        year=2017,
        paper="Yang, Chou, Yang: MidiNet: A Convolutional Generative Adversarial Network for Symbolic-domain Music "
        "Generation (ISMIR 2017)",
        promise="Melodies over my chords, bar after bar, from my first bar on, stable or creative.",
        group=GAMES,
        codec="phrase",
        capabilities=("samples", "continues", "follows", "plays"),
        module="engine.models.midinet",
        network="MidiNet",
        recipe=Recipe(
            corpus="folk",
            steps=8_000,
            options={
                "learning_rate": 6e-4,
                "weight_decay": 0.0,
                "average": 0.995,
                "mix": 0.0,
                "precision": "full",
                "judge_every": 500,
            },
            twins=(Twin("without the bar before", {"previous": False}, share=0.25),),
        ),
    ),
    Row(
        name="label_gan",
        title="GAN to order",
        year=2018,
        paper="Miyato, Koyama: cGANs with Projection Discriminator (ICLR 2018); beside it Odena, Olah, Shlens (2017) "
        "and Mirza, Osindero (2014)",
        promise="New melodies of the kind I name: a reel, a hornpipe, a jig, a hymn, or kinds of my own.",
        group=GAMES,
        codec="melody",
        capabilities=("samples", "plays"),
        module="engine.models.label_gan",
        network="LabelGAN",
        recipe=Recipe(
            corpus="kinds",
            steps=6_000,
            options={"learning_rate": 1e-3, "weight_decay": 0.0, "average": 0.995, "mix": 0.0, "precision": "full"},
            twins=(Twin("ac-gan", {"condition": "ac-gan"}, 0.35), Twin("cgan", {"condition": "cgan"}, 0.35)),
        ),
    ),
    Row(
        name="cycle_gan",
        title="CycleGAN",
        year=2018,
        paper="Brunner, Wang, Wattenhofer, Zhao: Symbolic Music Genre Transfer with CycleGAN (ICTAI 2018)",
        promise="My tune as the other kind: a reel as a hymn, a hymn as a reel, and it is still my tune.",
        group=GAMES,
        codec="melody4",
        capabilities=("transfers", "plays"),
        module="engine.models.cycle_gan",
        network="CycleGAN",
        recipe=Recipe(
            corpus="kinds",
            steps=4_000,
            options={
                "learning_rate": 1e-3,
                "weight_decay": 0.0,
                "average": 0.99,
                "mix": 0.0,
                "precision": "full",
                "judge_every": 0,
            },
            twins=(Twin("no way back", {"cycle": 0.0}, 0.4),),
        ),
    ),
    Row(
        name="c_rnn_gan",
        title="C-RNN-GAN",
        year=2016,
        paper="Mogren: C-RNN-GAN: Continuous recurrent neural networks with adversarial training (NIPS workshop 2016)",
        promise="Improvises for two hands, with timing and touch of its own, and goes on with what I play.",
        group=GAMES,
        codec="stream",
        capabilities=("samples", "continues", "plays"),
        module="engine.models.c_rnn_gan",
        network="CRNNGAN",
        recipe=Recipe(
            corpus="rags",
            steps=1_500,
            options={
                "learning_rate": 2e-4,
                "weight_decay": 0.0,
                "clip": 5.0,
                "average": 0.99,
                "mix": 0.0,
                "precision": "full",
                "judge_every": 50,
            },
            twins=(
                Twin("foretelling alone", {"pretrain_steps": 3_500}, share=0.0007),
                Twin(
                    "as in the paper",
                    {
                        "answers": 1,
                        "pitch": "number",
                        "anchor": 0.0,
                        "feature_matching": 1.0,
                        "critic_rate": 0.5,
                        "pretrain_steps": 800,
                    },
                    share=0.4,
                ),
            ),
        ),
    ),
)
