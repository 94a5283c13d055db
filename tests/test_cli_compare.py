"""`melomorph evaluate --compare` and `train judge`, as typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from engine.evaluation import comparison, kinds, kinds_training
from engine.evaluation.comparison_columns import COLUMNS
from engine.evaluation.comparison_table import MODEL, MUSIC, Comparison, Line

FIGURES = {column.name: 0.5 for column in COLUMNS}
MADE = Comparison(
    (
        Line("real", "real tunes", MUSIC, "folk", 50, "as printed", FIGURES),
        Line("gan", "GAN", MODEL, "folk", 50, "temperature 1", FIGURES),
    ),
    COLUMNS,
    50,
    1,
    corpora={"folk": "Tunes"},
    left_out={"auto_bach": "It writes no bars of this kind."},
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    calls: list[Any] = []

    def compare(*given: Any, **wanted: Any) -> Comparison:
        calls.append((given, wanted))
        return MADE

    monkeypatch.setattr(comparison, "compare", compare)
    return calls


def test_compare_prints_and_writes(asked: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, sheet = tmp_path / "docs" / "page.md", tmp_path / "sheet.csv"
    argv = ["evaluate", "--compare", "gan", "vae", "--n", "50", "--heat", "0.8", "--compound"]
    assert main([*argv, "--markdown", str(page), "--csv", str(sheet)]) == 0
    (names, _, n, seed, _), wanted = asked[0]
    assert (names, n, seed) == (["gan", "vae"], 50, 1)
    assert wanted == {"corpus": "", "compound": True, "temperature": 0.8}
    told = capsys.readouterr().out
    assert "real tunes" in told and "Left out: auto_bach" in told
    assert page.read_text(encoding="utf-8").startswith("# Generators side by side")
    assert sheet.read_text(encoding="utf-8").count("\n") == 3


def test_compare_as_json_and_in_any_order_of_words(asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "gan", "--compare", "--json"]) == 0
    assert asked[0][0][0] == ["gan"]
    assert Comparison.from_json(json.loads(capsys.readouterr().out)) == MADE
    assert main(["evaluate", "--compare"]) == 0
    assert asked[1][0][0] == []
    assert main(["evaluate"]) == 2
    assert "Name one" in capsys.readouterr().err


def test_the_judge_is_taught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kinds_training, "shipped", lambda report: kinds.load_judge())
    out = tmp_path / "judge.safetensors"
    assert main(["train", "judge", "--out", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    assert kinds.read(out).kinds == kinds.load_judge().kinds
    assert main(["train", "judge", "--corpus", "folk"]) == 2
