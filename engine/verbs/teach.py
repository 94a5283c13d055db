"""Teach: the composer chooses and weighs rules of theory, and a copy of the network learns them while one watches."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import Cancelled
from engine.jobs.job import Report
from engine.options import option
from engine.verbs.verb import Asked, Idea, Plot, Verb

RULES = {  # as rules are called in `models.music_rules`, and in a plot
    "in_key": "in key",
    "tonic": "tonic at both ends",
    "repetition": "no repetition",
    "autocorrelation": "no drift",
    "motif": "motifs",
    "repeated_motif": "motifs again",
    "intervals": "intervals",
    "leaps": "leaps made good",
    "extremes": "one top, one bottom",
}
SHOWN = {  # figures of `evaluation.rules` a composer is told of
    "rules_reward": "reward per step",
    "not_in_key": "out of key",
    "starts_on_tonic": "starts on the tonic",
    "leaps_resolved": "leaps resolved",
    "in_motif": "in a motif",
    "in_repeated_motif": "in a motif that comes again",
    "unique_highest": "highest note only once",
    "rules_nats": "log p per step",
}
PIECES, JUDGED = 3, 200  # melodies that are shown before and after, and that are counted
POINTS, SKETCH_SECONDS = 60, 1.0


@dataclass(frozen=True)
class Options:
    """Which rules count, how much, and how long they are taught."""

    in_key: float = option(1.0, "every note belongs to the key; 0 switches a rule off", 0.0, 3.0)
    tonic: float = option(1.5, "the tonic begins, and sounds at the end", 0.0, 3.0)
    repetition: float = option(1.0, "no note or rest over and over", 0.0, 3.0)
    autocorrelation: float = option(0.3, "no line that only drifts on, or swings to and fro", 0.0, 3.0)
    motif: float = option(1.0, "at least three different notes in any bar's length", 0.0, 3.0)
    repeated_motif: float = option(1.0, "motifs that come again, whole or nearly", 0.0, 3.0)
    intervals: float = option(0.2, "small intervals, held tonics and fifths, nothing beyond the octave", 0.0, 3.0)
    leaps: float = option(1.5, "leaps are made good, and never doubled", 0.0, 3.0)
    extremes: float = option(1.0, "the highest note comes only once, and so does the lowest", 0.0, 3.0)
    scaler: float = option(1.0, "how much all rules count against the music it has learnt", 0.0, 5.0)
    episodes: int = option(40_000, "melodies it writes while it learns: 1,500 or so take a second", 32, 2_000_000)
    algorithm: str = option("q", "q: the best future counts; psi: all futures count, softly", choices=("q", "psi"))
    start: str = option("plain", "begin with the network that knows only music, or with the one that was taught",
                        choices=("plain", "taught"))  # fmt: skip
    temperature: float = option(1.0, "of the melodies shown: 0 takes the likeliest notes, 1 surprises", 0.0, 1.5)
    seed: int = option(1, "the same seed teaches in the same way", 0)
    keep_it: bool = option(False, "from now on this is my RL Tuner; its file is among my models: deleted, the old one "
                           "is back")  # fmt: skip


def run(asked: Asked, report: Report) -> list[Idea]:
    """Melodies before and after, and how the rewards rose; stopped, what was learnt so far."""
    from engine.training.tuner import TOGETHER, Lesson, Tuner

    o, network = asked.options, asked.network
    weights = {name: getattr(o, name) for name in RULES}
    share = 0.75 if asked.compound else 0.25
    lesson = Lesson(weights, o.scaler, 0.5, o.algorithm, o.episodes, compound_share=share, seed=o.seed)
    before = network.net(o.start == "taught")
    tuner = Tuner(network.note, before, lesson)
    every = max(1, lesson.rounds // POINTS)
    show = _Show(asked, before, [], every * TOGETHER, time.monotonic())
    try:
        for now in tuner.rounds():
            report(now.round, lesson.rounds, f"rewards {now.reward:.2f}, log p {now.nats:.2f}")
            if now.round % every == 0 or now.round == lesson.rounds:
                shares = {RULES[name]: value for name, value in now.rules.items()}
                show.points.append({"log p": now.nats, "all rules": now.reward} | shares)
            show.sketch(tuner.network, now.round, f"rewards {now.reward:.2f}, log p {now.nats:.2f}")
    except Cancelled:
        for idea in show.ideas(tuner.network):
            asked.keep(idea)
        raise
    made = show.ideas(tuner.network)
    if o.keep_it:
        own = copy.deepcopy(network)
        own.keep(tuner.network)
        asked.shelf.keep(asked.row.name, own, "taught by you")
    return made


@dataclass
class _Show:
    """What is shown of a lesson.

    Attributes:
        asked: what the verb works on.
        before: the network as it was.
        points: log p and what each rule gave, every so many melodies.
        apart: how many.
        shown: when the last sketch was.
    """

    asked: Asked
    before: Any
    points: list[Mapping[str, float]]
    apart: int
    shown: float

    def sketch(self, net: Any, number: int, words: str) -> None:
        """Now and then, a melody as it is now written, and the curves so far."""
        now = time.monotonic()
        if now - self.shown >= SKETCH_SECONDS and self.points:
            self.shown = now
            idea = self._melodies(net, "", 1)[0]
            self.asked.sketch(replace(idea, caption=f"round {number}", remark=words, pictures=(self.plot(),)))

    def ideas(self, net: Any) -> list[Idea]:
        """The same dice thrown before and after; with the last one, what has changed."""
        made = self._melodies(self.before, "before", PIECES) + self._melodies(net, "after", PIECES)
        pictures = (self.plot(),) if self.points else ()
        made[-1] = replace(made[-1], remark=self._changed(net), pictures=pictures)
        return made

    def plot(self) -> Plot:
        """The curves so far."""
        names = list(self.points[0])
        lines = tuple((name, tuple(round(point[name], 4) for point in self.points)) for name in names)
        return Plot("what each step earns", lines, f"melodies written, in lots of {self.apart}")

    def _melodies(self, net: Any, row: str, n: int) -> list[Idea]:
        import numpy as np
        import torch

        from engine.models.parts import eighths
        from engine.models.parts.dice import heated

        o, compound = self.asked.options, self.asked.compound
        shape = (n, eighths.BARS * eighths.bar(compound), eighths.SYMBOLS)
        noise = heated(shape, o.temperature, torch.Generator().manual_seed(o.seed))
        shift = torch.zeros(n, dtype=torch.long)
        if self.asked.windows:  # in the composer's own key
            mine = torch.from_numpy(self.asked.windows[0][None].astype(np.int64))
            shift += eighths.read(mine, compound)[1]
        tokens = eighths.write(net.walk(n, compound, noise), shift, compound).numpy().astype(np.uint8)
        return [self.asked.idea(f"{index + 1}", window, row=row) for index, window in enumerate(tokens)]

    def _changed(self, net: Any) -> str:
        """Figures of many melodies that are not what they were."""
        from engine.evaluation.rules import told, written
        from engine.evaluation.words import written as words

        compound, note = self.asked.compound, self.asked.network.note
        was, now = (told(written(one, JUDGED, compound), compound, note) for one in (self.before, net))
        pairs = {name: (words(name, was[name]), words(name, now[name])) for name in SHOWN}
        return "; ".join(f"{SHOWN[name]} {old} → {new}" for name, (old, new) in pairs.items() if old != new)


VERB = Verb("teach", "Teach rules", "Teaches a copy of the network rules of my choice, while I watch and listen.",
            "samples", 0, Options, run, rows=("rl_tuner",))  # fmt: skip
