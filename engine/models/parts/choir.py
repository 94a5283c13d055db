"""Four voices as harmonizing networks hear them: what sounds at every step, where it begins, all in one key.

Chorale tokens say HOLD two times in three, and a network that learns tokens learns to hold. What sounds at a step is a
better thing to ask for; where notes begin follows from it, but for the repeated ones, which are asked for besides.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.codecs.chorale import BEAT, CHORALE, HIGHEST, HOLD, LOWEST, STEPS, VOICES
from engine.models.auto_bach import DEGREES

MARGIN = 6  # semitones by which voices heard in the common key go beyond their ranges
OCTAVE = 12
SILENCE, UNKNOWN = 0, -1  # of a sound; 1 is the lowest pitch of its voice
SOUNDS = CHORALE.vocabulary - 1  # of the voice with the widest range, silence among them
HEARD = SOUNDS + 2 * MARGIN  # the same in the common key
PARTS = len(VOICES)
NEVER = -1e9
_MIDDLE = [(low + high) / 2 for low, high in zip(LOWEST, HIGHEST, strict=True)]
_DEGREES = torch.stack([torch.tensor(DEGREES).roll(tonic) for tonic in range(OCTAVE)], 1)
_KEYS = _DEGREES / _DEGREES.norm(dim=0)  # [pitch class, tonic]


@dataclass(frozen=True)
class Heard:
    """Windows of four voices of which some cells are known.

    Attributes:
        sounds: int64 [n, 4, s], SILENCE, 1 + semitones above the lowest pitch of the voice, or UNKNOWN.
        begins: bool [n, 4, s], where a known note or rest begins.
        known: bool [n, 4, s].
        key: int64 [n], semitones above the common key.
    """

    sounds: Tensor
    begins: Tensor
    known: Tensor
    key: Tensor

    @property
    def in_key(self) -> Tensor:
        """The sounds in the common key, [n, 4, s]."""
        return to_key(self.sounds, self.key)


def listen(tokens: Tensor, known: Tensor) -> Heard:
    """What is known of tokens [n, 4, s], and the key of it; the cells that are not `known` are not looked at."""
    steps = torch.arange(tokens.shape[-1], device=tokens.device)
    spoken = torch.where((tokens != HOLD) | ~known, steps, -1).cummax(-1).values
    at = spoken.clamp_min(0)
    certain = known & (spoken >= 0) & known.gather(-1, at)
    sounds = torch.where(certain, tokens.gather(-1, at) - 1, UNKNOWN)
    return Heard(sounds, known & (tokens != HOLD), known, key_of(sounds))


def key_of(sounds: Tensor) -> Tensor:
    """Semitones above C major or A minor, [n], of sounds [n, 4, s].

    Of the octaves in question it is the one that puts the music nearest to the middle of its voices: the same music is
    heard the same way from whatever key it comes.
    """
    sung = (sounds > SILENCE).float()
    low, middle = (torch.tensor(row, device=sounds.device)[:, None] for row in (LOWEST, _MIDDLE))
    pitch = (sounds - 1).clamp_min(0) + low
    heard = torch.zeros(len(sounds), OCTAVE, device=sounds.device)
    heard.scatter_add_(1, (pitch % OCTAVE).flatten(1), sung.flatten(1))
    key = (heard @ _KEYS.to(sounds.device)).argmax(1)
    above = ((pitch - middle) * sung).sum((1, 2)) / sung.sum((1, 2)).clamp_min(1)
    key = key + OCTAVE * ((above - key) / OCTAVE).round().long()
    return torch.where(sung.sum((1, 2)) > 0, key, 0)


def to_key(sounds: Tensor, key: Tensor) -> Tensor:
    """Sounds [n, 4, s] in the common key; a pitch far outside its voice's range is heard in another octave."""
    moved = sounds - key[:, None, None] + MARGIN
    top = torch.tensor(CHORALE.sizes, device=sounds.device)[:, None] - 2 + 2 * MARGIN
    below, beyond = (1 - moved).clamp_min(0), (moved - top).clamp_min(0)
    moved = moved + OCTAVE * (-(-below // OCTAVE) - -(-beyond // OCTAVE))
    return torch.where(sounds > SILENCE, moved, sounds)


def from_key(sounds: Tensor, key: Tensor) -> Tensor:
    """The reverse of `to_key`, for sounds that are `singable`."""
    return torch.where(sounds > SILENCE, sounds + key[:, None, None] - MARGIN, sounds)


def singable(key: Tensor) -> Tensor:
    """Which sounds of the common key lie in the range of each voice in keys [n]: bool [n, 4, HEARD]."""
    sound = torch.arange(HEARD, device=key.device)
    pitch = sound + key[:, None, None] - MARGIN
    sizes = torch.tensor(CHORALE.sizes, device=key.device)[:, None]
    return (sound == SILENCE) | ((pitch >= 1) & (pitch <= sizes - 2))


def written(sounds: Tensor, struck: Tensor, tokens: Tensor, given: Tensor) -> Tensor:
    """Tokens [n, 4, s] of sounds and of the repeated notes that are struck again; given cells as they were."""
    steps = torch.arange(tokens.shape[-1], device=tokens.device)
    last = torch.where(sounds != UNKNOWN, steps, 0).cummax(-1).values
    sounds = sounds.gather(-1, last).clamp_min(SILENCE)
    begins = struck & (sounds > SILENCE)
    begins[..., 1:] |= sounds[..., 1:] != sounds[..., :-1]
    begins[..., 0] = True
    return torch.where(given, tokens, torch.where(begins, sounds + 1, HOLD))


def random_gift(n: int, device: torch.device) -> Tensor:
    """Cells that a network is given while it learns, bool [n, 4, 64].

    Mostly the soprano; else other voices; at times all voices up to some beat, or here and there, besides.
    """
    chance = torch.rand(n, 3, 1, 1, device=device)
    soprano = (torch.arange(PARTS, device=device) == 0)[:, None]
    some = torch.rand(n, PARTS, 1, device=device) < 0.5
    given = torch.where(chance[:, 0] < 0.6, soprano, some & ~some.all(1, keepdim=True))
    beats = STEPS // BEAT
    until = torch.rand(n, 1, 1, device=device) * (beats - 1)
    begun = (torch.arange(beats, device=device) < until) & (chance[:, 1] < 0.25)
    here = (torch.rand(n, PARTS, beats, device=device) < 0.8 * torch.rand(n, 1, 1, device=device)) & (
        chance[:, 2] < 0.15
    )
    return (given | begun | here).repeat_interleave(BEAT, -1)


def soprano(tokens: Tensor) -> Tensor:
    """The cells of the soprano, bool like tokens [n, 4, s]."""
    mask = torch.zeros_like(tokens, dtype=torch.bool)
    mask[:, 0] = True
    return mask
