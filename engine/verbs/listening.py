"""The picture of who listened to what: attention, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.codecs import melody
from engine.codecs.codec import Tokens
from engine.verbs.idea import Picture

DIGITS = 4


def listening(network: Any, mine: Tokens, made: Tokens, caption: str) -> Picture:
    """How much each sixteenth of what a network made (from the top down) listened to each of mine (left to right).

    Steps that listened to nothing, or that nothing listened to, are left out.

    Args:
        network: that attends.
        mine: a window of its codec.
        made: the window it made of it.
        caption: of the picture.
    """
    import torch

    x, y = (torch.from_numpy(part[None].astype(np.int64)) for part in (mine, made))
    with torch.inference_mode():
        share = network.attention(x, y)[0].numpy()
    if made.ndim == 1:
        share = share[made != melody.PAD]
    share = share[share.any(1)]
    share = share[:, share.any(0)].round(DIGITS)
    return Picture(caption, tuple(tuple(float(v) for v in row) for row in share), "mine", "what it wrote")
