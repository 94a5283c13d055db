"""Every benchmark runs and tells numbers. How fast anything is, is not a matter for tests: machines are busy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from app.__main__ import main
from benchmarks import run
from benchmarks.gates import Gate


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[str, Future[dict[str, Any]]]]:
    """Every benchmark, each in a process of its own, two at a time: these figures mean nothing."""
    pool = ThreadPoolExecutor(2)
    yield {name: pool.submit(run.measure, [name], quick=True) for name in run.NAMES}
    pool.shutdown(cancel_futures=True)


@pytest.mark.slow
@pytest.mark.timeout(2 * run.LONGEST)
@pytest.mark.parametrize("name", run.NAMES)
def test_a_benchmark_tells_figures_gates_and_limits(name: str, measured: dict[str, Future[dict[str, Any]]]) -> None:
    found = measured[name].result()
    if not found["missing"]:
        assert len(found["figures"]) >= 2
        assert all(isinstance(value, float | int) and value >= 0 for value in found["figures"].values())
    assert found["gates"] and found["gates"].keys() == found["limits"].keys()
    for gate, limit in found["limits"].items():
        figure, sign, number = limit.split()
        assert found["missing"] or figure in found["figures"], gate
        assert sign in ("<=", ">=") and float(number) >= 0
        assert isinstance(found["gates"][gate], bool)
    assert found["machine"]["cores"] >= 1


def test_the_verb_prints_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    result = {"figures": {"some_ms": 3.5}, "missing": ""}
    monkeypatch.setattr(run, "_apart", lambda name, home, quick: result)
    assert main(["bench", "--json", "--only", "render"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["figures"] == {"render_some_ms": 3.5}
    assert told["gates"] == {"render_over_fluidsynth": False}  # not measured does not hold
    assert main(["bench", "--only", "render"]) == 0
    assert "render_over_fluidsynth" in capsys.readouterr().out


def test_a_missed_limit_gets_a_second_run_which_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = iter([{"fluidsynth_ratio": 0.9, "cpu_s": 3.0}, {"fluidsynth_ratio": 1.2, "cpu_s": 2.0}])
    monkeypatch.setattr(run, "_apart", lambda name, home, quick: {"figures": next(runs), "missing": ""})
    found = run.measure(["render"])
    assert found["gates"] == {"render_over_fluidsynth": True}
    assert found["repeated"] == ["render"] and found["figures"]["render_cpu_s"] == 2.0
    assert "run twice: render" in run.words(found)


def test_there_is_no_such_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--only", "juggling"]) == 2
    assert "juggling" in capsys.readouterr().err


@pytest.mark.parametrize(("value", "at_least", "holds"), [(3, False, True), (3.1, False, False), (3, True, True)])
def test_a_gate_holds_at_its_limit(value: float, at_least: bool, holds: bool) -> None:
    assert Gate("quick", "p95_ms", 3.0, at_least).holds({"p95_ms": value}) is holds
    assert not Gate("quick", "p95_ms", 3.0, at_least).holds({})
