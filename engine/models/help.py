"""The page about a model: prose from resources/help, numbers from its bundle's header, as Markdown.

A page is written with placeholders that are filled here, so that it cannot say what the weights do not:

    {corpus} {terms} {steps} {tunes} {windows} {held_out_tunes} ...  of the training
    {figure:NAME}   what was measured          {twin:NAME:FIGURE}   the same of a twin
    {option:NAME}   how the network is built

A line that begins with `? ` is left out, with what follows up to the next blank line, if one of its numbers is missing.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any

from engine.evaluation import words
from engine.models import help_tables
from engine.models.registry import REGISTRY
from engine.models.row import Row
from engine.resources import root

MISSING = "(not measured)"
WIDTH = 120  # letters in a line
_HOLE = re.compile(r"\{([a-z_]+)((?::[^{}:]+)*)\}")


def page(row: Row, header: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """The page as Markdown, with tables of what was measured at its end.

    Args:
        row: of the registry.
        header: of its bundle; empty if it is not trained.
        others: headers of the other models by name; those it is best compared with stand beside it.
    """
    parts = [f"# {escaped(row.title)}", f"*{row.promise}*"]
    if row.own:
        parts.append(f"A network of your own, of the kind {REGISTRY[row.system].title}. {_whence(header)}".strip())
    elif not header:
        parts.append(
            f"**Not trained yet.** There are no weights on this machine; `melomorph train {row.name}` makes them, "
            "and the figures on this page come with them."
        )
    parts.append(filled(prose(row), row, header))
    parts += [
        help_tables.gates(header),
        help_tables.twins(header),
        help_tables.beside(row, header, others or {}),
        help_tables.sliders(header),
        help_tables.figures(header),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def prose(row: Row) -> str:
    """What is written about a model, with its placeholders; its paper alone where nothing is written yet."""
    path = root() / "help" / f"{row.system}.md"
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
            kept.append(_laid_out(made))
    return "\n\n".join(kept)


def _laid_out(paragraph: str) -> str:
    """Lines of one length again, after numbers took the places of their names; lists and tables stay as they are."""
    if paragraph[:1] in "#|-1" or paragraph.startswith("```"):
        return paragraph
    return textwrap.fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)


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
        return None if value is None else escaped(value) if isinstance(value, str) else str(value)
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


def _whence(header: Mapping[str, Any]) -> str:
    """On what a composer's network was trained, or that it cannot be read."""
    if not header:
        return "Its file cannot be used: its card says why."
    corpus = header.get("corpus")
    if not isinstance(corpus, Mapping):
        return ""
    folder = header.get("recipe", {}).get("corpus") == "folder"
    where = f"the folder “{escaped(str(corpus.get('name', '')))}”" if folder else _plain(corpus.get("title", ""))
    tunes, windows = (_plain(corpus.get(name, 0)) for name in ("train_tunes", "train_windows"))
    return f"Trained on {where}: {tunes} pieces, {windows} windows."


def escaped(text: str) -> str:
    """Text out of a file, so that a page shows it as it is written: as letters, never as marks, pictures or links."""
    return re.sub(r"([\\`*{}\[\]<>#|~!&]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", text)


def _plain(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{value:g}" if isinstance(value, float) else escaped(str(value).rstrip("."))
