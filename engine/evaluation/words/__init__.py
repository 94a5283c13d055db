"""Figures in a composer's words: what each name in a bundle's header means, and how its number is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.evaluation.words import boltzmann as words_boltzmann
from engine.evaluation.words import events as words_events
from engine.evaluation.words import frames as words_frames
from engine.evaluation.words import games as words_games
from engine.evaluation.words import harmonies as words_harmonies
from engine.evaluation.words import links as words_links
from engine.evaluation.words import of_kinds as words_of_kinds
from engine.evaluation.words import orderless as words_orderless
from engine.evaluation.words import over_chords as words_over_chords
from engine.evaluation.words import pins as words_pins
from engine.evaluation.words import rules as words_rules
from engine.evaluation.words import streams as words_streams
from engine.models.registry import find

PERCENT, PLAIN, PRECISE, COUNT = "percent", "plain", "precise", "count"  # 97.1 %, 6.1, 0.452, 593
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
    "token_over_hold": ("Steps right beyond those of only holding on", PERCENT),
    "token_over_pca": ("Steps right beyond those of that PCA", PERCENT),
    "onset_over_pca": ("Notes right beyond those of that PCA", PERCENT),
    "kl_nats": ("Information kept of a melody (nats)", PLAIN),
    "reconstruction_nats": ("What its code leaves open of a melody (nats)", PLAIN),
    "prior_fd": ("New melodies: distance from real ones", PLAIN),
    "prior_fd_worst": ("New melodies: distance, worst of the draws", PLAIN),
    "prior_copies": ("New melodies that copy a training tune", PERCENT),
    "prior_unique": ("New melodies that are all different", PERCENT),
    "prior_overlap": ("New melodies: overlap with real ones", PERCENT),
    "midpoint_fd": ("Halfway melodies: distance from real ones", PLAIN),
    "midpoint_fd_worst": ("Halfway melodies: distance, worst of the draws", PLAIN),
    "midpoint_copies": ("Halfway melodies that copy a training tune", PERCENT),
    "midpoint_unique": ("Halfway melodies that are all different", PERCENT),
    "midpoint_overlap": ("Halfway melodies: overlap with real ones", PERCENT),
    "morph_ends_exact": ("Morphs that begin and end on your own notes", PERCENT),
    "real_train_fd": ("For comparison: other training tunes", PLAIN),
    "real_held_out_fd": ("For comparison: other real tunes", PLAIN),
    "real_held_out_overlap": ("For comparison: overlap of other real tunes", PERCENT),
    "markov_fd": ("For comparison: a Markov chain", PLAIN),
    "shuffled_pitches_fd": ("For comparison: real tunes, pitches shuffled", PLAIN),
    "walk_changes": ("Steps that change with each step of a walk", PLAIN),
    "walk_jump": ("The largest jump on a walk (steps that change)", PLAIN),
    "walk_flat": ("Steps of a walk on which nothing changes", PERCENT),
    "walk_apart": ("How far apart the ends of those walks are (steps)", PLAIN),
    "walk_detour": ("Detour of a walk (1: straight from end to end)", PLAIN),
    "real_nats": ("Real melodies: surprise per step (nats)", PRECISE),
    "latent_middle_nats": ("Halfway through the model: surprise per step (nats)", PRECISE),
    "crossfade_middle_nats": ("Halfway by mixing notes: surprise per step (nats)", PRECISE),
    "real_in_key": ("Real melodies: notes in key", PERCENT),
    "latent_middle_in_key": ("Halfway through the model: notes in key", PERCENT),
    "crossfade_middle_in_key": ("Halfway by mixing notes: notes in key", PERCENT),
    "morph_nats_saved": ("Halfway through the model: less surprise per step than by mixing notes (nats)", PRECISE),
    "morph_in_key_gained": ("Halfway through the model: more notes in key than by mixing notes", PERCENT),
    "masked_token_accuracy": ("Steps cut out here and there that it finds again", PERCENT),
    "masked_onset_accuracy": ("Notes cut out here and there that it finds again", PERCENT),
    "masked_fd": ("Melodies so repaired: distance from real ones", PLAIN),
    "masked_kept": ("Everything else left as it was", PERCENT),
    "bar_token_accuracy": ("Steps of a bar cut out that it finds again", PERCENT),
    "bar_onset_accuracy": ("Notes of a bar cut out that it finds again", PERCENT),
    "bar_fd": ("Melodies with a bar so filled: distance from real ones", PLAIN),
    "hold_masked_token_accuracy": ("For comparison: steps found by holding on", PERCENT),
    "hold_masked_onset_accuracy": ("For comparison: notes found by holding on", PERCENT),
    "copy_masked_token_accuracy": ("For comparison: steps found by copying the other bar", PERCENT),
    "copy_masked_onset_accuracy": ("For comparison: notes found by copying the other bar", PERCENT),
    "hold_bar_token_accuracy": ("For comparison: steps of a bar found by holding on", PERCENT),
    "hold_bar_onset_accuracy": ("For comparison: notes of a bar found by holding on", PERCENT),
    "copy_bar_token_accuracy": ("For comparison: steps of a bar found by copying the other", PERCENT),
    "copy_bar_onset_accuracy": ("For comparison: notes of a bar found by copying the other", PERCENT),
    "dream_fixed": ("Dreams that come to rest", PERCENT),
    "dream_distinct": ("Different melodies that dreams end on", COUNT),
    "dream_unique": ("Dreams that end where no other does", PERCENT),
    "dream_moving": ("Steps of a dream that still change at its end", PERCENT),
    "dream_onsets": ("Notes per step where dreams end", PRECISE),
    "real_dream_onsets": ("For comparison: notes per step of real tunes", PRECISE),
    "dream_repeats": ("Repeated notes where dreams end", PERCENT),
    "real_dream_repeats": ("For comparison: repeated notes of real tunes", PERCENT),
    "dream_fd": ("Where dreams end: distance from real melodies", PLAIN),
    "real_dream_fd": ("For comparison: as many real tunes", PLAIN),
    "dream_early_fd": ("Real tunes dreamt on for three rounds: distance", PLAIN),
    "dream_early_moved": ("Real tunes dreamt on for three rounds: steps that changed", PERCENT),
    "code_steadiness": ("How far one edited note moves the code (1: to another melody)", PRECISE),
    "mean_activation": ("How much of the time a unit is on", PERCENT),
    "activation_off_target": ("Distance from the sparsity it was meant to have", PERCENT),
    "units_on": ("Units that are on in a melody", PLAIN),
    "units_dead": ("Units that are hardly ever on", PERCENT),
    "motifs_distinct": ("Units whose motif is no other unit's", PERCENT),
    "used_bricks": ("Bricks of the book that are used", PERCENT),
    "brick_perplexity": ("Bricks there would be, were all used alike", PLAIN),
    "built_step_accuracy": ("Steps given back by its bricks", PERCENT),
    "built_onset_accuracy": ("Notes given back by its bricks", PERCENT),
    "built_bars": ("Bars given back whole by its bricks", PERCENT),
    "swap_inside": ("Steps that change where a brick is swapped", PERCENT),
    "swap_outside": ("Steps that change elsewhere when it is", PERCENT),
    "prior_brick_nats": ("What a brick costs, given those before it (nats)", PLAIN),
    "wrong_cells_train": ("Cells wrong of 5,632, in rags it has learnt", PLAIN),
    "wrong_cells_held_out": ("Cells wrong of 5,632, in rags it has never heard", PLAIN),
    "known_windows": ("Passages it knows by heart", PERCENT),
    "always_silent_wrong_cells": ("For comparison: cells wrong in silence", PLAIN),
    "always_silent_wrong_cells_held_out": ("For comparison: cells wrong in silence, rags never heard", PLAIN),
    "pca_wrong_cells_train": ("For comparison: cells wrong of a PCA of the same size", PLAIN),
    "pca_wrong_cells_held_out": ("For comparison: cells wrong of that PCA, rags never heard", PLAIN),
    "nearest_share": ("Notes that the nearest training piece has too", PERCENT),
    "nearest_share_held_out": ("For comparison: notes real music shares with its nearest piece", PERCENT),
    "copies": ("New music that copies a training piece", PERCENT),
    "unique": ("New music that is all different", PERCENT),
    "silent_rolls": ("New music that is silent", PERCENT),
    "notes_per_step": ("New music: notes per step", PRECISE),
    "notes_per_step_real": ("For comparison: notes per step of real music", PRECISE),
    "cells_per_step": ("New music: keys held at a time", PRECISE),
    "cells_per_step_real": ("For comparison: keys held in real music", PRECISE),
    "harmonize_kept": ("Notes of the melody that stay when harmonized", PERCENT),
    "harmonize_cells_per_step": ("Keys added to each step", PRECISE),
    "harmonize_steps_filled": ("Steps of the melody that get something", PERCENT),
}
SLIDERS = ("density", "height", "range", "syncopation", "leaps", "repetition", "mode")
WORDS |= {
    f"{slider}_slider_{kind}": (words.format(slider=slider), how)
    for slider in SLIDERS
    for kind, words, how in (
        ("monotone", "Melodies the {slider} slider moves the right way", PERCENT),
        ("step", "How far the {slider} slider moves them, in deviations", PRECISE),
        ("leak", "What the {slider} slider moves besides", PERCENT),
        ("blur", "What the {slider} slider stirs besides", PERCENT),
    )
}
for _voice in ("soprano", "alto", "tenor", "bass"):
    WORDS[f"{_voice}_token_accuracy"] = (f"Steps of the {_voice} given back", PERCENT)
    WORDS[f"{_voice}_onset_accuracy"] = (f"Notes of the {_voice} given back", PERCENT)
for _prefix, _whose in (("", "New music"), ("real_", "For comparison, real music")):
    WORDS |= {
        f"{_prefix}voice_crossings": (f"{_whose}: steps at which voices cross", PERCENT),
        f"{_prefix}chords": (f"{_whose}: steps with three different notes or more", PERCENT),
        f"{_prefix}out_of_scale": (f"{_whose}: notes out of scale", PERCENT),
        f"{_prefix}leaps": (f"{_whose}: leaps beyond an octave", PERCENT),
        f"{_prefix}silence": (f"{_whose}: silence", PERCENT),
    }
WORDS["real_notes_per_step"] = ("For comparison, real music: notes per step", PRECISE)
for _plane, _title in (("qualities", "musical axes"), ("pca", "PCA"), ("tsne", "t-SNE"), ("isomap", "Isomap")):
    WORDS[f"map_{_plane}_neighbours"] = (f"The map by {_title}: nearest neighbours kept", PERCENT)
    WORDS[f"map_{_plane}_distances"] = (f"The map by {_title}: how true its distances are (1: wholly)", PRECISE)
WORDS |= {
    f"slider_{slider}_moves_{quality}": (f"One unit of the {slider} slider moves {quality} by (deviations)", PRECISE)
    for slider in SLIDERS
    for quality in SLIDERS
}
WORDS |= words_boltzmann.WORDS
WORDS |= words_games.WORDS
WORDS |= words_harmonies.WORDS
WORDS |= words_events.WORDS
WORDS |= words_frames.WORDS
WORDS |= words_pins.WORDS
WORDS |= words_links.WORDS
WORDS |= words_of_kinds.WORDS
WORDS |= words_orderless.WORDS
WORDS |= words_over_chords.WORDS
WORDS |= words_rules.WORDS
WORDS |= words_streams.WORDS
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
    """What a bundle was meant to reach: {"name", "value", "gate", "holds"} each. A network that was trained on other
    music than the shipped one was meant to reach nothing of that.
    """
    if not by_the_book(header):
        return []
    evaluation = header.get("evaluation")
    found = evaluation.get("gates") if isinstance(evaluation, Mapping) else None
    wanted = [gate for gate in found if isinstance(gate, Mapping)] if isinstance(found, list) else []
    return [gate for gate in wanted if isinstance(gate.get("value"), int | float)]


def by_the_book(header: Mapping[str, Any]) -> bool:
    """Whether it was trained on the music for which its system's gates were set."""
    known = find(str(header.get("model", "")))
    corpus, recipe = header.get("corpus"), header.get("recipe")
    if known is None or not isinstance(corpus, Mapping):
        return True  # nobody says otherwise
    folder = isinstance(recipe, Mapping) and recipe.get("corpus") == "folder"
    return not folder and corpus.get("name", known.recipe.corpus) == known.recipe.corpus


def numbers(found: object) -> dict[str, float]:
    """The numbers among named values; none of anything else."""
    if not isinstance(found, Mapping):
        return {}
    return {str(name): float(value) for name, value in found.items() if isinstance(value, int | float)}


def _is_share(name: str, value: float) -> bool:
    return 0 <= value <= 1 and any(part in name for part in _SHARES)
