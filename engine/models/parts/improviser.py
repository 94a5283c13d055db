"""An LSTM that plays note after note, fed with chance and with its own note before.

Who foretells a number by squared error foretells the mean of all that may come, which is none of it. So several answers
are given, by as many throws of the dice, and only the nearest counts: chance then decides between what may come
(the variety loss of Gupta et al., 2018, "Social GAN"). With one answer it is the squared error of Mogren.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.parts import note_numbers as notes

NOISE = 8  # numbers of chance a note is played by: half for what is kept in mind, half for what is said
HALF = NOISE // 2
TOLD = 5.0  # weight of the numbers beside the pitch while the next note is foretold

Memory = list[tuple[Tensor, Tensor]]


class Improviser(nn.Module):
    """Chance [n, t, NOISE] and the note before -> the next note as features [n, size] of `note_numbers`."""

    def __init__(self, keys: bool, inner: int, width: int, layers: int) -> None:
        """`keys`: pitches are keys, not numbers; `inner` units lead to `layers` memories of `width` units."""
        super().__init__()
        self.keys, self.size, self.width = keys, notes.size(keys), width
        self.hear = nn.Linear(self.size + HALF, inner)
        self.cells = nn.ModuleList([nn.LSTMCell(width if layer else inner, width) for layer in range(layers)])
        said = notes.NUMBERS if keys else self.size
        self.numbers = nn.Sequential(nn.Linear(width + HALF, inner), nn.ReLU(), nn.Linear(inner, said), nn.Tanh())
        self.pitch: nn.Module = nn.Identity()
        if keys:
            self.pitch = nn.Sequential(nn.Linear(width + said, width), nn.ReLU(), nn.Linear(width, notes.KEYS))

    def begin(self, n: int) -> tuple[Tensor, Memory]:
        """No note yet, and empty memories."""
        like = self.hear.weight
        return like.new_zeros(n, self.size), [(like.new_zeros(n, self.width),) * 2 for _ in self.cells]

    def remember(self, before: Tensor, chance: Tensor, memory: Memory) -> tuple[Tensor, Memory]:
        """What is in mind [n, width] after a note [n, size] and chance [n, NOISE]."""
        h = F.relu(self.hear(torch.cat([before, chance[:, :HALF]], 1)))
        new: Memory = []
        for cell, state in zip(self.cells, memory, strict=True):
            new.append(cell(h, state))
            h = new[-1][0]
        return h, new

    def say(self, h: Tensor, chance: Tensor, luck: Tensor) -> Tensor:
        """The next note [n, size]; `luck`: noise on the keys [n, KEYS], very negative where one may not be played."""
        numbers = self.numbers(torch.cat([h, chance[:, HALF:]], 1))
        if not self.keys:
            return numbers
        soft = (self.pitch(torch.cat([h, numbers], 1)) + luck).softmax(1)
        hard = F.one_hot(soft.argmax(1), notes.KEYS).to(soft.dtype)  # straight through: heard as one key, learnt as all
        return torch.cat([numbers, hard + soft - soft.detach()], 1)

    def play(self, given: Tensor, steps: int, chance: Tensor, luck: Tensor, told: Callable[[int], None]) -> Tensor:
        """Music [n, steps, size] that begins with the notes given [n, k, size], k >= 0, and goes on freely.

        Args:
            given: notes that are known.
            steps: of the result.
            chance: [n, steps, NOISE].
            luck: [n, steps, KEYS].
            told: called with the number of each note.
        """
        note, memory = self.begin(len(given))
        made = []
        for step in range(steps):
            told(step)
            h, memory = self.remember(note, chance[:, step], memory)
            note = given[:, step] if step < given.shape[1] else self.say(h, chance[:, step], luck[:, step])
            made.append(note)
        return torch.stack(made, 1)

    def foretold(self, music: Tensor, answers: int) -> Tensor:
        """How badly each note of music [n, t, size] is foretold from those before it, a scalar.

        Squared error of the numbers, of the best of so many answers; of a pitch that is one of the keys its nats.
        """
        note, memory = self.begin(len(music))
        chance = uniform((*music.shape[:2], HALF)).to(music.device)
        minds = []
        for step in range(music.shape[1]):
            h, memory = self.remember(note, chance[:, step], memory)
            minds.append(h)
            note = music[:, step]
        mind = torch.stack(minds, 1)
        several = mind.expand(answers, *mind.shape)
        said = self.numbers(torch.cat([several, uniform((*several.shape[:3], HALF)).to(music.device)], -1))
        cost = TOLD * (said - music[..., : said.shape[-1]]).square().sum(-1).amin(0).mean()
        if not self.keys:
            return cost
        key = self.pitch(torch.cat([mind, music[..., : notes.NUMBERS]], -1))
        return cost + F.cross_entropy(key.flatten(0, 1), music[..., notes.NUMBERS :].argmax(-1).flatten())


def uniform(shape: tuple[int, ...], generator: torch.Generator | None = None) -> Tensor:
    """Chance between -1 and 1."""
    return torch.rand(shape, generator=generator) * 2 - 1
