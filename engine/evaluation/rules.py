"""The table of RL Tuner: what its rules find in melodies of the plain network, of the taught one, and in real tunes."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.evaluation.features import Meter
from engine.jobs.job import Report, silent
from engine.models.parts import eighths, music_rules
from engine.models.parts.dice import heated
from engine.models.parts.eighths import FIRST, HOLD
from engine.training.tuner import log_likelihood

PIECES, REFERENCE = 1_000, 3_000
PHRASE = 4  # notes in a row that are looked for again
Curves = dict[str, dict[str, list[float]]]
Symbols = NDArray[np.int64]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Figures of 1,000 melodies of the taught network, of the plain one with `plain_` before their names, and of as
    many held-out tunes with `real_`; of compound bars with `compound_` before all that. See `told`.

    note_nats, note_accuracy: surprise and hits of the plain network at each symbol of held-out tunes.
    reward_gained, key_gained, leaps_gained, tonic_gained, nats_lost: what the teaching changed.
    """
    figures: dict[str, float] = {}
    for number, (side, compound) in enumerate((("", False), ("compound_", True))):
        real = _symbols(data.held_out.where(compound).windows, compound)
        reference = _symbols(data.train.where(compound).windows, compound)
        if min(len(real), len(reference)) < 2:
            continue
        meter = Meter(_windows(reference[:REFERENCE], compound))
        found = {"real_": real[:PIECES]}
        for index, (whose, tuned) in enumerate((("plain_", False), ("", True))):
            report(3 * number + index, 6, "melodies are written")
            found[whose] = written(network.net(tuned), PIECES, compound)
        for whose, symbols in found.items():
            report(3 * number + 2, 6, "rules are counted")
            mine = told(symbols, compound, network.note) | {"rules_fd": meter.frechet(_windows(symbols, compound))}
            figures |= {side + whose + name: value for name, value in mine.items()}
        figures |= {side + name: value for name, value in _foretold(network, real, compound).items()}
        figures |= {side + name: value for name, value in _gained(figures, side).items()}
    return figures, {}


def written(net: Any, n: int, compound: bool, seed: int = 11) -> Symbols:
    """Melodies [n, s] drawn from a network as it stands."""
    shape = (n, eighths.BARS * eighths.bar(compound), eighths.SYMBOLS)
    symbols: Symbols = net.walk(n, compound, heated(shape, 1.0, torch.Generator().manual_seed(seed))).numpy()
    return symbols


def told(symbols: Symbols, compound: bool, note: Any) -> dict[str, float]:
    """What the rules find in melodies [n, s].

    rules_reward: what all rules give, each counting once, per step; rules_nats: log p of a step under the plain
    network. repeated_too_often: steps that repeat a note, a hold or a rest too often. pitches_follow_1..3:
    autocorrelation of the pitches at that lag. not_in_key, starts_on_tonic, leaps_resolved (of those resolved or
    doubled), unique_highest, unique_lowest, in_motif and in_repeated_motif (of the steps) as in the paper's table.
    different: share of the melodies that are no other's copy. said_before: rows of four notes, rhythm and all, that the
    melody has said before in any key. held: steps that hold.
    """
    bar, pitched = eighths.bar(compound), symbols >= FIRST
    rewards = music_rules.rewards(symbols, bar, dict.fromkeys(music_rules.RULES, 1.0))
    resolved, doubled = (rewards["leaps"] > 0).sum(), (rewards["leaps"] < 0).sum()
    highest, lowest = music_rules.unique_extremes(symbols)
    motif, again = rewards["motif"] > 0, music_rules.recurrence(symbols, bar) == 1
    follow = music_rules.correlations(symbols)[:, :, -1].mean(1)
    found = {
        "rules_reward": sum(reward.mean() for reward in rewards.values()),
        "rules_nats": log_likelihood(note, torch.from_numpy(symbols), compound).mean(),
        "repeated_too_often": (rewards["repetition"] < 0).mean(),
        "not_in_key": music_rules.out_of_key(symbols).sum() / max(1, pitched.sum()),
        "starts_on_tonic": (symbols[:, 0] == music_rules.TONIC).mean(),
        "leaps_resolved": resolved / max(1, resolved + doubled),
        "unique_highest": highest.mean(),
        "unique_lowest": lowest.mean(),
        "in_motif": motif.mean(),
        "in_repeated_motif": (motif & again).mean(),
        "different": len({row.tobytes() for row in symbols}) / len(symbols),
        "said_before": said_before(symbols),
        "held": (symbols == HOLD).mean(),
    }
    found |= {f"pitches_follow_{lag}": follow[lag - 1] for lag in music_rules.LAGS}
    return {name: float(value) for name, value in found.items()}


def said_before(symbols: Symbols) -> float:
    """Share of all rows of four notes, as intervals and distances in time, that stood earlier in their melody."""
    known, all_ = 0, 0
    for row in symbols:
        at = np.flatnonzero(row >= FIRST)
        steps = list(zip(np.diff(row[at]).tolist(), np.diff(at).tolist(), strict=True))
        seen: set[tuple[tuple[int, int], ...]] = set()
        for first in range(len(steps) - PHRASE + 2):
            phrase = tuple(steps[first : first + PHRASE - 1])
            known += phrase in seen
            all_ += 1
            seen.add(phrase)
    return known / max(1, all_)


def _symbols(windows: NDArray[np.uint8], compound: bool) -> Symbols:
    """Windows in random order as the network hears them."""
    chosen = windows[np.random.default_rng(5).permutation(len(windows))[: REFERENCE + PIECES]]
    symbols: Symbols = eighths.read(torch.from_numpy(chosen.astype(np.int64)), compound)[0].numpy()
    return symbols


def _windows(symbols: Symbols, compound: bool) -> NDArray[np.uint8]:
    home = torch.zeros(len(symbols), dtype=torch.long)
    return eighths.write(torch.from_numpy(symbols), home, compound).numpy().astype(np.uint8)


def _foretold(network: Any, real: Symbols, compound: bool) -> dict[str, float]:
    symbols = torch.from_numpy(real)
    with torch.inference_mode():
        logits = network.note(symbols, compound)
    nats = torch.nn.functional.cross_entropy(logits.transpose(1, 2), symbols)
    return {"note_nats": float(nats), "note_accuracy": float((logits.argmax(2) == symbols).float().mean())}


def _gained(figures: dict[str, float], side: str) -> dict[str, float]:
    """What the teaching changed."""

    def more(name: str) -> float:
        return figures[f"{side}{name}"] - figures[f"{side}plain_{name}"]

    return {
        "reward_gained": more("rules_reward"),
        "key_gained": -more("not_in_key"),
        "leaps_gained": more("leaps_resolved"),
        "tonic_gained": more("starts_on_tonic"),
        "nats_lost": -more("rules_nats"),
    }
