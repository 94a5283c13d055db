"""The Note RNN of RL Tuner: one LSTM that says what the next symbol of a melody could be.

Its outputs are read in two ways: as logits of the next symbol, and, when it is taught by rewards, as the value of each
symbol as an action. Beside the symbol before, it hears where in the four bars it stands.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.models.parts import eighths
from engine.models.parts.eighths import HOLD, START, SYMBOLS


class NoteRNN(nn.Module):
    """Symbols [n, s] -> logits [n, s, 38] of each, given those before it."""

    def __init__(self, width: int, embedding: int) -> None:
        super().__init__()
        self.symbols = nn.Embedding(START + 1, embedding)
        self.places = nn.Embedding(2 * eighths.STEPS, embedding)
        self.lstm = nn.LSTM(embedding, width, batch_first=True)
        self.out = nn.Linear(width, SYMBOLS)

    def forward(self, symbols: Tensor, compound: bool) -> Tensor:
        """Logits of every symbol [n, s] of melodies in one kind of bar."""
        told = torch.cat([torch.full_like(symbols[:, :1], START), symbols[:, :-1]], 1)
        places = torch.arange(symbols.shape[1], device=symbols.device) + eighths.STEPS * compound
        said, _ = self.lstm(self.symbols(told) + self.places(places))
        logits: Tensor = self.out(said)
        return logits

    @torch.no_grad()
    def walk(
        self, n: int, compound: bool, noise: Tensor | None, given: Tensor | None = None, unsure: int = 0
    ) -> Tensor:
        """Four bars of n melodies, symbol by symbol, [n, 32 or 24].

        Args:
            n: how many.
            compound: bars of six.
            noise: added to the logits [n, s, 38], so that the largest is a draw; None takes the likeliest.
            given: the first symbols [n, k], which stay as they are.
            unsure: the first step of something new may not hold: k, or 0.
        """
        steps = eighths.BARS * eighths.bar(compound)
        symbols = torch.full((n, steps), HOLD)
        if given is not None:
            symbols[:, : given.shape[1]] = given
        fixed = 0 if given is None else given.shape[1]
        weights = _Cell(self, compound)
        h, c = (torch.zeros(n, self.lstm.hidden_size) for _ in range(2))
        before = torch.full((n,), START)
        for step in range(steps):
            h, c = weights.step(before, step, h, c)
            if step >= fixed:
                logits = torch.addmm(self.out.bias, h, weights.out)
                if noise is not None:
                    logits = logits + noise[:, step]
                if step == unsure:
                    logits[:, HOLD] = -math.inf
                symbols[:, step] = logits.argmax(1)
            before = symbols[:, step]
        return symbols


class _Cell:
    """The weights of a walk: what each symbol and each place moves the gates by, looked up instead of multiplied."""

    def __init__(self, net: NoteRNN, compound: bool) -> None:
        inputs, states, *biases = (
            net.lstm.get_parameter(f"{kind}_l0") for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        self.symbols = net.symbols.weight @ inputs.T
        self.places = net.places.weight[eighths.STEPS * compound :] @ inputs.T + biases[0] + biases[1]
        self.recurrent, self.out = states.T.contiguous(), net.out.weight.T

    def step(self, before: Tensor, place: int, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        gates = torch.addmm(self.symbols[before] + self.places[place], h, self.recurrent)
        i, f, g, o = gates.chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c
