"""The last layer of the melody VAE: from what is said of each step, and the notes just before it, to tokens."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody

HISTORY = 16  # steps back that the head sees: a bar, so that it knows how long a note has been held
PITCHES_BACK = 3  # sounding pitches back that it sees
START = melody.PAD  # stands for "nothing yet"
FEW = 3  # melodies up to which one after the other is quicker than all at once


class Head(nn.Module):
    """Chooses a token from what the decoder says of the step and the notes just before it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        size = melody.PAD + 1
        self.offsets: Tensor
        self.register_buffer("offsets", torch.arange(HISTORY + PITCHES_BACK) * size, persistent=False)
        self.history = nn.Embedding((HISTORY + PITCHES_BACK) * size, width)
        nn.init.normal_(self.history.weight, std=0.1)
        self.out = nn.Linear(width, melody.VOCABULARY)

    def context(self, tokens: Tensor) -> Tensor:
        """Tokens [n, 32] to what each step may look back on, int64 [n, 32, HISTORY + PITCHES_BACK]."""
        n, steps = tokens.shape
        padded = F.pad(tokens, (HISTORY, 0), value=START)
        back = [padded[:, HISTORY - k : HISTORY - k + steps] for k in range(1, HISTORY + 1)]
        pitched = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)
        count = F.pad(pitched.long().cumsum(1), (1, 0))[:, :-1]  # notes before each step
        order = torch.full((n, steps + PITCHES_BACK), START, dtype=tokens.dtype, device=tokens.device)
        where = torch.where(pitched, count + PITCHES_BACK, torch.zeros_like(count))
        order.scatter_(1, where, torch.where(pitched, tokens, torch.full_like(tokens, START)))
        back += [order.gather(1, count + PITCHES_BACK - k) for k in range(1, PITCHES_BACK + 1)]
        return torch.stack(back, -1)

    def forward(self, said: Tensor, context: Tensor) -> Tensor:
        """Features [..., f] and context [..., k] to logits [..., V]."""
        return self.out(F.gelu(said + self.recall(context)))

    def recall(self, context: Tensor) -> Tensor:
        """Summed embeddings of a context [..., k], [..., f]; a bag is twice as quick as embed-and-sum."""
        rows = (context + self.offsets).flatten(0, -2)
        return F.embedding_bag(rows, self.history.weight, mode="sum").unflatten(0, context.shape[:-1])

    @torch.no_grad()
    def choose(self, said: Tensor, noise: Tensor | None, compound: bool, known: Tensor | None = None) -> Tensor:
        """Walk through the steps, each knowing the tokens chosen before it.

        Args:
            said: features [n, 32, f].
            noise: added to the logits, [n, 32, V]; None takes the likeliest token.
            compound: bars of 12 steps; the slots they leave empty stay PAD.
            known: whether a note may follow the one before it after 0..32 steps, bool [33]; None allows all.

        Returns:
            Tokens int64 [n, 32].
        """
        if said.device.type == "cpu" and len(said) <= FEW:
            allowed = [True] * (melody.SLOTS + 1) if known is None else known.tolist()
            rows = [
                self._one(row, None if noise is None else noise[i], compound, allowed) for i, row in enumerate(said)
            ]
            return torch.tensor(rows, dtype=torch.long).reshape(-1, melody.SLOTS)
        return self._many(said, noise, compound, known)

    def _many(self, said: Tensor, noise: Tensor | None, compound: bool, known: Tensor | None) -> Tensor:
        n = len(said)
        age = torch.zeros(n, dtype=torch.long, device=said.device)  # steps since the last onset; 0 before the first
        tokens = torch.full((n, melody.SLOTS), melody.PAD, dtype=torch.long, device=said.device)
        pitches = torch.full((n, PITCHES_BACK), START, dtype=torch.long, device=said.device)
        recent = torch.full((n, HISTORY), START, dtype=torch.long, device=said.device)
        in_use = set(melody.slots(compound).tolist())
        for step in range(melody.SLOTS):
            token = torch.full((n,), melody.PAD, dtype=torch.long, device=said.device)
            if step in in_use:
                logits = self(said[:, step], torch.cat([recent, pitches], 1))
                if noise is not None:
                    logits = logits + noise[:, step]
                if step == 0:
                    logits[:, melody.HOLD] = -math.inf
                if known is not None:
                    logits[:, melody.FIRST_PITCH_TOKEN :].masked_fill_(~known[age][:, None], -math.inf)
                token = logits.argmax(-1)
                tokens[:, step] = token
                begins = token >= melody.FIRST_PITCH_TOKEN
                age = torch.where(begins, 1, torch.where(age > 0, age + 1, age))
            recent = torch.cat([token[:, None], recent[:, :-1]], 1)
            heard = ((token >= melody.FIRST_PITCH_TOKEN) & (token < melody.PAD))[:, None]
            pitches = torch.where(heard, torch.cat([token[:, None], pitches[:, :-1]], 1), pitches)
        return tokens

    def _one(self, said: Tensor, noise: Tensor | None, compound: bool, known: list[bool]) -> list[int]:
        """The same walk for one melody [32, f] on the CPU, in a quarter of the time: numpy's calls are cheaper.

        What a token means to the steps after it is added to them at once; a step itself adds only its pitches.
        """
        told = self.history.weight.detach().numpy().reshape(HISTORY + PITCHES_BACK, melody.PAD + 1, -1)
        weight, bias = self.out.weight.detach().numpy(), self.out.bias.detach().numpy()
        felt = _beginning(said.detach().numpy(), told[:HISTORY, START])
        gelu = _Gelu(felt.shape[1])
        tokens, pitches = [melody.PAD] * melody.SLOTS, [START] * PITCHES_BACK
        in_use, age = set(melody.slots(compound).tolist()), 0
        for step in range(melody.SLOTS):
            if step in in_use:
                np.add(felt[step], told[HISTORY, pitches[0]], out=gelu.x)
                for back in range(1, PITCHES_BACK):
                    gelu.x += told[HISTORY + back, pitches[back]]
                logits = weight @ gelu()
                logits += bias
                if noise is not None:
                    logits += noise[step].numpy()
                if step == 0:
                    logits[melody.HOLD] = -math.inf
                if not known[age]:
                    logits[melody.FIRST_PITCH_TOKEN :] = -math.inf
                tokens[step] = int(logits.argmax())
                age += age > 0
                if tokens[step] >= melody.FIRST_PITCH_TOKEN:
                    pitches, age = [tokens[step], *pitches[:-1]], 1
            felt[step + 1 : step + 1 + HISTORY] += told[:HISTORY, tokens[step]]
        return tokens


def _beginning(said: NDArray[np.float32], nothing: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is said [32, f], "nothing yet" [HISTORY, f] added to the first steps, and room behind the last one."""
    felt = np.zeros((melody.SLOTS + HISTORY, said.shape[1]), np.float32)
    felt[: melody.SLOTS] = said
    for step in range(HISTORY):
        felt[step] += nothing[step:].sum(0)
    return felt


class _Gelu:
    """x Phi(x) of a few numbers, written into `x`: torch's own takes seven microseconds to prepare one of work."""

    def __init__(self, width: int) -> None:
        self._inside, self._outside = torch.empty(width), torch.empty(width)
        self.x, self._scaled, self._y = np.empty(width, np.float32), self._inside.numpy(), self._outside.numpy()

    def __call__(self) -> NDArray[np.float32]:
        np.multiply(self.x, np.float32(math.sqrt(0.5)), out=self._scaled)
        torch.erf(self._inside, out=self._outside)
        self._y += 1
        self._y *= self.x
        self._y *= 0.5
        return self._y
