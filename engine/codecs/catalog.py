"""Every codec, by the name the registry uses."""

from __future__ import annotations

import importlib

from engine.codecs.codec import Codec

_WHERE = {  # name -> module and instance, imported when first asked for
    "melody": ("melody", "MELODY"),
    "melody4": ("melody", "MELODY4"),
    "phrase": ("melody", "PHRASE"),
    "period": ("melody", "PERIOD"),
    "chorale": ("chorale", "CHORALE"),
    "roll": ("roll", "ROLL"),
    "tune": ("tune", "TUNE"),
    "frames": ("frames", "FRAMES"),
    "stream": ("stream", "STREAM"),
}
NAMES = tuple(_WHERE)
MELODIC = ("melody", "melody4", "phrase", "period")  # one voice on a grid of sixteenths
TUNES = ("tune",)  # one voice as events
STREAMS = ("stream",)  # two hands as events in free time


def codec(name: str) -> Codec:
    """The codec of a name (a registry row's `codec`)."""
    module, instance = _WHERE[name]
    found: Codec = getattr(importlib.import_module(f"engine.codecs.{module}"), instance)
    return found
