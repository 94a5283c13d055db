"""Answers to phrases: how surprised a network is at the true one, and what the answers it writes take from the call.

Surprise is measured with every step told the true ones before it, beside a table of what follows what at each place of
a bar. What is written freely is compared with real answers: rhythms and whole bars taken from the call, notes in its
scale. A network that quotes as much as real tunes do, no more, answers; one that quotes nothing goes its own way.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec, Tokens
from engine.corpus.dataset import Dataset
from engine.jobs.job import Report, silent
from engine.models.parts import home_range

MOST, WRITTEN = 1_024, 256  # phrases whose answers are told, and that are answered
TABLE = 6_000  # phrases from which the table is made
AT_ONCE = 128
BARS = 4
SLOTS = BARS * melody.BAR_SLOTS
TRUST = 4.0  # how often something must be seen before its place counts more than the rest
_SCALES = np.array([[(c - tonic) % 12 in {0, 2, 4, 5, 7, 9, 11} for c in range(12)] for tonic in range(12)], float)

Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Figures of a network that answers the first half of phrases [n, 128] with the second; no curves."""
    rng = np.random.default_rng(17)
    held = data.held_out.windows[rng.permutation(len(data.held_out.windows))[:MOST]]
    answers = held[:, SLOTS:]
    steps, notes = int((answers != melody.PAD).sum()), int(_notes(answers).sum())
    nats, right = 0.0, []
    for at in range(0, len(held), AT_ONCE):
        report(at, 2 * len(held), "true answers")
        cost, share = network.nats(torch.from_numpy(held[at : at + AT_ONCE].astype(np.int64)))
        nats += float(cost.double().sum())
        right.append(share.numpy())
    report(1, 2, "a table of what follows what")
    train = data.train.windows[rng.permutation(len(data.train.windows))[:TABLE]]
    table = tabled(train, held)
    figures = {
        "answer_step_nats": nats / steps,
        "answer_note_nats": nats / notes,
        "answer_step_accuracy": float(np.concatenate(right).mean()),
        "table_answer_step_nats": table / steps,
        "table_answer_note_nats": table / notes,
        "answer_nats_saved": (table - nats) / notes,
    }
    report(3, 4, "answers")
    calls, real = held[:WRITTEN, :SLOTS], answers[:WRITTEN]
    made = answered(network, calls)
    figures |= taken(calls, made) | {f"real_{name}": value for name, value in taken(calls, real).items()}
    figures["answers_unique"] = len({row.tobytes() for row in made}) / len(made)
    if network.options.attention:
        figures["attention_same_place"] = same_place(network, held[:WRITTEN])
    return figures, {}


def answered(network: Any, calls: Tokens) -> Tokens:
    """What the network answers [n, 64] to calls [n, 64]."""
    options = sys.modules[type(network).__module__].SampleOptions(temperature=0.9, seed=1)
    return np.asarray(network.answer(torch.from_numpy(calls.astype(np.int64)), options).numpy().astype(np.uint8))


def tabled(train: Tokens, held: Tokens) -> float:
    """Nats of the second halves of phrases by a table: the token after the one before, at its place in the bar.

    Everything in one key and register, that of the first half, as the network hears it.
    """
    follows = np.zeros((2 * melody.BAR_SLOTS, home_range.SYMBOLS + 2, home_range.SYMBOLS))
    np.add.at(follows, _pairs(train), 1.0)
    anywhere = follows.sum(0) + 0.1
    anywhere /= anywhere.sum(-1, keepdims=True)
    counts = follows.sum(-1, keepdims=True)
    chances = (follows + TRUST * anywhere) / (counts + TRUST)
    return float(-np.log(chances[_pairs(held)]).sum())


def taken(calls: Tokens, answers: Tokens) -> Figures:
    """Shares of the bars of answers [n, 64] whose rhythm, or which as a whole, stand in their calls, and of the notes
    that lie in the calls' scales.
    """
    bars, theirs = (part.reshape(len(part), BARS, melody.BAR_SLOTS).astype(np.int16) for part in (answers, calls))
    whole = (bars[:, :, None] == theirs[:, None]).all(-1).any(-1)
    rhythms, others = (np.where(_notes(part), melody.FIRST_PITCH_TOKEN, part) for part in (bars, theirs))
    same = (rhythms[:, :, None] == others[:, None]).all(-1).any(-1)
    inside, notes = 0.0, 0
    for call, answer in zip(calls, answers, strict=True):
        classes, mine = (np.bincount(part[_notes(part)] % 12, minlength=12) for part in (call, answer))
        inside += float(_SCALES[(_SCALES @ classes).argmax()] @ mine)
        notes += int(mine.sum())
    return {
        "answer_rhythms_taken": float(same.mean()),
        "answer_bars_taken": float(whole.mean()),
        "answer_in_scale": inside / max(1, notes),
        "answer_notes_per_bar": notes / whole.size,
    }


def same_place(network: Any, phrases: Tokens) -> float:
    """Share of all attention that falls on the same place of some bar; by chance it is 1/16, or 1/12."""
    x = torch.from_numpy(phrases.astype(np.int64))
    share = network.attention(torch.cat([x[:, SLOTS:], x[:, :SLOTS]], 1), torch.cat([x[:, SLOTS:], x[:, SLOTS:]], 1))
    share = share[:, :SLOTS, -SLOTS:].numpy()
    place = np.arange(SLOTS) % melody.BAR_SLOTS
    used = phrases[:, SLOTS:] != melody.PAD
    return float((share * (place[:, None] == place)).sum(-1)[used].mean())


def _pairs(phrases: Tokens) -> tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]]:
    """Place, symbol before and symbol of every step in use of the second halves."""
    x = torch.from_numpy(phrases.astype(np.int64))
    shift = home_range.way_home(x[:, :SLOTS])
    home = np.where(phrases == melody.PAD, home_range.SYMBOLS, home_range.brought_home(x, shift).numpy())
    compound = np.asarray(melody.is_compound(phrases))
    place = np.arange(SLOTS) % melody.BAR_SLOTS + melody.BAR_SLOTS * compound[:, None]
    used = phrases[:, SLOTS:] != melody.PAD
    return place[used], home[:, SLOTS - 1 : -1][used], home[:, SLOTS:][used]


def _notes(tokens: NDArray[np.integer]) -> NDArray[np.bool_]:
    return np.asarray((tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD))
