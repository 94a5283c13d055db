"""A training in two processes: it learns what one learns, goes on with another number, and ends with words."""

from __future__ import annotations

import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import pytest
import torch
from safetensors import safe_open

from engine.models.bundle import read
from engine.options import Value
from tests.engine import torchrun_work as work

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3 * work.PATIENCE),
    pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch has no distributed part"),
]
Small = dict[str, Value]
ROOT, WORK = Path(__file__).resolve().parents[2], Path(work.__file__)
GAME = {"latent": 6, "width": 8, "critic_width": 8, "track_steps": 0, "care": 0, "penalty": 0.5, "penalty_on": "real"}
STEPS, RATE, SEEDS = 100, 4e-3, [1, 2, 3]


def started(*words: str, processes: int = 2) -> subprocess.Popen[str]:
    many = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    return child([sys.executable, *many, *words])


def child(command: list[str], **how: Any) -> subprocess.Popen[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stderr=subprocess.PIPE, **how)


def modest(number: int = 0) -> None:
    """One core is enough: threads that wait for one another on a busy machine would take minutes."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number % len(cores)]})


def ended(run: subprocess.Popen[str]) -> str:
    """What it said until it ended by itself."""
    try:
        return run.communicate(timeout=work.PATIENCE)[1]
    finally:
        run.terminate()  # as it does with its processes, if it still runs


def told(folder: Path, name: str, run: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """What each of two processes says of its work, as soon as both have."""
    notes = [folder / f"{name}{rank}.json" for rank in (0, 1)]
    end = time.monotonic() + work.PATIENCE
    while not all(note.exists() for note in notes):
        assert run.poll() is None and time.monotonic() < end, ended(run)[-3000:]
        time.sleep(0.02)
    return [json.loads(note.read_text(encoding="utf-8")) for note in notes]


def step_of(checkpoint: Path) -> int:
    with safe_open(checkpoint, "pt") as file:
        return int(json.loads(file.metadata()["state"])["step"])


def test_two_processes_learn_what_one_learns_and_go_on_as_one(tunes: Path, tiny_options: Small, tmp_path: Path) -> None:
    """Both hear as much music in a step as one with twice the batch. How far apart trainings of one kind end by their
    seeds alone is measured here as well, and the means of two kinds may be no further apart than that lets expect:
    three standard errors of their difference (one in 400 fair comparisons is), and 1 % since seeds are few.
    """
    given = {"tunes": str(tunes), "network": tiny_options}
    learning, going_on = {**given, "steps": STEPS, "seeds": SEEDS}, {**given, "game": GAME, "steps": 14}
    arguments = {"learning": learning, "going_on": going_on, "folder": str(tmp_path)}
    with started(str(WORK), "both", json.dumps(arguments)) as run:
        try:
            compared(tunes, tiny_options, told(tmp_path, "learn", run))
            checkpoint = tmp_path / "mine.checkpoint"
            assert step_of(checkpoint) == 6 and not (tmp_path / "mine.part").exists()
            one = work.trainer_of("melody_vae", tunes, tiny_options, 32, checkpoint, steps=10)
            assert one._step == 6
            one.run()
            assert step_of(checkpoint) == 10
            (tmp_path / "elsewhere").touch()
            ranks = told(tmp_path, "go_on", run)
        finally:
            said = ended(run)
    assert run.returncode == 0, said[-3000:]
    assert [(said["first"], said["last"]) for said in ranks] == [(10, 14)] * 2 and step_of(checkpoint) == 14
    assert [said["asked"] for said in ranks] == [3, 0], "only one judges, and the others do not wait for ever"
    assert ranks[0]["weights"] == ranks[1]["weights"], "a game's players are the same everywhere"
    assert {"critic", "generator"} <= set(ranks[0]["losses"]) and "distance" not in ranks[1]["losses"]
    assert ranks[0]["steps"] == ranks[1]["steps"] > 2, "by one clock"


def compared(tunes: Path, network: Small, ranks: list[dict[str, Any]]) -> None:
    """What two learnt beside what one learns, and what is known of nothing."""
    alone, untrained = [], []
    for seed in SEEDS:
        trainer = work.trainer_of("melody_vae", tunes, network, 32, None, seed=seed, steps=STEPS, learning_rate=4e-3)
        untrained.append(work.unheard(trainer, tunes))
        trainer.run()
        alone.append(work.unheard(trainer, tunes))
    both = ranks[0]["unheard"]
    noise = 3 * ((stdev(alone) ** 2 + stdev(both) ** 2) / len(SEEDS)) ** 0.5 + 0.01 * mean(alone)
    assert abs(mean(both) - mean(alone)) < noise
    assert mean(untrained) - mean(both) > 5 * noise, "much was learnt, so the comparison means something"
    assert ranks[0]["chip"].startswith("2 processes on CPU") and ranks[0]["step"] == ranks[1]["step"] == 6


def words(tunes: Path, network: Small, out: Path, *more: str) -> list[str]:
    small = [word for name, value in network.items() for word in ("--set", f"{name}={value}")]
    return ["melody_vae", "--corpus", str(tunes), "--out", str(out), "--device", "cpu", "--hear-minutes", "0",
            "--steps", "1000000", "--checkpoint-seconds", "1e9", *small, *more]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="what runs before a child begins is set otherwise there")
def test_two_machines_train_one_network(tunes: Path, tiny_options: Small, tmp_path: Path) -> None:
    """Two starters that know of each other by an address only, here on one machine; they share a disk."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    out = tmp_path / "mine.safetensors"
    agents = []
    for number in (0, 1):
        meeting = ["--node-rank", str(number), "--master-addr", "127.0.0.1", "--master-port", str(port)]
        given = ["-m", "engine.train", *words(tunes, tiny_options, out), "--steps", "4"]
        many = [sys.executable, "-m", "torch.distributed.run", "--nnodes", "2", "--nproc-per-node", "1"]
        here = functools.partial(modest, number)
        agents.append(child([*many, *meeting, *given], stdout=subprocess.PIPE, preexec_fn=here))
    said = [agent.communicate(timeout=work.PATIENCE) for agent in agents]
    assert [agent.returncode for agent in agents] == [0, 0], said
    assert "".join(spoken for spoken, _ in said).splitlines() == [str(out)], "it is told once"
    assert "Learning on 2 processes on CPU" in said[0][1] + said[1][1]
    header = read(out).header
    assert header["took"]["steps"] == 4 and header["took"]["chip"].startswith("2 processes on")
    assert [file.name for file in tmp_path.iterdir()] == [out.name], "neither machine leaves anything behind"


def ends(how: str, words: list[str], folder: Path) -> list[str]:
    """The command of a training that ends in the middle."""
    return [str(WORK), "ends", json.dumps({"how": how, "words": words, "note": str(folder / "five")})]


@pytest.mark.parametrize("how", ["dies", "hangs"])
def test_a_process_that_is_lost_ends_the_others_with_words(
    how: str, tunes: Path, tiny_options: Small, tmp_path: Path
) -> None:
    out = tmp_path / "mine.safetensors"
    with started(*ends(how, words(tunes, tiny_options, out), tmp_path)) as run:
        said = ended(run)  # and not after half an hour, for which they would wait for one another
    assert run.returncode != 0
    assert "process 1 of 2: " in said, said[-6000:]
    assert "Another process of this training has ended" in said or (how == "dies" and "stopped; what was" in said)
    assert step_of(out.with_suffix(".checkpoint")) >= 5, "what was learnt is kept"
    assert out.with_suffix(".training").exists(), "and can go on in the studio"


@pytest.mark.skipif(sys.platform == "win32", reason="a process is ended there without being asked")
def test_stopped_before_its_time_it_keeps_what_was_learnt(tunes: Path, tiny_options: Small, tmp_path: Path) -> None:
    out = tmp_path / "mine.safetensors"
    with started(*ends("goes on", words(tunes, tiny_options, out), tmp_path)) as run:
        try:
            work.wait_for(tmp_path / "five")
            run.send_signal(signal.SIGTERM)  # as a cluster does that wants its machines for others
        finally:
            heard = ended(run)
    assert run.returncode != 0
    assert heard.count("process 1 of 2: stopped; what was learnt is kept") == 1, heard[-3000:]
    assert "Learning on 2 processes on CPU" in heard
    assert step_of(out.with_suffix(".checkpoint")) >= 5
    assert (tmp_path / "mine.shards" / "data.json").exists(), "the music need not be read again"
