"""What improvisations are like in the figures of Mogren (2016), counted as they are defined and not as his code does.

Polyphony counts every onset once; a scale is asked modulo the octave, so that notes below its tonic count too; equal
runs of pitches are counted as a share of all pairs of runs, so that longer music is not more repetitive for its length.
A network keeps these of what it plays while it learns.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.codecs.stream import PITCH, TIME, VELOCITY
from engine.models.parts import note_numbers

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 8, 11))  # major, natural and harmonic minor
NAMES = ("polyphony", "scale", "twos", "threes", "span", "tones", "intensity")
PAGES = 60  # of a diary
_IN = torch.tensor([
    [(tone - tonic) % 12 in scale for tone in range(12)] for scale in SCALES for tonic in range(12)
]).float()  # fmt: skip


def habits(tokens: Tensor) -> Tensor:
    """Of windows [n, t, 5] the seven figures in NAMES, [n, 7].

    Share of onsets with two notes or more; share of notes in the scale that fits best; shares of pairs of runs of two
    and of three notes that are equal; semitones from the lowest to the highest note; different pitches; and from the
    softest to the loudest velocity. Notes of a chord follow one another from the lowest.
    """
    there = note_numbers.there(tokens)
    pitch = tokens[..., PITCH]
    rows = [_polyphony(tokens, there), _in_scale(pitch, there), _repeated(pitch, there, 2), _repeated(pitch, there, 3)]
    rows.append(_spread(pitch, there))
    used = torch.zeros(len(tokens), 128, device=tokens.device)
    rows.append(used.scatter(1, torch.where(there, pitch, pitch[:, :1]), 1.0).sum(1))
    rows.append(_spread(tokens[..., VELOCITY], there))
    return torch.stack(rows, 1)


def _polyphony(tokens: Tensor, there: Tensor) -> Tensor:
    begins = there & (tokens[..., TIME] > 0)
    begins[:, 0] = there[:, 0]
    chord = torch.zeros_like(begins)
    chord[:, :-1] = begins[:, :-1] & there[:, 1:] & ~begins[:, 1:]
    return chord.sum(1) / begins.sum(1).clamp_min(1)


def _in_scale(pitch: Tensor, there: Tensor) -> Tensor:
    counted = torch.nn.functional.one_hot(pitch % 12, 12) * there[..., None]
    share = counted.sum(1).float() @ _IN.to(pitch.device).T
    return share.max(1).values / there.sum(1).clamp_min(1)


def _repeated(pitch: Tensor, there: Tensor, k: int) -> Tensor:
    runs = sum(pitch[:, at : pitch.shape[1] - k + 1 + at] * 128**at for at in range(k))
    whole = there[:, k - 1 :]
    same = (runs[:, :, None] == runs[:, None, :]) & whole[:, :, None] & whole[:, None, :]
    n = whole.sum(1)
    return (same.sum((1, 2)) - n) / (n * (n - 1)).clamp_min(1)


def _spread(values: Tensor, there: Tensor) -> Tensor:
    high = torch.where(there, values, 0).max(1).values
    return (high - torch.where(there, values, high[:, None]).min(1).values).float()


class Diary(nn.Module):
    """What a network's music was like while it learnt: the means of `habits`, now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: Tensor
        self.register_buffer("pages", torch.zeros(PAGES, 1 + len(NAMES)))  # how far the game was, and the figures

    def write(self, progress: float, tokens: Tensor) -> None:
        """Note what windows [n, t, 5] are like, if it is time for it."""
        page = min(PAGES - 1, int(progress * PAGES))
        if not self.pages[page].any():
            self.pages[page, 0] = progress
            self.pages[page, 1:] = habits(tokens).mean(0)

    def lines(self) -> dict[str, list[float]]:
        """`part` (how far the game was, 0..1) and the figures by name, in their order."""
        there = self.pages[self.pages[:, 1:].any(1)].tolist()
        return {name: [round(row[n], 4) for row in there] for n, name in enumerate(("part", *NAMES))}
