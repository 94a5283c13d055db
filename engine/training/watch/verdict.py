"""How a training goes, judged from its looks alone: learning, collapsed, going round in circles, learnt by heart ...

Figures are smoothed, a judgement is dropped later than it was made, and one look alone changes no word: so the words
stay still while the figures tremble. Judging the same looks again gives the same words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.training.progress import BEGUN, Look, Verdict
from engine.training.watch.swings import swings

YOUNG, YOUNG_STEPS = 0.05, 300  # part of a training, and steps, after which it is judged at all
SETTLED = 0.1  # ... after which a player may be blamed for not being able to do much
SMOOTH = 0.35  # weight of the newest look
PATIENCE = 2  # looks that agree before the words change
STANDSTILL = 0.25  # part of a training in which something has to get better
BETTER = 0.01  # of the way made so far, what counts as better
RISEN = 0.05  # of the way made so far, what counts as worse
HARDLY = 0.01  # ... what counts as worse while music that is heard gets better by LEARNT
LEARNT = 0.04
NO_GAIN = 0.15  # part of a training in which it gets no better, while it gets better by LEARNT at what is heard
LEAST_WAY = 0.4  # share given back: of a shorter way a part would be a trifle
NEARLY_DONE = 0.9  # from here on nothing more is expected

LOST = "lost"  # what an autoencoder does not give back of unheard music: the figure that counts for it, upside down

LEARNING = Verdict("learning", "It is learning.")
COLLAPSED = Verdict(
    "collapsed",
    "It has collapsed: the generator writes the same music again and again.",
    "Let the critic hear how alike a batch is (Minibatch), or pull the weights towards what they were (Historical).",
    ("minibatch", "historical"),
)
TOO_STRONG = Verdict(
    "too strong",
    "The critic is too strong: it is never wrong, and the generator learns nothing from it.",
    "Give it fewer moves (Critic steps) or a lower rate (Critic rate), let noise into what it hears (Noise), "
    "or play by the law wgan-gp.",
    ("critic_steps", "critic_rate", "noise", "law"),
)
TOO_WEAK = Verdict(
    "too weak",
    "The critic is too weak: it cannot tell the generator's music from the corpus, though it is still far from it.",
    "Give it more moves (Critic steps) or a higher rate (Critic rate), or a smaller Penalty.",
    ("critic_steps", "critic_rate", "penalty"),
)
CIRCLING = Verdict(
    "circling",
    "The players run round one another: what one gains, the other takes back.",
    "Play with less Momentum, with a penalty on real music (Penalty on: real), or a lower Learning rate.",
    ("momentum", "penalty_on", "learning_rate"),
)
STALLED = Verdict(
    "stalled",
    "It has come to a stand: for a quarter of the training nothing has got better.",
    "Stop, which keeps the best; then try another Learning rate.",
    ("learning_rate",),
)
BY_HEART = Verdict(
    "by heart",
    "It learns its music by heart: with music it has not heard it gets no better any more.",
    "More music would carry it further, or a model to begin with that knows some; more Weight decay helps a little.",
    ("weight_decay",),
)
OWN_MUSIC = Verdict(
    "own music",
    "It still learns its own music better; of music it has not heard it gives back no more than before.",
)
BROKEN = Verdict(
    "broken",
    "Its numbers have run away: nothing can come of this.",
    "Stop, and start again with a lower Learning rate.",
    ("learning_rate",),
)


def not_kept(why: str) -> Verdict:
    """What is said of a training whose checkpoint cannot be written, before all else."""
    return Verdict("not kept", f"{why} It goes on learning.", "Free some space, or mend the folder's rights: it is "
                   "kept again as soon as that can be.")  # fmt: skip


def verdict(looks: Iterable[Look], alarm: str = "") -> Verdict:
    """How a training goes.

    Args:
        looks: how it went, from the beginning.
        alarm: why the network itself says that it has gone wrong; it knows better.
    """
    judge = Judge()
    for look in looks:
        judge.hear(look)
    return judge.verdict(alarm)


@dataclass
class Judge:
    """Hears one look after the other; `verdict` at any time is that of all it has heard."""

    smooth: dict[str, float] = field(default_factory=dict)
    history: dict[str, list[float]] = field(default_factory=dict)  # of every figure, measured values only
    _first: dict[str, float] = field(default_factory=dict)
    _best: dict[str, tuple[float, float]] = field(default_factory=dict)  # figure -> (lowest, at which part)
    _on: set[str] = field(default_factory=set)
    _said: Verdict = BEGUN
    _next: tuple[Verdict, int] = (BEGUN, 0)  # what would be said instead, and for how many looks already
    _part: float = 0.0
    _heard_then: float = math.inf  # the loss on heard music when that on unheard music was lowest

    def hear(self, look: Look) -> None:
        """Take one more look into account."""
        self._part = look.fraction
        if not all(math.isfinite(value) for value in look.figures.values()):
            self._on.add(BROKEN.name)
        for name, value in look.figures.items():
            self._note(name, value)
        if "back" in look.figures:
            self._note(LOST, 1 - look.figures["back"])
        if look.fraction >= YOUNG and look.step >= YOUNG_STEPS:
            self._weigh()
            self._settle(next((v for v in _ORDER if v.name in self._on), LEARNING))
        elif look.fraction >= SETTLED and self._has_fallen():
            self._settle(LEARNING)  # a short training on a slow chip may have no more steps than these in all

    def verdict(self, alarm: str = "") -> Verdict:
        """What is to be said now."""
        if BROKEN.name in self._on:
            return BROKEN
        return Verdict("collapsed", alarm, "Stop, and try other options.") if alarm else self._said

    def _note(self, name: str, value: float) -> None:
        before = self.smooth.get(name, value)
        now = self.smooth[name] = before + SMOOTH * (value - before)
        self.history.setdefault(name, []).append(value)
        first = self._first.setdefault(name, now)
        best, _ = self._best.setdefault(name, (now, self._part))
        if now < best - BETTER * max(0.0, first - best):
            self._best[name] = (now, self._part)
            if name == "unheard":
                self._heard_then = self.smooth.get("heard", math.inf)

    def _weigh(self) -> None:
        """Every judgement is made beyond one mark and dropped only behind another."""
        smooth = self.smooth
        right = smooth.get("right", 0.75)
        if self._part >= SETTLED:
            self._mark(COLLAPSED, 0.5 - smooth.get("unique", 1.0), 0.0, -0.15)
            self._mark(TOO_WEAK, -right if self._far() else -1.0, -0.55, -0.6)
        self._mark(TOO_STRONG, min(right, 0.9 + self._deaf()), 0.97, 0.93)
        self._mark(CIRCLING, float(min(swings(self.history.get(name, ())) for name in ("critic", "generator"))), 4, 2)
        self._mark(STALLED, self._standstill(), STANDSTILL, 0.05)
        self._mark(BY_HEART, self._forgetting(), RISEN, 0.02)
        self._mark(OWN_MUSIC, self._part - self._best.get(LOST, (0.0, self._part))[1], STANDSTILL, 0.05)

    def _mark(self, about: Verdict, signal: float, on: float, off: float) -> None:
        if signal >= on:
            self._on.add(about.name)
        elif signal <= off:
            self._on.discard(about.name)

    def _settle(self, found: Verdict) -> None:
        if found == self._said:
            self._next = (found, 0)
            return
        times = self._next[1] + 1 if found == self._next[0] else 1
        self._next = (found, times)
        if times >= PATIENCE or self._said == BEGUN:
            self._said = found

    def _deaf(self) -> float:
        """0.1 if a critic that is always right gives the generator nothing to go by, 0 if it does.

        Its gradient has all but vanished, measured by the largest there was, or the critic's law has reached its end.
        """
        gradients = self.history.get("generator_gradient", ())
        vanished = bool(gradients) and self.smooth["generator_gradient"] < 0.05 * max(gradients)
        return 0.1 if vanished or self.smooth.get("saturated", 0.0) > 0.95 else 0.0

    def _far(self) -> bool:
        """The music is known to be far from the corpus: at least half of what it was at first, or nobody knows."""
        if "distance" not in self.smooth:
            return "right" in self.smooth
        return self.smooth["distance"] > 0.5 * self._first["distance"]

    def _standstill(self) -> float:
        """For how much of the training nothing has got better."""
        name = next((n for n in ("distance", "unheard", "loss") if len(self.history.get(n, ())) > 3), "")
        if not name or self._part >= NEARLY_DONE or self._risen(name) > RISEN:  # a loss may be made to rise
            return 0.0
        return self._part - max(self._best[each][1] for each in (name, LOST) if each in self._best)

    def _forgetting(self) -> float:
        """How much the loss on unheard music has risen again since it was lowest, while that on heard music fell.

        If that one fell a good deal, a little is enough, and so is a long time in which the other did not fall.
        Autoencoders go on getting better while that loss rises: they forget when less of it comes back.
        """
        if "unheard" not in self.smooth or self.smooth.get("heard", math.inf) > self._heard_then:
            return 0.0
        if LOST in self.smooth:
            return (self.smooth[LOST] - self._best[LOST][0]) / max(self._first[LOST] - self._best[LOST][0], LEAST_WAY)
        best, at = self._best["unheard"]
        fallen = (self._heard_then - self.smooth["heard"]) / max(self._first["unheard"] - best, 1e-9)
        risen = self._risen("unheard")
        if fallen >= LEARNT and (risen >= HARDLY or self._part - at >= NO_GAIN):
            return max(risen, RISEN)
        return risen

    def _has_fallen(self) -> bool:
        """Whether anything got better by now."""
        return any(
            self._best[name][0] < self._first[name] for name in ("distance", "unheard", "loss") if name in self._best
        )

    def _risen(self, name: str) -> float:
        """How far a figure is above the lowest it was, as a share of how far it had fallen."""
        best = self._best[name][0]
        return (self.smooth[name] - best) / max(self._first[name] - best, 1e-9)


# the first that holds is said
_ORDER = (BROKEN, COLLAPSED, TOO_STRONG, CIRCLING, BY_HEART, TOO_WEAK, STALLED, OWN_MUSIC)
VERDICTS: Mapping[str, Verdict] = {v.name: v for v in (BEGUN, LEARNING, *_ORDER)}
