"""The table of all systems: what each was trained on, its figures against its gates, the published ones beside them.

`docs/systems.md` is this table, made from the headers of the shipped bundles: a figure in it cannot grow old.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.evaluation.words import meaning, written
from engine.models.row import Row
from engine.models.shelf import Entry

# row -> figure -> what was published, and where. "as remembered": quoted from the field's memory of the paper.
PUBLISHED: dict[str, dict[str, str]] = {
    "music_vae": {
        "token_accuracy": ".951 (2-bar melodies from the web, sampling; Roberts et al. 2018, table 1, as remembered)",
    },
    "music_vae_hierarchical": {
        "token_accuracy": ".812, flat .620 (16-bar melodies, sampling; Roberts et al. 2018, table 1, as remembered)",
    },
    "music_vae_16": {
        "token_accuracy": ".812, flat .620 (16-bar melodies, sampling; Roberts et al. 2018, table 1, as remembered)",
    },
    "rl_tuner": {
        "repeated_too_often": "63.3 % before, 0.0 % after (Jaques et al. 2017, Q, as remembered)",
        "not_in_key": "0.1 % before, 1.0 % after (the same)",
        "starts_on_tonic": "0.9 % before, 28.8 % after (the same)",
        "leaps_resolved": "77.2 % before, 91.1 % after (the same)",
        "unique_highest": "64.7 % before, 56.4 % after (the same)",
        "unique_lowest": "49.4 % before, 51.9 % after (the same)",
        "in_motif": "5.9 % before, 75.7 % after (the same)",
        "in_repeated_motif": "0.007 % before, 0.11 % after (the same)",
        "pitches_follow_1": "-.16 before, -.11 after, on symbols (the same)",
        "pitches_follow_2": ".14 before, .03 after, on symbols (the same)",
        "pitches_follow_3": "-.13 before, .03 after, on symbols (the same)",
    },
    "cycle_gan": {
        "style_strength": ".205 to .716 (jazz and classical rolls, by noise and listeners; Brunner et al. 2018)",
        "taken_for_source": ".881 jazz, .925 classical (base model, the same)",
        "taken_for_source_after": ".206, .207 (the same)",
        "taken_for_source_back": ".882, .925 (the same)",
    },
    "orderless_nade": {
        "frame_nats": "0.57 (sixteenths, other split, 64 layers; Huang et al. 2017, as remembered)",
        "frame_nats_in_time": "2.22 (the same)",
    },
    "rnn_nade": {"chord_nats": "5.56 on the paper's own chorales in quarters; ours: docs/bench.md"},
    "rnn_rbm": {"chord_nats": "6.27 on the paper's own chorales in quarters, as remembered; ours: docs/bench.md"},
    "nade": {"chord_nats": "7.19 on the paper's own chorales in quarters, as remembered; ours: docs/bench.md"},
    "deephear": {
        "wrong_cells_train": "about 10 of about 5,000 cells (Sun 2015)",
        "nearest_share": "59.6 % of a sample's notes in one training snippet (Sun 2015)",
    },
}
_INTRODUCTION = """# The systems and their figures

Made by `make figures` from the bundles that ship; measured by `melomorph evaluate NAME` on pieces no network was
trained on: the split is by piece, variants of a piece stay on one side, and duplicates were taken out before. The
distance from real melodies is a Frechet distance over 54 musical features (lower is closer; comparable only between
melodies of one length). What a figure means for a composer is told on the system's page in the studio, and by
`melomorph help NAME`.
"""


def table(entries: Iterable[Entry]) -> str:
    """The whole page, in Markdown."""
    parts = [_INTRODUCTION]
    for entry in entries:
        parts.append(section(entry.row, entry.header))
    return "\n".join(parts)


def section(row: Row, header: Mapping[str, Any]) -> str:
    """One system: where it comes from, its gates with what was published, and its twins."""
    lines = [f"## {row.title} (`{row.name}`)", "", f"{row.paper}.", ""]
    evaluation = header.get("evaluation", {})
    figures: Mapping[str, float] = evaluation.get("figures", {})
    if not figures:
        return "\n".join([*lines, "Not trained yet.", ""])
    corpus, recipe = header["corpus"], header["recipe"]
    lines += [
        f"Trained on {corpus['title']}: {corpus['train_tunes']:,} pieces, {corpus['train_windows']:,} windows; "
        f"held out {corpus['held_out_tunes']:,} and {corpus['held_out_windows']:,}. {recipe['steps']:,} steps.",
        "",
        *_gates(row, evaluation),
        *_twins(header.get("twins", {}), figures),
    ]
    return "\n".join(lines)


def _gates(row: Row, evaluation: Mapping[str, Any]) -> list[str]:
    published, figures = PUBLISHED.get(row.system, {}), evaluation["figures"]
    lines = ["| figure | measured | aim | published |", "|---|---|---|---|"]
    judged = {gate["name"]: gate for gate in evaluation["gates"]}
    for name in [*judged, *(name for name in published if name not in judged and name in figures)]:
        gate = judged.get(name)
        mark = " **missed**" if gate and not gate["holds"] else ""
        aim = gate["gate"] if gate else ""
        lines.append(f"| {meaning(name)} | {written(name, figures[name])}{mark} | {aim} | {published.get(name, '')} |")
    return [*lines, ""]


def _twins(twins: Mapping[str, Mapping[str, float]], figures: Mapping[str, float]) -> list[str]:
    """What the same training made of another network, figure by figure where they differ."""
    if not twins:
        return []
    lines = [f"| beside its twins | {' | '.join(['this one', *twins])} |", "|---|" + "---|" * (len(twins) + 1)]
    for name, value in figures.items():
        if name.startswith("compound_") or not all(name in twin for twin in twins.values()):
            continue
        row = [written(name, number) for number in (value, *(twin[name] for twin in twins.values()))]
        if len(set(row)) > 1:
            lines.append(f"| {meaning(name)} | {' | '.join(row)} |")
    return [*lines, ""]
