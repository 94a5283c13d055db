"""Dreaming: an autoencoder's answer is fed back to it until it no longer changes.

Kazakci, Cherti and Kegl (2016, "Digits that are not") start an autoencoder from noise and feed its output back; what it
comes to rest on is a type of its own making. In music the likeliest token of most steps is HOLD, so a loop over chosen
notes falls silent. Fed back are therefore the probabilities of all tokens, and HOLD may be made less likely. Silence
itself would be at rest from the start: it is heard as "anything may be here", each token as likely as in the corpus.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.parts.melody_head import Head
from engine.models.parts.melody_mlp import HEARD, Habits, choose, heard, is_compound, surprise
from engine.models.parts.melody_pitch import absolute
from engine.options import option

FEEDS = ("softmax", "argmax", "sampled")
COOLEST = 0.2  # temperature of the last round in which notes are drawn; the first has 1


@dataclass(frozen=True)
class RefineOptions:
    """How a melody is fed back."""

    rounds: int = option(12, "times the model's answer is fed back to it", 0, 500)
    feed: str = option(
        "softmax", "what is fed back: all probabilities, the likeliest notes, or notes drawn ever less daringly",
        choices=FEEDS,
    )  # fmt: skip
    hold_weight: float = option(0.7, "below 1 held notes are made less likely, or the loop falls silent", 0.01, 1.0)
    seed: int = option(1, "of the notes drawn", 0)


class Dreamer(Protocol):
    """What a network needs to dream."""

    head: Head
    habits: Habits

    def answer(self, heard: Tensor, first: Tensor, compound: Tensor) -> tuple[Tensor, Tensor]:
        """What is said of every step [n, 32, f] and the first pitch [n], of tokens [n, 32] or their probabilities."""
        ...


@torch.no_grad()
def path(network: Dreamer, x: Tensor, options: RefineOptions, report: Report = silent) -> Tensor:
    """Every step of the way of tokens [n, 32], the start first: int64 [rounds + 1, n, 32]."""
    steps = [x.long()]
    state, first = heard(steps[0])
    compound = is_compound(steps[0])
    state = _anything_for_silence(state, compound, network.habits)
    bias = torch.zeros(melody.VOCABULARY, device=x.device)
    bias[melody.HOLD] = math.log(options.hold_weight)
    for index in range(options.rounds):
        report(index, options.rounds, "dreaming")
        said, first = network.answer(state, first, compound)
        noise = bias.expand(len(x), melody.SLOTS, -1)
        if options.feed == "sampled":
            drawn = surprise(len(x), COOLEST ** (index / max(1, options.rounds - 1)), options.seed * 1009 + index)
            noise = noise if drawn is None else noise + drawn.to(x.device)
        chosen = choose(network.head, said, noise, compound, network.habits)
        steps.append(absolute(chosen, first))
        if options.feed == "softmax":
            state = _probabilities(network.head(said, network.head.context(chosen)).float() + bias, chosen)
        else:
            state, first = heard(steps[-1])
    return torch.stack(steps)


def _anything_for_silence(tokens: Tensor, compound: Tensor, habits: Habits) -> Tensor:
    """Tokens [n, 32] as they are, unless a melody has no note: then probabilities of all, [n, 32, HEARD]."""
    silent_rows = ~((tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)).any(1)
    if not silent_rows.any():
        return tokens
    return torch.where(silent_rows[:, None, None], habits.tokens[compound.long()], F.one_hot(tokens, HEARD).float())


def _probabilities(logits: Tensor, chosen: Tensor) -> Tensor:
    """Of all tokens that may be heard, [n, 32, HEARD]; slots not in use stay PAD, the first is never HOLD."""
    logits[:, 0, melody.HOLD] = -math.inf
    chances = F.pad(logits.softmax(-1), (0, HEARD - melody.VOCABULARY))
    empty = F.one_hot(torch.tensor(melody.PAD, device=chosen.device), HEARD).to(chances.dtype)
    return torch.where((chosen == melody.PAD)[..., None], empty, chances)
