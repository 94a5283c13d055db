"""Polyphony (Mogren, 2016): how often notes begin together. Each moment counts once, however many notes it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def share(onsets: Iterable[int]) -> float:
    """Part of the moments at which notes begin that begin two or more; 0 without notes."""
    moments = Counter(onsets)
    return sum(count >= 2 for count in moments.values()) / max(1, len(moments))
