"""Learning by rewards: a Note RNN is taught rules of music theory without forgetting what it learnt from music.

Jaques, Gu, Turner and Eck (2017). The network writes melodies; each symbol earns what a fixed Note RNN finds of it, log
p, and what the rules give; the network's outputs are moved towards that and the value of what can follow. Whole
melodies are kept and heard again by the present network, the last symbol has no future, and errors count as Huber's,
or a penalty of -100 would drown all else.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.models.parts import eighths, music_rules
from engine.models.parts.dice import heated
from engine.models.parts.note_rnn import NoteRNN

ALGORITHMS = ("q", "psi")
TOGETHER = 32  # melodies written in a round, and heard again in one step of learning
REPLAY = 200  # rounds that are remembered
FOLLOW = 0.01  # how far the slow copy follows the network at each step
CLIP = 5.0
SMOOTH = 0.95


@dataclass(frozen=True)
class Lesson:
    """What is taught, and how.

    Attributes:
        weights: of each rule, by its name in `music_rules.RULES`.
        scaler: how much all rules count against the music the Note RNN has learnt.
        gamma: how much the future counts.
        algorithm: "q", or "psi" whose values stay soft.
        episodes: melodies written.
        learning_rate: at the beginning; it falls to a tenth.
        compound_share: part of the rounds in bars of six.
        seed: of everything random.
    """

    weights: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(music_rules.RULES, 1.0))
    scaler: float = 1.0
    gamma: float = 0.5
    algorithm: str = "q"
    episodes: int = 20_000
    learning_rate: float = 2e-3
    compound_share: float = 0.5
    seed: int = 1

    @property
    def rounds(self) -> int:
        """How often melodies are written and learnt from."""
        return max(1, self.episodes // TOGETHER)


@dataclass(frozen=True)
class Progress:
    """How far a lesson is; rewards per symbol, smoothed, of what was written lately.

    Attributes:
        round: number of the round that ended, from 1.
        nats: log p under the Note RNN, negative.
        rules: what each rule gave, times its weight.
        loss: Huber's, of the values.
    """

    round: int
    nats: float
    rules: Mapping[str, float]
    loss: float

    @property
    def reward(self) -> float:
        """What all rules gave."""
        return sum(self.rules.values())


@dataclass(frozen=True)
class _Episodes:
    """Melodies that were written, and what each symbol earned."""

    symbols: Tensor
    rewards: Tensor


class Tuner:
    """One lesson of a copy of `start`; `note` is what judges how likely music is, and stays as it is."""

    def __init__(self, note: NoteRNN, start: NoteRNN, lesson: Lesson) -> None:
        self.lesson, self._note = lesson, copy.deepcopy(note).eval().requires_grad_(False)
        self.network = copy.deepcopy(start).train().requires_grad_(True)
        self._slow = copy.deepcopy(start).eval().requires_grad_(False)
        self._optimizer = torch.optim.Adam(self.network.parameters(), lr=lesson.learning_rate)
        self._noise = torch.Generator().manual_seed(lesson.seed)
        self._rng = np.random.default_rng([lesson.seed, 31])
        self._memory: dict[bool, list[_Episodes]] = {False: [], True: []}
        self._means: dict[str, float] = {}

    def rounds(self, done: int = 0) -> Iterator[Progress]:
        """Write, judge, remember, learn: one item per round, without so many that are done. It can be left any time."""
        for number in range(done + 1, self.lesson.rounds + 1):
            self._optimizer.param_groups[0]["lr"] = self.lesson.learning_rate * (1 - 0.9 * number / self.lesson.rounds)
            compound = bool(self._rng.random() < self.lesson.compound_share)
            self._remember(compound, self._written(compound))
            loss = self._learn(compound)
            self._mean("loss", loss)
            rules = {name: self._means[name] for name in self.lesson.weights if name in self._means}
            yield Progress(number, self._means["nats"], rules, self._means["loss"])

    def _written(self, compound: bool) -> _Episodes:
        """Melodies by the present network, drawn by the values as by logits, and what they earn."""
        steps = eighths.BARS * eighths.bar(compound)
        noise = heated((TOGETHER, steps, eighths.SYMBOLS), 1.0, self._noise)
        symbols = self.network.walk(TOGETHER, compound, noise)
        nats = log_likelihood(self._note, symbols, compound)
        self._mean("nats", float(nats.mean()))
        total = nats.numpy()
        given = music_rules.rewards(symbols.numpy(), eighths.bar(compound), self.lesson.weights)
        for name, rewards in given.items():
            self._mean(name, float(rewards.mean()))
            total = total + self.lesson.scaler * rewards
        return _Episodes(symbols, torch.from_numpy(total.astype(np.float32)))

    def _remember(self, compound: bool, episodes: _Episodes) -> None:
        memory = self._memory[compound]
        memory.append(episodes)
        if len(memory) > REPLAY:
            del memory[0]

    def _learn(self, compound: bool) -> float:
        """One step on melodies of many rounds, all states heard anew by the present networks."""
        memory = self._memory[compound]
        rounds, rows = self._rng.integers(0, len(memory), TOGETHER), self._rng.integers(0, TOGETHER, TOGETHER)
        pairs = list(zip(rounds.tolist(), rows.tolist(), strict=True))
        symbols = torch.stack([memory[a].symbols[b] for a, b in pairs])
        earned = torch.stack([memory[a].rewards[b] for a, b in pairs])
        with torch.no_grad():
            ahead = self._slow(symbols, compound)[:, 1:]
            value = ahead.logsumexp(2) if self.lesson.algorithm == "psi" else ahead.amax(2)
            target = earned + self.lesson.gamma * F.pad(value, (0, 1))
        said = self.network(symbols, compound).gather(2, symbols[..., None])[..., 0]
        loss = F.smooth_l1_loss(said, target)
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
        self._optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(list(self._slow.parameters()), list(self.network.parameters()), FOLLOW)
        return float(loss.detach())

    def _mean(self, name: str, value: float) -> None:
        self._means[name] = SMOOTH * self._means.get(name, value) + (1 - SMOOTH) * value


@torch.no_grad()
def log_likelihood(note: NoteRNN, symbols: Tensor, compound: bool) -> Tensor:
    """log p [n, s] of every symbol under a Note RNN."""
    logits = note(symbols, compound).log_softmax(2)
    return logits.gather(2, symbols[..., None])[..., 0]
