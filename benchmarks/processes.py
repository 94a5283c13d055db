"""How much more two processes learn in a second than one, each on a core of its own.

Two would learn twice as much if nothing were shared; they wait for one another at every step, and add up their
gradients through memory. On two cores that are busy with something else, one process takes what is free of both, while
every step of two waits for the one that was held up: then it can be as little as one learns alone, or less. So the
limit only says that learning together does not break down; the ratio is for the reader, beside the load of the machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.gates import Gate, Missing

GATES = (Gate("two_processes_over_one", "ratio", 0.5, at_least=True),)
STEPS, QUICK, WARM = 30, 4, 5  # of learning, of them when nobody measures, and those that are not measured
ROUNDS = 2  # of one and two in turn: the better of each counts, since what else a machine does only slows it
LONGEST = 100  # seconds that one of them may take: starting counts, and a busy machine takes its time for it


def measure(quick: bool = False) -> dict[str, float]:
    """Windows in a second of one process and of two, and their ratio."""
    import torch

    if not torch.distributed.is_available():
        raise Missing("this torch has no distributed part")
    from benchmarks.training import write_tunes

    best = {1: 0.0, 2: 0.0}
    with tempfile.TemporaryDirectory(prefix="melomorph-processes-") as home:
        write_tunes(Path(home))
        for _ in range(1 if quick else ROUNDS):
            for processes in best:
                best[processes] = max(best[processes], _pace(Path(home), processes, QUICK if quick else STEPS))
    return {
        "one_windows_per_s": round(best[1], 1),
        "two_windows_per_s": round(best[2], 1),
        "ratio": round(best[2] / best[1], 3),
    }


def _pace(tunes: Path, processes: int, steps: int) -> float:
    """Windows learnt in a second, of all processes together."""
    many = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)] if processes > 1 else []
    command = [sys.executable, *many, "-m", "benchmarks.processes", str(tunes), str(steps)]
    done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, timeout=LONGEST)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return float(json.loads(done.stdout))


def learn(tunes: Path, steps: int) -> float | None:
    """Learn for some steps in this process; its pace times the number of processes, if it is the first of them."""
    import torch

    from engine import device
    from engine.codecs.melody import MELODY
    from engine.models.melody_vae import MelodyVAE, Options
    from engine.training.batches import Source
    from engine.training.make import read_data
    from engine.training.options import TrainOptions
    from engine.training.trainer import Trainer

    torch.set_num_threads(1)
    options, place = Options(), device.place()
    source = Source(read_data(str(tunes), MELODY).train, MELODY).share(place.rank, place.of)
    given = TrainOptions(steps=steps, device="cpu", checkpoint_seconds=1e9)
    trainer = Trainer(MelodyVAE(options), source.batches(options.batch, 0.0), given)
    times = [time.monotonic() for _ in trainer.steps()]
    times = times[max(0, min(WARM, len(times) - 2)) :]
    pace = (len(times) - 1) * options.batch * place.of / max(times[-1] - times[0], 1e-9)
    return pace if place.rank == 0 else None


if __name__ == "__main__":
    found = learn(Path(sys.argv[1]), int(sys.argv[2]))
    if found is not None:
        print(json.dumps(found), flush=True)
    os._exit(0)
