"""The pianoroll with 100,000 notes: milliseconds a frame while scrolling, zooming and dragging one note."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

from benchmarks.gates import Gate, summed_up

NOTES = 100_000
SIZE = (1280, 720)
WARM = 5  # frames that are not counted: fonts, first pixmaps
LIMIT_MS = 8.0  # of a 60 Hz frame's 16.7: half of it stays for everything else
GATES = tuple(Gate(f"roll_{name}", f"{name}_p95_ms", LIMIT_MS) for name in ("scroll", "zoom", "drag"))


def big_score(count: int = NOTES) -> Any:
    """Eight notes a beat over 12,500 beats, in a walk of four voices, with all velocities and some generated."""
    from engine.score import Note, Origin, Score, Track

    rng = np.random.default_rng(7)
    starts = np.arange(count) // 4 * 240  # four voices, an eighth apart
    pitches = np.array([48, 60, 67, 76])[np.arange(count) % 4] + rng.integers(-5, 6, count)
    lengths = rng.integers(60, 240, count)
    velocities = rng.integers(30, 127, count)
    made = rng.random(count) < 0.2
    notes = tuple(
        Note(int(s), int(p), int(n), int(v), Origin.GENERATED if g else Origin.MINE)
        for s, p, n, v, g in zip(starts, pitches, lengths, velocities, made, strict=True)
    )
    return Score(tracks=(Track.of(notes, "Many"),))


class _Silent:
    """A player without a device."""

    def audition(self, pitch: int, velocity: int, program: int, ms: int, drums: bool) -> None:
        """Say nothing."""


def _editor() -> tuple[Any, Any]:
    from PySide6.QtWidgets import QApplication

    from app.theme import LIGHT
    from app.views.roll.editor import RollEditor
    from engine.commands.document import Document, Steering
    from engine.commands.history import History
    from engine.events import Events

    application = QApplication.instance() or QApplication([])
    history = History(Document(big_score()), Events())
    session = SimpleNamespace(history=history, score=history.document.score, steering=Steering(), player=_Silent())
    editor = RollEditor(session, LIGHT)  # type: ignore[arg-type]
    editor.resize(*SIZE)
    editor.show()
    application.processEvents()
    return application, editor


def _frames(application: Any, frames: Iterator[Callable[[], None]]) -> tuple[list[float], list[float]]:
    """Milliseconds each change takes until everything it made dirty is painted: on the clock, and of this thread alone
    (what a busy machine gave to others left out).
    """
    clock, own = [], []
    for change in frames:
        start, start_own = time.perf_counter(), time.thread_time()
        change()
        application.sendPostedEvents()
        application.processEvents()
        clock.append((time.perf_counter() - start) * 1e3)
        own.append((time.thread_time() - start_own) * 1e3)
    return clock, own


def _scroll(editor: Any, beats: float, frames: int) -> Iterator[Callable[[], None]]:
    """Through the whole piece with `beats` in sight, and up and down by a pixel as a trackpad does."""
    geometry = editor.state.geometry
    geometry.zoom_time(geometry.width / (beats * 480) / geometry.scale, 0)
    span = max(0.0, geometry.max_left)
    for i in range(frames):
        yield lambda i=i: geometry.scroll_to(left=span * i / frames, top=700 + i % 2)  # type: ignore[misc]


def _zoom(editor: Any, frames: int) -> Iterator[Callable[[], None]]:
    geometry = editor.state.geometry
    for beats in np.geomspace(16, 12_500, frames):
        yield lambda beats=beats: geometry.zoom_time(geometry.width / (beats * 480) / geometry.scale, 600)  # type: ignore[misc]


def _drag(editor: Any, frames: int) -> Iterator[Callable[[], None]]:
    from app.gestures.base import Pointer
    from app.gestures.drag import Move

    state = editor.state
    geometry = state.geometry
    geometry.zoom_time(geometry.width / (64 * 480) / geometry.scale, 0)
    geometry.scroll_to(left=480 * 6000, top=700)
    index = int(state.table.between(geometry.left + 480 * 20, geometry.left + 480 * 21)[0])
    tick, pitch = (int(value) for value in state.table.columns[:2, index])

    def at(ticks: float, semitones: int) -> Pointer:
        x, y = geometry.x_of(tick + ticks), geometry.y_of(pitch + semitones)
        return Pointer(x, y, tick + ticks, pitch + semitones, alt=True)

    gesture = Move(state, at(0, 0), index)
    for i in range(frames):
        yield lambda i=i: gesture.move(at(300 + 37 * i, i % 24 - 12))  # type: ignore[misc]
    gesture.cancel()


def measure(quick: bool = False) -> dict[str, float]:
    """Medians and 95th percentiles in milliseconds a frame, 1280 x 720.

    Returns:
        For scroll (64 beats in sight), scroll_all (the whole piece in sight), zoom (16 beats to all) and drag (one
        note); `cpu` is the interface thread itself.
    """
    application, editor = _editor()
    frames = WARM + (10 if quick else 240)
    runs = {
        "scroll": _frames(application, _scroll(editor, 64, frames)),
        "scroll_all": _frames(application, _scroll(editor, 12_000, frames)),
        "zoom": _frames(application, _zoom(editor, frames)),
        "drag": _frames(application, _drag(editor, frames)),
    }
    editor.close()
    editor.deleteLater()
    application.processEvents()
    figures: dict[str, float] = {}
    for name, (clock, own) in runs.items():
        figures |= summed_up(name, clock[WARM:]) | summed_up(f"{name}_cpu", own[WARM:])
    return figures
