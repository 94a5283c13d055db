"""Does this installation do what a composer needs of it? What `melomorph --self-test` looks at, file by file.

It runs where nothing can be seen: in a frozen program, in a bare system, on a machine that builds. So it says what it
found line by line, and whatever is not as it should be ends it with an error.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import UserError
from engine.events import Event, JobChanged

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from engine.score import Score

Until = Callable[[Callable[[], bool], list[Event], str], None]

BEGAN = time.monotonic()
SILENCE = 1e-3  # of full scale: what is quieter is not heard
LONGEST_REST = 3.0  # seconds; the music of the test has no longer one
LEAST_PEAK, MOST_CLIPPED = 0.05, 3  # of full scale; samples in a row at the rail
# The system that learns, measures itself and is written in the least time: what it learns does not matter here.
TRAINED, TRAINED_STEPS = "nade", 5


class Failures:
    """While it is in force, what fails without anyone seeing (in an answer to Qt, in a thread) is kept, and told."""

    def __init__(self) -> None:
        self.found: list[BaseException] = []

    def __enter__(self) -> Failures:
        self._before = sys.excepthook
        sys.excepthook = self._hear
        return self

    def __exit__(self, *_: object) -> None:
        sys.excepthook = self._before

    def _hear(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        self.found.append(error)
        self._before(kind, error, trace)

    def check(self) -> None:
        """Raise the first that was heard."""
        if self.found:
            raise self.found[0]


def say(text: str) -> None:
    """One line with the seconds since the start, at once: whoever waits outside measures by it."""
    print(f"{time.monotonic() - BEGAN:6.1f} s  {text}", flush=True)


def hear_first_piece(window: MainWindow, folder: Path, heard: list[Event], until: Until) -> None:
    """The piece the window opens with becomes sound, before any model is loaded."""
    path = folder / "first.wav"
    render(window, path, heard, until)
    check_sound(path, window.session.score)
    say("the first piece sounds")


def render(window: MainWindow, path: Path, heard: list[Event], until: Until) -> None:
    """Have the present score rendered by the engine."""
    job = window.session.ask.render(path)
    until(lambda: done(job, heard), heard, "sound")


def done(job: int, heard: list[Event]) -> bool:
    """Whether a job has ended well."""
    return any(isinstance(event, JobChanged) and event.job_id == job and event.state == "done" for event in heard)


def check_midi(path: Path, score: Score) -> None:
    """The file holds every note of the score, read by a library that did not write it.

    Raises:
        UserError: it does not.
    """
    from mido import MidiFile

    messages = [message for track in MidiFile(path).tracks for message in track]
    begun = sum(message.type == "note_on" and message.velocity > 0 for message in messages)
    if begun != score.note_count or not begun:
        raise _wrong(path, f"{begun} notes instead of {score.note_count}")
    say(f"{path.name}: {begun} notes")


def check_sound(path: Path, score: Score) -> None:
    """The file is as long as the music, loud enough, never silent for long, and not clipped.

    Raises:
        UserError: it is not.
    """
    import soundfile

    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    length = score.seconds_at(max(track.end for track in score.tracks))
    if len(samples) < length * rate:
        raise _wrong(path, f"{len(samples) / rate:.1f} seconds instead of {length:.1f}")
    level = np.abs(samples[: int(length * rate)]).max(axis=1)
    if level.max() < LEAST_PEAK:
        raise _wrong(path, f"a peak of only {level.max():.3f}")
    if longest(level < SILENCE) > LONGEST_REST * rate:
        raise _wrong(path, f"{longest(level < SILENCE) / rate:.1f} seconds of silence")
    if longest(level >= 0.9999) > MOST_CLIPPED:
        raise _wrong(path, "clipped sound")
    say(f"{path.name}: {len(samples) / rate:.1f} seconds, peak {level.max():.2f}")


def longest(true: NDArray[np.bool_]) -> int:
    """The length of the longest unbroken run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], true, [False])).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def lay_out() -> None:
    """A curved map of melodies, as it is made when a training ends: what stands on scikit-learn works.

    Raises:
        UserError: there is no map.
    """
    from engine.latent.layout import FEWEST, layouts

    codes = np.random.default_rng(1).normal(size=(2 * FEWEST, 8))
    planes = layouts(codes, {})
    if not planes or not all(np.isfinite(places).all() for places in planes.values()):
        raise UserError("Curved maps cannot be made.", "Install Melomorph again.")
    say(f"curved maps: {', '.join(planes)}")


def train(window: MainWindow, heard: list[Event], until: Until) -> None:
    """A network is trained in a process of its own for a moment, and stands beside the shipped ones.

    Raises:
        UserError: the child did not come up, or its result cannot be loaded.
    """
    job = window.training.begin(TRAINED, "rags", {"steps": TRAINED_STEPS, "device": "cpu"}, {}, "Self-test")
    until(lambda: done(job, heard), heard, "a training")
    own = [entry for entry in window.session.shelf.entries() if entry.row.own]
    if len(own) != 1:
        raise UserError("What was trained is not among the models.", "Install Melomorph again.")
    window.session.shelf.network(own[0].row.name)
    say(f"{TRAINED_STEPS} steps of training in a child process, and its network loaded")


def _wrong(path: Path, what: str) -> UserError:
    return UserError(f"{path.name} is not as it should be: {what}.", "Install Melomorph again.")
