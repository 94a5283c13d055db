"""Networks that know every order of writing: what covered cells cost them, few or all, and which orders are cheaper.

All in nats: of a cell (one voice at one sixteenth: its pitch, and whether it is struck again) or of a frame (the four
voices of a sixteenth). The orderless cost of a frame is the chain rule over all cells of a window in an order drawn by
chance; the chronological one takes them from left to right, soprano to bass. On sixteenths most of a frame is told by
its neighbours, so that these numbers may be compared only with others on the same grid, averaged the same way.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.codecs.chorale import BAR, HOLD, VOICES, pitches
from engine.codecs.codec import Codec, Tokens
from engine.corpus.dataset import Dataset
from engine.evaluation.harmonies import led
from engine.evaluation.voices import COPY, nearest, texture
from engine.jobs.job import Report, silent, stretch
from engine.options import fitting

PARTS = (25, 50, 75, 100)  # percent of the cells covered
SAMPLE, DRAWN, COMPARED = 256, 96, 48  # held-out windows, new ones, and of both how many are looked for in training
ORDERED, PLACES = 48, 64  # windows written cell by cell, and at how many of the 256 cells that is looked at
UNRULED, UNRULED_FAULTS = 32, ("parallel_fifths", "parallel_octaves", "crossings")
AT_ONCE = 64
Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Figures of covered cells, of orders, and of what is drawn; the curve is cost against the share covered."""
    rng = np.random.default_rng(17)
    chosen = rng.permutation(len(data.held_out.windows))[:SAMPLE]
    real = codec.transpose_randomly(data.held_out.windows[chosen], rng)
    x = torch.from_numpy(real.astype(np.int64))
    figures: Figures = {}
    line = []
    for index, part in enumerate(PARTS):
        report(0.05 * index, 1, "covered cells")
        nats, right = covered_cost(network, x, part / 100, rng)
        figures |= {f"covered_{part}_nats": nats, f"covered_{part}_accuracy": right}
        line.append(nats)
    own = torch.from_numpy(data.held_out.windows[chosen[:ORDERED]].astype(np.int64))
    figures |= orders(network, own, rng, stretch(report, 0.2, 0.7))
    figures["covered_kept"] = kept(network, x[:AT_ONCE], rng, stretch(report, 0.7, 0.75))
    figures |= unruled(network, data.held_out.windows[chosen[:UNRULED]], codec, stretch(report, 0.75, 0.8))
    figures |= drawn(network, data, codec, stretch(report, 0.8, 1.0))
    return figures, {"covered": {"covered": [part / 100 for part in PARTS], "nats": line}}


@torch.no_grad()
def covered_cost(network: Any, x: Tensor, part: float, rng: np.random.Generator) -> tuple[float, float]:
    """Nats per covered cell of windows [n, 4, 64], and the share whose pitch is the likeliest one."""
    luck = torch.from_numpy(rng.random(x.shape))
    covered = luck.flatten(1).argsort(1).argsort(1).view(x.shape) < round(part * x[0].numel())
    nats = right = 0.0
    for some, cells in zip(x.split(AT_ONCE), covered.split(AT_ONCE), strict=True):
        cost, found, _ = network.costs(some, cells)
        nats, right = nats + float(cost.sum()), right + float(found.sum())
    return nats / int(covered.sum()), right / int(covered.sum())


def orders(network: Any, x: Tensor, rng: np.random.Generator, report: Report = silent) -> Figures:
    """Nats of a frame of windows [n, 4, 64], cell after cell, in orders drawn by chance and in that of the music."""
    voices, steps = x.shape[1:]
    at_once, in_time = [], []
    time_order = torch.arange(voices * steps).view(steps, voices).T.flatten()  # place of each cell: down, then on
    for index, window in enumerate(x):
        report(index, len(x), "orders of writing")
        places = torch.from_numpy(rng.permutation(voices * steps)[:PLACES])
        by_chance = torch.from_numpy(rng.permutation(voices * steps))
        at_once.append(chain(network, window, by_chance, places, any_next=True) / steps)
        in_time.append(chain(network, window, time_order, places, any_next=False) / steps)
    figures = {"frame_nats": float(np.mean(at_once)), "frame_nats_in_time": float(np.mean(in_time))}
    return figures | {
        "frame_nats_saved": figures["frame_nats_in_time"] - figures["frame_nats"],
        "cell_nats": figures["frame_nats"] / voices,
    }


@torch.no_grad()
def chain(network: Any, window: Tensor, rank: Tensor, places: Tensor, any_next: bool) -> float:
    """Nats of one window [4, 64], each cell given those of lower rank; estimated from some places of the order.

    With `any_next` all covered cells stand for the next one: in an order by chance, each of them may be it.
    """
    covered = (rank[None] >= places[:, None]).view(-1, *window.shape)
    asked = covered if any_next else (rank[None] == places[:, None]).view_as(covered)
    cost = network.costs(window.expand_as(covered), covered)[0] * asked
    each = cost.flatten(1).sum(1) / asked.flatten(1).sum(1)
    return float(each.mean()) * window.numel()


def kept(network: Any, x: Tensor, rng: np.random.Generator, report: Report = silent) -> float:
    """Share of the closed cells of windows [n, 4, 64] that come back as they were when a bar of some voices is open."""
    hole = np.zeros(x.shape, dtype=bool)
    for window in hole:
        first = BAR * int(rng.integers(x.shape[-1] // BAR))
        window[rng.permutation(len(VOICES))[: int(rng.integers(1, 5))], first : first + BAR] = True
    open_ = torch.from_numpy(hole)
    options = fitting(sys.modules[type(network).__module__].SampleOptions, {"rounds": 8, "seed": 1})
    closed = [network.inpaint(x, open_, options, report), network.rewrite(x, open_, options, report)]
    return float(np.mean([(y == x)[~open_].float().mean() for y in closed]))


def unruled(network: Any, windows: Tokens, codec: Codec, report: Report = silent) -> Figures:
    """Faults of its harmonies under real sopranos [n, 4, 64] when no rule is held against them: what it has learnt."""
    x = torch.from_numpy(windows.astype(np.int64))
    given = torch.zeros_like(x, dtype=torch.bool)
    given[:, 0] = True
    options = fitting(sys.modules[type(network).__module__].SampleOptions, {"rules": 0.0, "temperature": 0.0})
    made = network.harmonize(x, given, options, report).numpy().astype(np.uint8)
    return {f"unruled_{name}": value for name, value in led(made, codec).items() if name in UNRULED_FAULTS}


def drawn(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> Figures:
    """New windows beside held-out ones: how often voices move, how they sound together, how near to training."""
    kind = sys.modules[type(network).__module__].SampleOptions
    parts = []
    for index in range(-(-DRAWN // 32)):
        part = stretch(report, index * 32 / DRAWN * 0.8, min(1.0, (index + 1) * 32 / DRAWN) * 0.8)
        parts.append(network.sample(32, fitting(kind, {"seed": index + 1}), part).numpy().astype(np.uint8))
    made = np.concatenate(parts)[:DRAWN]
    rng = np.random.default_rng(9)
    real = data.held_out.windows[rng.permutation(len(data.held_out.windows))[:DRAWN]]
    figures = {"unique": len({row.tobytes() for row in codec.shape_of(made)}) / len(made)}
    for prefix, windows in (("", made), ("real_", real)):
        figures |= {f"{prefix}{name}": value for name, value in (moves(windows) | texture(windows)).items()}
    shares = [nearest(window, data.train.windows, codec)[1] for window in made[:COMPARED]]
    others = [nearest(window, data.train.windows, codec)[1] for window in real[:COMPARED]]
    report(1, 1, "drawn")
    return figures | {
        "nearest_share": float(np.mean(shares)),
        "nearest_share_held_out": float(np.mean(others)),
        "copies": float(np.mean(np.array(shares) > COPY)),
    }


def moves(windows: Tokens) -> Figures:
    """Shares of the steps at which each voice moves to another pitch, and at which a note is struck again."""
    sung = pitches(windows)
    changed = sung[..., 1:] != sung[..., :-1]
    again = ~changed & (windows[..., 1:] != HOLD) & (sung[..., 1:] > 0)
    figures = {f"{voice.lower()}_moves": float(changed[:, n].mean()) for n, voice in enumerate(VOICES)}
    return figures | {"struck_again": float(again.mean())}
