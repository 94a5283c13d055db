"""Networks that fill holes: how much of what was cut out of tunes they have never heard do they find again?

Beside them two fillings that need no training: every hole held, and the other bar copied.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.evaluation.features import Meter
from engine.jobs.job import Report, silent
from engine.training.dataset import Dataset

SAMPLE, REFERENCE = 2_000, 3_000
SHARE = 0.3  # of the steps that are cut out singly
Windows = NDArray[np.uint8]
Holes = NDArray[np.bool_]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of melodies in which steps were cut out here and there (`masked_`) or a whole bar was (`bar_`).

    `..._token_accuracy` and `..._onset_accuracy` are shares of the steps, and of the notes, cut out that come back;
    `hold_` and `copy_` stand before those of the two simple fillings. `..._fd` compares the whole melodies with real
    ones (see `features`), `masked_kept` is the share of all other steps that came back untouched.
    """
    rng = np.random.default_rng(7)
    real = _some(data.held_out.windows, codec, SAMPLE, rng)
    meter = Meter(_some(data.train.windows, codec, REFERENCE, rng))
    figures = {"real_held_out_fd": meter.frechet(real)}
    kept = []
    for index, (name, hole) in enumerate((("masked", here_and_there(real, rng)), ("bar", one_bar(real, rng)))):
        report(index, 2, "holes are filled")
        filled = fill(network, real, hole)
        kept.append(float((filled == real)[~hole].mean()))
        for prefix, melodies in (("", filled), ("hold_", held(real, hole)), ("copy_", copied(real, hole))):
            figures |= {f"{prefix}{name}_{key}": value for key, value in found(melodies, real, hole).items()}
        figures[f"{name}_fd"] = meter.frechet(filled)
    return figures | {"masked_kept": min(kept)}, {}


def _some(windows: Windows, codec: Codec, n: int, rng: np.random.Generator) -> Windows:
    return codec.transpose_randomly(windows[rng.permutation(len(windows))[:n]], rng)


def fill(network: Any, windows: Windows, hole: Holes) -> Windows:
    """What the network writes in the holes."""
    import sys

    import torch

    options = sys.modules[type(network).__module__].SampleOptions()
    with torch.inference_mode():
        tokens = torch.from_numpy(windows.astype(np.int64))
        return np.asarray(network.inpaint(tokens, torch.from_numpy(hole), options).numpy().astype(np.uint8))


def here_and_there(windows: Windows, rng: np.random.Generator) -> Holes:
    """Single steps cut out."""
    return np.asarray((rng.random(windows.shape) < SHARE) & (windows != melody.PAD))


def one_bar(windows: Windows, rng: np.random.Generator) -> Holes:
    """The first or the last bar cut out."""
    late = rng.random(len(windows)) < 0.5
    first_bar = np.arange(windows.shape[1]) < melody.BAR_SLOTS
    return np.asarray((first_bar[None] ^ late[:, None]) & (windows != melody.PAD))


def held(windows: Windows, hole: Holes) -> Windows:
    """Nothing new begins in a hole."""
    return np.where(hole, melody.HOLD, windows).astype(np.uint8)


def copied(windows: Windows, hole: Holes) -> Windows:
    """What the other bar has in the same place; where that is cut out too, nothing new begins."""
    known = held(windows, hole)
    other = np.concatenate([known[:, melody.BAR_SLOTS :], known[:, : melody.BAR_SLOTS]], 1)
    return np.where(hole, other, windows).astype(np.uint8)


def found(melodies: Windows, real: Windows, hole: Holes) -> dict[str, float]:
    """Shares of the steps and of the notes in the holes that are the real ones."""
    right = melodies == real
    notes = hole & (real >= melody.FIRST_PITCH_TOKEN) & (real < melody.PAD)
    return {"token_accuracy": float(right[hole].mean()), "onset_accuracy": float(right[notes].mean())}
