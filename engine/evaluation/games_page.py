"""The page about games: a GAN beside the autoencoders on the same kind of map, and the shelf of laws and tricks.

`docs/games.md` is this page, made by `make figures` from the headers of the bundles and from `docs/games.json`, which
`python -m benchmarks.games` writes: no figure in it is typed by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.evaluation.words import meaning, written
from engine.models.shelf import Entry

BESIDE = ("vae", "melody_vae", "gan", "info_gan")
FIGURES = (
    "prior_fd",
    "prior_unique",
    "prior_copies",
    "real_held_out_fd",
    "midpoint_fd",
    "walk_changes",
    "walk_jump",
    "walk_detour",
    "latent_middle_nats",
    "latent_middle_in_key",
    "guess_onset_accuracy",
    "onset_accuracy",
)
_INTRODUCTION = """# Games of two

A generator invents, a critic tells its music from real music, and both learn from it. Made by `make figures`: the
first part from the bundles that ship, the second from `games.json` beside this page, which
`python -m benchmarks.games` writes.
"""
_BESIDE = """## A GAN beside the autoencoders

The lecture's comparison, measured: all four hear the same two-bar melodies and put them on the same kind of map. An
autoencoder is told every wrong note, so it gives melodies back; a generator is told only whether its music passes, so
what it invents passes. Its codes are looked for afterwards. Distances of new melodies are over 2,000 of them, bars of
sixteen sixteenths, the likeliest notes; those of real tunes nobody learnt from stand beside them.
"""
_SHELF = """## The shelf: laws and tricks

One small network ({width} channels), {steps} moves of the generator each, the same seed. It is short on purpose: it
shows which laws start well, not how far each can come. FD: distance of 1,000 melodies from real ones, the likeliest
notes of the averaged weights, bars of sixteen sixteenths; spread: largest less smallest FD at the last five looks (from
80 % of the moves on); seconds of one core, on a busy machine. Unless it says otherwise, a law is played with a gradient
penalty on real music (.05, every fourth move) and one move of the critic.
"""
_TRICKS = """Tricks, each added to the bare non-saturating game:"""


def page(entries: Sequence[Entry], shelf: Mapping[str, Any]) -> str:
    """The whole page, in Markdown.

    Args:
        entries: of the shipped bundles.
        shelf: {"cases": [...]}, see `games_shelf.play`.
    """
    headers = {entry.row.name: entry.header for entry in entries}
    titles = {entry.row.name: entry.row.title for entry in entries}
    parts = [_INTRODUCTION, _BESIDE, _beside(headers, titles), *_twin(headers.get("gan", {})), *_laws(shelf)]
    return "\n".join(parts)


def write(entries: Sequence[Entry], folder: Path) -> Path:
    """`games.md` into a folder, of what `games.json` there holds."""
    kept = folder / "games.json"
    shelf = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {"cases": []}
    path = folder / "games.md"
    path.write_text(page(entries, shelf), encoding="utf-8")
    return path


def _beside(headers: Mapping[str, Mapping[str, Any]], titles: Mapping[str, str]) -> str:
    known = {name: _figures(headers[name]) for name in BESIDE if _figures(headers.get(name, {}))}
    lines = [f"| | {' | '.join(titles.get(name, name) for name in known)} |", "|---|" + "---|" * len(known)]
    for figure in FIGURES:
        cells = [written(figure, found[figure]) if figure in found else "\N{EN DASH}" for found in known.values()]
        lines.append(f"| {meaning(figure)} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _twin(header: Mapping[str, Any]) -> list[str]:
    """The two laws of 2014, where both were trained."""
    twin = header.get("twins", {}).get("minimax", {})
    mine = _figures(header)
    if not twin:
        return []
    names = ("prior_fd", "prior_unique", "prior_copies", "critic_right")
    lines = ["The same generator by the two laws of 2014 (minimax: three tenths of the steps):", ""]
    lines += ["| | non-saturating | minimax |", "|---|---|---|"]
    shown = [name for name in names if name in mine and name in twin]
    lines += [f"| {meaning(name)} | {written(name, mine[name])} | {written(name, twin[name])} |" for name in shown]
    return ["\n".join([*lines, ""])]


def _laws(shelf: Mapping[str, Any]) -> list[str]:
    cases = shelf.get("cases", [])
    if not cases:
        return []
    from engine.evaluation.games_shelf import SMALL

    steps = f"{cases[0]['steps']:,}"
    parts = [_SHELF.format(width=SMALL["width"], steps=steps)]
    for group, title in (("laws", "Laws:"), ("tricks", _TRICKS)):
        chosen = [case for case in cases if case["group"] == group]
        if chosen:
            parts.append("\n".join([title, "", *_rows(chosen), ""]))
    return parts


def _rows(cases: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [
        "| | FD | spread | all different | copies | notes in two bars | seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    for case in cases:
        shares = [f"{100 * case[name]:.1f} %" for name in ("unique", "copies")]
        cells = [f"{case['fd']:.1f}", f"{case['fd_spread']:.1f}", *shares, f"{case['notes']:.1f}"]
        lines.append(f"| {case['title']} | {' | '.join(cells)} | {case['seconds']:.0f} |")
    return lines


def _figures(header: Mapping[str, Any]) -> Mapping[str, float]:
    found: Mapping[str, float] = header.get("evaluation", {}).get("figures", {})
    return found
