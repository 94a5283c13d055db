"""Where the map writes: the bars of the score that a melody of the model on the map fills."""

from __future__ import annotations

from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec
from engine.codecs.melody import MELODY
from engine.commands.document import Steering
from engine.models.registry import find


def codec_on_map(steering: Steering) -> Codec:
    """What writes the melodies of the model on the map; that of two-bar melodies if nobody knows the model."""
    known = find(steering.model)
    return MELODY if known is None else codec_of(known.codec)


def map_span(steering: Steering, ticks_per_quarter: int) -> tuple[int, int]:
    """First tick of the bars the map writes, and the tick after them."""
    length = codec_on_map(steering).span_ticks(ticks_per_quarter, steering.compound)
    return steering.at_tick, steering.at_tick + length
