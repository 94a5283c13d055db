"""The documents do not say what the bundles do not: the table of figures, the pages of help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.evaluation import games_page, games_shelf
from engine.evaluation.gates import GATES
from engine.evaluation.table import PUBLISHED, section, table
from engine.models import bundle as bundles
from engine.models.help import page
from engine.models.registry import REGISTRY, Row
from engine.models.shelf import Shelf
from engine.resources import root

DOCS = Path(__file__).parents[1] / "docs"
SHIPPED = Shelf([root() / "bundles"])


def test_every_system_is_shipped_trained_and_small_enough() -> None:
    for entry in SHIPPED.entries():
        assert entry.path is not None, f"{entry.row.name} is not trained: melomorph train {entry.row.name}"
        assert entry.path.stat().st_size <= 16 * 2**20
        assert {"options", "recipe", "corpus", "evaluation", "training"} <= set(entry.header)


def test_every_system_was_made_by_its_recipe() -> None:
    for entry in SHIPPED.entries():
        recipe, made = entry.row.recipe, entry.header
        assert made["corpus"]["name"] == recipe.corpus and made["recipe"]["steps"] == recipe.steps, entry.row.name
        for name, value in recipe.network.items():
            assert made["options"][name] == value, f"{entry.row.name}: {name}"
        for name, value in recipe.options.items():
            assert made["recipe"][name] == value, f"{entry.row.name}: {name}"
        assert set(made.get("twins", {})) == {twin.name for twin in recipe.twins}


def test_every_gate_is_judged_by_what_was_measured() -> None:
    for entry in SHIPPED.entries():
        evaluation = entry.header["evaluation"]
        expected = [gate.judged(evaluation["figures"]) for gate in GATES[entry.row.name]]
        assert evaluation["gates"] == expected, f"{entry.row.name}: melomorph evaluate --keep {entry.row.name}"


def test_the_table_of_systems_is_the_bundles_own() -> None:
    assert (DOCS / "systems.md").read_text(encoding="utf-8") == table(SHIPPED.entries()), "run: make figures"
    assert set(PUBLISHED) <= set(REGISTRY)


def test_the_page_of_games_is_what_was_measured() -> None:
    shelf = json.loads((DOCS / "games.json").read_text(encoding="utf-8"))
    assert (DOCS / "games.md").read_text(encoding="utf-8") == games_page.page(SHIPPED.entries(), shelf), "make figures"
    assert [case["name"] for case in shelf["cases"]] == [case.name for case in games_shelf.CASES]


def test_a_missed_gate_is_told() -> None:
    row = REGISTRY["vae"]
    header = bundles.read_header(SHIPPED.path("vae"))
    gates = [{**gate, "holds": False} for gate in header["evaluation"]["gates"]]
    told = section(row, {**header, "evaluation": {**header["evaluation"], "gates": gates}})
    assert told.count("**missed**") == len(gates) > 0
    assert "Not trained yet." in section(row, {})


@pytest.mark.parametrize("row", REGISTRY.values(), ids=list(REGISTRY))
def test_every_page_is_filled(row: Row) -> None:
    text = page(row, bundles.read_header(SHIPPED.path(row.name)))
    assert (root() / "help" / f"{row.name}.md").is_file() and str(row.year) in text + row.paper
    assert "(not measured)" not in text and "{" not in text
