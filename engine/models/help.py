"""The page about a model: prose from resources/help, numbers from its bundle's header, as Markdown.

A page is written with placeholders that are filled here, so that it cannot say what the weights do not:

    {corpus} {terms} {steps} {tunes} {windows} {held_out_tunes} ...  of the training
    {figure:NAME}   what was measured          {twin:NAME:FIGURE}   the same of a twin
    {option:NAME}   how the network is built

A line that begins with `? ` is left out, with what follows up to the next blank line, if one of its numbers is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.evaluation import words
from engine.models.row import Row
from engine.resources import root

MISSING = "(not measured)"
_HOLE = re.compile(r"\{([a-z_]+)((?::[^{}:]+)*)\}")


def page(row: Row, header: Mapping[str, Any], figures: bool = True) -> str:
    """The page as Markdown.

    Args:
        row: of the registry.
        header: of its bundle; empty if it is not trained.
        figures: with the tables of what was measured at the end.
    """
    parts = [f"# {row.title}", f"*{row.promise}*"]
    if not header:
        parts.append(
            f"**Not trained yet.** There are no weights on this machine; `melomorph train {row.name}` makes them, "
            "and the figures on this page come with them."
        )
    parts.append(filled(prose(row), row, header))
    if figures:
        parts += [part for part in (gates_table(header), twins_table(header), figures_table(header)) if part]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def prose(row: Row) -> str:
    """What is written about a model, with its placeholders; its paper alone where nothing is written yet."""
    path = root() / "help" / f"{row.name}.md"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    return f"## The paper\n\n{row.paper}."


def filled(text: str, row: Row, header: Mapping[str, Any]) -> str:
    """The text with its placeholders filled from a header."""
    facts = _facts(row, header)
    kept = []
    for paragraph in text.split("\n\n"):
        optional = paragraph.startswith("? ")
        made, missing = _fill(paragraph.removeprefix("? "), facts, header)
        if not (optional and missing):
            kept.append(made)
    return "\n\n".join(kept)


def gates_table(header: Mapping[str, Any]) -> str:
    """What the model was meant to reach and what it reaches; empty if it has no gates."""
    lines = []
    for gate in words.gates(header):
        name = str(gate.get("name", ""))
        sign, number = words.aim(str(gate.get("gate", "")), name)
        holds = "holds" if gate.get("holds") else "**falls short**"
        lines.append(
            f"| {words.meaning(name)} | {words.written(name, float(gate['value']))} | {sign} {number} | {holds} |"
        )
    if not lines:
        return ""
    return "\n".join(["## What it was meant to reach", "", "| Figure | Reached | Aim | |", "|---|--:|--:|---|", *lines])


def twins_table(header: Mapping[str, Any]) -> str:
    """Figures of the model beside those of its twins, where both were measured; empty without twins."""
    mine = words.measured(header)
    found = header.get("twins")
    twins = {name: words.numbers(given) for name, given in found.items()} if isinstance(found, Mapping) else {}
    shared = [name for name in mine if name != "held_out_tunes" and any(name in twin for twin in twins.values())]
    if not shared:
        return ""
    lines = []
    for name in shared:
        cells = [words.written(name, twin[name]) if name in twin else "" for twin in twins.values()]
        lines.append(f"| {words.meaning(name)} | {words.written(name, mine[name])} | {' | '.join(cells)} |")
    heads = " | ".join(str(name) for name in twins)
    intro = "A twin is trained on the same music for comparison; it is not shipped."
    rule = "|---|--:|" + "--:|" * len(twins)
    return "\n".join(["## Beside its twins", "", intro, "", f"| Figure | This one | {heads} |", rule, *lines])


def figures_table(header: Mapping[str, Any]) -> str:
    """Everything that was measured; empty if nothing was."""
    figures = words.measured(header)
    ordered = [name for name in words.WORDS if name in figures]
    ordered += [name for name in figures if name not in words.WORDS]
    lines = [f"| {words.meaning(name)} | {words.written(name, figures[name])} |" for name in ordered]
    return "\n".join(["## Everything that was measured", "", "| Figure | |", "|---|--:|", *lines]) if lines else ""


def _fill(text: str, facts: Mapping[str, str], header: Mapping[str, Any]) -> tuple[str, bool]:
    """The text filled, and whether something was missing."""
    missing = False

    def put(match: re.Match[str]) -> str:
        nonlocal missing
        value = _value(match.group(1), match.group(2).split(":")[1:], facts, header)
        missing = missing or value is None
        return MISSING if value is None else value

    return _HOLE.sub(put, text), missing


def _value(kind: str, names: list[str], facts: Mapping[str, str], header: Mapping[str, Any]) -> str | None:
    if kind == "figure" and len(names) == 1:
        return _written(names[0], words.measured(header))
    if kind == "twin" and len(names) == 2:
        twins = header.get("twins")
        return _written(names[1], words.numbers(twins.get(names[0]) if isinstance(twins, Mapping) else None))
    if kind == "option" and len(names) == 1:
        options = header.get("options")
        value = options.get(names[0]) if isinstance(options, Mapping) else None
        return None if value is None else str(value)
    return facts.get(kind)


def _written(name: str, figures: Mapping[str, float]) -> str | None:
    return words.written(name, figures[name]) if name in figures else None


def _facts(row: Row, header: Mapping[str, Any]) -> dict[str, str]:
    """Of the training, in words; only what is known."""
    facts = {"name": row.name, "paper": row.paper, "year": str(row.year)}
    corpus, recipe, training = (header.get(key) for key in ("corpus", "recipe", "training"))
    if isinstance(corpus, Mapping):
        known = {"corpus": "title", "terms": "terms", "tunes": "train_tunes", "windows": "train_windows"}
        known |= {"held_out_tunes": "held_out_tunes", "held_out_windows": "held_out_windows"}
        facts |= {name: _plain(corpus[key]) for name, key in known.items() if corpus.get(key)}
    if isinstance(recipe, Mapping):
        facts |= {name: _plain(recipe[name]) for name in ("steps", "learning_rate", "seed") if name in recipe}
    if isinstance(training, Mapping):
        facts |= {name: _plain(training[name]) for name in ("minutes", "seconds", "device") if name in training}
    return facts


def _plain(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{value:g}" if isinstance(value, float) else str(value).rstrip(".")
