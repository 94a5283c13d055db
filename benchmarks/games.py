"""The laws and tricks of games side by side: `python -m benchmarks.games --out docs/games.json` plays what is missing.

About a quarter of a minute of one core for each of the cases; whatever is in the file already is kept. `--page` plays
nothing: it writes `docs/games.md` from the file and from the bundles, as `make figures` does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[1] / "docs" / "games.json"


def main(arguments: list[str] | None = None) -> int:
    """Play the cases that are not in the file yet, and write it after each."""
    from engine.codecs.melody import MELODY
    from engine.evaluation import games_page, games_shelf
    from engine.models.shelf import Shelf
    from engine.resources import root
    from engine.training.make import read_data

    parser = argparse.ArgumentParser(prog="python -m benchmarks.games", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="where the figures stand")
    parser.add_argument("--steps", type=int, default=games_shelf.STEPS, help="moves of the generator in every case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", default="folk")
    parser.add_argument("--page", action="store_true", help="write the page beside the file, and play nothing")
    a = parser.parse_args(arguments)
    if a.page:
        print(games_page.write(Shelf([root() / "bundles"]).entries(), a.out.parent))
        return 0
    known = json.loads(a.out.read_text(encoding="utf-8"))["cases"] if a.out.exists() else []

    def keep(cases: list[dict[str, Any]]) -> None:
        part = a.out.with_suffix(".part")
        part.write_text(json.dumps({"corpus": a.corpus, "cases": cases}, indent=1) + "\n", encoding="utf-8")
        os.replace(part, a.out)
        print(f"{cases[-1]['name']}: FD {cases[-1]['fd']}, {cases[-1]['seconds']} s", flush=True)

    games_shelf.shelf(read_data(a.corpus, MELODY), known, keep, a.steps, a.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
