"""Systems that write a tune note by note: continue it, answer it, fill its gaps, obey pins and rules."""

from __future__ import annotations

from engine.models.row import Recipe, Row, Twin

TUNES = "New tunes"

ROWS: tuple[Row, ...] = (
    Row(
        name="bidirectional_rnn",
        title="Bidirectional RNN",
        year=1997,
        paper="Schuster, Paliwal: Bidirectional Recurrent Neural Networks (IEEE Transactions on Signal Processing 1997)",
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
)
