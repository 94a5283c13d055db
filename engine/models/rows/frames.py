"""Systems that write chords frame by frame, each note of a chord given the others."""

from __future__ import annotations

from engine.models.row import Recipe, Row
from engine.options import Value

FRAMES = "Chords, frame by frame"
_PAPER = (
    "Boulanger-Lewandowski, Bengio, Vincent: Modeling Temporal Dependencies in High-Dimensional Sequences - "
    "Application to Polyphonic Music Generation and Transcription (ICML 2012)"
)
_SLOWLY: dict[str, Value] = {"weight_decay": 0.01, "clip": 5.0, "average": 0.995, "precision": "full"}

ROWS: tuple[Row, ...] = (
    Row(
        name="rnn_nade",
        title="RNN-NADE",
        year=2012,
        paper=_PAPER,
        promise="Goes on from my four voices, or puts voices under my melody; it knows how likely each chord is.",
        group=FRAMES,
        codec="frames",
        capabilities=("samples", "continues", "harmonizes", "inpaints", "learns"),
        module="engine.models.rnn_nade",
        network="RnnNade",
        recipe=Recipe(corpus="chorales", steps=2_500, options={"learning_rate": 3e-3, **_SLOWLY}),
    ),
    Row(
        name="rnn_rbm",
        title="RNN-RBM",
        year=2012,
        paper=_PAPER,
        promise="Chords that settle one after the other, each remembering those before; what is held stays.",
        group=FRAMES,
        codec="frames",
        capabilities=("samples", "continues", "harmonizes", "inpaints", "learns"),
        module="engine.models.rnn_rbm",
        network="RnnRbm",
        recipe=Recipe(corpus="chorales", steps=4_000, options={"learning_rate": 3e-3, **_SLOWLY}),
    ),
    Row(
        name="nade",
        title="NADE",
        year=2011,
        paper="Larochelle, Murray: The Neural Autoregressive Distribution Estimator (AISTATS 2011)",
        promise="Single chords: a few of the notes are mine, the others come, and it knows how likely each chord is.",
        group=FRAMES,
        codec="frames",
        capabilities=("samples", "harmonizes", "inpaints", "learns"),
        module="engine.models.nade",
        network="Nade",
        recipe=Recipe(corpus="chorales", steps=5_000, options={"learning_rate": 8e-3, **_SLOWLY}),
    ),
)
