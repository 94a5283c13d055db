"""The map of a network that still learns: the same training melodies each time, where its codes put them now."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.catalog import MELODIC
from engine.codecs.codec import Codec
from engine.corpus.dataset import Split
from engine.jobs.generate import encode

DOTS = 400
KINDS = 6  # as many as can be told apart by shape and colour
OTHER, BARS = "other", ("4/4, 2/4", "6/8, 3/4")

Places = NDArray[np.float32]


class Forming:
    """Dots on the plane on which the codes differ most, turned each time so that they move as little as they can."""

    def __init__(self, split: Split, codec: Codec) -> None:
        """Some windows of a split, always the same."""
        chosen = np.sort(np.random.default_rng(17).permutation(len(split.windows))[:DOTS])
        self._windows = split.windows[chosen]
        self.kinds, self.names = _kinds(split, chosen, codec)
        self._before: Places | None = None

    def go_on(self, before: Places | None) -> None:
        """Where the dots were when this training was last interrupted: they do not jump then either."""
        if before is not None and before.shape == (len(self._windows), 2):
            self._before = before

    def look(self, network: Any) -> Places:
        """Where they are now, float32 [n, 2] within -1..1; `network` is on the CPU."""
        flat = plane(encode(network, self._windows))
        if self._before is not None:
            flat = turned(flat, self._before)
        self._before = flat
        return flat


def plane(codes: NDArray[np.floating]) -> Places:
    """Codes [n, d] on their two principal axes, scaled to -1..1; all in the middle if they are all the same."""
    middle = np.nan_to_num(codes.astype(np.float64))
    middle = middle - middle.mean(0)
    left, sizes, _ = np.linalg.svd(middle, full_matrices=False)
    flat = np.zeros((len(codes), 2))
    flat[:, : min(2, len(sizes))] = (left * sizes)[:, :2]
    return _scaled(flat)


def turned(flat: Places, before: Places) -> Places:
    """Places turned and mirrored as a whole towards where the same dots were before (orthogonal Procrustes)."""
    left, _, right = np.linalg.svd(flat.astype(np.float64).T @ before.astype(np.float64))
    return _scaled(flat @ (left @ right))


def _scaled(flat: NDArray[np.floating]) -> Places:
    return (flat / max(float(np.abs(flat).max(initial=0.0)), 1e-9)).astype(np.float32)


def _kinds(split: Split, chosen: NDArray[np.intp], codec: Codec) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """By which the dots are coloured, and what that is called: as the corpus calls its tunes, else by their bars."""
    if len(set(split.kinds)) > 1:
        found = [split.kinds[tune] for tune in split.tunes[chosen]]
        often = [name for name, _ in Counter(name for name in found if name).most_common()]
        names = often if len(often) <= KINDS and "" not in found else [*often[: KINDS - 1], OTHER]
        return np.array([names.index(n if n in names else OTHER) for n in found], np.uint8), tuple(names)
    if codec.name in MELODIC:
        return melody.is_compound(split.windows[chosen]).astype(np.uint8), BARS
    return np.zeros(len(chosen), dtype=np.uint8), ()
