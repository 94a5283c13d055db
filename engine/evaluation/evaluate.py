"""The figures of a model: `melomorph evaluate MODEL --json` prints what `measure` returns.

Held-out tunes only, the same meter and the same sample size for every model, three draws; copies are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.commands.document import Pin, Steering
from engine.evaluation import baselines
from engine.evaluation.features import Meter, copy_share, unique_share
from engine.evaluation.steering import slider_effects
from engine.jobs import generate
from engine.jobs.job import Report, silent
from engine.latent.interpolate import slerp
from engine.latent.map import LatentMap
from engine.training.dataset import Dataset, Split, shape_of, transpose_randomly

SAMPLE, REFERENCE, DRAWS = 2_000, 3_000, 3
LEAST = 20  # windows on either side, below which nothing is measured: a covariance of fewer says nothing
Windows = NDArray[np.uint8]


@dataclass(frozen=True)
class Gate:
    """A figure that has to hold: at least or at most a number."""

    name: str
    gate: float
    at_least: bool

    def judged(self, figures: dict[str, float]) -> dict[str, Any]:
        """The gate with its value and whether it holds."""
        value = figures[self.name]
        holds = value >= self.gate if self.at_least else value <= self.gate
        sign = ">=" if self.at_least else "<="
        return {"name": self.name, "value": value, "gate": f"{sign} {self.gate:g}", "holds": bool(holds)}


GATES = {
    "melody_vae": (
        Gate("held_out_tunes", 500, True),
        Gate("token_accuracy", 0.97, True),
        Gate("onset_accuracy", 0.93, True),
        Gate("kl_nats", 40, False),
        Gate("prior_fd", 8, False),
        Gate("midpoint_fd", 8, False),
        Gate("prior_copies", 0.02, False),
        Gate("prior_unique", 0.98, True),
        Gate("morph_ends_exact", 1.0, True),
        Gate("density_slider_monotone", 0.95, True),
        Gate("height_slider_monotone", 0.95, True),
        Gate("density_slider_leak", 0.25, False),
        Gate("height_slider_leak", 0.25, False),
    ),
}


def measure(name: str, network: Any, data: Dataset, chart: LatentMap, report: Report = silent) -> dict[str, Any]:
    """{"model", "figures": {name: number}, "gates": [{"name", "value", "gate", "holds"}]}."""
    figures: dict[str, float] = {"held_out_tunes": data.held_out.tune_count}
    for index, (prefix, compound) in enumerate((("", False), ("compound_", True))):
        train, held = data.train.where(compound), data.held_out.where(compound)
        if min(len(train.windows), len(held.windows)) >= LEAST:
            found = _measure_side(network, train, held, compound, report, index)
            found |= slider_effects(network, chart, compound)
            figures |= {prefix + key: round(value, 5) for key, value in found.items()}
    gates = [gate.judged(figures) for gate in GATES.get(name, ()) if gate.name in figures]
    return {"model": name, "figures": figures, "gates": gates}


def evaluate(path: Path, corpus: str = "", report: Report = silent) -> dict[str, Any]:
    """Measure a bundle on the held-out tunes of the corpus it was trained on (or of another).

    Raises:
        UserError: no such corpus, or the bundle is damaged.
    """
    from engine.models import bundle
    from engine.models.shelf import load_network
    from engine.training.make import read_data

    found = bundle.read(path, weights=False)
    data = read_data(corpus or str(found.header["corpus"]["name"]), report)
    return measure(found.model, load_network(path), data, LatentMap.from_bundle(found), report)


def _measure_side(
    network: Any, train: Split, held: Split, compound: bool, report: Report, side: int
) -> dict[str, float]:
    rng = np.random.default_rng(7)
    meter = Meter(pick(train.windows, REFERENCE, rng))
    shapes = {row.tobytes() for row in shape_of(train.windows)}
    real = [pick(held.windows, SAMPLE, rng) for _ in range(DRAWS)]
    figures = _calibration(meter, train, real, rng)
    report(side * 4 + 1, 8, "reconstruction")
    figures |= reconstruction(network, real[0], compound)
    report(side * 4 + 2, 8, "samples of the prior")
    figures |= _of_draws(meter, shapes, "prior", lambda draw: _prior(network, len(real[0]), draw, compound))
    report(side * 4 + 3, 8, "midpoints")
    figures |= _of_draws(meter, shapes, "midpoint", lambda draw: midpoints(network, real[draw], compound))
    figures["morph_ends_exact"] = morph_ends(network, real[0][:100], compound)
    return figures


def pick(windows: Windows, n: int, rng: np.random.Generator) -> Windows:
    """n windows (all, if fewer) in random keys, as the model is trained on them."""
    return transpose_randomly(windows[rng.permutation(len(windows))[:n]], rng)


def _calibration(meter: Meter, train: Split, real: list[Windows], rng: np.random.Generator) -> dict[str, float]:
    other = pick(train.windows, SAMPLE, rng)
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
        "kl_nats": float(losses["kl"]),
        "reconstruction_nats": float(losses["cost"]),
        "always_hold_accuracy": float((windows[used] == 0).mean()),
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
