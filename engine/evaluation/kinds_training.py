"""Teaching a judge of kinds, in under a minute of one core, repeatable by its seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from engine.codecs.melody import MELODY
from engine.corpus.dataset import Dataset, Split
from engine.errors import UserError
from engine.evaluation.kinds import Ear, Judge, hear
from engine.jobs.job import Report, silent, stretch

STEPS, BATCH, RATE = 1_200, 128, 2e-3
DECAY, SMOOTHING = 0.02, 0.05
JIG = "jig"


def taught(
    data: Dataset, kinds: Sequence[str] = (), seed: int = 1, steps: int = STEPS, report: Report = silent
) -> Judge:
    """A judge of the kinds of a data set of two-bar melodies (all it has, if none are named), and how well it does.

    Raises:
        UserError: there are fewer than two kinds.
    """
    names = tuple(kinds) or tuple(sorted(set(data.train.kinds) - {""}))
    numbers = data.train.numbered(names)
    places = [np.flatnonzero(numbers == kind) for kind in range(len(names))]
    if len(names) < 2 or not all(map(len, places)):
        raise UserError("A judge needs at least two kinds of music.", "Put each kind into a folder of its own.")
    rng = np.random.default_rng([seed, 29])
    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    network = Ear(len(names))
    moves = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    rates = torch.optim.lr_scheduler.OneCycleLR(moves, RATE, steps)
    for step in range(steps):
        report(step, steps, "teaching the judge")
        kind = rng.integers(0, len(names), BATCH)  # each kind as often: a rare one is not forgotten
        chosen = np.array([rng.choice(places[k]) for k in kind])
        tokens = torch.from_numpy(data.train.windows[chosen].astype(np.int64))
        cost = F.cross_entropy(network(hear(tokens)), torch.from_numpy(kind), label_smoothing=SMOOTHING)
        moves.zero_grad()
        torch.autograd.backward([cost])
        moves.step()
        rates.step()
    torch.random.set_rng_state(state)
    return _measured(Judge(names, network.eval(), {}, {}), data.held_out, stretch(report, 0.95, 1.0))


def _measured(judge: Judge, held: Split, report: Report) -> Judge:
    """The same judge with how it does on held-out tunes, every kind counting alike."""
    truth = held.numbered(judge.kinds)
    known = truth >= 0
    likely = judge.probabilities(held.windows[known], report)
    truth, tunes = truth[known], held.tunes[known]
    figures = {"accuracy": _balanced(likely.argmax(1), truth), "chance": 1 / len(judge.kinds)}
    if JIG in judge.kinds and len(judge.kinds) > 2:
        others = [index for index, kind in enumerate(judge.kinds) if kind != JIG]
        kept = truth != judge.kinds.index(JIG)
        guess = np.array(others)[likely[kept][:, others].argmax(1)]
        figures |= {"accuracy_without_jigs": _balanced(guess, truth[kept]), "chance_without_jigs": 1 / len(others)}
    figures["accuracy_of_tunes"] = _of_tunes(likely, truth, tunes)
    confusion = {
        kind: [round(float((likely[truth == index].argmax(1) == other).mean()), 4) for other in range(len(judge.kinds))]
        for index, kind in enumerate(judge.kinds)
        if (truth == index).any()
    }
    return Judge(judge.kinds, judge.network, {name: round(value, 4) for name, value in figures.items()}, confusion)


def _balanced(guess: NDArray[np.integer], truth: NDArray[np.integer]) -> float:
    """Share of right guesses, mean over the kinds."""
    return float(np.mean([(guess[truth == kind] == kind).mean() for kind in np.unique(truth)]))


def _of_tunes(likely: NDArray[np.float64], truth: NDArray[np.integer], tunes: NDArray[np.integer]) -> float:
    """The same of whole tunes: the opinions on all two bars of a tune together."""
    names = np.unique(tunes)
    sums = np.array([np.log(likely[tunes == tune] + 1e-9).sum(0) for tune in names])
    return _balanced(sums.argmax(1), np.array([truth[tunes == tune][0] for tune in names]))


def shipped(report: Report = silent) -> Judge:
    """The judge that ships, taught anew from the corpus of kinds.

    Raises:
        UserError: the corpus is not there.
    """
    from engine.corpus.corpora import KINDS
    from engine.training.make import read_data

    data = read_data("kinds", MELODY, stretch(report, 0.0, 0.1))
    return taught(data, KINDS, report=stretch(report, 0.1, 1.0))
