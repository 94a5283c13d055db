"""The way through the pins as an arrangement: one variation after the other, from the first pin to the last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.commands.document import Steering
from engine.commands.map_bars import codec_on_map, map_span
from engine.errors import UserError
from engine.jobs import generate
from engine.latent.interpolate import leg, slerp
from engine.score import Note, Origin

if TYPE_CHECKING:
    from torch import nn

    from engine.latent.map import LatentMap


def stations(pins: int, count: int) -> list[float]:
    """Where on the way (0..1) so many variations stand: evenly, but on every pin if there is one for each.

    Args:
        pins: how many there are, 2 or more.
        count: of the variations, 2 or more.
    """
    places = [float(place) for place in np.linspace(0, 1, count)]
    if count >= pins:
        for pin in range(1, pins - 1):
            places[round(pin / (pins - 1) * (count - 1))] = pin / (pins - 1)
    return places


def walked(
    network: nn.Module, chart: LatentMap, steering: Steering, count: int, bars: int, crossfades: bool, resolution: int
) -> tuple[tuple[Note, ...], int]:
    """The melodies along the way through the pins, one behind the other.

    Args:
        network: that of the map, loaded.
        chart: the map.
        steering: whose pins, sliders, temperature and seed count.
        count: variations, 2 or more.
        bars: that each of them sounds; fewer than the model writes: the first ones of one, the next ones of the next.
        crossfades: the way goes step by step instead of through the model's space.
        resolution: ticks per quarter.

    Returns:
        the notes from tick 0 on, and how many ticks they fill.

    Raises:
        UserError: there are fewer than two pins of this map.
    """
    pins = tuple(pin for pin in steering.pins if chart.fits(pin.code))
    if len(pins) < 2:
        raise UserError("There is no way yet.", "Pin two places on the map or more.")
    written = codec_on_map(steering)
    _, whole = map_span(replace(steering, at_tick=0), resolution)
    each = min(bars, written.bars) * whole // written.bars
    notes: list[Note] = []
    for number, t in enumerate(stations(len(pins), count)):
        made = generate.morph(network, chart, _standing(replace(steering, pins=pins), t, crossfades), resolution)
        first = number * each % whole
        origin = Origin.GENERATED if made.reconstruction else None
        notes += generate.shifted(_part(made.notes, first, each), number * each - first, origin)
    return tuple(notes), count * each


def _standing(steering: Steering, t: float, crossfades: bool) -> Steering:
    """The puck at t on the way; at a pin, exactly on it."""
    number, part = leg(len(steering.pins), t)
    near, far = (pin.code for pin in steering.pins[number : number + 2])
    if part < 1e-6 or part > 1 - 1e-6:
        return replace(steering, code=far if part > 0.5 else near, crossfade=None)
    code = slerp(np.array(near), np.array(far), part)
    return replace(steering, code=tuple(code.tolist()), crossfade=t if crossfades else None)


def _part(notes: tuple[Note, ...], first: int, ticks: int) -> tuple[Note, ...]:
    """The notes that begin within some ticks, cut at their end."""
    inside = (note for note in notes if first <= note.start < first + ticks)
    return tuple(replace(note, length=min(note.length, first + ticks - note.start)) for note in inside)
