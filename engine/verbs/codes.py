"""What several verbs do with a network: encode, decode and draw, with the options it knows."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs.codec import Tokens
from engine.options import fitting
from engine.verbs.verb import Asked

AT_ONCE = 256


def sampling(asked: Asked, **wanted: Any) -> Any:
    """The row's `SampleOptions`: the verb's own options, the kind of bar, and what else is wanted."""
    mine = dataclasses.asdict(asked.options) | {"compound": asked.compound} | wanted
    return fitting(asked.row.load_module().SampleOptions, mine)


def encode(asked: Asked, windows: Tokens) -> NDArray[np.float32]:
    """Codes [n, d] of windows [n, *shape]."""
    from engine.jobs import generate

    return generate.encode(asked.network, windows)


def decode(asked: Asked, codes: NDArray[np.floating], **wanted: Any) -> Tokens:
    """Windows [n, *shape] of codes [n, d]."""
    import torch

    z = torch.from_numpy(np.ascontiguousarray(codes, dtype=np.float32))
    options = sampling(asked, **wanted)
    with torch.inference_mode():
        parts = [asked.network.decode(part, options) for part in z.split(AT_ONCE)]
    return np.asarray(torch.cat(parts).numpy().astype(np.uint8))


def row_of(numbers: NDArray[np.floating]) -> tuple[float, ...]:
    """One code as plain numbers."""
    return tuple(float(number) for number in numbers)
