"""What a verb lacks, in words that say what to do."""

from __future__ import annotations

from app.i18n import tr
from app.passages import Use
from engine.codecs.catalog import codec as codec_of
from engine.codecs.codec import Codec

NUMBERS = {1: "one", 2: "two", 4: "four", 8: "eight", 16: "sixteen"}


def length_words(codec_name: str) -> str:
    """How long a window is: "two bars"."""
    bars = codec_of(codec_name).bars
    return tr("{count} bars").format(count=tr(NUMBERS.get(bars, str(bars))))


def missing(codec: Codec, use: Use, drums: str = "") -> str:
    """Why there is no window to work on.

    Args:
        codec: of the model.
        use: what of the music it would be given.
        drums: name of the track that is edited, if it is drums; else empty.
    """
    if drums:
        words = tr("It knows notes, not drums, and {name} is a drum track: choose another track above the roll.")
        return words.format(name=drums)
    if use is Use.BEFORE:
        return tr("There is nothing to go on from: write some bars, then put the map's marker behind them.")
    words = tr("It works on {length} of your music: write them where the map's marker stands, or select them.")
    return words.format(length=length_words(codec.name))


def missing_two(codec: Codec, pins: bool) -> str:
    """Why there are no two windows to work on; `pins`: the map's are of this codec."""
    if pins:
        words = tr("It works on two melodies of {length}: set pins A and B on the map, or select the second one.")
    else:
        words = tr(
            "It works on two passages of {length}: the bars at the map's marker, and notes you select elsewhere."
        )
    return words.format(length=length_words(codec.name))
