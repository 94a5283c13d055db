"""The tables at the end of a model's page, out of its bundle's header, as Markdown; each is empty if it has no rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.evaluation import words
from engine.models.row import Row

BESIDE = {  # row -> the rows it is best compared with
    "melody_vae": ("music_vae",),
    "music_vae": ("melody_vae", "vae"),
    "vrae": ("vrae_20", "autoencoder"),
    "vrae_20": ("vrae", "music_vae"),
    "vae": ("autoencoder",),
    "autoencoder": ("vae",),
    "vq_vae": ("vae",),
    "sparse_ae": ("autoencoder",),
    "denoising_ae": ("autoencoder",),
    "bidirectional_rnn": ("anticipation_rnn",),
    "anticipation_rnn": ("bidirectional_rnn",),
    "contractive_ae": ("autoencoder",),
    "celtic_lstm": ("dilated_conv", "transformer"),
    "dilated_conv": ("celtic_lstm", "transformer"),
    "transformer": ("celtic_lstm", "dilated_conv"),
    "auto_bach": ("auto_bach_stacked",),
    "auto_bach_stacked": ("auto_bach",),
    "mini_bach": ("encoder_decoder_chorale", "orderless_nade"),
    "encoder_decoder_chorale": ("mini_bach", "orderless_nade"),
}
COMPARED = (  # what is compared, where both have it
    "token_accuracy", "onset_accuracy", "pca_onset_accuracy", "built_onset_accuracy", "exact_windows", "prior_fd",
    "prior_copies", "prior_unique", "midpoint_fd", "midpoint_copies", "latent_middle_nats", "latent_middle_in_key",
    "walk_changes", "walk_jump", "walk_detour", "masked_onset_accuracy", "bar_onset_accuracy", "code_steadiness",
    "dream_fixed", "dream_distinct", "dream_fd", "nearest_share", "copies", "unique", "harmony_pitch", "harmony_onset",
    "harmony_chord_nats", "parallel_fifths", "parallel_octaves", "crossings",
)  # fmt: skip
GIVEN = (  # figures whose names begin so would be the same of any network
    "lookup_", "key_lookup_", "table_", "held_out", "compound_", "real_", "hold_", "copy_", "crossfade_", "always_",
    "markov", "shuffled", "pca_", "guess_", "map_", "morph_ends", "walk_apart", "cells_per_step_real",
    "notes_per_step_real", "nearest_share_held_out",
)  # fmt: skip
Header = Mapping[str, Any]


def gates(header: Header) -> str:
    """What the model was meant to reach, and whether it does."""
    lines = []
    for gate in words.gates(header):
        name = str(gate.get("name", ""))
        sign, number = words.aim(str(gate.get("gate", "")), name)
        holds = "holds" if gate.get("holds") else "**falls short**"
        value = words.written(name, float(gate["value"]))
        lines.append(f"| {_cell(words.meaning(name))} | {value} | {f'{sign} {number}'.strip()} | {holds} |")
    return _table("What it was meant to reach", "", ("Figure", "Reached", "Aim", ""), lines)


def twins(header: Header) -> str:
    """Figures beside those of the networks that were trained for comparison."""
    found = header.get("twins")
    others = {str(name): words.numbers(given) for name, given in found.items()} if isinstance(found, Mapping) else {}
    mine = words.measured(header)
    known = [name for name in words.WORDS if name in mine and _main(name)]
    shared = [name for name in known if any(name in twin for twin in others.values())]
    lines = [_line(name, mine, others.values()) for name in shared]
    intro = "A twin is trained on the same music for comparison; it is not shipped."
    return _table("Beside its twins", intro, ("Figure", "This one", *map(_cell, others)), lines)


def beside(row: Row, header: Header, others: Mapping[str, Header]) -> str:
    """The main figures beside those of the models it is best compared with, as far as they are trained."""
    from engine.models.registry import REGISTRY

    names = [name for name in BESIDE.get(row.system, ()) if others.get(name) and name in REGISTRY]
    measured = [words.measured(others[name]) for name in names]
    mine = words.measured(header)
    shared = [name for name in COMPARED if name in mine and any(name in other for other in measured)]
    lines = [_line(name, mine, measured) for name in shared]
    if lines:
        steps = [str(one.get("recipe", {}).get("steps", "")) for one in (header, *(others[name] for name in names))]
        lines.insert(0, f"| Steps of training | {' | '.join(steps)} |")
    titles = (REGISTRY[name].title for name in names)
    return _table("Beside other models", "", ("Figure", "This one", *titles), lines)


def sliders(header: Header) -> str:
    """What each slider moves, and what it drags along, in deviations of the corpus."""
    mine = words.measured(header)
    names = [name for name in words.SLIDERS if f"slider_{name}_moves_{name}" in mine]
    lines = []
    for name in names:
        cells = [mine.get(f"slider_{name}_moves_{other}") for other in names]
        lines.append(f"| {name} | {' | '.join('' if cell is None else f'{cell:+.2f}' for cell in cells)} |")
    intro = "One unit of each slider, in deviations of the corpus: what it moves stands on the diagonal."
    return _table("What the sliders move", intro, ("Slider", *names), lines)


def figures(header: Header) -> str:
    """Everything that was measured, but for the sliders' table."""
    mine = words.measured(header)
    ordered = [name for name in words.WORDS if name in mine] + [name for name in mine if name not in words.WORDS]
    wanted = [name for name in ordered if "slider_" not in name or name.endswith("slider_monotone")]
    lines = [f"| {_cell(words.meaning(name))} | {words.written(name, mine[name])} |" for name in wanted]
    return _table("Everything that was measured", "", ("Figure", ""), lines)


def _cell(text: str) -> str:
    """A name out of a file, inside a table."""
    return re.sub(r"([\\`*\[\]<>|&!]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", text)


def _main(name: str) -> bool:
    """Of the network itself, and not one of the many that only tell what it is measured against."""
    return "slider_" not in name and not name.startswith(GIVEN)


def _line(name: str, mine: Mapping[str, float], others: Any) -> str:
    cells = [words.written(name, other[name]) if name in other else "" for other in others]
    return f"| {_cell(words.meaning(name))} | {words.written(name, mine[name])} | {' | '.join(cells)} |"


def _table(title: str, intro: str, heads: tuple[str, ...], lines: list[str]) -> str:
    if not lines:
        return ""
    rule = "|---|" + "--:|" * (len(heads) - 1)
    if heads[-1] == "" and len(heads) > 2:
        rule = rule[: -len("--:|")] + "---|"
    return "\n".join([f"## {title}", "", *([intro, ""] if intro else []), f"| {' | '.join(heads)} |", rule, *lines])
