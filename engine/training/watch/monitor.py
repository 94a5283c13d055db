"""Watches a training: a hundred looks in all, what costs time only as often as the training can afford it.

A look changes nothing: it draws from a copy of the random state, leaves no gradient behind and no buffer moved, so a
training that is watched ends where the same training ends that is not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from engine.training.progress import Look, Verdict
from engine.training.watch.verdict import Judge

LOOKS = 100  # in a whole training
SHARE = 0.01  # of the time, for each eye

Figures = dict[str, float]


class Eye(Protocol):
    """Measures something that costs time. May raise: it is then not asked again.

    Attributes:
        share: of the training's time that it may cost, if that is not SHARE.
    """

    def __call__(self) -> Figures: ...


class Monitor:
    """The looks at one training, and what they say of it.

    Args:
        players: who learns: name (empty if there is only one) -> the module.
        eyes: what else is measured, each as often as its share of the time allows.
        clock: seconds; tests bring their own.
    """

    def __init__(
        self, players: Mapping[str, nn.Module], eyes: Sequence[Eye] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.looks: list[Look] = []
        self._players, self._clock = players, clock
        self._judge = Judge()
        self._eyes = [_Paid(eye, clock) for eye in eyes]
        self._before: dict[str, list[Tensor]] = {}  # the weights one step ago, only after a look
        self._steps: Figures = {}  # how far a step moved them

    def look(self, step: int, fraction: float, losses: Mapping[str, float]) -> None:
        """To be called after every step; mostly does nothing.

        Args:
            step: how many there have been.
            fraction: of the whole training, 0..1.
            losses: smoothed.
        """
        if self._before:
            self._steps = {f"{name}_step" if name else "step": _moved(was, self._players[name])
                           for name, was in self._before.items()}  # fmt: skip
            self._before = {}
        if fraction * LOOKS < len(self.looks):
            return
        figures = dict(losses) | self._steps
        for eye in self._eyes:
            figures |= eye.look()
        self.looks.append(Look(step, fraction, figures))
        self._judge.hear(self.looks[-1])
        self._before = {
            name: [parameter.detach().clone() for parameter in player.parameters()]
            for name, player in self._players.items()
        }

    def verdict(self, alarm: str = "") -> Verdict:
        """How it goes; `alarm` is what the network itself says has gone wrong."""
        return self._judge.verdict(alarm)

    def state(self) -> list[Any]:
        """The looks so far, for a checkpoint (JSON)."""
        return [[look.step, look.fraction, dict(look.figures)] for look in self.looks]

    def restore(self, state: list[Any]) -> None:
        """Go on from looks that `state` gave."""
        self._judge = Judge()
        self.looks = [Look(step, fraction, figures) for step, fraction, figures in state]
        for look in self.looks:
            self._judge.hear(look)


class _Paid:
    """An eye that looks only while all its looks together take no more than its share of the time."""

    def __init__(self, eye: Eye, clock: Callable[[], float]) -> None:
        self._eye: Eye | None = eye
        self._clock, self._began = clock, clock()
        self._share: float = getattr(eye, "share", SHARE)
        self._spent = self._last = 0.0

    def look(self) -> Figures:
        """What it sees, nothing if that would cost too much now."""
        now = self._clock()
        if self._eye is None or (self._spent and self._spent + self._last > self._share * (now - self._began)):
            return {}
        try:
            found = self._eye()
        except Exception:  # no second derivative on this chip, say: hours of training do not end because one looked
            self._eye, found = None, {}
        self._last = self._clock() - now
        self._spent += self._last
        return found


@torch.no_grad()
def _moved(before: Sequence[Tensor], player: nn.Module) -> float:
    """The length of a step as a share of the length of all weights."""
    now = [parameter.detach() for parameter in player.parameters()]
    far = torch.stack([(a - b).square().sum() for a, b in zip(now, before, strict=True)]).sum()
    long = torch.stack([a.square().sum() for a in now]).sum()
    return float((far / long.clamp_min(1e-12)).sqrt())


@contextmanager
def aside(network: nn.Module, seed: int) -> Iterator[torch.device]:
    """As if nothing had happened afterwards: the network in evaluation mode, random draws from a seed of one's own."""
    was, device = network.training, next(network.parameters()).device
    buffers = [(buffer, buffer.clone()) for buffer in network.buffers()]
    wanting = [(parameter, parameter.requires_grad) for parameter in network.parameters()]
    network.eval()
    try:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            yield device
    finally:
        network.train(was)
        for parameter, wants in wanting:
            parameter.requires_grad_(wants)
        with torch.no_grad():
            for buffer, kept in buffers:  # chains of Boltzmann machines go on even where nobody learns
                buffer.copy_(kept)
