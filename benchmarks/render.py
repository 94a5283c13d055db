"""Rendering three minutes of four voices, beside the program `fluidsynth -F` on the same file and soundfont."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.gates import Gate, Missing

if TYPE_CHECKING:
    from engine.score import Score

GATES = (Gate("render_over_fluidsynth", "fluidsynth_ratio", 1.0, at_least=True),)
SECONDS = 180
ROUNDS = 5


def piece(seconds: int = SECONDS) -> Score:
    """Four voices of strings, piano, flute and bass at 120 bpm: seven notes a second in all."""
    from engine.score import Note, Score, Track

    rng = np.random.default_rng(3)
    tracks = []
    for name, program, middle, length in (
        ("Flute", 73, 76, 240), ("Piano", 0, 67, 480), ("Strings", 48, 58, 480), ("Bass", 32, 43, 960),
    ):  # fmt: skip
        starts = range(0, seconds * 960, length)
        pitches = middle + np.clip(np.cumsum(rng.choice([-2, -1, 1, 2], len(starts))), -9, 9)
        velocities = rng.integers(60, 100, len(starts))
        notes = [Note(s, int(p), length - 20, int(v)) for s, p, v in zip(starts, pitches, velocities, strict=True)]
        tracks.append(Track.of(notes, name, program))
    return Score(tuple(tracks))


def measure(quick: bool = False) -> dict[str, float]:
    """Processor seconds of both, by turns, median; and how many seconds of music each renders in one of them."""
    from engine.audio.render import render_score
    from engine.audio.soundfont import find_soundfont
    from engine.errors import UserError
    from engine.score.midi_write import write_midi

    program = shutil.which("fluidsynth")
    if program is None:
        raise Missing("the program fluidsynth is not installed")
    try:
        font = find_soundfont(None)
    except UserError as error:
        raise Missing(str(error)) from error
    score = piece(4 if quick else SECONDS)
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        midi, out = Path(folder) / "piece.mid", Path(folder) / "ours.wav"
        write_midi(score, midi)
        for _ in range(1 if quick else ROUNDS):
            theirs.append(_program([program, "-ni", "-F", str(out.with_name("theirs.wav")), "-r", "44100",
                                    str(font), str(midi)]))  # fmt: skip
            start = time.process_time()
            render_score(score, out, font)
            ours.append(time.process_time() - start)
    mine, others = float(np.median(ours)), float(np.median(theirs))
    length = score.seconds_at(score.end)
    return {
        "cpu_s": round(mine, 3),
        "fluidsynth_cpu_s": round(others, 3),
        "x_real_time": round(length / mine, 1),
        "fluidsynth_x_real_time": round(length / others, 1),
        "fluidsynth_ratio": round(others / mine, 3),
    }


def _program(command: list[str]) -> float:
    """Processor seconds of a program; seconds by the clock where the system does not count the others."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used or time.perf_counter() - start
