"""The page of generators tells of every system that writes music, and of every figure."""

from __future__ import annotations

import csv
from pathlib import Path

from engine.evaluation.comparison_columns import COLUMNS
from engine.evaluation.drawn import comparable
from engine.models.registry import REGISTRY

DOCS = Path(__file__).parents[1] / "docs"


def test_every_system_that_writes_music_is_on_the_page() -> None:
    page = (DOCS / "generators.md").read_text(encoding="utf-8")
    for row in REGISTRY.values():
        if comparable(row):
            assert f"| {row.title} |" in page or f"| {row.title}, going on |" in page, f"{row.name}: make generators"
    for column in COLUMNS:
        assert f"- **{column.title}**" in page and column.text in page, f"{column.name}: make generators"


def test_all_rows_of_a_corpus_are_of_one_size_and_real_music_is_hardest_to_tell() -> None:
    rows = list(csv.DictReader((DOCS / "generators.csv").read_text(encoding="utf-8").splitlines()))
    for corpus in {row["corpus"] for row in rows}:
        mine = [row for row in rows if row["corpus"] == corpus]
        assert len({row["n"] for row in mine}) == 1
        real = min(float(row["told_apart"]) for row in mine if row["kind"] == "real music")
        assert real <= min(float(row["told_apart"]) for row in mine if row["kind"] != "real music")
