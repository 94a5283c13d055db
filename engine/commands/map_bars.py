"""Where the map writes: the bars of the score that a melody of the model on the map fills, and in which meter."""

from __future__ import annotations

from dataclasses import replace

from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec
from engine.codecs.melody import MELODY
from engine.commands.document import Steering
from engine.models.registry import find
from engine.score import Score

SWAYING = {(6, 8), (3, 4), (3, 8), (12, 8), (6, 4), (3, 2)}  # meters that bars of twelve sixteenths fill without rest


def codec_on_map(steering: Steering) -> Codec:
    """What writes the melodies of the model on the map; that of two-bar melodies if nobody knows the model."""
    known = find(steering.model)
    return MELODY if known is None else codec_of(known.codec)


def map_span(steering: Steering, ticks_per_quarter: int) -> tuple[int, int]:
    """First tick of the bars the map writes, and the tick after them."""
    length = codec_on_map(steering).span_ticks(ticks_per_quarter, steering.compound)
    return steering.at_tick, steering.at_tick + length


def sways(score: Score, tick: int) -> bool:
    """Whether the meter there wants bars of twelve sixteenths rather than of sixteen."""
    meter = score.meter_at(tick)
    return (meter.numerator, meter.denominator) in SWAYING


def first_steering(score: Score) -> Steering:
    """Where the map writes in a piece that comes without any steering: its first bars, in their meter, on the first
    track that plays a tune (drums have none).
    """
    pitched = [index for index, track in enumerate(score.tracks) if not track.drums]
    sounding = [index for index in pitched if score.tracks[index].columns.shape[1]]
    return Steering(compound=sways(score, 0), track=next(iter(sounding or pitched), 0))


def in_meter_of(score: Score, before: Score, steering: Steering) -> Steering:
    """The steering of a piece whose time signatures were changed: the map's bars go with those where they are."""
    swaying = sways(score, steering.at_tick)
    return replace(steering, compound=swaying) if swaying != sways(before, steering.at_tick) else steering
