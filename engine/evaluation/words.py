"""Figures in a composer's words: what each name in a bundle's header means, and how its number is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PERCENT, PLAIN, COUNT = "percent", "plain", "count"  # 97.1 %, 6.1, 593
SIDES = ("", "compound_")  # prefix of a figure: bars of 16 sixteenths, bars of 12

WORDS: dict[str, tuple[str, str]] = {  # name -> what it means, and how it is written
    "held_out_tunes": ("Tunes kept apart from training, on which it was measured", COUNT),
    "token_accuracy": ("Steps given back as they were", PERCENT),
    "onset_accuracy": ("Notes given back as they were", PERCENT),
    "exact_windows": ("Melodies given back whole", PERCENT),
    "guess_token_accuracy": ("Steps given back at first sight, without care", PERCENT),
    "guess_onset_accuracy": ("Notes given back at first sight, without care", PERCENT),
    "always_hold_accuracy": ("Steps right if it only ever held on", PERCENT),
    "pca_token_accuracy": ("Steps given back by a PCA of the same size", PERCENT),
    "pca_onset_accuracy": ("Notes given back by a PCA of the same size", PERCENT),
    "kl_nats": ("Information kept of a melody (nats)", PLAIN),
    "reconstruction_nats": ("What its code leaves open of a melody (nats)", PLAIN),
    "prior_fd": ("New melodies: distance from real ones", PLAIN),
    "prior_fd_worst": ("The same, worst of the draws", PLAIN),
    "prior_copies": ("New melodies that copy a training tune", PERCENT),
    "prior_unique": ("New melodies that are all different", PERCENT),
    "prior_overlap": ("New melodies: overlap with real ones", PERCENT),
    "midpoint_fd": ("Halfway melodies: distance from real ones", PLAIN),
    "midpoint_fd_worst": ("The same, worst of the draws", PLAIN),
    "midpoint_copies": ("Halfway melodies that copy a training tune", PERCENT),
    "midpoint_unique": ("Halfway melodies that are all different", PERCENT),
    "midpoint_overlap": ("Halfway melodies: overlap with real ones", PERCENT),
    "morph_ends_exact": ("Morphs that begin and end on your own notes", PERCENT),
    "real_train_fd": ("For comparison: other training tunes", PLAIN),
    "real_held_out_fd": ("For comparison: other real tunes", PLAIN),
    "real_held_out_overlap": ("For comparison: overlap of other real tunes", PERCENT),
    "markov_fd": ("For comparison: a Markov chain", PLAIN),
    "shuffled_pitches_fd": ("For comparison: real tunes, pitches shuffled", PLAIN),
    "density_slider_monotone": ("Melodies the density slider moves the right way", PERCENT),
    "density_slider_leak": ("What it moves besides", PERCENT),
    "height_slider_monotone": ("Melodies the height slider moves the right way", PERCENT),
    "height_slider_leak": ("What it moves besides", PERCENT),
    "walk_changes": ("Steps that change with each step of a walk", PLAIN),
    "walk_jump": ("The largest jump on a walk (steps that change)", PLAIN),
    "walk_flat": ("Steps of a walk on which nothing changes", PERCENT),
    "walk_apart": ("How far apart the ends of those walks are (steps)", PLAIN),
    "walk_detour": ("Detour of a walk (1: straight from end to end)", PLAIN),
    "copies": ("New music that copies a training piece", PERCENT),
    "nearest_share": ("Notes that stand in the nearest training piece as well, on average", PERCENT),
}
_SHARES = ("accuracy", "share", "copies", "unique", "overlap", "exact", "leak", "monotone", "flat", "whole")


def meaning(name: str) -> str:
    """What a figure is, in words; a name unknown here speaks for itself."""
    side = next((side for side in reversed(SIDES) if name.startswith(side)), "")
    words = WORDS.get(name, WORDS.get(name.removeprefix(side), ("", "")))[0]
    if not words:
        return name.replace("_", " ").capitalize()
    return words if not side or name in WORDS else f"{words}, in 6/8 and 3/4"


def written(name: str, value: float) -> str:
    """A number as its figure is read: `97.1 %`, `6.1`, `593`."""
    bare = name.removeprefix(SIDES[1])
    kind = WORDS[bare][1] if bare in WORDS else PERCENT if _is_share(bare, value) else ""
    if kind == PERCENT:
        return f"{100 * value:.1f} %"
    if kind == COUNT or (not kind and float(value).is_integer()):
        return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{value:.1f}" if kind == PLAIN and abs(value) >= 1 else f"{value:.3g}"


def aim(gate: str, name: str) -> tuple[str, str]:
    """`<= 8` as ("at most", "8.0"); a gate of another form as ("", gate)."""
    sign, _, number = gate.partition(" ")
    try:
        return ("at least" if sign == ">=" else "at most"), written(name, float(number))
    except ValueError:
        return "", gate


def measured(header: Mapping[str, Any]) -> dict[str, float]:
    """The figures of a bundle's header, numbers only."""
    evaluation = header.get("evaluation")
    return numbers(evaluation.get("figures") if isinstance(evaluation, Mapping) else None)


def gates(header: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a bundle was meant to reach: {"name", "value", "gate", "holds"} each."""
    evaluation = header.get("evaluation")
    found = evaluation.get("gates") if isinstance(evaluation, Mapping) else None
    wanted = [gate for gate in found if isinstance(gate, Mapping)] if isinstance(found, list) else []
    return [gate for gate in wanted if isinstance(gate.get("value"), int | float)]


def numbers(found: object) -> dict[str, float]:
    """The numbers among named values; none of anything else."""
    if not isinstance(found, Mapping):
        return {}
    return {str(name): float(value) for name, value in found.items() if isinstance(value, int | float)}


def _is_share(name: str, value: float) -> bool:
    return 0 <= value <= 1 and any(part in name for part in _SHARES)
