"""All melodies heard in one key, so that what is learnt once holds in all twelve.

The key is read off the notes that may be heard: which seven of the twelve pitch classes they use, as likely as the
corpus uses the degrees of a scale. Melodies are moved there before they are heard, and back when they are written.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.codecs import melody

MARGIN = 6  # semitones by which the common key may lie below or above the written one
PITCHES = melody.VOCABULARY - melody.FIRST_PITCH_TOKEN
VOCABULARY = melody.VOCABULARY + 2 * MARGIN  # HOLD, REST and the pitches 30..101
PAD = VOCABULARY
MASK = PAD + 1  # only ever heard: nothing is known of a step
HEARD = MASK + 1  # different tokens that may be heard
NEVER = -1e9
# How often the tunes of the corpus use each degree of their scale, counted from the tonic of its major key.
DEGREES = (0.2186, 0.0027, 0.1526, 0.0008, 0.1719, 0.0933, 0.0029, 0.1633, 0.0016, 0.1082, 0.0033, 0.0812)


def pitched(tokens: Tensor) -> Tensor:
    """Where a note begins, bool like tokens (PAD is none)."""
    return (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < melody.PAD)


def fits(tokens: Tensor, heard: Tensor) -> Tensor:
    """How well notes fit the major scale on each pitch class, as log-likelihoods [n, 12].

    Args:
        tokens: of the codec, [n, s].
        heard: bool [n, s], which of them count.
    """
    classes = (tokens + melody.LOWEST - melody.FIRST_PITCH_TOKEN) % 12
    profile = torch.tensor(DEGREES, device=tokens.device).log()
    keys = torch.stack([profile.roll(tonic) for tonic in range(12)], 1)  # [pitch class, key]
    return (keys[classes] * (pitched(tokens) & heard)[..., None]).sum(1)


def homeward(tokens: Tensor, heard: Tensor, luck: Tensor | None = None) -> Tensor:
    """Semitones -6..5, [n], that move melodies [n, s] home, judged by the tokens `heard`; 0 where there is no note.

    With `luck` (Gumbel noise [n, 12]) a key is drawn as likely as it fits: of a few notes, several are.
    """
    score = fits(tokens, heard)
    if luck is not None:
        score = score + luck.to(score.device)
    tonic = score.argmax(1)
    silent = ~(pitched(tokens) & heard).any(1)
    return torch.where(silent, 0, (MARGIN - tonic) % 12 - MARGIN)


def home(tokens: Tensor, shift: Tensor) -> Tensor:
    """Tokens of the codec [n, s], moved by so many semitones [n], in the vocabulary of this file."""
    moved = torch.where(pitched(tokens), tokens + MARGIN + shift[:, None], tokens)
    return torch.where(tokens == melody.PAD, PAD, moved)


def away(tokens: Tensor, shift: Tensor) -> Tensor:
    """The reverse of `home`; a pitch outside 36..95 is folded in by octaves."""
    notes = (tokens >= melody.FIRST_PITCH_TOKEN) & (tokens < PAD)
    pitch = tokens - MARGIN - shift[:, None] - melody.FIRST_PITCH_TOKEN
    pitch = torch.where(pitch < 0, pitch % 12, pitch)
    pitch = torch.where(pitch >= PITCHES, pitch % 12 + PITCHES - 12, pitch)
    return torch.where(notes, pitch + melody.FIRST_PITCH_TOKEN, torch.where(tokens == PAD, melody.PAD, tokens))


def unwritable(shift: Tensor) -> Tensor:
    """What is added to logits [n, VOCABULARY]: NEVER for pitches that lie outside 36..95 when moved back."""
    pitch = torch.arange(VOCABULARY, device=shift.device) - MARGIN - melody.FIRST_PITCH_TOKEN - shift[:, None]
    barred = (pitch < 0) | (pitch >= PITCHES)
    barred[:, : melody.FIRST_PITCH_TOKEN] = False
    return barred * NEVER
