"""What the generator of a game invents: with dice thrown for each note, and when the critic may choose.

The likeliest notes, which are what is heard as a rule, are measured with every model of melodies (`reconstruction`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.evaluation.features import Meter, copy_share, unique_share
from engine.evaluation.reconstruction import LEAST, REFERENCE, Windows, pick
from engine.jobs.generate import options_for
from engine.jobs.job import Report, silent

SAMPLE, DRAWS, CHOSEN_OF = 1_000, 3, 8
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of duple bars, and of compound bars with `compound_` before their names.

    invented_fd: distance of 1,000 melodies of likeliest notes from real ones, three draws on average.
    diced_fd, diced_unique: of melodies with dice thrown for every note.
    ranked_fd, ranked_unique, ranked_copies: of those that the critic liked best of eight each.
    critic_right: how often the critic tells held-out tunes from melodies of the generator, at the best threshold.
    """
    figures: dict[str, float] = {}
    for index, (prefix, compound) in enumerate((("", False), ("compound_", True))):
        report(index, 2, "inventions")
        train, held = data.train.where(compound), data.held_out.where(compound)
        if min(len(train.windows), len(held.windows)) < LEAST:
            continue
        rng = np.random.default_rng(23)
        meter = Meter(pick(train.windows, codec, REFERENCE, rng))
        shapes = {row.tobytes() for row in codec.shape_of(train.windows)}
        n = min(SAMPLE, len(held.windows))
        found = _invented(network, meter, shapes, n, compound)
        found["critic_right"] = _right(network, pick(held.windows, codec, n, rng), compound)
        figures |= {prefix + name: value for name, value in found.items()}
    return figures, {}


def _invented(network: Any, meter: Meter, shapes: set[bytes], n: int, compound: bool) -> dict[str, float]:
    usual = replace(options_for(network, _standing()), compound=compound)
    ways = {"invented": usual, "diced": replace(usual, temperature=1.0), "ranked": replace(usual, throws=CHOSEN_OF)}
    figures = {}
    for way, options in ways.items():
        sets = [_tokens(network, n, replace(options, seed=500 + draw)) for draw in range(DRAWS)]
        figures[f"{way}_fd"] = float(np.mean([meter.frechet(windows) for windows in sets]))
        figures[f"{way}_unique"] = float(np.mean([unique_share(windows) for windows in sets]))
        figures[f"{way}_copies"] = float(np.mean([copy_share(windows, shapes) for windows in sets]))
    return figures


def _standing() -> Any:
    from engine.commands.document import Steering

    return Steering()


def _tokens(network: Any, n: int, options: Any) -> Windows:
    with torch.inference_mode():
        return np.asarray(network.sample(n, options).numpy().astype(np.uint8))


def _right(network: Any, real: Windows, compound: bool) -> float:
    """Share of right answers at the threshold that suits the critic best; .5 is guessing."""
    from engine.models.parts import melody_symbols as symbols

    options = replace(options_for(network, _standing()), compound=compound, seed=77)
    scores = []
    for windows in (real, _tokens(network, len(real), options)):
        tokens = torch.from_numpy(windows.astype(np.int64))
        with torch.inference_mode():
            scores.append(network.judge(symbols.heard(tokens, symbols.way_home(tokens))).score.numpy())
    of_real, of_made = (np.sort(side) for side in scores)
    edges = np.concatenate([of_real, of_made])
    above = 1 - np.searchsorted(of_real, edges) / len(of_real)
    below = np.searchsorted(of_made, edges) / len(of_made)
    share = (above + below) / 2
    return float(max(share.max(), 1 - share.min()))
