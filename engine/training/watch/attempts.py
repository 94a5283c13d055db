"""What a network makes while it still learns: asked in the simplest way its system can be asked, with the same dice.

A system that writes from nothing draws; one that goes on, harmonizes or fills is given music it has not heard; of any
other the music comes back as it understood it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.codecs import melody, tune
from engine.codecs.catalog import MELODIC, TUNES
from engine.codecs.codec import Codec, Tokens
from engine.jobs.job import Report, silent
from engine.models.row import Row
from engine.options import fitting
from engine.verbs.idea import Idea

TICKS_PER_QUARTER = 480
_WAYS: Mapping[str, str] = {  # capability, the simplest first -> what is said of the music
    "transfers": "music it has not heard, rewritten as the other kind",
    "plays": "",
    "samples": "",
    "continues": "goes on from music it has not heard",
    "harmonizes": "around the top voice of music it has not heard",
    "inpaints": "the second half of music it has not heard, filled",
    "encodes": "music it has not heard, as it understood it",
}


def way_of(row: Row) -> str:
    """The capability by which a system is asked while it learns; empty if there is none."""
    return next((way for way in _WAYS if way in row.capabilities), "")


def attempted(
    row: Row, network: Any, given: Tokens, seed: int, wished: Mapping[str, Any], report: Report = silent
) -> Tokens:
    """As many windows uint8 [n, *shape] as are given; the same ones for the same seed.

    Args:
        row: the system.
        network: on the CPU, in evaluation mode.
        given: music it may need, [n, *shape] or with the number of the kind in front.
        seed: of all chance.
        wished: what else its sampling options should be, as far as it has them.
        report: progress and cancel point.
    """
    x = torch.from_numpy(given.astype(np.int64))
    # what it will be taught without music it has not been taught yet
    options = fitting(row.load_module().SampleOptions, {"seed": seed, "tuned": False, **wished})
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.default_generator.manual_seed(seed)
        found = _asked(way_of(row), network, x, options, report)
    found = found[:, found.shape[1] % 16 :] if found.ndim == 2 else found  # without the number of the kind
    return np.asarray(found.cpu().numpy().astype(np.uint8))


def _asked(way: str, network: Any, x: Tensor, options: Any, report: Report) -> Tensor:
    made: Tensor
    if way in ("plays", "transfers"):  # a game's way back from music to numbers is learnt last: it only tries
        made = network.trial(x)
    elif way == "samples":
        made = network.sample(len(x), options, report)
    elif way == "continues":
        made = network.extend(x, options, report)
    elif way == "harmonizes":
        top = torch.zeros_like(x, dtype=torch.bool)
        top[:, 0] = True
        made = network.harmonize(x, top, options, report)
    elif way == "inpaints":
        hole = torch.zeros_like(x, dtype=torch.bool)
        hole[:, x.shape[1] // 2 :] = True
        made = network.inpaint(x, hole & (x != melody.PAD), options, report)
    else:
        made = network.decode(network.encode(x), options)
    return made


def ideas(row: Row, windows: Tokens, codec: Codec) -> tuple[Idea, ...]:
    """Windows as music to hear, each as long and in such bars as it is."""
    remark = _WAYS[way_of(row)]
    made = []
    for number, window in enumerate(windows, 1):
        meter, ticks = _bars(window, codec)
        made.append(Idea(f"{number}", codec.write(window, TICKS_PER_QUARTER), remark=remark, ticks=ticks, meter=meter))
    return tuple(made)


def _bars(window: Tokens, codec: Codec) -> tuple[tuple[int, int], int]:
    """Meter of a window, and its length in ticks."""
    if codec.name in TUNES:
        return tune.METERS[tune.meter_of(window)], tune.TUNE.ticks(window, TICKS_PER_QUARTER)
    compound = codec.name in MELODIC and bool(melody.is_compound(window))
    return (6, 8) if compound else (4, 4), codec.span_ticks(TICKS_PER_QUARTER, compound)
