"""Notes pinned in melodies: are they there, were they prepared, and what did the melody pay for them?

Pins are set on the first beats of bars of tunes the network has never heard. Left to themselves ("unforced"), a network
that knows the pins should still arrive at them; its plain twin, which does not, arrives by chance only, and the share
of its melodies that keep all pins is what trying again and again would find. Two harder sets: any notes of one scale on
the first beats, and a climb by semitones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset
from engine.evaluation.features import Meter
from engine.evaluation.masked import here_and_there, some
from engine.jobs.job import Report, silent

SAMPLE, REFERENCE = 1_000, 3_000
TRIES = 2  # unforced melodies for the pins of each tune
SCALE = (60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79)
Windows = NDArray[np.uint8]
Pins = NDArray[np.bool_]
Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Figures of pinned melodies; see the words of each in `words_pins`."""
    rng = np.random.default_rng(11)
    real = some(data.held_out.windows, codec, SAMPLE, rng)
    meter = Meter(some(data.train.windows, codec, REFERENCE, rng))
    pins = first_beats(real)
    report(0, 6, "composing through pins")
    through = compose(network, real, pins)
    figures = {
        "pins_kept": float((through == real)[pins].mean()),
        "pin_leap": leap(through, pins),
        "real_pin_leap": leap(real, pins),
        "pin_nats": nats(network, through, pins, pins),
        "pin_surprise": nats(network, through, np.zeros_like(pins), pins),
        "real_pin_surprise": nats(network, real, np.zeros_like(pins), pins),
        "pinned_fd": meter.frechet(through),
    }
    figures |= _unforced(network, real, pins, report)
    for index, (name, wanted) in enumerate((("scale", _scale(real, rng)), ("chromatic", _climb(real)))):
        report(3 + index, 6, "composing through harder pins")
        figures |= _harder(network, name, *wanted)
    report(5, 6, "surprise at real tunes")
    used, few = real != melody.PAD, here_and_there(real, rng)
    figures["free_nats"] = nats(network, real, np.zeros_like(used), used)
    figures["between_nats"] = nats(network, real, few, used & ~few)
    figures["composed_fd"] = meter.frechet(_drawn(network, real))
    return figures, {}


def _unforced(network: Any, real: Windows, pins: Pins, report: Report) -> Figures:
    """How many pins come by themselves."""
    one, every = [], []
    for index in range(TRIES):
        report(1 + index / TRIES, 6, "pins left to themselves")
        kept = (compose(network, real, pins, forced=False, seed=2 + index) == real) | ~pins
        one.append(kept[pins].mean())
        every.append(kept.all(1).mean())
    return {"unforced_pins_kept": float(np.mean(one)), "unforced_all_pins_kept": float(np.mean(every))}


def _harder(network: Any, name: str, wanted: Windows, pins: Pins) -> Figures:
    through = compose(network, wanted, pins)
    figures = {
        f"{name}_pin_nats": nats(network, through, pins, pins),
        f"{name}_pin_surprise": nats(network, through, np.zeros_like(pins), pins),
        f"{name}_pin_leap": leap(through, pins),
    }
    if name == "scale":
        free = compose(network, wanted, pins, forced=False, seed=2)
        figures["unforced_scale_pins_kept"] = float((free == wanted)[pins].mean())
    return figures


def _drawn(network: Any, like: Windows) -> Windows:
    """New melodies, nothing pinned, in the kinds of bar that real ones have."""
    module, made = _module(network), []
    for compound in (False, True):
        n = int((melody.is_compound(like) == compound).sum())
        made.append(network.sample(n, module.SampleOptions(compound=compound)).numpy())
    return np.asarray(np.concatenate(made).astype(np.uint8))


def compose(network: Any, windows: Windows, pins: Pins, **wanted: Any) -> Windows:
    """Melodies through the pins of windows."""
    import torch

    options = _module(network).SampleOptions(**wanted)
    with torch.inference_mode():
        found = network.through(torch.from_numpy(windows.astype(np.int64)), torch.from_numpy(~pins), options)
        return np.asarray(found.numpy().astype(np.uint8))


def nats(network: Any, windows: Windows, pins: Pins, where: Pins) -> float:
    """Mean surprise at some steps of melodies under their pins."""
    import torch

    with torch.inference_mode():
        found = network.surprise(torch.from_numpy(windows.astype(np.int64)), torch.from_numpy(pins)).numpy()
    return float(found[where].mean())


def first_beats(windows: Windows) -> Pins:
    """Notes that begin with a bar."""
    first = np.arange(windows.shape[1]) % melody.BAR_SLOTS == 0
    return np.asarray(first & (windows >= melody.FIRST_PITCH_TOKEN) & (windows < melody.PAD))


def leap(windows: Windows, pins: Pins) -> float:
    """Semitones, on average, from the note before a pinned note into it."""
    notes = (windows >= melody.FIRST_PITCH_TOKEN) & (windows < melody.PAD)
    place = np.maximum.accumulate(np.where(notes, np.arange(windows.shape[1]), -1), axis=1)
    before = np.concatenate([np.full((len(place), 1), -1), place[:, :-1]], 1)
    rows, steps = np.nonzero(pins & (before >= 0))
    moved = windows[rows, steps].astype(int) - windows[rows, before[rows, steps]].astype(int)
    return float(np.abs(moved).mean())


def _scale(real: Windows, rng: np.random.Generator) -> tuple[Windows, Pins]:
    """Any note of one scale on every first beat."""
    pins = np.zeros(real.shape, dtype=bool)
    pins[:, :: melody.BAR_SLOTS] = True
    chosen = rng.choice(np.array(SCALE), real.shape) - melody.LOWEST + melody.FIRST_PITCH_TOKEN
    return np.where(pins, chosen, real).astype(np.uint8), pins


def _climb(real: Windows) -> tuple[Windows, Pins]:
    """A semitone higher in the first and in the middle of every bar."""
    steps = np.arange(real.shape[1])
    middle = np.where(melody.is_compound(real), 6, 8)[:, None]
    pins = np.asarray((steps % melody.BAR_SLOTS == 0) | (steps % melody.BAR_SLOTS == middle))
    pitch = 60 + np.cumsum(pins, axis=1) - 1 - melody.LOWEST + melody.FIRST_PITCH_TOKEN
    return np.where(pins, pitch, real).astype(np.uint8), pins


def _module(network: Any) -> Any:
    import sys

    return sys.modules[type(network).__module__]
