"""Melodies over given chords: do they follow them, do bars join, and are they like real tunes?

Chords are those found in held-out tunes, and the first bar is the tune's own. The same tunes are composed over their
chords, over the chords of another tune, and over none at all; what is counted is sounding time spent on tones of the
chords of the tune, from the second bar on.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.chord_finding import NONE, key_of
from engine.codecs.codec import Codec, Tokens
from engine.codecs.melody_chords import chord_tones, classes_sounding, triads_of
from engine.corpus.dataset import Dataset
from engine.evaluation.features import Meter, unique_share
from engine.jobs.job import Report, silent

FOLLOWED, COMPARED, REFERENCE = 250, 1_000, 3_000  # tunes composed over, melodies and real windows measured
BAR = melody.BAR_SLOTS
PAIRS = 40_000  # training bars, two by two, that copies are looked for in
Triads = NDArray[np.int64]
Figures = dict[str, float]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[Figures, Curves]:
    """Figures of melodies over chords; see the words of each in `words.over_chords`."""
    rng = np.random.default_rng(29)
    held, train = data.held_out.windows, data.train.windows
    compared = _some(held, COMPARED, codec, rng)
    real = compared[:FOLLOWED]
    report(0, 4, "following chords")
    figures = _followed(network, real, triads_of(real), rng)
    report(1, 4, "joining bars")
    over = compose(network, real, triads_of(real), first=False)
    figures |= {"real_seam_leap": seam(real), "seam_leap": seam(over), "inner_leap": seam(over, inside=True)}
    figures |= {"rhythm_again": rhythm_again(over), "real_rhythm_again": rhythm_again(real)}
    other = compose(network, real, triads_of(real), first=False, seed=2)
    figures["luck_changes"] = float((over != other)[(over != melody.PAD)].mean())
    report(2, 4, "comparing with real tunes")
    meter = Meter(_some(train, REFERENCE, codec, rng))
    made = compose(network, compared, triads_of(compared), first=False, seed=3)
    drawn = _drawn(network, compared)
    figures |= {
        "over_chords_fd": meter.frechet(made),
        "prior_fd": meter.frechet(drawn),
        "real_held_out_fd": meter.frechet(_some(held, COMPARED, codec, rng)),
        "shuffled_pitches_fd": meter.frechet(shuffled(compared, rng)),
        "prior_unique": unique_share(drawn),
    }
    report(3, 4, "looking for copies")
    known = _pairs_known(train, rng)
    figures |= {"pairs_copied": _copied(made, known), "real_pairs_copied": _copied(compared, known)}
    return figures, {}


def _followed(network: Any, real: Tokens, chords: Triads, rng: np.random.Generator) -> Figures:
    wrong = strangers(chords, rng)
    told = compose(network, real, chords)
    none = np.concatenate([chords[:, :1], np.full_like(chords[:, 1:], NONE)], 1)
    return {
        "chord_tones": on_chords(told, chords),
        "real_chord_tones": on_chords(real, chords),
        "wrong_chord_tones": on_chords(compose(network, real, wrong), chords),
        "untold_chord_tones": on_chords(compose(network, real, none), chords),
        "stable_chord_tones": on_chords(compose(network, real, chords, creativity=0.0), chords),
        "creative_chord_tones": on_chords(compose(network, real, chords, creativity=1.0), chords),
        "chords_found_again": float((triads_of(told) == chords)[:, 1:].mean()),
        "chords_found_by_chance": float((chords == wrong)[:, 1:].mean()),
        "first_bar_kept": float((told == real)[:, :BAR].all(1).mean()),
    }


def compose(
    network: Any, real: Tokens, chords: Triads, first: bool = True, seed: int = 1, creativity: float | None = None
) -> Tokens:
    """Melodies [n, 16 * bars] over chords [n, bars] in the kinds of bar that real ones have, perhaps from their first
    bars on; with the row's own creativity if nothing else is said.
    """
    kind, made = sys.modules[type(network).__module__].SampleOptions, real.copy()
    wanted = {} if creativity is None else {"creativity": creativity}
    for compound in (False, True):
        rows = np.flatnonzero(melody.is_compound(real) == compound)
        if not len(rows):
            continue
        bars = torch.from_numpy(real[rows, :BAR].astype(np.int64)) if first else None
        with torch.inference_mode():
            found = network.follow(
                torch.from_numpy(chords[rows]), bars, kind(compound=compound, seed=seed, **wanted), silent
            )
        made[rows] = found.numpy().astype(np.uint8)
    return made


def strangers(chords: Triads, rng: np.random.Generator) -> Triads:
    """For each row of chords, those of another tune of its mode, brought into its key."""
    key = key_of(chords)
    order = np.arange(len(chords))
    for mode in (False, True):
        rows = rng.permutation(np.flatnonzero((key >= 12) == mode))
        order[rows] = np.roll(rows, 1)
    found = chords[order]
    moved = (found % 12 + (key % 12 - key[order] % 12)[:, None]) % 12 + 12 * (found >= 12)
    return np.asarray(np.where(found == NONE, NONE, moved))


def on_chords(windows: Tokens, chords: Triads) -> float:
    """Share of sounding time on tones of the chords [n, bars], from the second bar on; bars without are left out."""
    sounds = classes_sounding(windows)
    tones = np.repeat(chord_tones(chords), BAR, 1)
    fits = np.take_along_axis(tones, sounds.clip(0)[..., None], 2)[..., 0]
    counts = (sounds >= 0) & (np.repeat(chords, BAR, 1) != NONE)
    counts[:, :BAR] = False
    return float(fits[counts].mean())


def seam(windows: Tokens, inside: bool = False) -> float:
    """Semitones, on average, from the last note of a bar to the first of the next; `inside`: within bars."""
    leaps = []
    for window in windows:
        notes = [(onset, pitch) for onset, _, pitch in melody.decode_steps(window)]
        steps = melody.steps_per_bar(bool(melody.is_compound(window)))
        for (at, pitch), (later, following) in pairwise(notes):
            if (at // steps == later // steps) == inside:
                leaps.append(abs(following - pitch))
    return float(np.mean(leaps)) if leaps else 0.0


def rhythm_again(windows: Tokens) -> float:
    """Share of bars whose notes begin where those of the bar before do."""
    onsets = ((windows >= melody.FIRST_PITCH_TOKEN) & (windows < melody.PAD)).reshape(len(windows), -1, BAR)
    return float((onsets[:, 1:] == onsets[:, :-1]).all(2).mean())


def shuffled(windows: Tokens, rng: np.random.Generator) -> Tokens:
    """The same rhythms, each with its own pitches in any order."""
    made = windows.copy()
    for row in made:
        places = np.flatnonzero((row >= melody.FIRST_PITCH_TOKEN) & (row < melody.PAD))
        row[places] = row[rng.permutation(places)]
    return made


def _drawn(network: Any, like: Tokens) -> Tokens:
    """New melodies over common chords, in the kinds of bar that real ones have."""
    kind = sys.modules[type(network).__module__].SampleOptions
    made = []
    for compound in (False, True):
        n = int((melody.is_compound(like) == compound).sum())
        if n:
            with torch.inference_mode():
                made.append(network.sample(n, kind(compound=compound, seed=5), silent).numpy().astype(np.uint8))
    return np.concatenate(made)


def _pairs_known(train: Tokens, rng: np.random.Generator) -> set[bytes]:
    """Two bars of training tunes, in any key."""
    return {row.tobytes() for row in _pairs(train[rng.permutation(len(train))[: PAIRS // 4]])}


def _copied(windows: Tokens, known: set[bytes]) -> float:
    return float(np.mean([row.tobytes() in known for row in _pairs(windows)]))


def _pairs(windows: Tokens) -> Tokens:
    """All bars two by two, [m, 32], in their one spelling and as the same in any key."""
    pairs = windows.reshape(-1, 2 * BAR)
    pairs = pairs[((pairs >= melody.FIRST_PITCH_TOKEN) & (pairs < melody.PAD)).sum(1) > 2]
    return melody.MELODY.shape_of(pairs)


def _some(windows: Tokens, n: int, codec: Codec, rng: np.random.Generator) -> Tokens:
    chosen = windows[rng.permutation(len(windows))[:n]]
    return codec.transpose_randomly(chosen, rng)
