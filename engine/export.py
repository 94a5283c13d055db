"""Melodies as files without a window: what `melomorph generate` and `melomorph morph` do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.codecs import melody
from engine.commands.document import Pin, Steering, SteerOptions
from engine.errors import UserError
from engine.jobs import generate as making
from engine.jobs.job import Report, silent
from engine.latent.interpolate import slerp
from engine.latent.map import LatentMap
from engine.models.shelf import Shelf
from engine.score import Meter, Note, Score, Tempo, Track
from engine.score.midi_read import read_midi
from engine.score.midi_write import write_midi

MAX_FILES, MAX_BARS = 10_000, 256


def generate(
    shelf: Shelf, model: str, options: SteerOptions, bars: int, count: int, out: Path, report: Report = silent
) -> list[Path]:
    """Draw `count` melodies of `bars` bars and write `MODEL-SEED-NUMBER.mid` files.

    Longer melodies are walks: every two bars lie on the arc from one draw towards the next, so they belong together.

    Raises:
        UserError: no such model, an odd number of bars, or the folder cannot be written.
    """
    if bars < 2 or bars % 2 or bars > MAX_BARS:
        raise UserError(f"{bars} bars cannot be generated.", f"Ask for an even number from 2 to {MAX_BARS}.")
    _check_count(count)
    bundle, network = shelf.bundle(model), shelf.network(model)
    chart = LatentMap.from_bundle(bundle)
    _make_folder(out)
    steering = Steering(model, temperature=options.temperature, seed=options.seed, compound=options.compound)
    sliders = options.sliders
    written = []
    for index in range(count):
        report(index, count, f"melody {index + 1}")
        one = replace(steering, seed=options.seed * MAX_FILES + index)
        _, ends = making.candidates(network, one, 2, 480)
        parts = bars // 2
        codes = [slerp(np.array(ends[0]), np.array(ends[1]), 0.6 * part / max(1, parts - 1)) for part in range(parts)]
        moved = np.stack([chart.steered(tuple(code.tolist()), sliders) for code in codes])
        path = out / f"{model}-{options.seed}-{index + 1:02d}.mid"
        write_midi(_piece(making.decode(network, moved, one), options.compound, path.stem), path)
        written.append(path)
    return written


def morph(shelf: Shelf, model: str, a: Path, b: Path, steps: int, out: Path, report: Report = silent) -> list[Path]:
    """Write `steps` files from A's first two bars to B's; the first and last hold those very notes.

    Raises:
        UserError: a file cannot be read, holds no melody, or their bars are of different kinds.
    """
    _check_count(steps, least=2)
    network = shelf.network(model)
    chart = LatentMap.from_bundle(shelf.bundle(model))
    (score_a, notes_a, kind_a), (score_b, notes_b, kind_b) = (first_melody(path) for path in (a, b))
    if kind_a != kind_b:
        raise UserError("One melody has bars of 12 sixteenths, the other of 16.", "Choose two of one kind of meter.")
    _make_folder(out)
    ticks = score_a.ticks_per_quarter
    notes_b = _rescaled(notes_b, score_b.ticks_per_quarter, ticks)
    pins = tuple(
        Pin(label, making.code_of(network, notes, ticks, 0, kind_a), notes)
        for label, notes in (("A", notes_a), ("B", notes_b))
    )
    written = []
    for step in range(steps):
        report(step, steps, f"step {step + 1}")
        code = slerp(np.array(pins[0].code), np.array(pins[1].code), step / (steps - 1))
        exact = pins[0] if step == 0 else pins[1] if step == steps - 1 else None
        steering = Steering(model, code=tuple(code.tolist()), compound=kind_a)
        notes = exact.notes if exact else making.morph(network, chart, steering, ticks).notes
        score = replace(_empty(kind_a, ticks), tempos=score_a.tempos[:1])
        path = out / f"morph-{step + 1:03d}.mid"
        write_midi(score.with_track(0, Track.of(notes, name="Melody")), path)
        written.append(path)
    return written


def first_melody(path: Path) -> tuple[Score, tuple[Note, ...], bool]:
    """A MIDI file's score, the notes of its first melodic two bars (from tick 0 on), and whether bars are compound.

    Raises:
        UserError: the file cannot be read or no track holds a note in two bars of a meter of ours.
    """
    score, _ = read_midi(path)
    track = next((t for t in score.tracks if t.notes and not t.drums), None)
    if track is None:
        raise UserError(f"{path.name} holds no melody.", "Choose a file with a track that is not drums.")
    meter = score.meters[0]
    compound = (meter.numerator, meter.denominator) in {(6, 8), (3, 4)}
    bar = melody.steps_per_bar(compound) * score.ticks_per_quarter // 4
    start = track.notes[0].start // bar * bar
    span = melody.span_ticks(score.ticks_per_quarter, compound)
    inside = [n for n in track.notes if start <= n.start < start + span]
    cut = (replace(n, start=n.start - start, length=min(n.length, start + span - n.start)) for n in inside)
    return score, tuple(cut), compound


def _piece(windows: np.ndarray, compound: bool, name: str) -> Score:
    score = replace(_empty(compound, 480), name=name)
    span = melody.span_ticks(480, compound)
    notes = [n for i, window in enumerate(windows) for n in melody.to_notes(window, 480, i * span)]
    return score.with_track(0, Track.of(notes, name="Melody"))


def _empty(compound: bool, ticks: int) -> Score:
    meter = Meter(0, 6, 8) if compound else Meter(0, 4, 4)
    return Score(tempos=(Tempo(0, 500_000),), meters=(meter,), ticks_per_quarter=ticks)


def _rescaled(notes: tuple[Note, ...], ticks: int, to_ticks: int) -> tuple[Note, ...]:
    if ticks == to_ticks:
        return notes
    ends = [(round(n.start * to_ticks / ticks), round(n.end * to_ticks / ticks)) for n in notes]
    return tuple(
        replace(n, start=start, length=max(1, end - start)) for n, (start, end) in zip(notes, ends, strict=True)
    )


def _check_count(count: int, least: int = 1) -> None:
    if not least <= count <= MAX_FILES:
        raise UserError(f"{count} files cannot be made.", f"Ask for {least} to {MAX_FILES}.")


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {out} cannot be made.", "Choose another with --out.") from error
