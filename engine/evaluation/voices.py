"""Chorales: how much of a voice comes back, how much of what is drawn stands in one piece, and whether it is a texture.

A label that gives every token back as HOLD is right two times in three, so that what counts is the notes: a note comes
back if its pitch stands again at the step where it began. Two of the comparisons are without a network: holding on for
ever, and a PCA with as many numbers as a label, on the same music in the same keys.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from engine.codecs.chorale import FIRST_PITCH, HOLD, VOICES, pitches
from engine.codecs.codec import Codec, Tokens
from engine.corpus.dataset import Dataset
from engine.jobs.job import Report, silent

DRAWN = 500  # labels, and held-out windows beside them
COMPARED = 150  # of them, with every training window
FITTED_ON = 4_000  # windows of a PCA
AT_ONCE = 256
FURTHEST = 12  # semitones between a copy and its original
COPY = 0.9  # share of the notes from which something is a copy
_SCALES = np.array([[(c - tonic) % 12 in {0, 2, 4, 5, 7, 9, 11} for c in range(12)] for tonic in range(12)], float)

Floats = NDArray[np.float64]
Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Figures of a network of four voices; no curves. Everything in random keys, as it learns."""
    rng = np.random.default_rng(7)
    held = codec.transpose_randomly(data.held_out.windows, rng)
    report(0, 4, "reconstruction")
    back, size = _again(network, held)
    figures = _by_voice(back, held)
    figures |= {f"{kind}_accuracy": float(np.mean([figures[f"{v.lower()}_{kind}_accuracy"] for v in VOICES]))
                for kind in ("token", "onset")}  # fmt: skip
    figures["exact_windows"] = float((back == held).all((1, 2)).mean())
    report(1, 4, "holding on, principal components")
    figures["always_hold_accuracy"] = float((held == HOLD).mean())
    chosen = rng.integers(0, len(data.train.windows), min(FITTED_ON, 4 * len(data.train.windows)))
    linear = pca(codec.transpose_randomly(data.train.windows[chosen], rng), held, size, codec.vocabulary)
    figures["pca_token_accuracy"], figures["pca_onset_accuracy"] = accuracy(linear, held)
    figures["token_over_hold"] = figures["token_accuracy"] - figures["always_hold_accuracy"]
    for kind in ("token", "onset"):
        figures[f"{kind}_over_pca"] = figures[f"{kind}_accuracy"] - figures[f"pca_{kind}_accuracy"]
    report(2, 4, "what is drawn")
    figures |= drawn(network, data, codec, report)
    return figures, {}


def accuracy(made: Tokens, truth: Tokens) -> tuple[float, float]:
    """Share of the tokens of windows [n, 4, 64] that are right, and of those where notes begin; mean of the voices."""
    found = _by_voice(made, truth)
    tokens, onsets = ([v for name, v in found.items() if kind in name] for kind in ("token", "onset"))
    return float(np.mean(tokens)), float(np.mean(onsets))


def drawn(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> Figures:
    """Windows drawn by the fitted law: how near to training, how different, and how they are made, beside real ones."""
    made = network.sample(DRAWN, _module(network).SampleOptions(seed=1)).numpy().astype(np.uint8)
    rng = np.random.default_rng(9)
    real = data.held_out.windows[rng.permutation(len(data.held_out.windows))[:DRAWN]]
    shares, real_shares = [], []
    for index, window in enumerate(made[:COMPARED]):
        report(2 + index / COMPARED, 4, "the nearest pieces")
        shares.append(nearest(window, data.train.windows, codec)[1])
    for window in real[:COMPARED]:
        real_shares.append(nearest(window, data.train.windows, codec)[1])
    figures = {
        "nearest_share": float(np.mean(shares)),
        "nearest_share_held_out": float(np.mean(real_shares)),  # how alike chorales are anyway
        "copies": float(np.mean(np.array(shares) > COPY)),
        "unique": len({row.tobytes() for row in codec.shape_of(made)}) / len(made),
    }
    return figures | texture(made) | {f"real_{name}": value for name, value in texture(real).items()}


def texture(windows: Tokens) -> Figures:
    """What four voices do together, windows [n, 4, 64]: shares of steps and notes.

    Crossed voices and three or more different pitch classes are counted at every step where all voices sound; notes
    out of scale against the best of twelve major scales of their window; leaps are melodic steps beyond an octave.
    """
    sounding = pitches(windows)
    full = (sounding > 0).all(1)
    crossed = np.asarray((np.diff(sounding, axis=1) > 0).any(1))
    notes = windows >= FIRST_PITCH
    outside, leaps = [], []
    for pitch, begins in zip(sounding, notes, strict=True):
        classes = np.bincount(pitch[begins] % 12, minlength=12)
        outside.append(1 - (_SCALES @ classes).max() / max(1, classes.sum()))
        leaps += [np.abs(np.diff(line[here])) > 12 for line, here in zip(pitch, begins, strict=True)]
    chords = np.sort(sounding % 12, axis=1)
    rich = np.asarray((np.diff(chords, axis=1) != 0).sum(1) >= 2)
    return {
        "voice_crossings": float(crossed[full].mean()) if full.any() else 0.0,
        "chords": float(rich[full].mean()) if full.any() else 0.0,
        "out_of_scale": float(np.mean(outside)),
        "leaps": float(np.concatenate(leaps).mean()) if leaps else 0.0,
        "notes_per_step": float(notes.sum(1).mean()),
        "silence": float((sounding == 0).mean()),
    }


def nearest(tokens: Tokens, windows: Tokens, codec: Codec) -> tuple[int, float]:
    """The window [n, *shape] that has most of the notes of one window of tokens, and the share it has.

    A note is a pitch at the step where it begins, in the same voice; a copy in another key is a copy. In a roll it is
    a cell, in its own key: rolls are not moved to other keys to learn from. A share of silence is 0.
    """
    if codec.vocabulary == 2:
        flat = windows.reshape(len(windows), -1)[:, tokens.reshape(-1) > 0]
        found = flat.astype(bool).sum(1)
        best = int(found.argmax())
        return best, float(found[best] / max(1, flat.shape[1]))
    cells = tokens.reshape(-1)
    notes = (cells >= FIRST_PITCH) & (cells < codec.vocabulary)
    if not notes.any():
        return 0, 0.0
    theirs = windows.reshape(len(windows), -1)[:, notes].astype(np.int16)
    moved = np.where((theirs >= FIRST_PITCH) & (theirs < codec.vocabulary), theirs - cells[notes], 127)
    counts = np.stack([(moved == shift).sum(1) for shift in range(-FURTHEST, FURTHEST + 1)]).max(0)
    best = int(counts.argmax())
    return best, float(counts[best] / notes.sum())


def pca(train: Tokens, windows: Tokens, size: int, vocabulary: int) -> Tokens:
    """Windows [n, 4, 64] after a linear code of `size` numbers fitted on one-hot training windows: likeliest tokens."""

    def one_hot(part: Tokens) -> Tensor:
        return F.one_hot(torch.from_numpy(part.astype(np.int64)), vocabulary).flatten(1).float()

    rows = one_hot(train)
    mean = rows.mean(0)
    state = torch.random.get_rng_state()  # the randomized SVD draws from torch's own generator
    torch.manual_seed(1)
    axes = torch.svd_lowrank(rows - mean, min(size + 10, *rows.shape), niter=2)[2][:, :size]
    torch.random.set_rng_state(state)
    parts = [one_hot(windows[at : at + AT_ONCE]) - mean for at in range(0, len(windows), AT_ONCE)]
    back = [(part @ axes @ axes.T + mean).view(len(part), *windows.shape[1:], -1).argmax(-1) for part in parts]
    return torch.cat(back).numpy().astype(np.uint8)


def _by_voice(made: Tokens, truth: Tokens) -> Figures:
    right, notes = made == truth, truth >= FIRST_PITCH
    figures = {}
    for index, voice in enumerate(VOICES):
        here = notes[:, index]
        figures[f"{voice.lower()}_token_accuracy"] = float(right[:, index].mean())
        figures[f"{voice.lower()}_onset_accuracy"] = float(right[:, index][here].mean()) if here.any() else 0.0
    return figures


def _again(network: Any, windows: Tokens) -> tuple[Tokens, int]:
    """Windows through the code and back, and how many numbers a code has."""
    options, parts, size = _module(network).SampleOptions(), [], 0
    for at in range(0, len(windows), AT_ONCE):
        codes = network.encode(torch.from_numpy(windows[at : at + AT_ONCE].astype(np.int64)))
        parts.append(network.decode(codes, options).numpy().astype(np.uint8))
        size = codes.shape[1]
    return np.concatenate(parts), size


def _module(network: Any) -> Any:
    return sys.modules[type(network).__module__]
