"""Boltzmann machines over melodies: how likely they hold real ones, what they keep of them, what they draw.

Likelihoods need the sum over everything a machine could say, which is estimated by annealing (`annealed`). Of a deep
belief network only a bound can be told: what the way up costs beside what the way down gains.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset, Split
from engine.evaluation.features import Meter, copy_share, features, unique_share
from engine.evaluation.reconstruction import LEAST, REFERENCE, SAMPLE, pick
from engine.jobs.job import Report, silent, stretch
from engine.options import fitting

if TYPE_CHECKING:
    from torch import Tensor

HEARD = 1_000  # held-out windows whose likelihood is told
COUNTED = 4_000  # training windows from which the annealing begins
CHAINS, TEMPERATURES = 20, 1_000
DENSITY, IN_KEY = 45, 49  # columns of `features`
Windows = NDArray[np.uint8]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of duple bars, and of compound bars with `compound_` before their names.

    window_nats and step_nats: minus log-likelihood of held-out windows, whole and per step, by annealing (of a deep
    belief network a bound: it is at most that). alone_nats: the same per step, if each step were drawn by itself as
    often as the corpus has it; nats_saved: what is between them. echo_token_accuracy and echo_onset_accuracy: steps
    and notes that come back from the hidden units. prior_...: 2,000 new melodies, notes_per_step among their figures.
    """
    figures: dict[str, float] = {}
    for side, (prefix, compound) in enumerate((("", False), ("compound_", True))):
        train, held = data.train.where(compound), data.held_out.where(compound)
        if min(len(train.windows), len(held.windows)) >= LEAST:
            part = stretch(report, side / 2, (side + 1) / 2)
            found = _side(network, train, held, codec, compound, part)
            figures |= {prefix + name: float(value) for name, value in found.items()}
    return figures, {}


def _side(network: Any, train: Split, held: Split, codec: Codec, compound: bool, report: Report) -> dict[str, float]:
    rng = np.random.default_rng(7)
    known, real = pick(train.windows, codec, COUNTED, rng), pick(held.windows, codec, HEARD, rng)
    figures = likelihoods(network, known, real, compound, stretch(report, 0.0, 0.5))
    report(5, 10, "melodies are echoed")
    figures |= echoes(network, real, compound)
    report(6, 10, "melodies are drawn")
    meter = Meter(pick(train.windows, codec, REFERENCE, rng))
    drawn = draw(network, SAMPLE, compound)
    report(9, 10, "melodies are compared")
    made, music = features(drawn), features(pick(held.windows, codec, SAMPLE, rng))
    return figures | {
        "prior_fd": meter.frechet(drawn),
        "real_held_out_fd": meter.frechet(pick(held.windows, codec, SAMPLE, rng)),
        "prior_unique": unique_share(drawn),
        "prior_copies": copy_share(drawn, {row.tobytes() for row in codec.shape_of(train.windows)}),
        "notes_per_step": made[:, DENSITY].mean(),
        "notes_per_step_real": music[:, DENSITY].mean(),
        "prior_in_key": made[:, IN_KEY].mean(),
        "real_in_key": music[:, IN_KEY].mean(),
    }


def draw(network: Any, n: int, compound: bool) -> Windows:
    """n new windows, settled as by default."""
    import torch

    options = fitting(sys.modules[type(network).__module__].SampleOptions, {"compound": compound, "seed": 11})
    with torch.inference_mode():
        return np.asarray(network.sample(n, options).numpy().astype(np.uint8))


def visible(windows: Windows, compound: bool) -> Tensor:
    """Visible units [n, visible] of windows of one kind, brought home."""
    import torch

    from engine.models.parts.boltzmann_settling import seen

    return seen(torch.from_numpy(windows.astype(np.int64)), compound)[0]


def echoes(network: Any, windows: Windows, compound: bool) -> dict[str, float]:
    """Shares of the steps and the notes that come back when hidden units hear a melody and say it again."""
    import torch

    from engine.models.parts.home_range import SYMBOLS

    with torch.inference_mode():
        v = visible(windows, compound)
        again, was = (rows.unflatten(1, (-1, SYMBOLS)).argmax(-1) for rows in (network.echoed(v, compound), v))
    right, notes = again == was, was >= melody.FIRST_PITCH_TOKEN
    return {
        "echo_token_accuracy": float(right.float().mean()),
        "echo_onset_accuracy": float(right[notes].float().mean()),
    }


def likelihoods(
    network: Any, known: Windows, windows: Windows, compound: bool, report: Report = silent
) -> dict[str, float]:
    """Nats of windows, whole and per step; `known` are training windows."""
    import torch

    from engine.models.parts.boltzmann_machine import usual
    from engine.models.parts.home_range import SYMBOLS

    with torch.inference_mode():
        v, base = visible(windows, compound), usual(visible(known, compound).mean(0), SYMBOLS)
        tell = _bound if hasattr(network, "upper") else _exact
        nats = -float(tell(network, v, base, compound, report).mean())
        steps = v.shape[1] / SYMBOLS
        alone = base.unflatten(0, (-1, SYMBOLS)).log_softmax(-1).flatten()
        nothing = -float((v @ alone).mean())
        return {
            "window_nats": nats,
            "step_nats": nats / steps,
            "alone_nats": nothing / steps,
            "nats_saved": (nothing - nats) / steps,
        }


def _exact(network: Any, v: Tensor, base: Tensor, compound: bool, report: Report) -> Tensor:
    """log p [n] of a single machine, as far as annealing is."""
    from engine.evaluation.annealed import log_likelihood, log_partition

    m = network.layer.machine(compound)
    log_z = log_partition(m.weight, m.b_v, m.b_h, m.symbols, base, CHAINS, TEMPERATURES, report=report)
    return log_likelihood(m, v, log_z)


def _bound(network: Any, v: Tensor, base: Tensor, compound: bool, report: Report) -> Tensor:
    """A bound of log p [n], from one way up drawn for each: log p(v, h) - log q(h | v) (Hinton et al., 2006)."""
    import torch
    from torch.nn import functional as F

    from engine.evaluation.annealed import log_likelihood, log_partition
    from engine.models.parts.boltzmann_machine import flipped

    def log_bits(bits: Tensor, logits: Tensor) -> Tensor:
        return -F.binary_cross_entropy_with_logits(logits, bits, reduction="none").sum(1)

    generator, said, way = torch.Generator().manual_seed(3), v, torch.zeros(len(v))
    machines = [network.first.machine(compound)]
    machines += [network.told(index, compound) for index in range(len(network.upper))]
    for machine in machines[:-1]:
        received = machine.received(said)
        h = flipped(received.sigmoid(), generator)
        logits = machine.logits(h)
        if machine.symbols:
            down = (said * logits.unflatten(1, (-1, machine.symbols)).log_softmax(-1).flatten(1)).sum(1)
        else:
            down = log_bits(said, logits)
        way, said = way + down - log_bits(h, received), h
    top = machines[-1]
    log_z = log_partition(top.weight, top.b_v, top.b_h, 0, None, CHAINS, TEMPERATURES, report=report)
    return way + log_likelihood(top, said, log_z)
