"""Systems that play the kind of tune that is asked for: do those who know take it for that kind, and is it good?

The one who knows is a small network that has learnt to tell the kinds apart from the training tunes (`judge`); beside
its opinion of what was made stands its opinion of real tunes it has never heard, for it errs too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.errors import UserError
from engine.evaluation import baselines
from engine.evaluation.features import Meter, copy_share, unique_share
from engine.evaluation.kinds import Judge, load_judge
from engine.evaluation.kinds_training import taught
from engine.evaluation.reconstruction import pick
from engine.jobs.job import Report, silent, stretch

EACH, REFERENCE = 450, 3_000  # melodies of a kind that are measured, and training windows they are compared with
Windows = NDArray[np.uint8]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Means over the kinds, each asked for as often; melodies are drawn with the chance the network has learnt with.

    asked_agreement: melodies taken for the kind asked for; real_agreement: the same of real ones, unheard by either;
    agreement_chance: by guessing. asked_fd: distance (see `features`) from real ones of that kind; real_asked_fd: of
    other real ones; other_kind_fd: of real ones of the other kinds, as if nobody had listened; asked_markov_fd: of a
    chain of pitches. likeliest_...: the same when the likeliest notes are written. asked_unique, asked_copies: over all
    kinds together. NAME_agreement, NAME_fd, NAME_real_agreement, NAME_real_fd: of one kind.
    """
    names = tuple(network.names)
    judge = judge_of(names, data, stretch(report, 0.0, 0.4))
    rng = np.random.default_rng(23)
    sides = {name: _kind(data, names, index, codec, rng) for index, name in enumerate(names)}
    sides = {name: (train, held) for name, (train, held) in sides.items() if len(train) > 1 and len(held) > 1}
    rows: dict[str, dict[str, float]] = {}
    made = []
    for index, (name, (train, held)) in enumerate(sides.items()):
        report(0.4 + 0.6 * index / len(sides), 1.0, f"asked for: {name}")
        made.append(asked_for(network, name, len(held), 1.0))
        others = np.concatenate([other for kind, (_, other) in sides.items() if kind != name] or [held])
        others = others[rng.permutation(len(others))[: len(held)]]
        rows[name] = _of_kind(judge, name, Meter(train), {
            "asked": made[-1],
            "likeliest": asked_for(network, name, len(held), 0.0),
            "real": held,
            "other_kind": others,
            "asked_markov": baselines.markov(train[: len(held)], rng),
        })  # fmt: skip
    means = {key: float(np.mean([row[key] for row in rows.values()])) for key in next(iter(rows.values()), {})}
    means["real_asked_fd"] = means.pop("real_fd", 0.0)
    singles = {f"{name}_{key.removeprefix('asked_')}": row[key] for name, row in rows.items() for key in _TOLD}
    together, shapes = np.concatenate(made), {window.tobytes() for window in codec.shape_of(data.train.windows)}
    means |= {"asked_unique": unique_share(together), "asked_copies": copy_share(together, shapes)}
    return means | {"agreement_chance": 1 / len(names)} | singles, {}


_TOLD = ("asked_agreement", "real_agreement", "asked_fd", "real_fd")  # of every kind by itself


def _of_kind(judge: Judge, name: str, meter: Meter, sets: dict[str, Windows]) -> dict[str, float]:
    """Distances of sets of melodies from real ones of a kind; of some, how many are taken for it."""
    distances = {f"{key}_fd": meter.frechet(windows) for key, windows in sets.items()}
    taken = {f"{key}_agreement": agreement(judge, sets[key], name) for key in ("asked", "likeliest", "real")}
    return {**taken, **distances, "likeliest_unique": unique_share(sets["likeliest"])}


def judge_of(names: Sequence[str], data: Dataset, report: Report = silent) -> Judge:
    """One who tells these kinds apart: the judge that ships if it knows just them, or one taught now."""
    try:
        known = load_judge()
    except UserError:
        return taught(data, names, report=report)
    return known if set(known.kinds) == set(names) else taught(data, names, report=report)


def agreement(judge: Judge, windows: Windows, kind: str) -> float:
    """Share of windows [n, 32] that are taken for a kind."""
    return float((judge.probabilities(windows).argmax(1) == judge.kinds.index(kind)).mean())


def asked_for(network: Any, kind: str, n: int, temperature: float) -> Windows:
    """n melodies of a kind, in the bars that are usual for it."""
    import sys

    import torch

    from engine.options import fitting

    options = sys.modules[type(network).__module__].SampleOptions
    usual = bool(network.known[network.names.index(kind)].argmax())
    wanted = fitting(options, {"kind": kind, "temperature": temperature, "seed": 1000, "compound": usual})
    with torch.inference_mode():
        drawn = network.sample(n, wanted).numpy().astype(np.uint8)
    return np.array([melody.canonical(window) for window in drawn])


def _kind(
    data: Dataset, names: Sequence[str], number: int, codec: Codec, rng: np.random.Generator
) -> tuple[Windows, Windows]:
    """Training and held-out windows of a kind, in its usual bars and in random keys."""
    train, held = (side.windows[side.numbered(names) == number] for side in (data.train, data.held_out))
    usual = melody.is_compound(train).mean() > 0.5 if len(train) else False
    train, held = (side[melody.is_compound(side) == usual] for side in (train, held))
    return pick(train, codec, REFERENCE, rng), pick(held, codec, EACH, rng)
