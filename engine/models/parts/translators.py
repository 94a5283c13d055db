"""Players who rewrite music of one kind as another: a translator, and a listener who knows the other kind.

Both are rows of one-dimensional convolutions over the steps of a melody and know where in its bar a step stands. A
translator begins by saying what it hears: it has to learn what to change, not how to copy. Its listener gives a score
to every beat from what is around it, rather than one to the whole (a "patch" critic, as in Brunner et al., 2018): so a
whole tune is not one question.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.codecs import melody
from engine.models.parts import melody_symbols
from engine.models.parts.contest import Judgement
from engine.models.parts.critic_parts import normed
from engine.models.parts.game_rules import GameOptions
from engine.models.parts.melody_symbols import PITCHES, SYMBOLS, sounding

PLACES = 8  # numbers that say where in the bar a step stands
LOUD = 4.0  # how much likelier what it hears is to a translator that has learnt nothing
GROUPS = 4  # of features that are normalised together
_HEARD = SYMBOLS + PITCHES + PLACES


class Places(nn.Module):
    """What is struck and what sounds in each step, and where in its bar it stands: features of a conv network."""

    def __init__(self) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.randn(PLACES, melody.BAR_SLOTS) * 0.5)

    def forward(self, music: Tensor) -> Tensor:
        """[n, steps, SYMBOLS] -> [n, features, steps]."""
        place = self.places.repeat(1, music.shape[1] // melody.BAR_SLOTS)
        heard = torch.cat([music, sounding(music)], -1).transpose(1, 2)
        return torch.cat([heard, place.expand(len(music), -1, -1)], 1)


class Block(nn.Module):
    """x + conv(relu(norm(conv(x))))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Conv1d(width, width, 3, padding=1)
        self.norm = nn.GroupNorm(GROUPS, width)
        self.outer = nn.Conv1d(width, width, 3, padding=1)
        nn.init.normal_(self.outer.weight, std=0.01)

    def forward(self, x: Tensor) -> Tensor:
        """[n, width, steps] to the same."""
        changed: Tensor = x + self.outer(F.relu(self.norm(self.inner(x))))
        return changed


class Translator(nn.Module):
    """Music of one kind to what could be said of it in another: by steps, by eighths and by beats, and back."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.hear = Places()
        self.steps = nn.Conv1d(_HEARD, width, 5, padding=2)
        self.eighths = nn.Conv1d(width, 2 * width, 4, stride=2, padding=1)
        self.beats = nn.Conv1d(2 * width, 2 * width, 4, stride=2, padding=1)
        self.norms = nn.ModuleList(nn.GroupNorm(GROUPS, wide) for wide in (width, 2 * width, 2 * width))
        self.think = nn.Sequential(*(Block(2 * width) for _ in range(blocks)))
        self.to_eighths = nn.ConvTranspose1d(2 * width, 2 * width, 4, stride=2, padding=1)
        self.to_steps = nn.ConvTranspose1d(2 * width, width, 4, stride=2, padding=1)
        self.say = nn.Conv1d(width, SYMBOLS, 3, padding=1)
        nn.init.normal_(self.say.weight, std=0.01)
        self.loud = nn.Parameter(torch.tensor([LOUD, 0.0]))  # of what is struck, and of what sounds

    def forward(self, music: Tensor) -> Tensor:
        """Logits [n, steps, SYMBOLS] of music [n, steps, SYMBOLS]; steps a multiple of 16."""
        steps = F.relu(self.norms[0](self.steps(self.hear(music))))
        eighths = F.relu(self.norms[1](self.eighths(steps)))
        beats = self.think(F.relu(self.norms[2](self.beats(eighths))))
        eighths = F.relu(self.to_eighths(beats)) + eighths
        steps = F.relu(self.to_steps(eighths)) + steps
        held = F.pad(sounding(music), (melody.FIRST_PITCH_TOKEN, 1))
        logits = self.say(steps).transpose(1, 2) + self.loud[0] * music + self.loud[1] * held
        return melody_symbols.bars(logits, music[:, melody.BAR_SLOTS - 1, melody_symbols.PAD] > 0.5)


class Listener(nn.Module):
    """Music to a score for every beat: is it of the kind that the listener knows?"""

    def __init__(self, width: int, rules: GameOptions) -> None:
        super().__init__()
        self.noise = rules.noise
        self.hear = Places()
        self.layers = nn.ModuleList(
            normed(layer, rules)
            for layer in (
                nn.Conv1d(_HEARD, width, 5, padding=2),
                nn.Conv1d(width, 2 * width, 4, stride=2, padding=1),
                nn.Conv1d(2 * width, 2 * width, 4, stride=2, padding=1),
                nn.Conv1d(2 * width, 2 * width, 3, padding=1),
            )
        )
        self.score = normed(nn.Conv1d(2 * width, 1, 1), rules)

    def forward(self, music: Tensor) -> Judgement:
        """Scores [n * beats] and features [n, f] of music [n, steps, SYMBOLS]. While learning it hears noise too."""
        h = self.hear(music)
        if self.noise and self.training:
            h = h + self.noise * torch.randn_like(h)
        for layer in self.layers:
            h = F.leaky_relu(layer(h), 0.2)
        return Judgement(self.score(h).flatten(), h.mean(-1))
