"""From a place in latent space to notes: what the interactive lane and the verbs compute. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Codec
from engine.codecs.melody import MELODY
from engine.commands.document import Pin, Steering
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.latent.crossfade import crossfade
from engine.latent.interpolate import leg, slerp
from engine.latent.map import Code, LatentMap
from engine.options import fitting
from engine.score import Note, Origin, Track

if TYPE_CHECKING:
    from torch import nn

ALIKE = 0.8  # of the notes: then it is the same melody in another key


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


def mixed(steering: Steering) -> float | None:
    """How far the puck stands on the way through the pins in data space; None if the melody is the model's."""
    t, pins = steering.crossfade, steering.pins
    if t is None or len(pins) < 2 or any(steering.sliders.values()):
        return None
    number, part = leg(len(pins), t)
    start, end, here = (np.array(code) for code in (pins[number].code, pins[number + 1].code, steering.code))
    if not len(start) == len(end) == len(here) or not np.allclose(slerp(start, end, part), here, atol=1e-3):
        return None  # the puck was led elsewhere since
    return t


def morph(network: nn.Module, chart: LatentMap, steering: Steering, ticks_per_quarter: int) -> Morph:
    """The bars at the puck. At a pin the very notes come back that were put there.

    Raises:
        UserError: the code belongs to another latent space.
    """
    pin = pinned(steering)
    if pin is not None:
        return Morph(pin.notes, reconstruction=False)
    tokens = crossfaded(chart.codec, steering, ticks_per_quarter)
    if tokens is None:
        if not chart.fits(steering.code):
            raise UserError("This place is on the map of another model.", "Put the puck somewhere on this map.")
        code = chart.steered(steering.code, steering.sliders, steering.learnt)
        tokens = decode(network, code[None], steering)[0]
    return Morph(chart.codec.write(tokens, ticks_per_quarter)[0].notes, reconstruction=True)


def crossfaded(codec: Codec, steering: Steering, ticks_per_quarter: int) -> NDArray[np.uint8] | None:
    """Tokens of two pins that follow one another, faded, if the puck stands on the way between them for that.

    No model is asked: every step is one of theirs. None if it is the model's melody that is wanted.
    """
    t, pins = mixed(steering), steering.pins
    if t is None:
        return None
    number, part = leg(len(pins), t)
    try:
        first, second = (
            codec.read((Track.of(pin.notes),), ticks_per_quarter, 0, steering.compound)
            for pin in pins[number : number + 2]
        )
    except UserError:
        return None  # silence has no steps to take
    return crossfade(first, second, part, np.random.default_rng(steering.seed))


def decode(network: Any, codes: NDArray[np.floating], steering: Steering) -> NDArray[np.uint8]:
    """Tokens uint8 [n, *shape] of codes [n, d], with the steering's temperature, seed and kind of bar."""
    import torch

    options = options_for(network, steering)
    z = torch.from_numpy(np.ascontiguousarray(codes, dtype=np.float32))
    with torch.inference_mode():
        return np.asarray(network.decode(z, options).numpy().astype(np.uint8))


def encode(network: Any, tokens: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Codes float32 [n, d] of tokens [n, *shape]."""
    import torch

    return np.asarray(network.encode(torch.from_numpy(tokens.astype(np.int64))).numpy())


def candidates(
    network: Any,
    steering: Steering,
    count: int,
    ticks_per_quarter: int,
    report: Report = silent,
    codec: Codec = MELODY,
) -> tuple[tuple[tuple[Note, ...], ...], tuple[Code, ...]]:
    """`count` new melodies from the prior (notes from tick 0 on) and their codes; repeatable by the seed."""
    report(0, count, "drawing")
    options = options_for(network, steering)
    codes = network.draw(count, options).numpy()
    windows = decode(network, codes, steering)
    notes = tuple(codec.write(window, ticks_per_quarter)[0].notes for window in windows)
    return notes, tuple(tuple(code.tolist()) for code in codes)


def around(
    network: Any,
    chart: LatentMap,
    steering: Steering,
    count: int,
    radius: float,
    ticks_per_quarter: int,
) -> tuple[tuple[tuple[Note, ...], ...], tuple[Code, ...]]:
    """`count` melodies around the puck (notes from tick 0 on) and their codes; repeatable by the seed.

    Args:
        network: draws and decodes.
        chart: its map.
        steering: where the puck stands; its sliders count.
        count: how many.
        radius: how far from it: 0 is the same place, 1 is anywhere, as likely as what the model draws by itself.
        ticks_per_quarter: of the notes.
    """
    here = chart.steered(steering.code, steering.sliders, steering.learnt)
    middle = chart.codes.mean(0)
    drawn = network.draw(count, options_for(network, steering)).numpy()
    codes = middle + np.sqrt(1 - radius * radius) * (here - middle) + radius * (drawn - middle)
    windows = decode(network, codes, steering)
    notes = tuple(chart.codec.write(window, ticks_per_quarter)[0].notes for window in windows)
    return notes, tuple(tuple(code.tolist()) for code in codes.astype(np.float32))


def transposed(
    network: Any,
    steering: Steering,
    melodies: Sequence[tuple[Note, ...]],
    semitones: Sequence[int],
    ticks_per_quarter: int,
    codec: Codec = MELODY,
) -> list[tuple[tuple[Note, ...], Code] | None]:
    """Melodies each so many semitones higher, as the network itself gives them back, and the codes they then have.

    None for what it cannot say there: notes beyond its range, or another melody comes back.
    """
    if not melodies:
        return []
    ways = zip(melodies, semitones, strict=True)
    moved = [tuple(replace(note, pitch=note.pitch + way) for note in melody) for melody, way in ways]
    try:
        read = [codec.read((Track.of(melody),), ticks_per_quarter, 0, steering.compound) for melody in moved]
    except UserError:
        return [None] * len(moved)
    codes = encode(network, np.stack(read))
    windows = decode(network, codes, steering)
    made: list[tuple[tuple[Note, ...], Code] | None] = []
    for melody, window, code in zip(moved, windows, codes, strict=True):
        heard = codec.write(window, ticks_per_quarter)[0].notes
        same = {(note.start, note.pitch) for note in heard} & {(note.start, note.pitch) for note in melody}
        alike = len(same) >= ALIKE * max(len(heard), len(melody))
        made.append((heard, tuple(code.tolist())) if alike else None)
    return made


def code_of(
    network: Any,
    notes: Sequence[Note],
    ticks_per_quarter: int,
    at_tick: int,
    compound: bool,
    codec: Codec = MELODY,
) -> Code:
    """Where the melody sounding in the bars from `at_tick` lies.

    Raises:
        UserError: nothing sounds there.
    """
    tokens = codec.read((Track.of(notes),), ticks_per_quarter, at_tick, compound)
    return tuple(encode(network, tokens[None])[0].tolist())


def shifted(notes: Sequence[Note], ticks: int, origin: Origin | None = None) -> tuple[Note, ...]:
    """Notes moved in time, and marked as written by `origin` if one is given."""
    return tuple(replace(n, start=n.start + ticks, origin=origin or n.origin) for n in notes)


def options_for(network: Any, steering: Steering) -> Any:
    """The network's own sampling options, as far as it has them, as the steering stands."""
    import sys

    options = sys.modules[type(network).__module__].SampleOptions
    wanted = {"temperature": steering.temperature, "compound": steering.compound, "seed": steering.seed}
    return fitting(options, wanted)
