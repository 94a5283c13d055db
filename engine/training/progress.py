"""What a training tells of itself while it runs: plain records without torch, for words, curves and another process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.verbs.idea import Idea


@dataclass(frozen=True)
class Look:
    """How a training stood at one moment; there are about a hundred in the whole of it.

    Attributes:
        step: how many there had been.
        fraction: of the whole training, 0..1.
        figures: name -> value. Losses are always there; what costs time to measure is not in every look. Of games:
            `critic_gradient`, `generator_gradient` (norms), `critic_step`, `generator_step` (length of a step as a
            share of the weights'), `right`, `fooled` (shares), `divergence`, `unique` (share of different pieces),
            `distance` (of the music from the corpus), `growth`, `turn`, `doubt` (of the leading eigenvalue), `circle`,
            `widening` (of the eigenvalue that goes round fastest). Of others: `heard` and `unheard`, the loss on
            training and on held-out music; of autoencoders `back`, the share of held-out music that they say rightly.
    """

    step: int
    fraction: float
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Verdict:
    """How a training goes, in plain words.

    Attributes:
        name: begun, learning, collapsed, too strong, too weak, circling, stalled, by heart, own music, broken,
            not kept.
        words: what is the matter, a sentence.
        remedy: what to try, a sentence; empty if nothing need be done.
        options: fields of the network's or the training's options that the remedy is about.
    """

    name: str
    words: str
    remedy: str = ""
    options: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Nothing need be done."""
        return not self.remedy


BEGUN = Verdict("begun", "It has only just begun.")


@dataclass(frozen=True)
class TrainingProgress:
    """How far a training is.

    Attributes:
        step: of this network.
        fraction: of this network's training, 0..1.
        losses: smoothed.
        network: empty for the one that is kept, or the name of a twin that is trained for comparison.
        seconds_left: of this network's training, None while nobody knows.
        pace: steps in a second.
        chip: what computes.
        alarm: why it cannot be kept, or the network itself says that its training has gone wrong.
        verdict: how it goes.
        looks: how it went so far.
    """

    step: int
    fraction: float
    losses: Mapping[str, float]
    network: str = ""
    seconds_left: float | None = None
    pace: float = 0.0
    chip: str = ""
    alarm: str = ""
    verdict: Verdict = BEGUN
    looks: tuple[Look, ...] = field(default=())


@dataclass(frozen=True)
class Line:
    """One row of the small table that is measured while a network learns.

    Attributes:
        name: "this one", or what it is held against: "real music", "Markov chain".
        figures: name -> value; the same names in every row.
    """

    name: str
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Heard:
    """What a network that still learns makes by now; comes every few minutes.

    Attributes:
        step, fraction: where the training was.
        samples: music it made, always from the same dice, so that one can hear it learn.
        ticks_per_quarter: of the samples.
        places: of training melodies on the map that is forming, float32 [n, 2], turned so that it does not jump from
            one time to the next; None for networks without codes.
        kinds: of those melodies, small whole numbers [n] by which they are coloured; None with `places`.
        table: itself, real music and a Markov chain, measured alike on held-out music; may be empty. This and the
            places are the newest there are: they are not asked anew when that would cost the training too much time.
        kind_names: what the kinds are called, by their numbers; empty where nobody knows.
    """

    step: int
    fraction: float
    samples: tuple[Idea, ...]
    ticks_per_quarter: int = 480
    places: NDArray[np.float32] | None = None
    kinds: NDArray[np.uint8] | None = None
    table: tuple[Line, ...] = ()
    kind_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """Something about a training that is to be said aloud, once.

    Attributes:
        words: a sentence or two.
    """

    words: str


News = TrainingProgress | Heard | Said
# Hears how a training goes; answers whether this is enough: what is best so far is then kept.
Tell = Callable[[News], bool]


def nobody(news: News) -> bool:
    """A listener for scripts and tests: does nothing, and lets it go on to the end."""
    return False
