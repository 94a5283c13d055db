"""Networks that fill holes: how much of what was cut out of tunes they have never heard do they find again?

Beside them two fillings that need no training: every hole held, and the bars half a window away copied.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.evaluation.features import Meter
from engine.jobs.job import Report, silent
from engine.options import fitting

SAMPLE, REFERENCE = 2_000, 3_000
STEPS = 128_000  # of melodies that are filled, at most
SHARE = 0.3  # of the steps that are cut out singly
Windows = NDArray[np.uint8]
Holes = NDArray[np.bool_]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of melodies in which steps were cut out here and there (`masked_`), a whole bar was (`bar_`) or, of
    longer ones, two were (`two_bars_`).

    `..._token_accuracy` and `..._onset_accuracy` are shares of the steps, and of the notes, cut out that come back
    when the likeliest are asked for; `hold_` and `copy_` stand before those of the two simple fillings. `..._fd`
    compares the whole melodies, filled as by default, with real ones (see `features`), `..._nats` is the surprise per
    step cut out of networks that can tell it, `masked_kept` the share of all other steps that came back untouched.
    """
    rng = np.random.default_rng(7)
    real = some(data.held_out.windows, codec, min(SAMPLE, STEPS // codec.shape[0]), rng)
    meter = Meter(some(data.train.windows, codec, REFERENCE, rng))
    figures = {"real_held_out_fd": meter.frechet(real)}
    kept = []
    cut = {"masked": here_and_there(real, rng), "bar": some_bars(real, rng)}
    if codec.bars > melody.BARS:
        cut["two_bars"] = some_bars(real, rng, 2)
    for index, (name, hole) in enumerate(cut.items()):
        report(index, len(cut), "holes are filled")
        filled = fill(network, real, hole, temperature=0.0)
        kept.append(float((filled == real)[~hole].mean()))
        for prefix, melodies in (("", filled), ("hold_", held(real, hole)), ("copy_", copied(real, hole))):
            figures |= {f"{prefix}{name}_{key}": value for key, value in found(melodies, real, hole).items()}
        report(index + 0.5, len(cut), "holes are filled")
        usual = fill(network, real, hole) if _daring(network) else filled
        figures[f"{name}_fd"] = meter.frechet(usual)
        figures |= nats(network, name, real, hole)
    return figures | {"masked_kept": min(kept)}, {}


def some(windows: Windows, codec: Codec, n: int, rng: np.random.Generator) -> Windows:
    """At most n of the windows, each in a random key."""
    return codec.transpose_randomly(windows[rng.permutation(len(windows))[:n]], rng)


def _options(network: Any, **wanted: float) -> Any:
    return fitting(sys.modules[type(network).__module__].SampleOptions, wanted)


def _daring(network: Any) -> bool:
    """Whether it fills by chance unless asked for the likeliest notes."""
    return bool(_options(network).temperature > 0)


def fill(network: Any, windows: Windows, hole: Holes, **wanted: float) -> Windows:
    """What the network writes in the holes."""
    import torch

    with torch.inference_mode():
        tokens = torch.from_numpy(windows.astype(np.int64))
        filled = network.inpaint(tokens, torch.from_numpy(hole), _options(network, **wanted))
        return np.asarray(filled.numpy().astype(np.uint8))


def nats(network: Any, name: str, windows: Windows, hole: Holes) -> dict[str, float]:
    """Surprise per step of the holes, filled from left to right with what stood there; nothing if it cannot tell."""
    import torch

    if not hasattr(network, "nats"):
        return {}
    with torch.inference_mode():
        tokens = torch.from_numpy(windows.astype(np.int64))
        return {f"{name}_nats": network.nats(tokens, torch.from_numpy(hole))}


def here_and_there(windows: Windows, rng: np.random.Generator) -> Holes:
    """Single steps cut out."""
    return np.asarray((rng.random(windows.shape) < SHARE) & (windows != melody.PAD))


def some_bars(windows: Windows, rng: np.random.Generator, bars: int = 1) -> Holes:
    """So many bars cut out, one behind the other."""
    last = windows.shape[1] // melody.BAR_SLOTS - bars
    start = last - (rng.random(len(windows)) * (last + 1)).astype(int)
    bar = np.arange(windows.shape[1]) // melody.BAR_SLOTS
    inside = (bar >= start[:, None]) & (bar < start[:, None] + bars)
    return np.asarray(inside & (windows != melody.PAD))


def held(windows: Windows, hole: Holes) -> Windows:
    """Nothing new begins in a hole."""
    return np.where(hole, melody.HOLD, windows).astype(np.uint8)


def copied(windows: Windows, hole: Holes) -> Windows:
    """What the bar half a window away has in the same place; where that is cut out too, nothing new begins."""
    away = windows.shape[1] // melody.BAR_SLOTS // 2 * melody.BAR_SLOTS
    return np.where(hole, np.roll(held(windows, hole), away, 1), windows).astype(np.uint8)


def found(melodies: Windows, real: Windows, hole: Holes) -> dict[str, float]:
    """Shares of the steps and of the notes in the holes that are the real ones."""
    right = melodies == real
    notes = hole & (real >= melody.FIRST_PITCH_TOKEN) & (real < melody.PAD)
    return {"token_accuracy": float(right[hole].mean()), "onset_accuracy": float(right[notes].mean())}
