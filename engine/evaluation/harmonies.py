"""Harmonies: how much of Bach's alto, tenor and bass a system finds under his soprano, and how well it leads voices.

Tokens say little: who always holds on is right three times in four. So what sounds is counted, and which notes begin as
they should, beside two tables of the commonest note under each note of the soprano, one of them knowing the key.
Another good harmony than Bach's counts as wrong: what a perfect musician would reach is not known, but is not 100 %.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.codecs.chorale import BEAT, FIRST_PITCH, HOLD, STEPS, VOICES, pitches
from engine.codecs.codec import Codec, Tokens
from engine.corpus.dataset import Dataset
from engine.jobs.job import Report, silent, stretch
from engine.options import fitting
from engine.score.voice_leading import Kind, chord_changes, faults

MOST = 128  # windows that are harmonized
AT_ONCE = 32
LOWER = tuple(voice.lower() for voice in VOICES[1:])
TICKS = 480  # in a quarter
FAULTS = {  # figure -> what it counts
    "parallel_fifths": Kind.FIFTH,
    "parallel_octaves": Kind.OCTAVE,
    "crossings": Kind.CROSSING,
    "out_of_range": Kind.RANGE,
    "wide_leaps": Kind.LEAP,
}

Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]
Pitches = NDArray[np.int16]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Figures of a network that harmonizes chorales; no curves. Held-out windows in their own keys, likeliest notes."""
    rng = np.random.default_rng(11)
    truth = data.held_out.windows[rng.permutation(len(data.held_out.windows))[:MOST]]
    made = harmonized(network, truth, stretch(report, 0.0, 0.9))
    figures = found(made, truth)
    figures["harmonize_kept"] = float((made[:, 0] == truth[:, 0]).mean())
    figures["hold_harmony_token"] = float((truth[:, 1:] == HOLD).mean())
    report(0.9, 1, "tables of the commonest notes")
    sung = pitches(truth)
    for name, guess in (("lookup", looked_up), ("key_lookup", looked_up_in_key)):
        right = guess(data.train.windows, truth) == sung[:, 1:]
        figures |= {f"{name}_{voice}_pitch": float(right[:, n].mean()) for n, voice in enumerate(LOWER)}
        figures[f"{name}_harmony_pitch"] = float(right.mean())
    figures["harmony_over_lookup"] = figures["harmony_pitch"] - figures["lookup_harmony_pitch"]
    figures["harmony_over_key_lookup"] = figures["harmony_pitch"] - figures["key_lookup_harmony_pitch"]
    figures |= led(made, codec) | {f"real_{name}": value for name, value in led(truth, codec).items()}
    if hasattr(network, "nats"):
        figures |= surprise(network, data.held_out.windows)
    if hasattr(network, "attention") and network.options.attention:
        figures |= listened(network, truth)
    return figures, {}


def harmonized(network: Any, windows: Tokens, report: Report = silent) -> Tokens:
    """Windows [n, 4, 64] with the three lower voices written by the network, at temperature 0."""
    module = sys.modules[type(network).__module__]
    options = fitting(getattr(module, "HarmonizeOptions", module.SampleOptions), {"temperature": 0.0, "seed": 1})
    parts, starts = [], range(0, len(windows), AT_ONCE)
    for index, at in enumerate(starts):
        x = torch.from_numpy(windows[at : at + AT_ONCE].astype(np.int64))
        part = stretch(report, index / len(starts), (index + 1) / len(starts))
        parts.append(network.harmonize(x, _soprano(x), options, part).numpy().astype(np.uint8))
    return np.concatenate(parts)


def found(made: Tokens, truth: Tokens) -> Figures:
    """Shares of the lower voices of windows [n, 4, 64]: steps at which the right note sounds, notes that begin as they
    should, tokens.
    """
    sounds, begins, right = pitches(made) == pitches(truth), truth >= FIRST_PITCH, made == truth
    figures = {}
    for number, voice in enumerate(LOWER, 1):
        figures[f"harmony_{voice}_pitch"] = float(sounds[:, number].mean())
        figures[f"harmony_{voice}_onset"] = float(right[:, number][begins[:, number]].mean())
    figures["harmony_pitch"] = float(sounds[:, 1:].mean())
    figures["harmony_onset"] = float(np.mean([figures[f"harmony_{voice}_onset"] for voice in LOWER]))
    figures["harmony_token"] = float(right[:, 1:].mean())
    return figures


def led(windows: Tokens, codec: Codec) -> Figures:
    """How the voices of windows [n, 4, 64] are led: faults in 100 changes of chord, and changes in a beat."""
    counts: Counter[Kind] = Counter()
    changes = 0
    for window in windows:
        voices = [voice.notes for voice in codec.write(window, TICKS)]
        counts.update(fault.kind for fault in faults(voices))
        changes += chord_changes(voices)
    each = 100 / max(1, changes)
    figures = {name: counts[kind] * each for name, kind in FAULTS.items()}
    return figures | {"chord_changes": changes / (len(windows) * STEPS / BEAT)}


def surprise(network: Any, windows: Tokens) -> Figures:
    """What Bach's lower voices cost a network that knows the soprano, in nats per step and per change of chord."""
    total, changes = 0.0, 0
    for at in range(0, len(windows), AT_ONCE):
        x = torch.from_numpy(windows[at : at + AT_ONCE].astype(np.int64))
        total += float(network.nats(x, _soprano(x)).double().sum())
        changes += int((windows[at : at + AT_ONCE] != HOLD).any(1).sum())
    return {"harmony_step_nats": total / windows[:, 0].size, "harmony_chord_nats": total / max(1, changes)}


def listened(network: Any, windows: Tokens) -> Figures:
    """Shares of all attention that fall within a beat of the step that is written, and further ahead; were it spread
    evenly, 14 % and 43 %.
    """
    x = torch.from_numpy(windows.astype(np.int64))
    share = network.attention(x, x).numpy().mean(0)
    ahead = np.arange(STEPS) - np.arange(STEPS)[:, None]
    near = share * (np.abs(ahead) <= BEAT)
    return {
        "attention_near": float(near.sum(1).mean()),
        "attention_ahead": float((share * (ahead > BEAT)).sum(1).mean()),
    }


def looked_up(train: Tokens, truth: Tokens) -> Pitches:
    """The commonest alto, tenor and bass [n, 3, 64] under each pitch of the soprano."""
    return _table(pitches(train), pitches(truth))


def looked_up_in_key(train: Tokens, truth: Tokens) -> Pitches:
    """The same, of music moved to one key, judged by the soprano alone."""
    shifts = [_keys(windows)[:, None, None] for windows in (train, truth)]
    known, asked = (_moved(pitches(w), -shift) for w, shift in zip((train, truth), shifts, strict=True))
    return _moved(_table(known, asked), shifts[1])


def _table(known: Pitches, asked: Pitches) -> Pitches:
    made = np.zeros_like(asked[:, 1:])
    for pitch in np.unique(asked[:, 0]):
        here = known[:, 0] == pitch
        for voice in range(1, len(VOICES)):
            if here.any():
                made[:, voice - 1][asked[:, 0] == pitch] = np.bincount(known[:, voice][here]).argmax()
    return made


def _moved(sung: Pitches, semitones: NDArray[np.integer]) -> Pitches:
    return np.where(sung > 0, sung + semitones, 0).astype(np.int16)


def _keys(windows: Tokens) -> NDArray[np.integer]:
    from engine.models.parts import choir

    x = torch.from_numpy(windows.astype(np.int64))
    return np.asarray(choir.listen(x, _soprano(x)).key.numpy())


def _soprano(x: torch.Tensor) -> torch.Tensor:
    mask = torch.zeros_like(x, dtype=torch.bool)
    mask[:, 0] = True
    return mask
