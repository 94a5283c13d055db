"""What the recurrent systems share: a listener that reads a row both ways, and a speaker that writes tokens.

The speaker learns with the fused LSTM, every step told what came before it; in use it walks step by step. On the CPU
that walk is numpy's but for the matrix products: its small calls cost a third of torch's, its tanh a tenth.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.models.parts.dice import heated

NOTHING = melody.PAD + 1  # "nothing yet" and "not told": an input only
CARE_RATE, CARE_BETA = 0.1, 0.2  # size of a step by which a code is improved, weight of its likelihood
TOGETHER = 128  # rows that walk together on the CPU: their gates stay in its cache
_ROWS = 8  # rows in most walks: bars of a phrase
_PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")  # of an nn.LSTM
Floats = NDArray[np.float32]


def in_bar(compound: Tensor, bars: int) -> Tensor:
    """Where in its bar each step stands, 0..15 in duple and 16..31 in compound bars: int64 [n, 16 * bars]."""
    slots = torch.arange(melody.BAR_SLOTS, device=compound.device).repeat(bars)
    return slots + melody.BAR_SLOTS * compound.long()[:, None]


@dataclass(frozen=True)
class Limits:
    """What may not be said.

    Attributes:
        opens: bool [n], rows whose first token may not be HOLD, because no note sounds yet.
        gaps: bool [s + 1], whether a note may begin 0..s steps after the one before it; [0]: for the first one.
    """

    opens: Tensor
    gaps: Tensor


@torch.no_grad()
def remember(lstm: nn.LSTM, steps: int) -> None:
    """Let the cells begin with memories of one to `steps` steps (Tallec and Ollivier, 2018, "chrono" biases).

    Torch's own biases forget half of everything at each step, and a code at the far end of a row learns nothing.
    """
    for name, bias in lstm.named_parameters():
        if name.startswith("bias"):
            enter, forget = bias.chunk(4)[:2]
            enter.zero_()
            forget.zero_()
            if name.startswith("bias_ih"):
                forget.uniform_(1.0, max(2.0, steps - 1)).log_()
                enter.copy_(-forget)


class Listener(nn.Module):
    """A row of vectors [n, s, f] read from both ends, as one vector [n, 2 * width]."""

    def __init__(self, features: int, width: int, steps: int, notes: int = 0) -> None:
        """`steps` is the length of a row; with `notes` > 0 every state passes that many features on, not only the
        last one of each direction.
        """
        super().__init__()
        self.lstm = nn.LSTM(features, width, batch_first=True, bidirectional=True)
        remember(self.lstm, steps)
        self.note = nn.Linear(2 * width, notes) if notes else None
        self.gather = nn.Linear(notes * steps, 2 * width) if notes else None

    def forward(self, x: Tensor) -> Tensor:
        every, (last, _) = self.lstm(x)
        heard = torch.cat([last[0], last[1]], -1)
        if self.note is None or self.gather is None:
            return heard
        return heard + self.gather(self.note(every).flatten(1))


class Speaker(nn.Module):
    """An LSTM that starts from tanh(Dense(start)) and hears, at every step, what is `given` and the token before."""

    def __init__(self, start: int, given: int, embedding: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.tokens = nn.Embedding(NOTHING + 1, embedding)
        self.places = nn.Embedding(2 * melody.BAR_SLOTS, embedding)
        self.start = nn.Linear(start, 2 * width)
        self.lstm = nn.LSTM(embedding + given, width, batch_first=True)
        remember(self.lstm, melody.BAR_SLOTS)
        self.out = nn.Linear(width, melody.VOCABULARY)
        self._prepared: tuple[object, _Steps] | None = None

    def forward(self, start: Tensor, given: Tensor, told: Tensor, places: Tensor) -> Tensor:
        """Logits [n, s, V] of rows whose steps are told the tokens `told` [n, s] (see `before`).

        Args:
            start: [n, k], what the first state comes from.
            given: [n, g] for all steps, or [n, s, g] for each its own.
            told: int64 [n, s].
            places: int64 [n, s], as `in_bar` numbers them.
        """
        h, c = self.start(start).tanh().chunk(2, -1)
        heard = self.tokens(told) + self.places(places)
        given = given if given.ndim == 3 else given[:, None].expand(-1, told.shape[1], -1)
        inputs = torch.cat([heard, given.to(heard.dtype)], -1)
        said, _ = self.lstm(inputs, (h[None].contiguous(), c[None].contiguous()))
        logits: Tensor = self.out(said)
        return logits

    @torch.no_grad()
    def speak(self, start: Tensor, given: Tensor, places: Tensor, noise: Tensor | None, limits: Limits) -> Tensor:
        """Walk through the steps, each knowing the tokens chosen before it.

        Args:
            start: as in `forward`.
            given: as in `forward`.
            places: as in `forward`; slots that compound bars leave empty stay PAD.
            noise: added to the logits, on the CPU, [n, s, V]; None takes the likeliest token.
            limits: what may not be said.

        Returns:
            Tokens int64 [n, s].
        """
        steps = self._steps()
        if start.device.type != "cpu":
            return steps.with_torch(start, given, places, noise, limits)
        tokens = torch.empty_like(places)
        for at in range(0, len(start), TOGETHER):
            part = slice(at, at + TOGETHER)
            heard = None if noise is None else noise[part]
            few = Limits(limits.opens[part], limits.gaps)
            tokens[part] = steps.with_numpy(start[part], given[part], places[part], heard, few)
        return tokens

    def _steps(self) -> _Steps:
        """The weights prepared for a walk; again only when they have changed, since that is a sixth of a short walk."""
        now = [(weight.data_ptr(), 0 if weight.is_inference() else weight._version) for weight in self.parameters()]
        if self._prepared is None or self._prepared[0] != now:
            self._prepared = now, _Steps(self)
        return self._prepared[1]


def before(tokens: Tensor, forget: float = 0.0) -> Tensor:
    """What every step is told: the token before it; NOTHING at the first, and at a random share `forget` of steps."""
    told = F.pad(tokens[:, :-1], (1, 0), value=NOTHING)
    if forget > 0:
        told = told.masked_fill(torch.rand(told.shape, device=told.device) < forget, NOTHING)
    return told


def gumbel(shape: tuple[int, ...], temperature: float, seed: int) -> Tensor | None:
    """Noise on the CPU with which the largest logit is a draw; None for temperature 0."""
    return heated(shape, temperature, torch.Generator().manual_seed(seed))


def improved(guess: Tensor, cost: Callable[[Tensor], Tensor], steps: int) -> Tensor:
    """Codes [n, d] near a guess that cost less: a few steps of Adam on cost + CARE_BETA * |z|^2 / 2, row by row.

    Args:
        guess: where to begin.
        cost: nats [n] of codes [n, d].
        steps: how many; 0 gives the guess back.
    """
    z = guess.detach().float().clone().requires_grad_()
    descent = torch.optim.Adam([z], lr=CARE_RATE)
    for _ in range(steps):
        total = cost(z).sum() + CARE_BETA * 0.5 * (z**2).sum()
        (z.grad,) = torch.autograd.grad(total, z)
        descent.step()
    return z.detach()


def _product(matrix: Tensor) -> Callable[[Tensor], Tensor]:
    """Rows [n, k] to rows @ matrix [k, m]; on the CPU the matrix is laid out in advance as oneDNN likes it."""
    if matrix.device.type == "cpu":
        try:
            laid_out = torch.ops.mkldnn._reorder_linear_weight(matrix.T.contiguous(), _ROWS)
            linear = torch.ops.mkldnn._linear_pointwise
            linear(matrix.new_zeros(1, len(matrix)), laid_out, None, "none", [], "")
            return lambda rows: linear(rows, laid_out, None, "none", [], "") if len(rows) > 1 else rows @ matrix
        except (AttributeError, RuntimeError):  # another build of torch
            pass
    return lambda rows: rows @ matrix


class _Steps:
    """The weights of a walk, prepared.

    Gates in torch's order (in, forget, cell, out). sigmoid(x) = (tanh(x / 2) + 1) / 2, so with three of the four
    halved in advance a single tanh serves all of them.
    """

    def __init__(self, speaker: Speaker) -> None:
        lstm, size = speaker.lstm, speaker.tokens.embedding_dim
        half = torch.full((4, speaker.width, 1), 0.5, device=speaker.out.weight.device)
        half[2] = 1.0
        half = half.flatten(0, 1)
        inputs, states, *biases = (lstm.get_parameter(f"{kind}_l0").detach() for kind in _PARTS)
        into = (inputs * half).T
        self.recurrent = (states * half).T.contiguous()
        self.told = speaker.tokens.weight.detach() @ into[:size]
        self.where = speaker.places.weight.detach() @ into[:size] + (biases[0] + biases[1]) * half[:, 0]
        self.of_given = into[size:].contiguous()
        self.start, self.out, self.bias = speaker.start, speaker.out.weight.detach().T, speaker.out.bias.detach()
        self.turn, self.say = _product(self.recurrent), _product(self.out)

    def _begin(self, start: Tensor, given: Tensor, places: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """First h and c [n, width], and what moves the gates but the tokens, [s, n, 4 * width]."""
        rise = given @ self.of_given
        rise = self.where[places.T] + (rise.transpose(0, 1) if rise.ndim == 3 else rise)
        h, c = self.start(start).tanh().chunk(2, -1)
        return h.contiguous(), c.contiguous(), rise

    def with_torch(self, start: Tensor, given: Tensor, places: Tensor, noise: Tensor | None, limits: Limits) -> Tensor:
        """As `Speaker.speak`, on any device."""
        h, c, rise = self._begin(start, given, places)
        tokens = torch.full_like(places, melody.PAD)
        token, age = torch.full_like(places[:, 0], NOTHING), torch.zeros_like(places[:, 0])
        for step in range(places.shape[1]):
            i, f, g, o = (torch.addmm(rise[step], h, self.recurrent) + self.told[token]).tanh().chunk(4, -1)
            c = 0.5 * ((f + 1) * c + (i + 1) * g)
            h = 0.5 * (o + 1) * c.tanh()
            logits = torch.addmm(self.bias, h, self.out)
            if noise is not None:
                logits = logits + noise[:, step].to(logits.device)
            if step == 0:
                logits[limits.opens, melody.HOLD] = -math.inf
            logits[:, melody.FIRST_PITCH_TOKEN :].masked_fill_(~limits.gaps[age][:, None], -math.inf)
            empty = _beyond(places[:, step])
            token = torch.where(empty, melody.PAD, logits.argmax(-1))
            begins = (token >= melody.FIRST_PITCH_TOKEN) & ~empty
            age = torch.where(begins, 1, age + ((age > 0) & ~empty))
            tokens[:, step] = token
        return tokens

    def with_numpy(self, start: Tensor, given: Tensor, places: Tensor, noise: Tensor | None, limits: Limits) -> Tensor:
        """The same on the CPU."""
        hidden, cell, rise = self._begin(start, given, places)
        h, c, rises, told, bias = (x.numpy() for x in (hidden, cell, rise, self.told, self.bias))
        empty, opens, barred = _beyond(places).numpy(), limits.opens.numpy(), ~limits.gaps.numpy()
        tokens = np.full(empty.shape, melody.PAD, np.int64)
        token, age = np.full(len(h), NOTHING), np.zeros(len(h), np.int64)
        limited, width = bool(barred.any()), h.shape[1]
        for step in range(len(rises)):
            gates = self.turn(hidden).numpy()
            i, f, g, o = (gates[:, at : at + width] for at in range(0, 4 * width, width))
            gates += rises[step]
            gates += told[token]
            np.tanh(gates, out=gates)
            for gate in (i, f, o):
                gate += 1
            c *= f
            i *= g
            c += i
            c *= 0.5
            np.tanh(c, out=h)
            h *= o
            h *= 0.5
            logits = self.say(hidden).numpy()
            logits += bias
            if noise is not None:
                logits += noise[:, step].numpy()
            if step == 0:
                logits[opens, melody.HOLD] = -np.inf
            if limited:
                logits[barred[age], melody.FIRST_PITCH_TOKEN :] = -np.inf
            token = logits.argmax(-1)
            token[empty[:, step]] = melody.PAD
            if limited:
                age += (age > 0) & (token != melody.PAD)
                age[(token >= melody.FIRST_PITCH_TOKEN) & (token != melody.PAD)] = 1
            tokens[:, step] = token
        return torch.from_numpy(tokens)


def _beyond(places: Tensor) -> Tensor:
    """Whether a step lies beyond the end of a compound bar."""
    return places >= melody.BAR_SLOTS + melody.steps_per_bar(True)
