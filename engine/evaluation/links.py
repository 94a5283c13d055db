"""Two bars answered with two more, and the answers answered: how near to music, how varied, and how long it lasts.

The four bars of a real condition and its answer are measured against real four bars. What others would have said
behind the same two bars stands beside it: the tune itself, a Markov chain that knows the key, the bars of another tune
in that key, the same bars again.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.evaluation.baselines import at_home
from engine.evaluation.features import Meter, unique_share
from engine.evaluation.masked import some
from engine.jobs.job import Report, silent
from engine.options import fitting

SAMPLE, REFERENCE = 1_000, 3_000
DRAWS = 3
LINKS = 8
KNOWN = 20_000  # training windows in whose halves copies are looked for
Windows = NDArray[np.uint8]
Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Figures of answers to tunes it has never heard, see their words; as curves, the links of chains of eight."""
    rng = np.random.default_rng(17)
    real = some(data.held_out.windows, codec, SAMPLE, rng)
    meter = Meter(some(data.train.windows, codec, REFERENCE, rng))
    half = real.shape[1] // 2
    prior, truth = real[:, :half], real[:, half:]
    report(0, 8, "answering")
    drawn = [answers(network, prior, seed=1 + draw)[:, 0] for draw in range(DRAWS)]
    distances = [meter.frechet(_whole(prior, answer)) for answer in drawn]
    report(2, 8, "answering as others would")
    figures = {
        "answer_fd": float(np.mean(distances)),
        "answer_fd_worst": max(distances),
        "answer_likeliest_fd": meter.frechet(_whole(prior, answers(network, prior, noise=0.0)[:, 0])),
        "answer_first_fd": meter.frechet(_whole(prior, answers(network, prior, best_of=1)[:, 0])),
        "answer_unique": unique_share(drawn[0]),
        "answer_copies": _copies(drawn[0], some(data.train.windows, codec, KNOWN, rng), half),
        "answer_luck": _apart(drawn[0], drawn[1]),
        "answer_same": 1 - _apart(drawn[0], prior),
        "real_answer_same": 1 - _apart(truth, prior),
    }
    figures |= _others(meter, real, data, rng)
    report(4, 8, "a chain of eight")
    chain = answers(network, prior, links=LINKS, seed=5)
    kept = answers(network, prior, links=LINKS, seed=5, anchor=2)
    links = {"link": [float(n + 1) for n in range(LINKS)]}
    for name, found in (("this one", chain), ("back to my bars at every second link", kept)):
        links[name] = [round(meter.frechet(_link(prior, found, n)), 3) for n in range(LINKS)]
        report(6, 8, "a chain of eight")
    for name in ("real_answer_fd", "markov_answer_fd"):
        links["the tune itself" if "real" in name else "a Markov chain"] = [round(figures[name], 3)] * LINKS
    figures["chain_last_fd"] = links["this one"][-1]
    figures["chain_unique"] = unique_share(chain[:, -1])
    figures["begun_fd"] = meter.frechet(_begun(network, real))
    return figures, {"chain": links}


def answers(network: Any, prior: Windows, links: int = 1, **wanted: Any) -> Windows:
    """What a network says behind two bars [n, 32], and behind that: [n, links, 32]."""
    import torch

    options = fitting(sys.modules[type(network).__module__].SampleOptions, wanted)
    with torch.inference_mode():
        found = network.chain(torch.from_numpy(prior.astype(np.int64)), links, options)
    return np.asarray(found.numpy().astype(np.uint8))


def _others(meter: Meter, real: Windows, data: Dataset, rng: np.random.Generator) -> Figures:
    """What the tune itself and simpler minds say behind the first half of real windows."""
    prior, truth = np.split(real, 2, axis=1)
    compound = melody.is_compound(real)
    stranger = truth.copy()
    for kind in (False, True):
        places = np.flatnonzero(compound == kind)
        stranger[places] = _moved(truth[rng.permutation(places)], prior[places])
    learnt = at_home(data.train.windows[rng.permutation(len(data.train.windows))[:KNOWN]])
    chained = _moved(neighbours(at_home(prior), learnt, rng), prior)
    return {
        "real_answer_fd": meter.frechet(real),
        "markov_answer_fd": meter.frechet(_whole(prior, chained)),
        "stranger_answer_fd": meter.frechet(_whole(prior, stranger)),
        "copied_answer_fd": meter.frechet(_whole(prior, prior)),
    }


def neighbours(prior: Windows, learnt: Windows, rng: np.random.Generator) -> Windows:
    """Two bars behind `prior` [n, 32], each step by what follows the note heard last at this place in the bar."""
    made = np.full_like(prior, melody.PAD)
    for kind in (False, True):
        rows, steps = melody.is_compound(prior) == kind, melody.slots(kind)
        music, bar = learnt[melody.is_compound(learnt) == kind], melody.steps_per_bar(kind)
        music = music[:, melody.slots(kind, 4)]
        last, counts = _last(music), np.full((melody.VOCABULARY, bar, melody.VOCABULARY), 1e-9)
        for step in range(1, music.shape[1]):
            at = np.full(len(music), step % bar)
            np.add.at(counts, (last[:, step - 1], at, music[:, step].astype(np.intp)), 1)
        counts += 1e-6 * counts.sum((0, 1))  # what was never heard at this place behind this note
        chances = np.cumsum(counts / counts.sum(-1, keepdims=True), -1)
        now, found = _last(prior[rows][:, steps])[:, -1], []
        for step in range(len(steps)):
            drawn = (chances[now, step % bar] < rng.random((len(now), 1))).sum(1).clip(max=melody.VOCABULARY - 1)
            now = np.where(drawn >= melody.FIRST_PITCH_TOKEN, drawn, now)
            found.append(drawn)
        line = np.full((len(now), prior.shape[1]), melody.PAD, np.uint8)
        line[:, steps] = np.array(found).reshape(len(steps), -1).T
        made[rows] = line
    return made


def _last(lines: Windows) -> NDArray[np.intp]:
    """At each step of lines [n, steps] the last pitch that was struck, as a token; REST before there was any."""
    struck = lines >= melody.FIRST_PITCH_TOKEN
    place = np.maximum.accumulate(np.where(struck, np.arange(lines.shape[1]), -1), axis=1)
    found = np.take_along_axis(lines, np.maximum(place, 0), 1)
    return np.asarray(np.where(place >= 0, found, melody.REST).astype(np.intp))


def _moved(windows: Windows, like: Windows) -> Windows:
    """Two bars [n, 32] in the key and about the register of others."""
    import torch

    from engine.models.parts.melody_symbols import heard, way_home, written

    here, there = (torch.from_numpy(part.astype(np.int64)) for part in (windows, like))
    return np.asarray(written(heard(here, way_home(here)), way_home(there)).numpy().astype(np.uint8))


def _whole(prior: Windows, answer: Windows) -> Windows:
    return np.concatenate([prior, answer], 1)


def _link(prior: Windows, chain: Windows, number: int) -> Windows:
    """A link and the one before it: four bars."""
    return _whole(chain[:, number - 1] if number else prior, chain[:, number])


def _apart(one: Windows, other: Windows) -> float:
    """Share of the steps in use in which two sets differ."""
    return float((one != other)[one != melody.PAD].mean())


def _copies(answer: Windows, train: Windows, half: int) -> float:
    """Part of the answers that are two bars of the training music, in some key."""
    known = {row.tobytes() for part in (train[:, :half], train[:, half:]) for row in melody.MELODY.shape_of(part)}
    return float(np.mean([row.tobytes() in known for row in melody.MELODY.shape_of(answer)]))


def _begun(network: Any, like: Windows) -> Windows:
    """Four bars from nothing, in the kinds of bar that real ones have."""
    import torch

    options, made = sys.modules[type(network).__module__].SampleOptions, []
    with torch.inference_mode():
        for compound in (False, True):
            count = int((melody.is_compound(like) == compound).sum())
            made.append(network.sample(count, options(compound=compound)).numpy())
    return np.asarray(np.concatenate(made).astype(np.uint8))
