"""Systems that rewrite music as another kind: is it taken for that kind, is it good, and is it still the tune?

Style strength as Brunner et al. (2018) measure it, by a small network that has learnt to tell the two kinds apart from
the training tunes; on held-out tunes alone. It rewards who forgets the tune, so what is left of the tune stands beside
it; and beside both stand two who do nothing: one leaves the tune as it is, one plays another tune of the wanted kind.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.codecs import melody
from engine.codecs.codec import Codec
from engine.corpus.dataset import Dataset, Split
from engine.evaluation.features import Meter
from engine.evaluation.kinds import Judge
from engine.evaluation.kinds_training import taught
from engine.evaluation.reconstruction import pick
from engine.jobs.job import Report, silent, stretch
from engine.options import fitting

EACH, REFERENCE = 400, 3_000  # phrases of a kind that are rewritten, and training windows they are compared with
LESSONS = 500  # steps in which the judge learns
DOWN, UP = -5, 6  # semitones among which two tunes are laid in one key
Windows = NDArray[np.uint8]
Curves = dict[str, dict[str, list[float]]]


def measure(network: Any, data: Dataset, codec: Codec, report: Report = silent) -> tuple[dict[str, float], Curves]:
    """Means over both ways, and NAME_... of the way towards one kind; a curve: both sides of it over the strength.

    style_strength: S_tot. taken_for_source, taken_for_source_after, taken_for_source_back: likelihood of the kind the
    tune is from, before, rewritten, and rewritten back. pitches_kept: sixteenths on which the same pitch class sounds
    as before; notes_kept: notes of the tune whose pitch class sounds where they began; beats_kept: those on beats.
    other_...: of another tune of the wanted kind. given_back: steps that come back on the way there and back.
    transfer_fd: distance (see `features`) from real ones of the wanted kind; unchanged_fd, real_transfer_fd: of the
    tunes as they were, and of real ones. transfer_unique: how many are different.
    """
    names = tuple(network.names)
    judge = taught(_halves(data), names, steps=LESSONS, report=stretch(report, 0.0, 0.4))
    rng = np.random.default_rng(31)
    common = bool(_compound(network))
    train, held = ([_of(side, names, kind, common) for kind in (0, 1)] for side in (data.train, data.held_out))
    train, held = ([pick(w, codec, n, rng) for w in side] for side, n in ((train, REFERENCE), (held, EACH)))
    rows = []
    curve: dict[str, list[float]] = {"strength": [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5]}
    for kind in (0, 1):
        report(0.4 + 0.3 * kind, 1.0, f"as a {names[kind]}")
        rows.append(_one_way(network, judge, kind, held, Meter(train[kind])))
        for strength in curve["strength"]:
            made = rewritten(network, held[1 - kind][: EACH // 4], kind, strength)
            taken = likelihood(judge, made, names[kind])
            curve.setdefault(f"taken for a {names[kind]}", []).append(round(taken, 4))
            kept = float(np.mean(kept_of(held[1 - kind][: EACH // 4], made)[1]))
            curve.setdefault(f"notes kept, as a {names[kind]}", []).append(round(kept, 4))
    figures = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
    told = ("style_strength", "taken_for_source_after", "notes_kept", "transfer_fd")
    singles = {f"{names[kind]}_{key}": rows[kind][key] for kind in (0, 1) for key in told}
    return figures | singles | {"judge_accuracy": judge.figures["accuracy"]}, {"strength": curve}


def _one_way(network: Any, judge: Judge, kind: int, held: list[Windows], meter: Meter) -> dict[str, float]:
    """Everything about rewriting held-out tunes of the other kind as this one."""
    source, mine = network.names[1 - kind], held[1 - kind]
    made = rewritten(network, mine, kind)
    back = rewritten(network, made, 1 - kind)
    before, after, again = (likelihood(judge, windows, source) for windows in (mine, made, back))
    other = in_key_of(held[kind][np.arange(len(mine)) % len(held[kind])], mine)
    figures = {
        "style_strength": (before - after + again - after) / 2,
        "taken_for_source": before,
        "taken_for_source_after": after,
        "taken_for_source_back": again,
        "given_back": float((back == mine)[mine != melody.PAD].mean()),
        "transfer_fd": meter.frechet(made),
        "unchanged_fd": meter.frechet(mine),
        "real_transfer_fd": meter.frechet(held[kind]),
        "transfer_unique": len({row.tobytes() for row in made}) / len(made),
    }
    for prefix, windows in (("", made), ("other_", other)):
        shares = [float(np.nanmean(share)) for share in kept_of(mine, windows)]
        figures |= dict(
            zip((f"{prefix}pitches_kept", f"{prefix}notes_kept", f"{prefix}beats_kept"), shares, strict=True)
        )
    return figures


def rewritten(network: Any, windows: Windows, kind: int, strength: float = 1.0) -> Windows:
    """Windows [n, slots] as a kind."""
    import sys

    import torch

    wanted = fitting(sys.modules[type(network).__module__].SampleOptions, {"strength": strength})
    with torch.inference_mode():
        made = network.transfer(torch.from_numpy(windows.astype(np.int64)), kind, wanted)
    return np.array([melody.canonical(window) for window in made.numpy().astype(np.uint8)])


def likelihood(judge: Judge, windows: Windows, kind: str) -> float:
    """How likely windows [n, slots] are of a kind, by all their two bars together, mean over the windows."""
    parts = windows.reshape(-1, melody.SLOTS)
    logs = np.log(judge.probabilities(parts) + 1e-9).reshape(len(windows), -1, len(judge.kinds)).sum(1)
    shares = np.exp(logs - logs.max(1, keepdims=True))
    return float((shares / shares.sum(1, keepdims=True))[:, judge.kinds.index(kind)].mean())


def sounding(windows: Windows) -> NDArray[np.int64]:
    """The pitch token that sounds in each slot of windows [n, slots]; 0 in silence."""
    found = np.zeros(windows.shape, dtype=np.int64)
    now = np.zeros(len(windows), dtype=np.int64)
    for slot in range(windows.shape[1]):
        token = windows[:, slot].astype(np.int64)
        struck = (token >= melody.FIRST_PITCH_TOKEN) & (token < melody.PAD)
        now = np.where(struck, token, np.where(token == melody.REST, 0, now))
        found[:, slot] = now
    return found


def kept_of(before: Windows, after: Windows) -> tuple[NDArray[np.float64], ...]:
    """What of windows [n, slots] is still there, each [n]: of all that sounds, of the notes, of the notes on beats."""
    was, now = sounding(before), sounding(after)
    same = (was > 0) & (now > 0) & (was % 12 == now % 12)
    notes = (before >= melody.FIRST_PITCH_TOKEN) & (before < melody.PAD)
    beats = notes & (np.arange(before.shape[1]) % 4 == 0)[None]
    with np.errstate(invalid="ignore"):
        return tuple(
            (same & where).sum(1) / where.sum(1) for where in ((was > 0) & (before != melody.PAD), notes, beats)
        )


def in_key_of(windows: Windows, others: Windows) -> Windows:
    """Windows [n, slots] moved by less than an octave, so that each shares the key of its partner among the others."""
    import torch

    from engine.models.parts.home_key import homeward, pitched

    ways = []
    for side in (windows, others):
        tokens = torch.from_numpy(side.astype(np.int64))
        ways.append(homeward(tokens, pitched(tokens)).numpy())
    shift = (ways[0] - ways[1] - DOWN) % 12 + DOWN
    shifted = melody.transposed(windows, 0)
    for row, by in enumerate(shift):
        notes = (shifted[row] >= melody.FIRST_PITCH_TOKEN) & (shifted[row] < melody.PAD)
        moved = shifted[row].astype(int) + by
        lowest, highest = melody.FIRST_PITCH_TOKEN, melody.PAD - 1
        moved = np.where(moved < lowest, moved + 12, np.where(moved > highest, moved - 12, moved))
        shifted[row] = np.where(notes, moved, shifted[row])
    return shifted


def _halves(data: Dataset) -> Dataset:
    """The same tunes as windows of two bars, which is what a judge hears."""

    def cut(side: Split) -> Split:
        parts = side.windows.shape[1] // melody.SLOTS
        windows = side.windows.reshape(-1, melody.SLOTS)
        return Split(windows, np.repeat(side.tunes, parts), side.titles, side.kinds)

    return Dataset(cut(data.train), cut(data.held_out), data.duplicates)


def _of(side: Split, names: tuple[str, ...], kind: int, compound: bool) -> Windows:
    chosen = (side.numbered(names) == kind) & (melody.is_compound(side.windows) == compound)
    return np.asarray(side.windows[chosen])


def _compound(network: Any) -> bool:
    """Whether the two kinds have only bars of 12 sixteenths in common."""
    shares = network.known / network.known.sum(1, keepdim=True)
    return bool(shares.min(0).values.argmax())
