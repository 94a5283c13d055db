"""What a dial that a network found by itself is called: by what it measurably moves, in the words of the sliders.

Nobody tells such a network what its dials should mean (see models.info_gan). So melodies are made with the dials
anywhere, their qualities are measured, and a dial is named by the quality it goes with most closely; the strength of
that goes with the name, so that a weak one can be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.latent.qualities import AXES, Floats

WEAK = 0.2  # a correlation below it names nothing
LITTLE = 0.35  # deviations of the mean below it say nothing of a family
MOST = 2  # words for a family


@dataclass(frozen=True)
class DialName:
    """What a dial does.

    Attributes:
        less, more: words for its lower and its upper end; empty where it moves nothing that is measured.
        also: what a family has more of than others, in words; empty for a dial with two ends.
        strength: correlation with the quality that `more` and `less` are the ends of, 0 to 1; of a family, deviations.
        quality: that quality's name.
    """

    less: str = ""
    more: str = ""
    also: tuple[str, ...] = ()
    strength: float = 0.0
    quality: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> DialName:
        """From a bundle's header."""
        return cls(
            str(kept.get("less", "")),
            str(kept.get("more", "")),
            tuple(str(word) for word in kept.get("also", ())),
            float(kept.get("strength", 0.0)),
            str(kept.get("quality", "")),
        )


def correlations(turned: NDArray[np.floating], values: Mapping[str, Floats]) -> dict[str, float]:
    """How closely each quality [n] goes with where a dial stood [n], -1 to 1."""
    return {name: _correlation(turned, heard) for name, heard in values.items()}


def _correlation(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    spread = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 1e-9 else 0.0


def slider_name(turned: NDArray[np.floating], values: Mapping[str, Floats], taken: Sequence[str] = ()) -> DialName:
    """The name of a dial with two ends; what another dial is named by already names no second one.

    Args:
        turned: where it stood, [n].
        values: the qualities of the melodies made so, [n] each.
        taken: qualities that name other dials.
    """
    found = {name: value for name, value in correlations(turned, values).items() if name not in taken}
    if not found:
        return DialName()
    quality = max(found, key=lambda name: abs(found[name]))
    strength = found[quality]
    if abs(strength) < WEAK:
        return DialName(strength=round(abs(strength), 3))
    less, more = AXES[quality] if strength > 0 else AXES[quality][::-1]
    return DialName(less, more, (), round(abs(strength), 3), quality)


def family_name(members: NDArray[np.bool_], values: Mapping[str, Floats]) -> DialName:
    """The name of a family of melodies, bool [n], among others: what it has more of, or less."""
    if not members.any() or members.all():
        return DialName()
    apart = {
        name: float((heard[members].mean() - heard.mean()) / max(float(heard.std()), 1e-9))
        for name, heard in values.items()
    }
    most = sorted((name for name in apart if abs(apart[name]) >= LITTLE), key=lambda name: -abs(apart[name]))[:MOST]
    also = tuple(AXES[name][int(apart[name] > 0)] for name in most)
    strength = abs(apart[most[0]]) if most else max((abs(value) for value in apart.values()), default=0.0)
    return DialName("", "", also, round(strength, 3), most[0] if most else "")
