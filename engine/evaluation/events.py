"""Networks that write tunes: how well they foretell tunes they have never heard, and what their own ones are like.

Beside the first stand n-grams, which only count, on the same tunes and events. Beside the second stands the corpus.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch

from engine.codecs import tune
from engine.codecs.codec import Codec, Tokens
from engine.codecs.tune_key import in_scale
from engine.corpus.dataset import Dataset
from engine.evaluation.ngrams import NGrams, events_of
from engine.evaluation.tune_copies import lines, longest
from engine.jobs.job import Report, silent

WRITTEN = 120  # new tunes
COMPARED = 100  # of them, and of real ones, with every training tune
AT_ONCE = 50
FILLED = 30  # tunes of which two bars are written anew
ALIKE = 24  # notes in a row: three bars of eighths
ORDERS = ("unigram", "bigram", "trigram")
METERS = ("4/4", "2/2", "2/4", "6/8", "9/8", "3/4")
Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Figures of a network of note events; as curves, how surprise falls along a tune."""
    report(0, 4, "held-out tunes")
    figures, curves = foretold(network, data.held_out.windows, report)
    report(1, 4, "n-grams")
    figures |= counted(data)
    figures["nats_below_trigram"] = figures["trigram_event_nats"] - figures["event_nats"]
    report(2, 4, "new tunes")
    figures |= written(network, data, report)
    figures |= filled(network, data.held_out.windows, report)
    return figures, curves


def foretold(network: Any, windows: Tokens, report: Report = silent) -> tuple[Figures, Curves]:
    """Nats per event (bar lines, rests and the end among them) and per note; it is not told how long a tune is."""
    nats = []
    for at in range(0, len(windows), AT_ONCE):
        report(at / len(windows), 4, "held-out tunes")
        nats.append(network.nats(torch.from_numpy(windows[at : at + AT_ONCE].astype(np.int64))).numpy())
    surprise = np.concatenate(nats)
    events = (windows[..., 0] != tune.PAD) & (np.arange(windows.shape[1]) >= tune.HEAD)
    notes = windows[..., 0] >= tune.FIRST_PITCH
    figures = {
        "event_nats": float(surprise[events].mean()),
        "note_nats": float(surprise[events].sum() / notes.sum()),
    }
    bar = np.minimum((windows[..., 0] == tune.BAR).cumsum(1), 15)
    line = [float(surprise[notes & (bar == n)].mean()) for n in range(16) if (notes & (bar == n)).any()]
    return figures, {"surprise": {"bar": [float(n + 1) for n in range(len(line))], "nats per note": line}}


def counted(data: Dataset) -> Figures:
    """The same by counting."""
    grams, held = NGrams(events_of(data.train.windows), len(ORDERS)), events_of(data.held_out.windows)
    notes = int((data.held_out.windows[..., 0] >= tune.FIRST_PITCH).sum())
    figures = {}
    for order, name in enumerate(ORDERS, 1):
        nats = grams.nats(held, order)
        figures[f"{name}_event_nats"] = float(nats.mean())
        figures[f"{name}_note_nats"] = float(nats.sum() / notes)
    return figures


def written(network: Any, data: Dataset, report: Report = silent) -> Figures:
    """New tunes of sixteen bars in the usual meters, beside as many real ones that no network has heard."""
    options, made, raw = sys.modules[type(network).__module__].SampleOptions, [], []
    for index, meter in enumerate(METERS):
        report(2 + index / len(METERS), 4, "new tunes")
        wanted = options(meter=meter, bars=16, temperature=1.0, seed=7 + index)
        made.append(network.sample(WRITTEN // len(METERS), wanted).numpy().astype(np.uint8))
        raw.append(network.compose(8, wanted, strict=False).numpy().astype(np.uint8))
    new, real = np.concatenate(made), data.held_out.windows[: 2 * WRITTEN]
    corpus = lines(data.train.windows)
    figures = {
        "bars_add_up": adding_up(new),
        "bars_add_up_raw": adding_up(np.concatenate(raw)),
        "tunes_unique": len({row.tobytes() for row in tune.TUNE.shape_of(new)}) / len(new),
    }
    for prefix, tunes in (("", new), ("real_", real)):
        chosen = np.random.default_rng(5).permutation(len(tunes))[:COMPARED]
        runs = []
        for index in chosen:
            report(3, 4, "listening for copies")
            runs.append(longest(tunes[index], corpus)[0])
        figures[f"{prefix}tune_run"] = float(np.mean(runs))
        figures[f"{prefix}tune_copies"] = float(np.mean(np.array(runs) >= ALIKE))
        figures[f"{prefix}tune_in_key"] = in_key(tunes)
        figures[f"{prefix}tune_repeats"] = repeats(tunes)
    return figures


def filled(network: Any, windows: Tokens, report: Report = silent) -> Figures:
    """Bars 5 and 6 of real tunes written anew: what is around them stays, and how well what follows then follows."""
    rng, kept, after, real = np.random.default_rng(3), [], [], []
    options = sys.modules[type(network).__module__].SampleOptions(temperature=1.0)
    bars = (windows[..., 0] == tune.BAR).sum(1)
    for number, index in enumerate(rng.permutation(np.flatnonzero(bars >= 8))[:FILLED]):
        report(3.5 + number / FILLED / 2, 4, "bars are filled")
        tokens = windows[index]
        bar = int(tune.BAR_UNITS[tune.meter_of(tokens)])
        at = tune.starts(tokens)
        hole = tune.is_event(tokens[:, 0]) & (at >= 4 * bar) & (at < 6 * bar)
        cells = torch.from_numpy(np.repeat(hole[:, None], 2, axis=1))[None]
        x = torch.from_numpy(tokens[None].astype(np.int64))
        made = network.inpaint(x, cells, options).numpy().astype(np.uint8)[0]
        kept.append(_outside(made, 4 * bar, 6 * bar) == _outside(tokens, 4 * bar, 6 * bar))
        after.append(_following(network, made, 6 * bar))
        real.append(_following(network, tokens, 6 * bar))
    return {
        "fill_kept": float(np.mean(kept)) if kept else 1.0,
        "fill_nats": float(np.mean(after)) if after else 0.0,
        "real_fill_nats": float(np.mean(real)) if real else 0.0,
    }


def _outside(tokens: Tokens, first: int, end: int) -> list[tune.TimedNote]:
    return [note for note in tune.decode(tokens) if not first <= note[0] < end]


def _following(network: Any, tokens: Tokens, end: int, bars: int = 2) -> float:
    """Nats per event of the bars behind a place."""
    at, bar = tune.starts(tokens), int(tune.BAR_UNITS[tune.meter_of(tokens)])
    rows = tune.is_event(tokens[:, 0]) & (at >= end) & (at < end + bars * bar)
    return float(network.nats(torch.from_numpy(tokens[None].astype(np.int64)))[0].numpy()[rows].mean())


def adding_up(windows: Tokens) -> float:
    """Share of the bars of tunes [n, ROWS, 2] that are as long as their meter says."""
    right = total = 0
    for tokens in windows:
        bars = np.diff([0, *tune.starts(tokens)[tokens[:, 0] == tune.BAR]])
        right += int((bars == tune.BAR_UNITS[tune.meter_of(tokens)]).sum())
        total += len(bars)
    return right / max(1, total)


def in_key(windows: Tokens) -> float:
    """Share of the notes that stand on the white keys, where every tune is written."""
    symbols = windows[:, tune.HEAD :, 0]
    pitches = symbols[symbols >= tune.FIRST_PITCH].astype(int) - tune.FIRST_PITCH + tune.LOWEST
    return float(in_scale(pitches).mean()) if len(pitches) else 0.0


def repeats(windows: Tokens, size: int = 4) -> float:
    """Share of the runs of four (interval, time to the next note) that came earlier in the same tune."""
    found = lines(windows)
    again = total = 0
    for owner in np.unique(found.owner):
        codes = found.codes[found.owner == owner][1:].tolist()
        runs = [tuple(codes[at : at + size]) for at in range(len(codes) - size + 1)]
        again, total = again + len(runs) - len(set(runs)), total + len(runs)
    return again / max(1, total)
