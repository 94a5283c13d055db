"""What comes across: lower bounds of the information that melodies hold about what their generator was told.

Measured on fresh melodies of the likeliest notes, as they are heard; no weight has seen them. The bound is that of
Barber and Agakov (2003), which InfoGAN is paid by: entropy of what was told, less what the critic's guess leaves open.
"""

from __future__ import annotations

from typing import Any

import torch

from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.jobs.job import Report, silent
from engine.models.parts import melody_symbols as symbols
from engine.training.found_dials import strengths

FRESH = 2_000
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of melodies in duple bars, and of those in compound bars with `compound_` before their names.

    family_nats: of the family, at most log(families). family_heard: how often the critic names it rightly.
    slider_nats: of one slider, on average. slider_K_correlation: how closely what it is named by follows slider K.
    """
    figures: dict[str, float] = {}
    for index, (prefix, compound) in enumerate((("", False), ("compound_", True))):
        report(index, 2, "what comes across")
        found = _told(network, compound) | strengths(network, compound)
        figures |= {prefix + name: value for name, value in found.items()}
    return figures, {}


def _told(network: Any, compound: bool) -> dict[str, float]:
    with torch.inference_mode():
        z = network.thrown(FRESH, torch.Generator().manual_seed(90 + compound))
        logits = network.generator(network.told(z), torch.full((FRESH,), compound))
        features = network.judge(symbols.spoken(logits)).features
        family, sliders = network.told_nats(features, z)
        _, families, _ = network.parts(z)
        right = network.critic.guessed(features)[0].argmax(1) == families.argmax(1)
    return {
        "family_nats": float(family),
        "slider_nats": float(sliders) / network.options.sliders,
        "family_heard": float(right.float().mean()),
    }
