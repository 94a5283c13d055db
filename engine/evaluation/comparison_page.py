"""The page of generators: a comparison as Markdown, with words for every figure."""

from __future__ import annotations

from engine.evaluation.comparison_columns import FIRST, SECOND, THIRD
from engine.evaluation.comparison_table import HIGHER, LOWER, Comparison

_SIGNS = {LOWER: "lower is better", HIGHER: "higher is better"}
_INTRODUCTION = """# Generators side by side

Made by `{command}`. {reference}

Every system is asked for as many two-bar melodies{n}, and everything is brought to that one currency: of music in
several voices the top line is heard, longer music is cut at every second bar line, and every melody is moved to a
random key, so that a favourite key counts neither for nor against a system. What a piece repeats counts once. What
systems learnt from is cut in two halves by tune: one half is what all rows are held against, the other half is a row of
its own and shows how near real music comes to real music; tunes held out of all training are another. Spoilt music
stands in the same table: real tunes whose pitches were shuffled, and two Markov chains, one over the pitches of real
rhythms, one over pitches and lengths. No figure means anything without these rows, nor beside one of another table with
fewer melodies.

Systems draw with their own settings; *likeliest notes* and *temperature* say which, where there is a choice. Systems
that can go on do so from held-out music in a row of their own, and only what they add is measured. Most were trained
for minutes on one core.

Rows stand in the order of *told apart*, the hardest figure to please. The distance over features alone would set both
Markov chains before most networks: it counts notes and intervals, and hardly hears in which order and on which beat
they come. So no figure is to be read alone. Where a corpus is small (eighteen rags), its two halves differ themselves:
the row of real tunes, not 50 %, is then what can be reached.
"""
_HOW = """
## What the figures mean

What neither rises nor falls in worth is best near the rows of real tunes.

"""


def page(found: Comparison, command: str = "melomorph evaluate --compare --markdown docs/generators.md") -> str:
    """The whole page."""
    many = {line.n for line in found.lines}
    n = f" ({found.n:,})" if many == {found.n} else f" ({found.n:,}, or as many as its corpus has)"
    parts = [_INTRODUCTION.format(command=command, reference=_reference(found), n=n)]
    for title, columns in (
        ("How near, how varied", FIRST),
        ("Structure and kind", SECOND),
        ("What it is made of", THIRD),
    ):
        parts += [f"## {title}\n", found.markdown(columns), ""]
    parts.append(_HOW + "\n".join(_word(found, name) for name in (*FIRST, *SECOND, *THIRD)))
    if found.left_out:
        parts += ["\n## Left out\n", *(f"- `{name}`: {why}" for name, why in found.left_out.items())]
    return "\n".join(parts).rstrip() + "\n"


def _reference(found: Comparison) -> str:
    kind = "6/8 and 3/4" if found.compound else "4/4, 2/2 and 2/4"
    return f"{found.reference} Bars of {kind}; seed {found.seed}."


def _word(found: Comparison, name: str) -> str:
    column = found.column(name)
    sign = f" ({_SIGNS[column.better]})" if column.better in _SIGNS else ""
    return f"- **{column.title}**{sign}: {column.text}"
