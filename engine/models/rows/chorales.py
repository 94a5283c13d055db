"""Systems of several voices: four of a chorale, two hands of a rag."""

from __future__ import annotations

from engine.models.row import Recipe, Row, Twin

CHORALES, RAGTIME = "Chorales", "Ragtime"

ROWS = (
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
        name="orderless_nade",
        title="Orderless NADE (Coconet)",
        year=2017,
        paper="Huang, Cooijmans, Roberts, Courville, Eck: Counterpoint by Convolution (ISMIR 2017), after Uria, "
        "Murray, Larochelle: A Deep and Tractable Density Estimator (ICML 2014)",
        promise="Harmonizes any voice of mine in four parts, fills gaps, and writes marked bars or voices anew.",
        group=CHORALES,
        codec="chorale",
        capabilities=("samples", "harmonizes", "inpaints", "rewrites", "learns"),
        module="engine.models.orderless_nade",
        network="OrderlessNade",
        recipe=Recipe(
            corpus="chorales",
            steps=26_000,
            options={"learning_rate": 1.5e-3, "weight_decay": 0.05, "clip": 5.0, "average": 0.999},
        ),
    ),
    Row(
        name="mini_bach",
        title="mini-bach",
        year=2017,
        paper="Briot, Hadjeres, Pachet: Deep Learning Techniques for Music Generation - A Survey (2017), feedforward "
        "accompaniment, MiniBach",
        promise="A soprano in, alto, tenor and bass out, at once; rough, and a place to begin.",
        group=CHORALES,
        codec="chorale",
        capabilities=("harmonizes", "learns"),
        module="engine.models.mini_bach",
        network="MiniBach",
        recipe=Recipe(
            corpus="chorales",
            steps=2_500,
            network={"reach": 12, "dropout": 0.4},
            options={"learning_rate": 4e-3, "weight_decay": 0.1, "average": 0.998},
            twins=(Twin("original", {"form": "original", "hidden": 200}, share=0.8),),
        ),
    ),
    Row(
        name="encoder_decoder_chorale",
        title="Encoder-decoder, chorales",
        year=2014,
        paper="Bahdanau, Cho, Bengio: Neural Machine Translation by Jointly Learning to Align and Translate "
        "(ICLR 2015, arXiv 2014)",
        promise="A soprano of any length harmonized chord after chord, with a picture of what each chord listened to.",
        group=CHORALES,
        codec="chorale",
        capabilities=("harmonizes", "attends", "learns"),
        module="engine.models.encoder_decoder_chorale",
        network="ChoraleEncoderDecoder",
        recipe=Recipe(
            corpus="chorales",
            steps=3_000,
            network={"bars": True},
            options={"learning_rate": 3e-3, "weight_decay": 0.05, "clip": 5.0, "average": 0.995, "precision": "full"},
            twins=(Twin("without attention", {"attention": False}, share=0.6),),
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
