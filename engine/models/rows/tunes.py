"""Systems that write a tune note by note: continue it, answer it, fill its gaps, obey pins and rules."""

from __future__ import annotations

from engine.models.row import Recipe, Row, Twin

TUNES = "New tunes"

ROWS: tuple[Row, ...] = (
    Row(
        name="celtic_lstm",
        title="Celtic LSTM",
        year=2016,
        paper="Sturm, Santos, Ben-Tal, Korshunova: Music Transcription Modelling and Composition Using Deep Learning "
        "(CSMC 2016)",
        promise="Writes new reels, jigs and airs, ten to choose from, and goes on with mine.",
        group=TUNES,
        codec="tune",
        capabilities=("samples", "continues", "inpaints", "learns"),
        module="engine.models.celtic_lstm",
        network="CelticLSTM",
        recipe=Recipe(
            corpus="folk",
            steps=4_000,
            options={"learning_rate": 5e-3, "weight_decay": 0.02, "clip": 1.0, "average": 0.998, "mix": 0.0},
        ),
    ),
    Row(
        name="dilated_conv",
        title="Dilated convolution",
        year=2016,
        paper="van den Oord and others: WaveNet: A Generative Model for Raw Audio (2016); on symbols Bai, Kolter, "
        "Koltun: An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence Modeling (2018)",
        promise="Writes tunes with a memory of known length, goes on with mine, and fills a stretch of them.",
        group=TUNES,
        codec="tune",
        capabilities=("samples", "continues", "inpaints", "learns"),
        module="engine.models.dilated_conv",
        network="DilatedConv",
        recipe=Recipe(
            corpus="folk",
            steps=2_200,
            network={"dropout": 0.4},
            options={"learning_rate": 3e-3, "weight_decay": 0.1, "clip": 1.0, "average": 0.998, "mix": 0.0},
        ),
    ),
    Row(
        name="transformer",
        title="Transformer",
        year=2018,
        paper="Huang and others: Music Transformer: Generating Music with Long-Term Structure (2018; ICLR 2019), on "
        "Vaswani and others: Attention Is All You Need (2017)",
        promise="Remembers a motif from many bars ago: new tunes, continuations and fillings that come back to it.",
        group=TUNES,
        codec="tune",
        capabilities=("samples", "continues", "inpaints", "learns"),
        module="engine.models.transformer",
        network="Transformer",
        recipe=Recipe(
            corpus="folk",
            steps=4_000,
            options={"learning_rate": 1.2e-3, "weight_decay": 0.05, "clip": 1.0, "average": 0.998, "mix": 0.0},
        ),
    ),
    Row(
        name="bidirectional_rnn",
        title="Bidirectional RNN",
        year=1997,
        paper="Schuster, Paliwal: Bidirectional Recurrent Neural Networks (IEEE Transactions on Signal Processing, "
        "1997)",
        promise="Fills a gap so that it leads from what is before it to what comes after.",
        group=TUNES,
        codec="phrase",
        capabilities=("inpaints", "rewrites", "learns"),
        module="engine.models.bidirectional_rnn",
        network="BidirectionalRNN",
        recipe=Recipe(
            corpus="folk",
            steps=4_500,
            options={"learning_rate": 3e-3, "weight_decay": 0.01, "clip": 1.0, "mix": 0.0},
            twins=(Twin("one direction", {"both": False}),),
        ),
    ),
    Row(
        name="anticipation_rnn",
        title="Anticipation-RNN",
        year=2017,
        paper="Hadjeres, Nielsen: Anticipation-RNN: Enforcing unary constraints in sequence generation, with "
        "application to interactive music generation (2017; Neural Computing and Applications 2020)",
        promise="Composes through the notes I am sure of, and prepares each one bars ahead.",
        group=TUNES,
        codec="phrase",
        capabilities=("samples", "inpaints", "learns"),
        module="engine.models.anticipation_rnn",
        network="AnticipationRNN",
        recipe=Recipe(
            corpus="folk",
            steps=6_500,
            options={"learning_rate": 3e-3, "weight_decay": 0.01, "clip": 1.0, "mix": 0.0},
            twins=(Twin("plain", {"pins": False}),),
        ),
    ),
    Row(
        name="rl_tuner",
        title="RL Tuner",
        year=2017,
        paper="Jaques, Gu, Turner, Eck: Tuning Recurrent Neural Networks with Reinforcement Learning (ICLR workshop "
        "2017)",
        promise="Four-bar tunes that keep the rules of theory, and a network to teach rules of my own while I watch.",
        group=TUNES,
        codec="melody4",
        capabilities=("samples", "continues", "learns"),
        module="engine.models.rl_tuner",
        network="RLTuner",
        recipe=Recipe(
            corpus="folk",
            steps=5_000,
            options={"learning_rate": 4e-3, "weight_decay": 0.01, "clip": 1.0, "mix": 0.0, "precision": "full"},
        ),
    ),
    Row(
        name="encoder_decoder",
        title="Encoder-decoder",
        year=2014,
        paper="Bahdanau, Cho, Bengio: Neural Machine Translation by Jointly Learning to Align and Translate "
        "(ICLR 2015, arXiv 2014)",
        promise="Answers my four bars with four of its own, and shows which of mine each note listened to.",
        group=TUNES,
        codec="phrase",
        capabilities=("continues", "attends", "learns"),
        module="engine.models.encoder_decoder",
        network="EncoderDecoder",
        recipe=Recipe(
            corpus="folk",
            steps=3_200,
            options={
                "learning_rate": 3e-3,
                "weight_decay": 0.02,
                "clip": 5.0,
                "average": 0.995,
                "mix": 0.0,
            },
            twins=(Twin("without attention", {"attention": False}, share=0.8),),
        ),
    ),
)
