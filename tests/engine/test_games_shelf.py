"""The shelf of laws and tricks: every case can be played, nothing is played twice, the page tells all of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import games
from engine.corpus.dataset import Dataset, Split
from engine.evaluation import games_page, games_shelf
from engine.evaluation.games_shelf import CASES, Case
from engine.models.parts.game_rules import NAMES
from engine.models.registry import REGISTRY
from engine.models.shelf import Entry
from engine.options import changed
from engine.training import make
from tests.engine.made_up import corpus


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Made-up music and networks that are played in a moment."""
    tiny = {"latent": 4, "width": 8, "critic_width": 8, "batch": 8, "track_steps": 0}
    monkeypatch.setattr(games_shelf, "SMALL", tiny)
    monkeypatch.setattr(games_shelf, "CASES", CASES[:2])
    windows = corpus("melody", 60).numpy().astype(np.uint8)
    side = Split(windows, np.arange(60, dtype=np.int32) // 4, tuple(f"Tune {n}" for n in range(15)))
    data = Dataset(side, side, 0)
    monkeypatch.setattr(make, "read_data", lambda *_: data)
    return data


def made_up(case: Case) -> dict[str, Any]:
    found = {"fd": 12.34, "fd_spread": 5.6, "unique": 0.987, "copies": 0.01, "notes": 13.5, "seconds": 20.4}
    return {**asdict(case), "steps": 1000, "seed": 1, **found}


def test_every_law_and_every_trick_is_on_the_shelf() -> None:
    from engine.models.gan import Options

    laws = [case for case in CASES if case.group == "laws"]
    assert {case.name for case in laws} == set(NAMES) == {case.network["law"] for case in laws}
    assert len({case.name for case in CASES}) == len(CASES)
    for case in CASES:
        changed(Options(), {**games_shelf.SMALL, **case.network})
        changed(games_shelf.TRAINING, case.training)
    by_name = {case.name: case.network for case in CASES}
    assert by_name["feature-matching"]["feature_matching"] and by_name["historical"]["historical"]
    assert by_name["smoothing"]["smoothing"] and by_name["minibatch-discrimination"]["minibatch"] == "discrimination"


def test_what_is_known_is_not_played_again(small: Dataset) -> None:
    kept: list[int] = []
    found = games_shelf.shelf(small, (), lambda cases: kept.append(len(cases)), steps=6)
    assert kept == [1, 2] and [row["name"] for row in found] == [case.name for case in CASES[:2]]
    assert all(row["fd"] > 0 and row["fd_spread"] >= 0 and 0 < row["unique"] <= 1 for row in found)
    marked = [{**row, "fd": -1.0} for row in found]
    assert [row["fd"] for row in games_shelf.shelf(small, marked, steps=6)] == [-1.0, -1.0]
    again = games_shelf.shelf(small, marked[1:], steps=6)
    assert again[0] | {"seconds": 0} == found[0] | {"seconds": 0} and again[1]["fd"] == -1.0, "the seed repeats it"
    assert games_shelf.shelf(small, marked[1:], steps=5)[1]["fd"] != -1.0, "other steps are another case"


def test_the_command_keeps_what_it_has(small: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "games.json"
    assert games.main(["--out", str(out), "--steps", "4"]) == 0
    assert len(json.loads(out.read_text(encoding="utf-8"))["cases"]) == 2
    assert "non-saturating: FD" in capsys.readouterr().out
    assert games.main(["--out", str(out), "--page"]) == 0
    assert (tmp_path / "games.md").read_text(encoding="utf-8").startswith("# Games of two")


def test_the_page_tells_all_of_it() -> None:
    figures = {"prior_fd": 6.5, "prior_unique": 1.0, "walk_changes": 2.0}
    header = {
        "evaluation": {"figures": {**figures, "critic_right": 0.8}},
        "twins": {"minimax": {"prior_fd": 99.9, "critic_right": 0.9}},
    }
    entries = [Entry(REGISTRY[name], None, header if name == "gan" else {}) for name in ("vae", "gan")]
    page = games_page.page(entries, {"cases": [made_up(case) for case in CASES]})
    assert "| | GAN |" in page and "6.5" in page and "99.9" in page
    for case in CASES:
        assert page.count(f"| {case.title} | 12.3 | 5.6 | 98.7 % | 1.0 % | 13.5 | 20 |") == 1
    assert "Laws:" not in games_page.page(entries, {"cases": []})
