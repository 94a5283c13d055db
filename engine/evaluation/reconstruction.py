"""Melody models with a latent space: what comes back of a melody, what is drawn, and what lies halfway.

Held-out tunes only, the same meter and the same sample size for every model, three draws; copies are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Codec
from engine.commands.document import Pin, Steering
from engine.corpus.dataset import Dataset, Split
from engine.evaluation import baselines
from engine.evaluation.features import Meter, copy_share, unique_share
from engine.jobs import generate
from engine.jobs.job import Report, silent
from engine.latent.interpolate import slerp

SAMPLE, REFERENCE, DRAWS = 2_000, 3_000, 3
LEAST = 20  # windows on either side, below which nothing is measured: a covariance of fewer says nothing
_PARTS = {"kl_nats": "kl", "reconstruction_nats": "cost"}  # figure -> part of the loss, where a network tells it
Windows = NDArray[np.uint8]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of duple bars, and of compound bars with `compound_` before their names."""
    figures: dict[str, float] = {}
    for index, (prefix, compound) in enumerate((("", False), ("compound_", True))):
        train, held = data.train.where(compound), data.held_out.where(compound)
        if min(len(train.windows), len(held.windows)) >= LEAST:
            found = _measure_side(network, train, held, codec, compound, report, index)
            figures |= {prefix + key: round(value, 5) for key, value in found.items()}
    return figures, {}


def _measure_side(
    network: Any, train: Split, held: Split, codec: Codec, compound: bool, report: Report, side: int
) -> dict[str, float]:
    rng = np.random.default_rng(7)
    meter = Meter(pick(train.windows, codec, REFERENCE, rng))
    shapes = {row.tobytes() for row in codec.shape_of(train.windows)}
    real = [pick(held.windows, codec, SAMPLE, rng) for _ in range(DRAWS)]
    figures = _calibration(meter, train, codec, real, rng)
    report(side * 4 + 1, 8, "reconstruction")
    figures |= reconstruction(network, real[0], compound)
    report(side * 4 + 2, 8, "samples of the prior")
    figures |= _of_draws(meter, shapes, "prior", lambda draw: _prior(network, len(real[0]), draw, compound))
    report(side * 4 + 3, 8, "midpoints")
    figures |= _of_draws(meter, shapes, "midpoint", lambda draw: midpoints(network, real[draw], compound))
    figures["morph_ends_exact"] = morph_ends(network, real[0][:100], compound)
    return figures


def pick(windows: Windows, codec: Codec, n: int, rng: np.random.Generator) -> Windows:
    """n windows (all, if fewer) in random keys, as the model is trained on them."""
    return codec.transpose_randomly(windows[rng.permutation(len(windows))[:n]], rng)


def _calibration(
    meter: Meter, train: Split, codec: Codec, real: list[Windows], rng: np.random.Generator
) -> dict[str, float]:
    other = pick(train.windows, codec, SAMPLE, rng)
    return {
        "real_train_fd": meter.frechet(other),
        "real_held_out_fd": float(np.mean([meter.frechet(windows) for windows in real])),
        "real_held_out_overlap": meter.overlap(real[0]),
        "shuffled_pitches_fd": meter.frechet(baselines.shuffled(other, rng)),
        "markov_fd": meter.frechet(baselines.markov(other, rng)),
    }


def reconstruction(network: Any, windows: Windows, compound: bool) -> dict[str, float]:
    """Encode held-out melodies, decode them freely (every step sees the model's own choices), compare."""
    import torch

    again = generate.decode(network, generate.encode(network, windows), Steering(compound=compound))
    used, onsets = windows < 62, (windows >= 2) & (windows < 62)
    right = again == windows
    losses = {}
    if hasattr(network, "loss"):  # the losses of games say nothing of a melody
        with torch.inference_mode():
            torch.manual_seed(1)
            losses = network.loss(torch.from_numpy(windows.astype(np.int64)))
    guessed = generate.decode(network, _guess(network, windows), Steering(compound=compound)) == windows
    return {
        "token_accuracy": float(right[used].mean()),
        "onset_accuracy": float(right[onsets].mean()),
        "guess_token_accuracy": float(guessed[used].mean()),
        "guess_onset_accuracy": float(guessed[onsets].mean()),
        "exact_windows": float((right | ~used).all(1).mean()),
        "always_hold_accuracy": float((windows[used] == 0).mean()),
        **{figure: float(losses[part]) for figure, part in _PARTS.items() if part in losses},
    }


def _guess(network: Any, windows: Windows) -> NDArray[np.float32]:
    """Codes before any care was taken of them: what the encoder alone is worth."""
    import torch

    quick = getattr(network, "guess", network.encode)
    return np.asarray(quick(torch.from_numpy(windows.astype(np.int64))).numpy())


def _prior(network: Any, n: int, draw: int, compound: bool) -> Windows:
    """As many samples as there are real ones: the meter compares sets of one size."""
    steering = Steering(seed=1000 + draw, compound=compound)
    codes = network.draw(n, generate.options_for(network, steering)).numpy()
    return generate.decode(network, codes, steering)


def midpoints(network: Any, windows: Windows, compound: bool) -> Windows:
    """What lies halfway between random pairs of held-out melodies."""
    codes = generate.encode(network, windows)
    middle = slerp(codes, np.roll(codes, 1, axis=0), 0.5)
    return generate.decode(network, middle, Steering(compound=compound))


def _of_draws(meter: Meter, shapes: set[bytes], name: str, draw: Callable[[int], Windows]) -> dict[str, float]:
    sets = [draw(index) for index in range(DRAWS)]
    distances = [meter.frechet(windows) for windows in sets]
    return {
        f"{name}_fd": float(np.mean(distances)),
        f"{name}_fd_worst": max(distances),
        f"{name}_overlap": float(np.mean([meter.overlap(windows) for windows in sets])),
        f"{name}_copies": float(np.mean([copy_share(windows, shapes) for windows in sets])),
        f"{name}_unique": float(np.mean([unique_share(windows) for windows in sets])),
    }


def morph_ends(network: Any, windows: Windows, compound: bool) -> float:
    """Share of pairs whose morph returns, at both ends, the very notes that were put there."""
    from engine.codecs import melody

    codes = generate.encode(network, windows)
    exact = []
    for index in range(0, len(windows) - 1, 2):
        pins = tuple(
            Pin(label, tuple(codes[i].tolist()), melody.to_notes(windows[i], 480))
            for label, i in (("A", index), ("B", index + 1))
        )
        for end, pin in zip((0.0, 1.0), pins, strict=True):
            code = slerp(np.array(pins[0].code), np.array(pins[1].code), end)
            steering = Steering(code=tuple(code.tolist()), pins=pins, compound=compound)
            found = generate.pinned(steering)
            exact.append(found is not None and found.notes == pin.notes)
    return float(np.mean(exact))
