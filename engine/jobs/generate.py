"""From a place in latent space to notes: what the interactive lane and the verbs compute. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.commands.document import Pin, Steering
from engine.jobs.job import Report, silent
from engine.latent.map import Code, LatentMap
from engine.score import Note, Origin

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Morph:
    """A decoded place: notes from tick 0 on, and whether a model wrote them (False: a pin's own notes)."""

    notes: tuple[Note, ...]
    reconstruction: bool


def pinned(steering: Steering) -> Pin | None:
    """The pin the puck stands on, if it stands exactly on one and no slider moves it away."""
    if any(steering.sliders.values()):
        return None
    return next((pin for pin in steering.pins if pin.code == steering.code), None)


def morph(network: nn.Module, chart: LatentMap, steering: Steering, ticks_per_quarter: int) -> Morph:
    """The two bars at the puck. At a pin the very notes come back that were put there."""
    pin = pinned(steering)
    if pin is not None:
        return Morph(pin.notes, reconstruction=False)
    tokens = decode(network, chart.steered(steering.code, steering.sliders)[None], steering)[0]
    return Morph(melody.to_notes(tokens, ticks_per_quarter), reconstruction=True)


def decode(network: Any, codes: NDArray[np.floating], steering: Steering) -> NDArray[np.uint8]:
    """Tokens uint8 [n, 32] of codes [n, d], with the steering's temperature, seed and kind of bar."""
    import torch

    options = options_for(network, steering)
    z = torch.from_numpy(np.ascontiguousarray(codes, dtype=np.float32))
    with torch.inference_mode():
        return np.asarray(network.decode(z, options).numpy().astype(np.uint8))


def encode(network: Any, tokens: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Codes float32 [n, d] of tokens [n, 32]."""
    import torch

    return np.asarray(network.encode(torch.from_numpy(tokens.astype(np.int64))).numpy())


def candidates(
    network: Any, steering: Steering, count: int, ticks_per_quarter: int, report: Report = silent
) -> tuple[tuple[tuple[Note, ...], ...], tuple[Code, ...]]:
    """`count` new melodies from the prior (notes from tick 0 on) and their codes; repeatable by the seed."""
    report(0, count, "drawing")
    options = options_for(network, steering)
    codes = network.draw(count, options).numpy()
    windows = decode(network, codes, steering)
    notes = tuple(melody.to_notes(window, ticks_per_quarter) for window in windows)
    return notes, tuple(tuple(code.tolist()) for code in codes)


def code_of(network: Any, notes: Sequence[Note], ticks_per_quarter: int, at_tick: int, compound: bool) -> Code:
    """Where the melody sounding in the two bars from `at_tick` lies."""
    tokens = melody.from_notes(notes, ticks_per_quarter, at_tick, compound)
    return tuple(encode(network, tokens[None])[0].tolist())


def shifted(notes: Sequence[Note], ticks: int, origin: Origin | None = None) -> tuple[Note, ...]:
    """Notes moved in time, and marked as written by `origin` if one is given."""
    return tuple(replace(n, start=n.start + ticks, origin=origin or n.origin) for n in notes)


def options_for(network: Any, steering: Steering) -> Any:
    """The network's own sampling options, as the steering stands."""
    import sys

    return sys.modules[type(network).__module__].SampleOptions(
        temperature=steering.temperature, compound=steering.compound, seed=steering.seed
    )
