"""Reading 300 MIDI files of many kinds, beside pretty_midi in the same run."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.gates import Gate

GATES = (Gate("midi_read_over_pretty_midi", "pretty_midi_ratio", 20.0, at_least=True),)
FILES = 300
ROUNDS = 5  # of ours; the peer takes some seconds for one


def write_files(folder: Path, count: int = FILES, seed: int = 11) -> list[Path]:
    """Files of 1 to 8 tracks and 60 to 4000 notes, as programs write them; the same ones every time."""
    rng = np.random.default_rng(seed)
    paths = []
    for number in range(count):
        paths.append(folder / f"{number:03}.mid")
        paths[-1].write_bytes(_file(rng))
    return paths


def _file(rng: np.random.Generator) -> bytes:
    import io

    import mido

    division = int(rng.choice([96, 120, 240, 384, 480, 960]))
    file = mido.MidiFile(type=1, ticks_per_beat=division)
    file.tracks.append(_timed(_conductor(rng, division)))
    tracks = int(rng.integers(1, 9))
    notes = int(np.exp(rng.uniform(np.log(60), np.log(4000))))
    for track in range(tracks):
        drums = track == 3 and rng.random() < 0.5
        file.tracks.append(_timed(_track(rng, division, max(8, notes // tracks), 9 if drums else track)))
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def _timed(events: Iterator[tuple[int, object]]) -> object:
    """Events at ticks as a track with time differences."""
    import mido

    made, now = mido.MidiTrack(), 0
    for tick, message in sorted(events, key=lambda event: event[0]):
        made.append(message.copy(time=tick - now))  # type: ignore[attr-defined]
        now = tick
    return made


def _conductor(rng: np.random.Generator, division: int) -> Iterator[tuple[int, object]]:
    """Tempos (one, or a rallentando of many), meters and a key."""
    from mido import MetaMessage

    yield 0, MetaMessage("time_signature", numerator=int(rng.choice([2, 3, 4, 6])), denominator=4)
    yield 0, MetaMessage("key_signature", key=str(rng.choice(["C", "G", "F", "D", "Bb", "Am", "Em"])))
    for step in range(int(rng.choice([1, 1, 1, 4, 40]))):
        yield step * 2 * division, MetaMessage("set_tempo", tempo=int(rng.integers(300_000, 900_000)))


def _track(rng: np.random.Generator, division: int, notes: int, channel: int) -> Iterator[tuple[int, object]]:
    """A walk of notes and chords, some with pedal, bends or controllers between them."""
    from mido import Message, MetaMessage

    yield 0, MetaMessage("track_name", name=f"Voice {channel + 1}")
    yield 0, Message("program_change", channel=channel, program=int(rng.integers(0, 128)))
    at, pitch, written, restless = 0, int(rng.integers(45, 80)), 0, rng.random() < 0.4
    while written < notes:
        length = int(division * rng.choice([0.25, 0.5, 0.5, 1.0, 1.5]))
        for voice in range(int(rng.choice([1, 1, 1, 3]))):
            key, velocity = min(108, pitch + 4 * voice), int(rng.integers(30, 120))
            yield at, Message("note_on", channel=channel, note=key, velocity=velocity)
            yield at + length - 1, Message("note_off", channel=channel, note=key, velocity=64)
            written += 1
        if restless:
            yield at, Message("control_change", channel=channel, control=64, value=int(rng.integers(0, 128)))
            yield at + length // 2, Message("pitchwheel", channel=channel, pitch=int(rng.integers(-4000, 4000)))
        at += length
        pitch = int(np.clip(pitch + rng.choice([-5, -2, -1, 0, 1, 2, 5]), 36, 96))


def measure(quick: bool = False) -> dict[str, float]:
    """Files a second of processor time, ours as the median of five rounds, and that both found the same notes."""
    with tempfile.TemporaryDirectory() as folder:
        return compare(write_files(Path(folder), 6 if quick else FILES), 1 if quick else ROUNDS)


def compare(paths: list[Path], rounds: int) -> dict[str, float]:
    """Read the same files with both."""
    from engine.score.midi_read import read_midi

    read_midi(paths[0])
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        ours = [read_midi(path)[0].note_count for path in paths]
        spent.append(time.process_time() - start)
    mine, (others, theirs) = float(np.median(spent)), _pretty_midi(paths)
    return {
        "files_per_s": round(len(paths) / mine, 1),
        "pretty_midi_files_per_s": round(len(paths) / others, 1),
        "pretty_midi_ratio": round(others / mine, 1),
        "notes": float(sum(ours)),
        "notes_by_pretty_midi": float(sum(theirs)),
    }


def _pretty_midi(paths: list[Path]) -> tuple[float, list[int]]:
    """Processor seconds of the peer for all files, and how many notes it found in each."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pretty_midi

        pretty_midi.PrettyMIDI(str(paths[0]))
        start = time.process_time()
        files = [pretty_midi.PrettyMIDI(str(path)) for path in paths]
        spent = time.process_time() - start
    return spent, [sum(len(instrument.notes) for instrument in file.instruments) for file in files]
