"""An encoder that reads a row from both ends, and a decoder that looks back at it while it writes.

At every step the decoder asks which of the encoder's states matter now, and hears their weighted sum (Bahdanau, Cho and
Bengio, 2015, "Neural Machine Translation by Jointly Learning to Align and Translate"). Without attention it hears the
same summary of the whole row at every step (Cho et al., 2014, "Learning Phrase Representations using RNN
Encoder-Decoder"): that is the twin to compare with. Ours also asks with what it is told at the step, its place in the
bar for example, where the paper asks with the state alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

NEVER = -1e9


@dataclass(frozen=True)
class Memory:
    """What the encoder made of a row.

    Attributes:
        states: [n, k, m].
        keys: the same prepared for questions, [n, k, a]; None: nobody asks.
        summary: [n, m].
        barred: bool [n, k], steps that are no music.
    """

    states: Tensor
    keys: Tensor | None
    summary: Tensor
    barred: Tensor


class Reader(nn.Module):
    """The encoder: rows of vectors [n, k, f] to a memory."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.gru = nn.GRU(features, width, batch_first=True, bidirectional=True)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """States [n, k, 2 * width] and their summary [n, 2 * width]."""
        states, last = self.gru(x)
        return states, torch.cat([last[0], last[1]], -1)


class Writer(nn.Module):
    """The decoder: a GRU that hears what it is told and what it attends to."""

    def __init__(self, told: int, memory: int, width: int, size: int, attends: bool) -> None:
        """`told` features at every step, `memory` of an encoder's state, `size` of a question."""
        super().__init__()
        self.attends, self.width = attends, width
        self.start = nn.Linear(memory, width)
        self.into = nn.Linear(told, 3 * width)
        self.of_context = nn.Linear(memory, 3 * width, bias=False)
        self.of_state = nn.Linear(width, 3 * width)
        if attends:
            self.ask = nn.Linear(width, size, bias=False)
            self.ask_told = nn.Linear(told, size)
            self.key = nn.Linear(memory, size, bias=False)
            self.weigh = nn.Linear(size, 1, bias=False)

    def remember(self, states: Tensor, summary: Tensor, barred: Tensor) -> Memory:
        """A memory to look back at; `barred` steps, bool [n, k], are not looked at."""
        return Memory(states, self.key(states) if self.attends else None, summary, barred)

    def begin(self, memory: Memory) -> Tensor:
        """The first state [n, width]."""
        return self.start(memory.summary).tanh()

    def step(self, state: Tensor, rise: Tensor, question: Tensor, memory: Memory) -> tuple[Tensor, Tensor, Tensor]:
        """The next state [n, width], what was heard of the memory [n, m], and how much of each step of it [n, k].

        Args:
            state: [n, width].
            rise: what is told, by `into`, [n, 3 * width].
            question: the same by `ask_told`, [n, a]; not looked at without attention.
            memory: of the row.
        """
        if memory.keys is None:
            heard, share = memory.summary, torch.zeros_like(memory.barred, dtype=memory.summary.dtype)
        else:
            agreed = (memory.keys + (self.ask(state) + question)[:, None]).tanh()
            share = self.weigh(agreed)[..., 0].masked_fill(memory.barred, NEVER).softmax(-1)
            heard = (share[:, None].to(memory.states.dtype) @ memory.states)[:, 0]
        r, z, new = (rise + self.of_context(heard)).chunk(3, -1)
        again, keep, old = self.of_state(state).chunk(3, -1)
        z = (z + keep).sigmoid()
        new = (new + (r + again).sigmoid() * old).tanh()
        return new + z * (state - new), heard, share

    def prepared(self, told: Tensor) -> tuple[Tensor, Tensor]:
        """What every step [n, s, f] is told, as `step` wants it: rises and questions."""
        return self.into(told), self.ask_told(told) if self.attends else told

    def forward(self, told: Tensor, memory: Memory) -> tuple[Tensor, Tensor, Tensor]:
        """All steps at once where what they are told [n, s, f] is known: states [n, s, width], what was heard
        [n, s, m] and shares [n, s, k].
        """
        rises, questions = self.prepared(told)
        state, made = self.begin(memory), []
        for rise, question in zip(rises.unbind(1), questions.unbind(1), strict=True):
            state, heard, share = self.step(state, rise, question, memory)
            made.append((state, heard, share))
        states, heards, shares = (torch.stack(parts, 1) for parts in zip(*made, strict=True))
        return states, heards, shares
