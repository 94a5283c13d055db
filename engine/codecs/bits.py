"""Windows of zeros and ones, eight cells in a byte: what bundles keep of rolls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Codec, Tokens


def packed(windows: Tokens, codec: Codec) -> Tokens:
    """Windows [n, *shape] of a codec with two tokens as [n, ..., ceil(last / 8)]; others as they are."""
    return np.packbits(windows, axis=-1) if codec.vocabulary == 2 else windows


def unpacked(kept: NDArray[Any], codec: Codec) -> Tokens:
    """The windows [n, *shape] that `packed` was given; windows that were not packed as they are."""
    if kept.shape[1:] == codec.shape:
        return kept.astype(np.uint8)
    return np.unpackbits(kept.astype(np.uint8), axis=-1, count=codec.shape[-1])
