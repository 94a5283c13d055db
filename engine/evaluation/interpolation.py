"""Is the way between two melodies music? Latent interpolation against a crossfade of their tokens.

The test of Roberts et al. (2018): at every place on the way from A to B, how unlikely is what is heard to a language
model that knows only the training music, and does it keep to a key? The judge is a 5-gram over the tokens with pitches
as distances from the first note, so that no key is favoured.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec, Tokens
from engine.corpus.dataset import Dataset
from engine.jobs.job import Report, silent
from engine.latent.crossfade import crossfade
from engine.latent.interpolate import slerp

PAIRS, TAUGHT = 200, 1_500_000  # pairs of melodies, tokens the judge learns from at most
PLACES = tuple(k / 8 for k in range(9))  # an even number of steps: the middle is one of the places
ORDER, DISCOUNT = 5, 0.75
SYMBOLS = 256  # larger than any token: digits of an n-gram's number
_MAJOR = np.array([[(pc - tonic) % 12 in {0, 2, 4, 5, 7, 9, 11} for pc in range(12)] for tonic in range(12)])
Curves = dict[str, dict[str, list[float]]]
Numbers = NDArray[np.int64]


class NGram:
    """Token sequences as a Markov chain of order n - 1, backing off by absolute discounting (Ney et al., 1994)."""

    def __init__(self, rows: Numbers, order: int = ORDER, discount: float = DISCOUNT) -> None:
        """Learn from rows [n, s] of tokens below 255."""
        self.discount = discount
        self.symbols = int(rows.max()) + 1
        self._tables = []
        for length in range(1, order + 1):
            grams, counts = np.unique(_grams(rows, length), return_counts=True)
            contexts, start = np.unique(grams // SYMBOLS, return_index=True)
            totals, kinds = np.add.reduceat(counts, start), np.diff(np.append(start, len(grams)))
            self._tables.append((grams, counts, contexts, totals, kinds))

    def nats(self, rows: Numbers) -> NDArray[np.float64]:
        """Negative log-likelihood of rows [n, s], nats per step [n]."""
        chance = np.full(rows.shape, 1.0 / self.symbols)
        for length, (grams, counts, contexts, totals, kinds) in enumerate(self._tables, 1):
            asked = _grams(rows, length)
            count = _found(grams, counts, asked)
            total, kind = (_found(contexts, values, asked // SYMBOLS) for values in (totals, kinds))
            seen = total > 0
            total = np.maximum(total, 1)
            mixed = (np.maximum(count - self.discount, 0) + self.discount * kind * chance) / total
            chance = np.where(seen, mixed, chance)
        return np.asarray(-np.log(chance).mean(1))


def _grams(rows: Numbers, length: int) -> Numbers:
    """The number of the `length` tokens up to each step [n, s]; before the first stands a token of its own."""
    padded = np.pad(rows, ((0, 0), (length - 1, 0)), constant_values=SYMBOLS - 1)
    number = np.zeros_like(rows)
    for back in range(length):
        number = number * SYMBOLS + padded[:, back : back + rows.shape[1]]
    return number


def _found(keys: Numbers, values: Numbers, asked: Numbers) -> Numbers:
    """Values of the sorted keys that are asked for, 0 where there is no such key."""
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[at] == asked, values[at], 0)


def in_key(windows: Tokens) -> NDArray[np.float64]:
    """Share of the notes of each melody [n, 16 * bars] that lie in the best of the 12 major scales, [n]."""
    pitched = (windows >= melody.FIRST_PITCH_TOKEN) & (windows < melody.PAD)
    pitch = (windows.astype(int) - melody.FIRST_PITCH_TOKEN + melody.LOWEST) % 12
    classes = np.stack([((pitch == pc) & pitched).sum(1) for pc in range(12)], 1)
    return np.asarray((classes @ _MAJOR.T).max(1) / np.maximum(classes.sum(1), 1))


def keyless(windows: Tokens, compound: bool) -> Numbers:
    """The steps in use of melodies [n, 16 * bars], pitches as distances from the first note: int64 [n, s]."""
    used = windows[:, melody.slots(compound, windows.shape[1] // melody.BAR_SLOTS)].astype(np.int64)
    pitched = used >= melody.FIRST_PITCH_TOKEN
    first = np.take_along_axis(used, pitched.argmax(1)[:, None], 1)
    return np.where(pitched, used - first + 100, used)


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """How music fares on the way between pairs of held-out melodies, latent interpolation beside a crossfade.

    Args:
        network: `encodes` melodies.
        data: the judge learns from its training side; pairs are held out, in bars of the kind it holds most of.
        codec: of the melody family.
        report: progress.

    Returns:
        Figures `latent_middle_nats` (per step) and `latent_middle_in_key`, the same for `crossfade_`, and `real_` for
        the melodies themselves; `morph_nats_saved` and `morph_in_key_gained` by not crossfading; curves of both over
        the way, and of how far each place is from A.
    """
    compound = len(data.held_out.where(True).windows) > len(data.held_out.where(False).windows)
    train, held = data.train.where(compound).windows, data.held_out.where(compound).windows
    if not len(train) or len(held) < 2:
        return {}, {}
    report(1, 3, "morphs")
    return _measured(network, train, held, compound)


def _measured(network: Any, train: Tokens, held: Tokens, compound: bool) -> tuple[dict[str, float], Curves]:
    rng = np.random.default_rng(17)
    most = TAUGHT // train.shape[1]
    judge = NGram(keyless(train[rng.permutation(len(train))[:most]], compound))
    pairs = min(PAIRS, len(held) // 2)
    a, b = held[rng.permutation(len(held))[: 2 * pairs]].reshape(2, pairs, -1)
    ways: dict[str, Callable[[float], Tokens]] = {
        "latent": _morph(network, a, b, compound),
        "crossfade": lambda alpha: crossfade(a, b, alpha, rng),
    }
    curves: Curves = {f"interpolation_{kind}": {"place": list(PLACES)} for kind in ("nats", "in_key", "change")}
    ends = np.concatenate([a, b])
    figures = {
        "real_nats": float(judge.nats(keyless(ends, compound)).mean()),
        "real_in_key": float(in_key(ends).mean()),
    }
    for way, at in ways.items():
        heard = [at(place) for place in PLACES]
        curves["interpolation_nats"][way] = [float(judge.nats(keyless(w, compound)).mean()) for w in heard]
        curves["interpolation_in_key"][way] = [float(in_key(w).mean()) for w in heard]
        curves["interpolation_change"][way] = [float((w != a)[a != melody.PAD].mean()) for w in heard]
        for kind in ("nats", "in_key"):
            figures[f"{way}_middle_{kind}"] = curves[f"interpolation_{kind}"][way][len(PLACES) // 2]
    figures["morph_nats_saved"] = figures["crossfade_middle_nats"] - figures["latent_middle_nats"]
    figures["morph_in_key_gained"] = figures["latent_middle_in_key"] - figures["crossfade_middle_in_key"]
    return figures, curves


def _morph(network: Any, a: Tokens, b: Tokens, compound: bool) -> Callable[[float], Tokens]:
    import torch

    options = sys.modules[type(network).__module__].SampleOptions(temperature=0.0, compound=compound)
    codes = [network.encode(torch.from_numpy(w.astype(np.int64))).numpy() for w in (a, b)]

    def at(place: float) -> Tokens:
        z = torch.from_numpy(slerp(codes[0], codes[1], place).astype(np.float32))
        with torch.inference_mode():
            return np.asarray(network.decode(z, options).numpy().astype(np.uint8))

    return at
