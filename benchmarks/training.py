"""A real training in the background of a window, as the studio runs it: in a child process, on made-up tunes."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.room import MODEL, melodies, until

if TYPE_CHECKING:
    from app.main_window import MainWindow

TUNES, BARS = 24, 16


@contextlib.contextmanager
def training(window: MainWindow) -> Iterator[None]:
    """Inside, a training is under way on the processor, past its first steps; afterwards it is gone."""
    from engine.jobs.train import train_job
    from engine.models.registry import row
    from engine.training.options import Order, TrainOptions

    with tempfile.TemporaryDirectory(prefix="melomorph-corpus-") as home:
        corpus = Path(home) / "corpus"
        corpus.mkdir()
        write_tunes(corpus)
        options = TrainOptions(steps=1_000_000, device="cpu", checkpoint_seconds=3600)
        order = Order(row(MODEL), str(corpus), Path(home) / "out.safetensors", options)
        number = window.session.school.submit(train_job(order))

        def learning() -> bool:
            job = window.jobs.rows[number].job if number in window.jobs.rows else None
            if job is not None and job.state not in ("queued", "running"):
                raise RuntimeError(f"the training ended: {job.state} {job.error}")
            return job is not None and job.text.startswith("step")

        try:
            until(learning)
            yield
            assert learning()
        finally:
            window.session.cancel(number)
            with contextlib.suppress(RuntimeError):
                until(lambda: not window.session.school.busy, 30)


def write_tunes(folder: Path) -> None:
    """A corpus of MIDI files, each a tune of 16 bars."""
    from engine.codecs import melody
    from engine.score import Score, Track
    from engine.score.midi_write import write_midi

    windows = melodies(TUNES * BARS // 2)
    for tune in range(TUNES):
        parts = windows[tune * BARS // 2 : (tune + 1) * BARS // 2]
        notes = [n for i, part in enumerate(parts) for n in melody.to_notes(part, 480, i * 3840)]
        write_midi(Score((Track.of(notes, "Tune"),)), folder / f"{tune:02}.mid")
