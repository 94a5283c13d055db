"""Networks whose units stand for something: are they as sparse as they should be, and do they differ?"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.jobs.job import Report, silent

SAMPLE = 5_000
ON = 0.5  # activation from which a unit counts as on
NEVER = 1e-3  # a unit that is on in less of the music than this is dead
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of the code's sparsity on held-out tunes, and a curve: how often each unit is on, in falling order.

    mean_activation: of all units over all melodies. activation_off_target: its distance from rho, as a part of rho.
    units_on: how many are on in a melody. units_dead: share of the units that are hardly ever on. motifs_distinct:
    share of the units whose motif is no other unit's, keys apart.
    """
    import sys

    import torch

    rng = np.random.default_rng(7)
    held = data.held_out.windows
    windows = codec.transpose_randomly(held[rng.permutation(len(held))[:SAMPLE]], rng)
    report(0, 2, "how often units are on")
    with torch.inference_mode():
        codes = network.encode(torch.from_numpy(windows.astype(np.int64))).numpy()[:, : network.options.units]
        tokens, _ = network.motifs(sys.modules[type(network).__module__].SampleOptions())
    rho, mean, on = network.options.rho, float(codes.mean()), codes > ON
    often = np.sort(on.mean(0))[::-1]
    shapes = {row.tobytes() for row in codec.shape_of(tokens.numpy().astype(np.uint8))}
    figures = {
        "mean_activation": mean,
        "activation_off_target": abs(mean - rho) / rho,
        "units_on": float(on.sum(1).mean()),
        "units_dead": float((often < NEVER).mean()),
        "motifs_distinct": len(shapes) / len(tokens),
    }
    return figures, {"units": {"on": [round(float(share), 5) for share in often]}}
