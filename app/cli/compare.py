"""Verbs of the command line that set systems side by side, and teach the judge that helps with it."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.common import progress, say, shelf
from engine.errors import UserError


def compare_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of `evaluate --compare`."""
    parser.add_argument(
        "--compare", nargs="*", metavar="MODEL",
        help="set systems side by side, with real music and music spoilt in a known way; no name: all that can be",
    )  # fmt: skip
    parser.add_argument("--n", type=int, default=0, help="two-bar melodies of each row of --compare (default: 1000)")
    parser.add_argument("--seed", type=int, default=1, help="of every draw of --compare")
    parser.add_argument("--heat", type=float, help="temperature of every draw of --compare (default: each one's own)")
    parser.add_argument("--compound", action="store_true", help="compare in 6/8 and 3/4 instead of 4/4")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the table of --compare for a spreadsheet")


def compare(a: argparse.Namespace, names: list[str]) -> int:
    """Print the table as it grows, where somebody looks; then whole, or as JSON."""
    from engine.evaluation import comparison, comparison_page
    from engine.evaluation.comparison_columns import FIRST

    found = comparison.compare(
        names, shelf(), a.n or comparison.N, a.seed, progress("Comparing"),
        corpus=a.corpus, compound=a.compound, temperature=a.heat,
    )  # fmt: skip
    for path, text in ((a.csv, found.csv), (a.markdown, lambda: comparison_page.page(found))):
        if path is not None:
            written(path, text())
    more = "Structure and the rest: --markdown, --csv or --json."
    say(found.as_json(), a.json, lambda: f"{found.text(FIRST)}\n\n{more}")
    return 0


def written(path: Path, text: str) -> None:
    """Put text into a file, and its folder first if need be.

    Raises:
        UserError: that cannot be done.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written.", "Choose another file.") from error
