"""A score into a sound file, faster than real time and without any sound device."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.audio.ogg import set_serial
from engine.audio.schedule import ON, Schedule, schedule
from engine.audio.soundfont import find_soundfont
from engine.audio.synth import GRAIN, RATE, Synth
from engine.errors import UserError
from engine.jobs.job import Report, silent
from engine.score import Score

FORMATS = {
    ".wav": ("WAV", "PCM_16"),
    ".flac": ("FLAC", "PCM_16"),
    ".ogg": ("OGG", "VORBIS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}
BLOCK = 65536  # frames written at a time: libsndfile's Vorbis crashes on millions
CEILING = 0.98  # highest sample of a file; lossy formats overshoot a little when they are decoded
SOFTWARE = "Melomorph"
TAIL_SECONDS = 3.0  # longest wait for release and reverb to die away
SILENCE = 10 ** (-75 / 20)
FADE = 2048  # frames over which whatever is left of the tail is faded out


class Sheet(NamedTuple):
    """What a sound file holds beside its samples: a title; and the least number of frames (0: as long as it sounds)."""

    title: str
    frames: int = 0

    def label(self, file: Any) -> None:
        """Write title and maker into an open file."""
        file.software = SOFTWARE
        if self.title:
            file.title = self.title


def render_score(
    score: Score, path: Path, soundfont: Path | None = None, report: Report = silent, rate: int = RATE
) -> None:
    """Write a score as WAV or FLAC (16 bit), OGG or MP3, by the extension of `path`. All or nothing.

    Music that would clip is made quieter as a whole; other music keeps its level. The same score, soundfont and
    versions of the libraries give the same samples every time.

    Raises:
        UserError: nothing to play, an unknown extension, a folder that cannot be written, no synthesizer.
        Cancelled: by the report; no file is left.
    """
    if path.suffix.lower() not in FORMATS:
        known = ", ".join(FORMATS)
        raise UserError(f"Sound cannot be written as “{path.suffix or path.name}”.", f"Use one of: {known}.")
    events = _events(score, rate)
    font = find_soundfont(soundfont)
    sheet = Sheet(score.name)
    with _replacing(path) as draft:
        peak = _write(draft, path, events, font, 1.0, report, sheet)
        if peak > CEILING:
            _write(draft, path, events, font, CEILING / peak, report, sheet)


def render_stems(
    scores: Sequence[Score], paths: Sequence[Path], soundfont: Path | None = None, report: Report = silent
) -> None:
    """Write parts of one piece as sound files that begin together and are of one length. All of them or none.

    If one would clip all are made quieter by as much: added up they are still the piece.

    Args:
        scores: one track in each, in its place among tracks that are empty.
        paths: one for each.
        soundfont: as in `render_score`.
        report: the same.

    Raises:
        UserError, Cancelled: as `render_score`.
    """
    events = [_events(score, RATE) for score in scores]
    length = max(one.end for one in events) + int(TAIL_SECONDS * RATE)
    font = find_soundfont(soundfont)
    jobs = list(zip(paths, events, [score.name for score in scores], strict=True))
    with contextlib.ExitStack() as stack:
        drafts = [stack.enter_context(_replacing(path)) for path in paths]

        def write(scale: float) -> float:
            peak = 0.0
            for number, (draft, (path, one, name)) in enumerate(zip(drafts, jobs, strict=True)):
                told = _part_of(report, number, len(jobs))
                peak = max(peak, _write(draft, path, one, font, scale, told, Sheet(name, length)))
            return peak

        if (peak := write(1.0)) > CEILING:
            write(CEILING / peak)


def _part_of(report: Report, number: int, count: int) -> Report:
    return lambda done, total, text="": report(number * total + done, count * total, text)


def render_array(score: Score, soundfont: Path | None = None, rate: int = RATE) -> NDArray[np.float32]:
    """A score as samples, float32 [frames, 2], scaled down if it would exceed -1..1.

    Raises:
        UserError: nothing to play, or no synthesizer.
    """
    blocks = [block.copy() for block in _blocks(_events(score, rate), find_soundfont(soundfont))]
    sound = np.concatenate(blocks)
    peak = float(np.abs(sound).max())
    return sound * np.float32(CEILING / peak) if peak > CEILING else sound


def _events(score: Score, rate: int) -> Schedule:
    events = schedule(score, rate)
    if not len(events.kinds):
        raise UserError("There are no notes to render.", "Draw or generate some first.")
    return events


def _blocks(events: Schedule, soundfont: Path) -> Iterator[NDArray[np.float32]]:
    """Samples in blocks of up to 64k frames; the array is reused, so use or copy it before asking for the next."""
    synth = Synth(soundfont, events.rate)
    try:
        for program in events.programs:
            synth.program(program.channel, program.program, program.drums)
        yield from _music(synth, events)
        yield from _tail(synth, events.rate)
    finally:
        synth.close()


def _music(synth: Synth, events: Schedule) -> Iterator[NDArray[np.float32]]:
    """From the first frame to the last note-off, events on the synthesizer's nearest grain."""
    buffer = np.empty((BLOCK, 2), np.float32)
    grains = (events.frames + GRAIN // 2) // GRAIN * GRAIN
    filled = clock = 0
    rows = zip(
        grains.tolist(),
        events.kinds.tolist(),
        events.channels.tolist(),
        events.pitches.tolist(),
        events.velocities.tolist(),
        strict=True,
    )
    for at, kind, channel, pitch, velocity in rows:
        while clock < at:
            frames = min(at - clock, BLOCK - filled)
            synth.render(frames, buffer[filled:])
            filled += frames
            clock += frames
            if filled == BLOCK:
                yield buffer
                filled = 0
        if kind == ON:
            synth.on(channel, pitch, velocity)
        else:
            synth.off(channel, pitch)
    yield buffer[:filled]


def _tail(synth: Synth, rate: int) -> Iterator[NDArray[np.float32]]:
    """What sounds on after the last note-off, until it is inaudible; its very end is faded."""
    step = GRAIN * 64
    limit = int(TAIL_SECONDS * rate)
    held = synth.render(step)
    length = step
    while length < limit and float(np.abs(held).max()) > SILENCE:
        yield held
        held = synth.render(step)
        length += step
    held[-FADE:] *= np.linspace(1, 0, FADE, dtype=np.float32)[:, None]
    yield held


def _write(draft: Path, path: Path, events: Schedule, font: Path, scale: float, report: Report, sheet: Sheet) -> float:
    """One pass over the score; returns its peak before scaling. Above the ceiling the draft is not fit to keep."""
    import soundfile  # not needed before the first export

    container, subtype = FORMATS[path.suffix.lower()]
    total = events.end + int(0.5 * events.rate)
    done, peak = 0, 0.0
    try:
        with soundfile.SoundFile(
            str(draft), "w", samplerate=events.rate, channels=2, format=container, subtype=subtype
        ) as file:
            sheet.label(file)
            for block in _blocks(events, font):
                peak = max(peak, float(block.max(initial=0)), -float(block.min(initial=0)))
                fits = scale == 1 and peak <= 1
                file.write(block if fits else np.clip(block * np.float32(scale), -1, 1))
                done += len(block)
                report(min(done, total - 1), total, path.name)
            if done < sheet.frames:
                file.write(np.zeros((sheet.frames - done, 2), np.float32))
        if container == "OGG":
            set_serial(draft)
    except (OSError, soundfile.SoundFileError) as error:
        raise UserError(f"{path.name} could not be written.", "Is the disk full, or the format unusual?") from error
    if peak <= CEILING or scale < 1:
        report(total, total, path.name)
    return peak


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A draft beside `path` that takes its place at the end, or vanishes if anything goes wrong."""
    try:
        handle, name = tempfile.mkstemp(suffix=path.suffix, prefix=".melomorph-", dir=path.parent)
    except OSError as error:
        raise UserError(f"Nothing can be written to the folder {path.parent}.", "Choose another folder.") from error
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o644)  # temporary files are private; a rendered one is like any other file
        try:
            draft.replace(path)
        except OSError as error:
            raise UserError(f"{path.name} cannot be replaced.", "Is it open in another program?") from error
    finally:
        draft.unlink(missing_ok=True)
