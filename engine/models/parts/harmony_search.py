"""The search for the ragtime under a melody: descent on the code alone, the network stays as it is (Sun, 2015).

The melody, all that lies above it and two semitones around each of its notes are compared with what a code decodes to;
whatever fits there best is taken, and what it plays below is the harmony.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.codecs.roll import KEYS, STEPS
from engine.jobs.job import Report, silent
from engine.models.capabilities import Watch, unwatched
from engine.options import option

SHIFTS = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6)  # semitones to the rag's key, the melody's own first
RATE = 0.15  # of Adam, on what the code's units receive
CLOSE = 2  # semitones around a melody note that stay free
SHOWN_EVERY = 25  # steps
SURE = 0.02  # a start is moved this far away from 0 and 1, where a sigmoid has no slope


@dataclass(frozen=True)
class HarmonizeOptions:
    """How the ragtime that fits a melody is looked for."""

    starts: int = option(6, "codes from which the search goes down at once; the best end is taken", 1, 64)
    iterations: int = option(200, "steps of descent", 1, 2_000)
    threshold: float = option(0.4, "a cell sounds if it is likelier than this; lower is fuller", 0.01, 0.99)
    any_key: bool = option(True, "look in all twelve keys: the rags are learnt in their own")
    clear: bool = option(True, "leave nothing above the melody, nor within a whole tone of it")
    seed: int = option(1, "another seed looks elsewhere", 0)


@dataclass(frozen=True)
class Decoder:
    """How codes become cells.

    Attributes:
        top: widest layer [n, wide] of codes [n, code].
        weight: from the cells to it [wide, cells].
        bias: of the cells [cells].
    """

    top: Callable[[Tensor], Tensor]
    weight: Tensor
    bias: Tensor

    def sound(self, codes: Tensor) -> Tensor:
        """The chance of every cell to sound [n, cells]."""
        return torch.sigmoid(F.linear(self.top(codes), self.weight.t(), self.bias))

    def only(self, cells: Tensor) -> Decoder:
        """The same for some cells only (bool [cells]): so much less to compute."""
        return Decoder(self.top, self.weight[:, cells].contiguous(), self.bias[cells])


def search(
    melody: Tensor,
    decoder: Decoder,
    draws: Sequence[Tensor],
    options: HarmonizeOptions,
    report: Report = silent,
    watch: Watch = unwatched,
) -> Tensor:
    """What sounds around a melody, found once for each draw, bool [k, 64, 88]; the melody is the caller's to put in.

    All go down together, which takes little more than half as long as one after the other, and each finds what it
    would have found alone.

    Args:
        melody: true where it sounds [64, 88].
        decoder: of the network.
        draws: random codes [n, 16] between 0 and 1 each, of which the most promising are the starts.
        options: how to look.
        report: told every step.
        watch: shown what would be found so far, now and then.
    """
    around = region(melody)
    shifts = [shift for shift in (SHIFTS if options.any_key else SHIFTS[:1]) if _fits(melody, shift)]
    melodies = torch.stack([shifted(melody, shift) for shift in shifts]).flatten(1).float()
    regions = torch.stack([shifted(around, shift) for shift in shifts]).flatten(1).float()
    with torch.inference_mode(mode=False):
        codes = [code.clone().clamp(SURE, 1 - SURE) for code in draws]
        begun = [_starts(decoder, code, melodies, regions, options.starts) for code in codes]
        starts, keys = torch.stack([code for code, _ in begun]), torch.cat([key for _, key in begun])

        def heard(codes: Tensor, best: Tensor) -> Tensor:
            sound = decoder.sound(codes).unflatten(1, (STEPS, KEYS)) > options.threshold
            back = [shifted(on, -shifts[int(keys[place])]) for on, place in zip(sound, best, strict=True)]
            return torch.stack(back) & ~(seams(melody) | around if options.clear else seams(melody))

        with torch.no_grad():
            wanted, show = (melodies[keys], regions[keys]), lambda *found: watch(heard(*found))
            return heard(*_descend(decoder, starts, *wanted, options.iterations, report, show))


def _fits(melody: Tensor, shift: int) -> bool:
    """Whether the whole melody stays on the piano."""
    return bool(shifted(melody, shift).sum() == melody.sum())


@torch.no_grad()
def _starts(decoder: Decoder, codes: Tensor, melodies: Tensor, regions: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The most promising codes [k, 16], and the number of the key [k] in which each is promising."""
    sound = decoder.sound(codes)
    # sum of region * (melody - sound)^2 for every code and key, as matrix products
    wanted = melodies * regions
    costs = sound**2 @ regions.t() - 2 * sound @ wanted.t() + wanted.sum(1)
    best = costs.flatten().argsort()[:count]
    return codes[best // len(regions)], best % len(regions)


def _descend(
    decoder: Decoder,
    codes: Tensor,
    melodies: Tensor,
    regions: Tensor,
    steps: int,
    report: Report,
    show: Callable[[Tensor, Tensor], None],
) -> tuple[Tensor, Tensor]:
    """Of each group of codes [k, n, 16] the one [k, 16] that agrees best, and the number [k] of its start."""
    groups, each, _ = codes.shape
    heard = regions.any(0)
    part, melodies, regions = decoder.only(heard), melodies[:, heard], regions[:, heard]
    inner, first = codes.flatten(0, 1).logit().requires_grad_(), torch.arange(groups, device=codes.device) * each
    optimizer = torch.optim.Adam([inner], lr=RATE)
    least, best, kept = codes.new_full((groups,), torch.inf), first.clone(), codes[:, 0].clone()
    for step in range(steps):
        with torch.enable_grad():
            costs = (regions * (melodies - part.sound(torch.sigmoid(inner))) ** 2).sum(1)
            (inner.grad,) = torch.autograd.grad(costs.sum(), inner)
        lowest, index = costs.detach().unflatten(0, (groups, each)).min(1)
        better, index = lowest < least, index + first
        least, best = torch.where(better, lowest, least), torch.where(better, index, best)
        kept = torch.where(better[:, None], torch.sigmoid(inner[index]), kept)
        optimizer.step()
        report(step, steps, "looking for harmony")
        if step % SHOWN_EVERY == SHOWN_EVERY - 1:
            show(kept, best)
    return kept, best


def shifted(roll: Tensor, semitones: int) -> Tensor:
    """A roll [64, 88] moved up (or down, if negative); what leaves the piano is lost."""
    moved = torch.zeros_like(roll)
    if semitones >= 0:
        moved[:, semitones:] = roll[:, : KEYS - semitones]
    else:
        moved[:, :semitones] = roll[:, -semitones:]
    return moved


def region(melody: Tensor) -> Tensor:
    """Where the harmony has to agree with a melody [64, 88]: on it, above it and close to it, true.

    Where the melody rests, its last top note (before the first one: the first) still bounds what lies above.
    """
    sounding = melody.any(1)
    if not sounding.any():
        return torch.zeros_like(melody)
    keys = torch.arange(KEYS, device=melody.device)
    tops = torch.where(melody, keys, -1).amax(1)
    steps = torch.arange(STEPS, device=melody.device)
    last = torch.where(sounding, steps, -1).cummax(0).values
    last = torch.where(last < 0, steps[sounding][0], last)
    wanted = keys > tops[last][:, None]
    for semitones in range(-CLOSE, CLOSE + 1):
        wanted = wanted | shifted(melody, semitones)
    return wanted


def seams(melody: Tensor) -> Tensor:
    """Cells just before and after each note of a melody [64, 88]: sounding, they would melt into it."""
    beside = torch.zeros_like(melody)
    beside[:-1] |= melody[1:]
    beside[1:] |= melody[:-1]
    return beside & ~melody
