"""Systems that learn by a game: a generator invents, a critic tells its music from real music."""

from __future__ import annotations

from engine.models.row import Recipe, Row, Twin

GAMES = "Games of two"

ROWS: tuple[Row, ...] = (
    Row(
        name="gan",
        title="GAN",
        year=2014,
        paper="Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville, Bengio: Generative Adversarial Nets "
        "(NIPS 2014)",
        promise="Invents two-bar melodies under the ear of a critic, who can rank them; mine has a place among them.",
        group=GAMES,
        codec="melody",
        capabilities=("samples", "encodes", "plays"),
        module="engine.models.gan",
        network="GAN",
        recipe=Recipe(
            corpus="folk",
            steps=9_000,
            network={
                "law": "non-saturating",
                "penalty": 0.05,
                "penalty_on": "real",
                "penalty_every": 4,
                "critic_steps": 1,
            },
            options={
                "learning_rate": 5e-4,
                "weight_decay": 0.0,
                "average": 0.995,
                "mix": 0.0,
                "precision": "full",
                "judge_every": 250,
            },
            twins=(Twin("minimax", {"law": "minimax"}, share=0.3),),
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
)
