"""Runs the benchmarks, each in a process of its own, and puts their figures together."""

from __future__ import annotations

import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.gates import Gate, Missing
from engine.errors import UserError
from engine.jobs.job import Report, silent

NAMES = ("cold_start", "roll", "map_drag", "ui_lateness", "decode", "render", "midi_read", "processes")
LONGEST = 240  # seconds for one benchmark
AGAIN_WITHIN = 180  # seconds from the beginning in which a benchmark may get a second run
ROOT = Path(__file__).resolve().parent.parent
_RESULT = "measured: "


def measure(names: list[str], report: Report = silent, quick: bool = False) -> dict[str, Any]:
    """Run benchmarks.

    One that misses a limit is run once more, and the run that holds more of its limits is kept whole: what else a
    machine does can only make it slower. `repeated` says which.

    Args:
        names: which; none means all.
        report: is told which one runs.
        quick: a handful of samples, to see that everything runs; the figures mean nothing then.

    Returns:
        `figures` (name -> number), `gates` (name -> whether it holds), `limits` (gate -> the figure and its limit),
        `missing` (benchmark -> what this machine lacks for it), `repeated`, `seconds` (how long each took) and
        `machine`.

    Raises:
        UserError: there is no such benchmark, or one broke down.
    """
    for name in names:
        if name not in NAMES:
            raise UserError(f"There is no benchmark called {name}.", f"Choose from: {', '.join(NAMES)}.")
    found: dict[str, Any] = {"figures": {}, "gates": {}, "limits": {}, "missing": {}, "repeated": [], "seconds": {}}
    found["machine"] = machine()
    chosen, started = names or list(NAMES), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="melomorph-bench-") as home:
        for number, name in enumerate(chosen):
            report(number, len(chosen), name)
            begin = time.monotonic()
            early = begin - started < AGAIN_WITHIN
            result = _apart(name, Path(home), quick)
            if early and not quick and not result["missing"] and _held(name, result) < len(_gates(name)):
                found["repeated"].append(name)
                result = max(result, _apart(name, Path(home), quick), key=lambda one: _held(name, one))
            _add(found, name, result)
            found["seconds"][name] = round(time.monotonic() - begin, 1)
    report(len(chosen), len(chosen), "done")
    return found


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_before": round(load, 2) if load is not None else None,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _apart(name: str, home: Path, quick: bool) -> dict[str, Any]:
    """One benchmark in a fresh process, away from this user's files and without a screen."""
    surroundings = {
        **os.environ,
        "MELOMORPH_HOME": str(home),
        "OMP_NUM_THREADS": "1",
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, "-m", "benchmarks.run", name, *(["--quick"] if quick else [])]
    try:
        done = subprocess.run(command, env=surroundings, cwd=ROOT, capture_output=True, timeout=LONGEST)
    except subprocess.TimeoutExpired as error:
        raise UserError(f"The benchmark {name} did not end.", "Try again on a quiet machine.") from error
    told = [line for line in done.stdout.decode().splitlines() if line.startswith(_RESULT)]
    if done.returncode != 0 or not told:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise UserError(f"The benchmark {name} broke down.", "\n".join(said[-12:]))
    result: dict[str, Any] = json.loads(told[-1].removeprefix(_RESULT))
    return result


def _gates(name: str) -> tuple[Gate, ...]:
    gates: tuple[Gate, ...] = importlib.import_module(f"benchmarks.{name}").GATES
    return gates


def _held(name: str, result: dict[str, Any]) -> int:
    """How many of a benchmark's limits a run of it held."""
    return sum(gate.holds(result["figures"]) for gate in _gates(name))


def _add(found: dict[str, Any], name: str, result: dict[str, Any]) -> None:
    figures: dict[str, float] = result["figures"]
    found["figures"] |= {f"{name}_{key}": value for key, value in figures.items()}
    if result["missing"]:
        found["missing"][name] = result["missing"]
    for gate in _gates(name):
        found["gates"][gate.name] = gate.holds(figures)
        found["limits"][gate.name] = f"{name}_{gate.figure} {gate.words}"


def words(found: dict[str, Any]) -> str:
    """What `measure` returns, for people: every gate with its figure and limit, then all figures."""
    figures: dict[str, float] = found["figures"]
    lines = []
    for gate, limit in found["limits"].items():
        figure, bound = limit.split(" ", 1)
        value = f"{figures[figure]:g}" if figure in figures else "not measured"
        lines.append(f"{'holds' if found['gates'][gate] else 'FAILS'}  {gate:<28} {value:>12}  ({bound})")
    lines += [f"run twice: {', '.join(found['repeated'])}"] if found["repeated"] else []
    lines += [f"not measured: {name}: {reason}" for name, reason in found["missing"].items()]
    lines += [f"       {name:<42} {value:>10g}" for name, value in figures.items()]
    return "\n".join([*lines, "measured on " + ", ".join(f"{key} {value}" for key, value in found["machine"].items())])


def main(argv: list[str]) -> int:
    """Run one benchmark in this very process and say what it found, for `measure` in the parent."""
    module = importlib.import_module(f"benchmarks.{argv[0]}")
    figures, missing = {}, ""
    try:
        figures = module.measure(quick="--quick" in argv)
    except Missing as error:
        missing = str(error)
    print(_RESULT + json.dumps({"figures": figures, "missing": missing}), flush=True)
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # a window's threads are of no interest any more
