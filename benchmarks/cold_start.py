"""From starting the program to its first painted window, and what was imported by then."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

import numpy as np

from benchmarks.gates import Gate

GATES = (
    Gate("cold_start", "p50_s", 1.5),
    Gate("cold_start_without_torch", "torch_imported", 0),
)
RUNS = 5
# What `melomorph` does, and at the first painted window the time (of the same clock in every process) and an end.
PROGRAM = """
import app.__main__
import os, sys, time
from app.studio import open_studio

def painted(window):
    print("painted", repr(time.monotonic()), int("torch" in sys.modules), flush=True)
    os._exit(0)

open_studio(on_first_paint=painted)
"""


def measure(quick: bool = False) -> dict[str, float]:
    """Seconds of wall and processor time, median of five starts; one before them fills the disk's cache."""
    runs = [_start() for _ in range(2 if quick else RUNS + 1)][1:]
    wall, processor, torch = zip(*runs, strict=True)
    return {
        "p50_s": round(float(np.median(wall)), 3),
        "max_s": round(max(wall), 3),
        "cpu_p50_s": round(float(np.median(processor)), 3),
        "torch_imported": float(max(torch)),
    }


def _start() -> tuple[float, float, bool]:
    """One start of a user who was never here: seconds, processor seconds, whether torch was there."""
    with tempfile.TemporaryDirectory(prefix="melomorph-start-") as home:
        surroundings = {**os.environ, "MELOMORPH_HOME": home}
        used, begin = _children(), time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=surroundings, capture_output=True, text=True, timeout=60
        )
    told = [line.split() for line in done.stdout.splitlines() if line.startswith("painted")]
    if not told:
        raise RuntimeError(f"the window was never painted:\n{done.stderr[-2000:]}")
    return float(told[0][1]) - begin, _children() - used, told[0][2] == "1"


def _children() -> float:
    """Processor seconds of the processes that were waited for (0 where the system does not tell)."""
    times = os.times()
    return times.children_user + times.children_system
