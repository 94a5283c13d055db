"""From left to right through a melody, writing its open steps: what the systems share that know what is to come.

A stack of LSTM layers hears at each step the token before it, the echoes of earlier bars and what is given for that
step (the place in the bar, a summary of what follows); where the step is open a token is chosen, elsewhere the one that
stands there is heard.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.codecs import melody
from engine.jobs.job import Report, silent
from engine.models.parts import home_key
from engine.models.parts.echoes import BACK, Echoes

FIRST = home_key.MASK  # what is heard before the first step
TOLD_EVERY = 8  # steps between two reports


@dataclass(frozen=True)
class Way:
    """What is walked through.

    Attributes:
        tokens: in the common key, [n, s]; what stands in open steps is not looked at.
        open_: bool [n, s], the steps to be written.
        barred: added to the logits, [n, VOCABULARY].
        noise: added to the logits, on the CPU, [n, s, VOCABULARY]; None takes the likeliest token.
        ends: bool [n, s], open steps at which nothing may be held on; None: only the first of all.
    """

    tokens: Tensor
    open_: Tensor
    barred: Tensor
    noise: Tensor | None = None
    ends: Tensor | None = None

    def twice(self) -> Way:
        """Every melody two times, with the same noise: [2n, s]."""
        both = (None if rows is None else torch.cat([rows, rows]) for rows in (self.noise, self.ends))
        return Way(*(torch.cat([rows, rows]) for rows in (self.tokens, self.open_, self.barred)), *both)


def before(tokens: Tensor) -> Tensor:
    """The token before each step of [n, s], FIRST before the first."""
    return nn.functional.pad(tokens[:, :-1], (1, 0), value=FIRST)


class Walker:
    """The LSTM of a network, prepared to be taken step by step."""

    def __init__(self, lstm: nn.LSTM, told: nn.Embedding, echoes: Echoes, given: Tensor) -> None:
        """`lstm` hears the embedding of the token before, the echoes, and what is given at each step, [n, s, g]."""
        size, self.layers = told.embedding_dim, lstm.num_layers
        self.weights = [
            [lstm.get_parameter(f"{kind}_l{layer}").detach() for kind in ("weight_ih", "weight_hh")]
            for layer in range(self.layers)
        ]
        biases = [
            (lstm.get_parameter(f"bias_ih_l{layer}") + lstm.get_parameter(f"bias_hh_l{layer}")).detach()
            for layer in range(self.layers)
        ]
        into = self.weights[0][0].T
        middle = size + echoes.features
        self.told = told.weight.detach() @ into[:size] + biases[0]
        self.echoed = [table.detach() @ into[size:middle] for table in echoes.parameters()]
        self.rise = given @ into[middle:]
        self.biases, self.width = biases, lstm.hidden_size
        self.transposed = [[matrix.T.contiguous() for matrix in pair] for pair in self.weights]

    def start(self) -> tuple[list[Tensor], list[Tensor]]:
        """States of silence."""
        n = len(self.rise)
        nothing = [self.told.new_zeros(n, self.width) for _ in range(2 * self.layers)]
        return nothing[: self.layers], nothing[self.layers :]

    def step(self, at: int, tokens: Tensor, h: list[Tensor], c: list[Tensor]) -> Tensor:
        """Hear what stands before step `at` of tokens [n, s]; states change in place, the last comes back."""
        for layer in range(self.layers):
            into, recurrent = self.transposed[layer]
            if layer == 0:
                gates = self.told[tokens[:, at - 1]] if at else self.told[FIRST]
                gates = gates + self.rise[:, at]
                for table, back in zip(self.echoed, BACK, strict=True):
                    gates += table[tokens[:, at - back]] if at >= back else table[home_key.MASK]
            else:
                gates = torch.addmm(self.biases[layer], h[layer - 1], into)
            gates.addmm_(h[layer], recurrent)
            i, f, g, o = gates.chunk(4, 1)
            c[layer] = torch.sigmoid(f) * c[layer] + torch.sigmoid(i) * torch.tanh(g)
            h[layer] = torch.sigmoid(o) * torch.tanh(c[layer])
        return h[-1]


@torch.no_grad()
def walked(
    walker: Walker, say: Callable[[Tensor, int], Tensor], way: Way, report: Report = silent, text: str = "composing"
) -> Tensor:
    """The tokens [n, s] with their open steps written; `say` makes logits [n, V] of a step of the walker's state."""
    tokens, steps = torch.where(way.open_, home_key.MASK, way.tokens), way.tokens.shape[1]
    h, c = walker.start()
    needed = way.open_.any(0).tolist()
    last = max((step for step in range(steps) if needed[step]), default=-1)
    for step in range(last + 1):
        if step % TOLD_EVERY == 0:
            report(step, steps, text)
        state = walker.step(step, tokens, h, c)
        if needed[step]:
            logits = say(state, step).float() + way.barred
            if way.noise is not None:
                logits = logits + way.noise[:, step].to(logits.device)
            if step == 0:
                logits[:, melody.HOLD] = -math.inf
            if way.ends is not None:
                logits[way.ends[:, step], melody.HOLD] = -math.inf
            tokens[:, step] = torch.where(way.open_[:, step], logits.argmax(-1), tokens[:, step])
    return tokens
